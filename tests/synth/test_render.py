import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sounds
from oyez import audio, features, sound
from oyez.errors import AudioError
from oyez.events import Span
from oyez.synth.clips import Background, Clip, Corpus
from oyez.synth.render import PEAK, Renderer, render, targets
from oyez.synth.scene import Bed, Placement, Scene, SceneConfig, draw

RATE = 16_000


def swelling(seconds: float, rate: int = RATE) -> np.ndarray:
    """Noise that grows by 30 dB, again and again: measured at the wrong place, it comes out wrong."""
    samples = sounds.noise(9, seconds, rate, level=0.02)
    swell = np.arange(len(samples)) / rate % 0.7 / 0.7
    return samples * (10 ** (1.5 * (swell - 1))).astype(np.float32)


@pytest.fixture
def corpus(tmp_path) -> Corpus:
    """Two words, another word, and 20 s of swelling noise, all at 16 kHz."""
    words = tuple(sounds.clip(sounds.word(hz), RATE, "yes") for hz in (400.0, 600.0))
    other = (sounds.clip(sounds.word(1500.0, word_s=0.7), RATE, "no"),)
    room = sounds.background(tmp_path / "room.wav", swelling(20), RATE)
    return Corpus({"yes": words}, other, (room,))


def scene(*placements: Placement, **changes: object) -> Scene:
    """Six seconds of the room from its second 2 on, nothing done to them."""
    plain = Scene(6.0, (Bed(0, "room.wav", 2.0, 0.0),), placements, None, None, 0.0, 0)
    return replace(plain, **changes)


def place(index: int, start_s: float, gain_db: float = 0.0, snr_db: float | None = None) -> Placement:
    return Placement(index, "", None if index == 2 else "yes", start_s, gain_db, snr_db)


# -- what is heard


def test_clips_lie_over_the_background_where_they_were_drawn(corpus):
    rendered = render(scene(place(0, 1.5, -6.0), place(2, 4.0)), corpus, RATE)
    room = audio.read(corpus.backgrounds[0].path)[0][2 * RATE : 8 * RATE]
    expected = room.copy()
    expected[24_000 : 24_000 + 9_600] += corpus.clips[0].samples * np.float32(10 ** (-6 / 20))
    expected[64_000 : 64_000 + 14_400] += corpus.clips[2].samples
    np.testing.assert_allclose(rendered.samples, expected, atol=1e-6)
    assert rendered.samples.dtype == np.float32


def test_spans_are_where_the_words_are_in_order_of_time(corpus):
    rendered = render(scene(place(0, 4.0), place(2, 2.0), place(1, 0.25)), corpus, RATE)
    assert [span.word for span in rendered.spans] == ["yes", "yes"]
    times = [time for span in rendered.spans for time in (span.start_s, span.end_s)]
    assert times == pytest.approx([0.35, 0.75, 4.1, 4.5])
    quiet = render(scene(place(0, 4.0), beds=()), corpus, RATE).samples
    active = np.flatnonzero(np.abs(quiet) > 1e-4) / RATE
    assert (active[0], active[-1]) == (pytest.approx(4.1, abs=0.001), pytest.approx(4.5, abs=0.001))


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 10.0, 25.0])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_the_snr_after_mixing_is_the_drawn_one(corpus, snr_db, rate):
    """Of the word's active stretch, over the noise on the same samples."""
    placements = place(0, 0.5, snr_db=snr_db), place(1, 5.0, snr_db=snr_db)
    mixed = render(scene(*placements), corpus, rate)
    noise = render(scene(), corpus, rate).samples
    assert len(mixed.spans) == 2
    for span in mixed.spans:
        part = slice(round(span.start_s * rate), round(span.end_s * rate))
        word = mixed.samples[part] - noise[part]
        measured_db = sound.rms_dbfs(word) - sound.rms_dbfs(noise[part])
        assert measured_db == pytest.approx(snr_db, abs=0.1)


def test_over_silence_an_snr_means_nothing_and_the_gain_counts(corpus):
    samples = render(scene(place(0, 1.0, -10.0, snr_db=5.0), beds=()), corpus, RATE).samples
    expected = corpus.clips[0].samples * np.float32(10 ** (-10 / 20))
    np.testing.assert_allclose(samples[RATE : RATE + 9_600], expected, atol=1e-6)


