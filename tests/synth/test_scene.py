import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import sounds
from oyez.synth.clips import Background, Corpus
from oyez.synth.scene import Scene, SceneConfig, draw


def draws(corpus: Corpus, config: SceneConfig, count: int, seed: int = 0) -> list[Scene]:
    return [draw(np.random.default_rng((seed, number)), corpus, config) for number in range(count)]


def ends(scene: Scene, corpus: Corpus) -> list[tuple[float, float]]:
    return sorted((one.start_s, one.start_s + corpus.clips[one.index].duration_s) for one in scene.placements)


def test_a_scene_is_drawn_from_its_seed_alone():
    corpus, config = sounds.silent_corpus([0.5, 0.7], [0.3]), SceneConfig(snr_db=(0, 20), tilt_db=(-3, 3))
    assert draws(corpus, config, 50) == draws(corpus, config, 50)
    assert draws(corpus, config, 50) != draws(corpus, config, 50, seed=1)


def test_the_defaults_are_the_lessons():
    corpus = sounds.silent_corpus([0.9, 0.7], [0.5])
    scenes = draws(corpus, SceneConfig(), 500)
    words = Counter(sum(one.word == "yes" for one in scene.placements) for scene in scenes)
    others = Counter(sum(one.word is None for one in scene.placements) for scene in scenes)
    assert set(words) == {0, 1, 2, 3, 4}
    assert set(others) == {0, 1, 2}
    assert min(words.values()) > 60  # of 100 expected each
    assert min(others.values()) > 120  # of 167
    for scene in scenes:
        assert scene.duration_s == 10
        assert [bed.gain_db for bed in scene.beds] == [-20]
        assert {one.gain_db for one in scene.placements} <= {0}
        assert {one.snr_db for one in scene.placements} <= {None}
        assert (scene.level_dbfs, scene.low_pass_hz, scene.tilt_db) == (-20, None, 0)


@given(
    seed=st.integers(0, 2**32),
    positives_s=st.lists(st.floats(0.02, 12), min_size=1, max_size=3),
    negatives_s=st.lists(st.floats(0.02, 12), max_size=3),
    most=st.integers(0, 12),
)
@settings(deadline=None, max_examples=100)
def test_clips_never_overlap_and_all_are_accounted_for(seed, positives_s, negatives_s, most):
    corpus = sounds.silent_corpus(positives_s, negatives_s)
    config = SceneConfig(positives=(most, most), negatives=(0, most))
    scene = draw(np.random.default_rng(seed), corpus, config)
    times = ends(scene, corpus)
    assert all(start >= 0 and stop <= 10 + 1e-9 for start, stop in times)
    assert all(stop <= start + 1e-9 for (_, stop), (start, _) in pairwise(times))
    drawn = len(scene.placements) + scene.dropped
    assert most <= drawn <= (2 * most if negatives_s else most)
    assert sum(one.word == "yes" for one in scene.placements) <= most


@pytest.mark.parametrize("length_s", [10.0, 10.5, 60.0])
def test_what_cannot_fit_is_dropped_and_a_thousand_scenes_finish(length_s):
    corpus = sounds.silent_corpus([length_s], [length_s])
    scenes = draws(corpus, SceneConfig(positives=(2, 2), negatives=(1, 1)), 1000)
    assert all(scene.placements == () and scene.dropped == 3 for scene in scenes)


def test_a_full_scene_drops_the_rest():
    corpus = sounds.silent_corpus([0.9])
    scenes = draws(corpus, SceneConfig(positives=(30, 30), duration_s=5), 200)
    for scene in scenes:
        assert 3 <= len(scene.placements) <= 5  # gaps below 0.9 s take none
        assert len(scene.placements) + scene.dropped == 30


def rejection_sampled(rng: np.random.Generator, first_s: float, second_s: float, count: int) -> np.ndarray:
    """Starts of two clips as the lesson draws them: again, until they do not overlap."""
    rows: list[np.ndarray] = []
    while len(rows) < count:
        first = rng.uniform(0, 10 - first_s)
        room = max(0.0, first - second_s) + max(0.0, 10 - first - first_s - second_s)
        while room > 0:
            second = rng.uniform(0, 10 - second_s)
            if second + second_s <= first or second >= first + first_s:
                rows.append(np.array([first, second]))
                break
    return np.array(rows)