@pytest.mark.parametrize("level_dbfs", [-20.0, -35.0])
def test_the_level_after_rendering_is_the_drawn_one(corpus, level_dbfs):
    for placements in ((), (place(0, 1.0),), (place(0, 0.0), place(1, 1.0), place(2, 2.0))):
        samples = render(scene(*placements, level_dbfs=level_dbfs), corpus, RATE).samples
        assert sound.rms_dbfs(samples) == pytest.approx(level_dbfs, abs=0.01)


def test_the_level_holds_after_the_effects(corpus):
    coloured = scene(place(0, 1.0), level_dbfs=-20.0, low_pass_hz=1_000.0, tilt_db=-3.0)
    samples = render(coloured, corpus, RATE).samples
    assert sound.rms_dbfs(samples) == pytest.approx(-20, abs=0.01)
    assert sounds.spectrum_db(samples, RATE, 1_160, 8_000) < -50


def test_no_sample_lies_beyond_full_scale(corpus):
    """A click over silence cannot have −20 dBFS: it is turned down whole, never cut off."""
    click = np.zeros(8_000, np.float32)
    click[4_000:4_004] = [0.3, -0.5, 0.2, 0.1]
    clicks = Corpus({"yes": (sounds.clip(click, RATE),)}, (), corpus.backgrounds)
    samples = render(scene(place(0, 1.0), beds=(), level_dbfs=-20.0), clicks, RATE).samples
    assert np.abs(samples).max() == pytest.approx(PEAK, abs=1e-6)
    kept = samples[RATE + 4_000 : RATE + 4_004] / click[4_000:4_004]
    np.testing.assert_allclose(kept, kept[0], rtol=1e-5)
    loud = render(scene(place(0, 1.0, gain_db=40.0)), corpus, RATE).samples
    assert np.abs(loud).max() <= PEAK + 1e-6


def test_silence_stays_silence(corpus):
    samples = render(scene(beds=(), level_dbfs=-20.0), corpus, RATE).samples
    assert samples.shape == (6 * RATE,)
    assert not samples.any()


def test_a_scene_through_json_sounds_the_same(corpus):
    config = SceneConfig(
        duration_s=4.0, beds=(1, 2), snr_db=(0, 20), low_pass_hz=(2000, 6000), tilt_db=(-3, 3)
    )
    for seed in range(5):
        drawn = draw(np.random.default_rng(seed), corpus, config)
        again = Scene.from_dict(json.loads(json.dumps(drawn.to_dict())))
        first, second = render(drawn, corpus, RATE), render(again, corpus, RATE)
        np.testing.assert_array_equal(first.samples, second.samples)
        assert first.spans == second.spans


def test_a_renderer_remembers_nothing_of_other_scenes(corpus):
    renderer = Renderer(corpus, RATE)
    one = scene(place(0, 1.0, snr_db=5.0), level_dbfs=-20.0)
    first = renderer(one).samples.copy()
    renderer(scene(place(1, 2.0), place(0, 3.0), level_dbfs=-30.0, tilt_db=3.0))
    np.testing.assert_array_equal(renderer(one).samples, first)


def test_clips_and_backgrounds_of_other_rates_keep_their_time(tmp_path):
    clip = sounds.clip(sounds.word(rate=24_000), 24_000)
    room = sounds.background(tmp_path / "room.wav", sounds.noise(0, 8, 8_000), 8_000)
    rendered = render(scene(place(0, 3.0)), Corpus({"yes": (clip,)}, (), (room,)), 44_100)
    assert len(rendered.samples) == 6 * 44_100
    envelope = np.abs(
        render(scene(), Corpus({"yes": (clip,)}, (), (room,)), 44_100).samples - rendered.samples
    )
    active = np.flatnonzero(envelope > 0.01) / 44_100
    assert (active[0], active[-1]) == (pytest.approx(3.1, abs=0.002), pytest.approx(3.5, abs=0.002))


# -- backgrounds of any length


def room_of(path: Path, seconds: float, rate: int = 1_000) -> tuple[Corpus, np.ndarray]:
    """A background that is a ramp: each sample tells where it came from."""
    ramp = np.linspace(0, 0.9, round(seconds * rate)).astype(np.float32)
    room = sounds.background(path, ramp, rate)
    return Corpus({"yes": (sounds.clip(sounds.word(rate=rate), rate),)}, (), (room,)), audio.read(path)[0]


@pytest.mark.parametrize("seconds", [50.0, 100.0], ids=["kept in memory", "read where it is used"])
def test_a_background_is_heard_from_its_drawn_start(tmp_path, seconds):
    corpus, ramp = room_of(tmp_path / "room.wav", seconds)
    bed = Bed(0, "room.wav", 12.345, -20.0)
    samples = render(scene(beds=(bed,)), corpus, 1_000).samples
    np.testing.assert_allclose(samples, ramp[12_345:18_345] * 0.1, atol=1e-6)


@pytest.mark.parametrize(("seconds", "duration_s"), [(4.0, 10.0), (70.0, 100.0)])
def test_a_background_that_is_too_short_is_repeated(tmp_path, seconds, duration_s):
    corpus, ramp = room_of(tmp_path / "room.wav", seconds)
    samples = render(
        scene(beds=(Bed(0, "room.wav", 0.0, 0.0),), duration_s=duration_s), corpus, 1_000
    ).samples
    np.testing.assert_allclose(samples, np.resize(ramp, round(duration_s * 1_000)), atol=1e-6)


def test_two_backgrounds_are_added(tmp_path):
    corpus, ramp = room_of(tmp_path / "room.wav", 20.0)
    beds = Bed(0, "room.wav", 0.0, 0.0), Bed(0, "room.wav", 10.0, -20.0)
    samples = render(scene(beds=beds), corpus, 1_000).samples
    np.testing.assert_allclose(samples, ramp[:6_000] + 0.1 * ramp[10_000:16_000], atol=1e-6)


def test_memory_for_backgrounds_has_a_limit(corpus, monkeypatch):
    monkeypatch.setattr("oyez.synth.render.KEPT_S", 30.0)
    rooms = Corpus(corpus.positives, (), (corpus.backgrounds[0],) * 3)
    renderer = Renderer(rooms, RATE)
    for index in range(3):
        renderer(scene(beds=(Bed(index, "room.wav", 0.0, 0.0),)))
    assert list(renderer._backgrounds) == [0]


def test_a_background_that_is_gone_is_named(corpus):
    corpus.backgrounds[0].path.unlink()
    with pytest.raises(AudioError, match=r"room\.wav: no such file"):
        render(scene(), corpus, RATE)


# -- labels


def ones(labels: np.ndarray) -> list[int]:
    return np.flatnonzero(labels[:, 0]).tolist()


def lesson_labels(*ends_ms: float) -> np.ndarray:
    spans = tuple(Span("yes", 0.0, end_ms / 1000) for end_ms in ends_ms)
    return targets(spans, ("yes",), 10.0, 1375)


def test_labels_of_the_lesson():
    labels = lesson_labels(9700, 4251)
    assert (labels[1333, 0], labels[634, 0], labels[635, 0]) == (0, 1, 0)
    assert ones(lesson_labels(5000)) == list(range(688, 738))
    assert ones(lesson_labels(1370 * 10_000 / 1375)) == [1371, 1372, 1373, 1374]
    assert ones(lesson_labels(10_000)) == []


def test_the_golden_row_of_the_lesson():
    """Words at 2885 to 3793 ms and 1726 to 2450 ms."""
    labels = lesson_labels(3793, 2450)
    assert ones(labels) == [*range(337, 387), *range(522, 572)]
    assert labels.shape == (1375, 1)
    assert labels.dtype == np.float32


def test_labels_agree_with_the_lesson_for_every_millisecond():
    """Also where an end lies exactly on a step, as at 2800 ms, whatever seconds round to."""
    for end_ms in range(10_001):
        first = int(end_ms * 1375 / 10_000.0) + 1
        assert ones(lesson_labels(end_ms)) == list(range(first, min(first + 50, 1375)))


def test_each_word_has_its_column_and_other_names_have_none():
    spans = Span("go", 0, 1), Span("yes", 1, 2), Span("elsewhere", 2, 3)
    labels = targets(spans, ("go", "yes"), 10.0, 100, ones=5)
    assert np.argwhere(labels.T).tolist() == [[0, n] for n in range(11, 16)] + [[1, n] for n in range(21, 26)]