@pytest.mark.parametrize(("first_s", "second_s"), [(0.9, 0.7), (3.0, 2.0), (3.0, 4.0), (4.0, 3.5)])
def test_starts_are_distributed_as_by_drawing_until_it_fits(rng, first_s, second_s):
    corpus = sounds.silent_corpus([first_s], [second_s])
    scenes = draws(corpus, SceneConfig(positives=(1, 1), negatives=(1, 1)), 3000)
    both = np.array([[one.start_s for one in scene.placements] for scene in scenes if not scene.dropped])
    expected = rejection_sampled(rng, first_s, second_s, 3000)
    for column in range(2):
        assert stats.ks_2samp(both[:, column], expected[:, column]).pvalue > 0.01
    gaps = both[:, 1] - both[:, 0], expected[:, 1] - expected[:, 0]
    assert stats.ks_2samp(*gaps).pvalue > 0.01
    alone = [scene.placements[0].start_s / (10 - first_s) for scene in scenes]
    assert stats.kstest(alone, "uniform").pvalue > 0.01


def test_clips_are_chosen_evenly_and_words_named_by_their_folder():
    clips = {name: sounds.silent_corpus([0.2] * count).clips for name, count in (("go", 1), ("yes", 3))}
    corpus = Corpus(clips, (), sounds.silent_corpus([1]).backgrounds)
    scenes = draws(corpus, SceneConfig(positives=(2, 2)), 500)
    chosen = Counter(one.index for scene in scenes for one in scene.placements)
    assert stats.chisquare([chosen[index] for index in range(4)]).pvalue > 0.01
    for scene in scenes:
        assert all(one.word == ("go" if one.index == 0 else "yes") for one in scene.placements)


def test_every_group_of_backgrounds_has_the_same_share():
    sources = ["alone/a.wav", *(f"many/{number}.wav" for number in range(9))]
    backgrounds = tuple(Background(Path(source), 30, 100, source) for source in sources)
    corpus = Corpus(sounds.silent_corpus([1]).positives, (), backgrounds)
    scenes = draws(corpus, SceneConfig(), 1000)
    alone = sum(scene.beds[0].index == 0 for scene in scenes)
    assert stats.binomtest(alone, 1000, 0.5).pvalue > 0.01
    assert {scene.beds[0].index for scene in scenes} == set(range(10))
    assert all(scene.beds[0].source == sources[scene.beds[0].index] for scene in scenes)


def test_a_background_starts_anywhere_that_leaves_a_whole_scene():
    corpus = sounds.silent_corpus([1], background_s=25)
    starts = np.array([scene.beds[0].start_s for scene in draws(corpus, SceneConfig(), 1000)])
    assert stats.kstest(starts / 15, "uniform").pvalue > 0.01
    short = sounds.silent_corpus([1], background_s=4)
    assert {scene.beds[0].start_s for scene in draws(short, SceneConfig(), 20)} == {0.0}


def test_every_parameter_is_drawn_within_its_bounds():
    corpus = sounds.silent_corpus([0.2], [0.2])
    config = SceneConfig(
        positives=(2, 3), negatives=(1, 1), beds=(0, 2), background_db=(-30, -10), word_db=(-6, 6),
        snr_db=(0, 20), level_dbfs=(-35, -15), low_pass_hz=(10, 1000), tilt_db=(-3, 3),
    )  # fmt: skip
    scenes = draws(corpus, config, 300)
    assert {len(scene.beds) for scene in scenes} == {0, 1, 2}
    drawn = {
        (-30, -10): [bed.gain_db for scene in scenes for bed in scene.beds],
        (-6, 6): [one.gain_db for scene in scenes for one in scene.placements],
        (0, 20): [one.snr_db for scene in scenes for one in scene.placements],
        (-35, -15): [scene.level_dbfs for scene in scenes],
        (-3, 3): [scene.tilt_db for scene in scenes],
        (np.log(10), np.log(1000)): np.log([scene.low_pass_hz for scene in scenes]),  # even in octaves
    }
    for (low, high), values in drawn.items():
        assert stats.kstest((np.array(values) - low) / (high - low), "uniform").pvalue > 0.01


def test_a_level_may_be_left():
    (scene,) = draws(sounds.silent_corpus([1]), SceneConfig(level_dbfs=None), 1)
    assert scene.level_dbfs is None


def test_mixed_rates_draw_a_low_pass_below_the_narrowest_band():
    corpus = sounds.silent_corpus([1])
    fast = sounds.clip(np.zeros(400, np.float32), 400, "no")
    mixed = Corpus(corpus.positives, (fast,), corpus.backgrounds)
    cuts = np.array([scene.low_pass_hz for scene in draws(mixed, SceneConfig(), 300)])
    assert mixed.bandwidth_hz == 50
    assert cuts.min() > 25
    assert 42 < cuts.max() * 1.15 <= 50  # 15 % above the cut-off nothing is left
    assert {scene.low_pass_hz for scene in draws(corpus, SceneConfig(), 20)} == {None}


def test_a_scene_is_plain_data():
    corpus = sounds.silent_corpus([0.5], [0.5])
    for scene in draws(corpus, SceneConfig(snr_db=(0, 20), beds=(1, 2), low_pass_hz=(20, 40)), 20):
        assert Scene.from_dict(json.loads(json.dumps(scene.to_dict()))) == scene