# -- the trap of bandwidth


def banded(rate: int, name: str) -> Clip:
    """A burst of noise that fills all that its rate can hold."""
    samples = sounds.noise(len(name), 0.6, rate, level=0.2)
    samples[: rate // 10] = samples[-(rate // 10) :] = 0
    return sounds.clip(samples, rate, name)


@pytest.fixture
def mixed(tmp_path) -> Corpus:
    """Words at 24 kHz, other words at 16 kHz, a dull room at 44.1 kHz."""
    hiss = sounds.noise(0, 8, 44_100)
    hertz = np.fft.rfftfreq(len(hiss), 1 / 44_100)
    room = np.fft.irfft(np.fft.rfft(hiss) / (1 + (hertz / 300) ** 2), len(hiss))
    dull = sounds.background(tmp_path / "room.wav", room, 44_100)
    return Corpus({"yes": (banded(24_000, "yes"),)}, (banded(16_000, "no"),), (dull,))


def energy_above_8_khz(corpus: Corpus, config: SceneConfig, word: bool) -> np.ndarray:
    """In dB re all, of scenes with one word or with another word instead."""
    counts = {"positives": (int(word),) * 2, "negatives": (int(not word),) * 2}
    config = replace(config, duration_s=2.0, **counts)
    renderer, levels = Renderer(corpus, 44_100), []
    for seed in range(40):
        samples = renderer(draw(np.random.default_rng((seed, word)), corpus, config)).samples
        levels.append(sounds.spectrum_db(samples, 44_100, 8_000, 22_050))
    return np.array(levels)


def test_without_a_low_pass_bandwidth_tells_the_words(mixed):
    everything = SceneConfig(low_pass_hz=(30_000, 30_000))
    words = energy_above_8_khz(mixed, everything, word=True)
    others = energy_above_8_khz(mixed, everything, word=False)
    assert words.min() > others.max() + 20  # "energy above 8 kHz = word" is never wrong


def test_by_default_bandwidth_tells_nothing(mixed):
    for word in (True, False):
        assert energy_above_8_khz(mixed, SceneConfig(), word).max() < -50


def test_by_default_bands_below_are_alike(mixed):
    """Nor does the edge of the narrowest band show below the low-pass: both fall together."""
    config = SceneConfig(positives=(1, 1), negatives=(0, 0), duration_s=2.0)
    highest = 8_000 / 1.15
    for cut_hz in (4_000.0, highest):
        falls = []
        for index, word in ((0, "yes"), (1, None)):
            one = scene(Placement(index, "", word, 0.5, 0.0, None), duration_s=config.duration_s)
            samples = render(replace(one, beds=(), low_pass_hz=cut_hz), mixed, 44_100).samples
            band = sounds.spectrum_db(samples, 44_100, 0.9 * cut_hz, cut_hz)
            falls.append(band - sounds.spectrum_db(samples, 44_100, 0.7 * cut_hz, 0.8 * cut_hz))
        assert falls[0] == pytest.approx(falls[1], abs=1.5)


# -- the trap of loudness


def test_loudness_changes_power_but_only_shifts_the_logarithm(corpus):
    """The same scene 20 dB lower: a hundredth of the lesson's features, 2 less of the log's."""
    loud = render(scene(place(0, 1.0), level_dbfs=-20.0), corpus, RATE).samples
    quiet = render(scene(place(0, 1.0), level_dbfs=-40.0), corpus, RATE).samples
    power = features.FeatureConfig(rate=RATE)
    np.testing.assert_allclose(
        features.spectrogram(loud, power), 100 * features.spectrogram(quiet, power), rtol=0.01
    )
    log = replace(power, scale="log")
    shift = features.spectrogram(loud, log) - features.spectrogram(quiet, log)
    assert np.median(shift) == pytest.approx(2.0, abs=0.05)
    assert np.percentile(shift, 1) > 1.5


def test_backgrounds_are_data_not_files(tmp_path):
    """Nothing is read before it is rendered."""
    missing = Background(tmp_path / "none.wav", 30.0, RATE, "none.wav")
    corpus = Corpus({"yes": (sounds.clip(sounds.word(), RATE),)}, (), (missing,))
    assert len(Renderer(corpus, RATE)(scene(place(0, 1.0), beds=())).spans) == 1
