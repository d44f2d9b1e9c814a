import sys

import numpy as np
import pytest

import sounds
from oyez import plot
from oyez.errors import ConfigError, MissingExtraError
from oyez.events import Detection, Span

RATE = 16_000
LABELS = np.zeros((1375, 1), np.float32)


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    parts = [sounds.word(hz) for hz in (300.0, 600.0, 1200.0)]
    return np.concatenate(parts) + sounds.noise(0, 1.8, RATE, level=0.003)


def pixels(path) -> np.ndarray:
    """A picture as (height, width, 4) in 0..1; fails unless it is a PNG."""
    from matplotlib.image import imread

    assert path.read_bytes().startswith(b"\x89PNG")
    return imread(path)


def has_colour(picture: np.ndarray, colour: str) -> bool:
    rgb = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return bool((np.abs(picture[..., :3] - rgb).max(axis=2) < 0.03).any())


def test_a_scene_shows_its_words_and_labels(tmp_path, samples):
    labels = LABELS.copy()
    labels[500:550] = 1
    plot.scene(tmp_path / "a.png", samples, RATE, [Span("yes", 0.1, 0.5)], labels)
    with_words = pixels(tmp_path / "a.png")
    assert with_words.shape[:2] == (650, 1300)
    assert has_colour(with_words, plot.TRUTH)
    plot.scene(tmp_path / "b.png", samples, RATE, [], LABELS)
    assert not has_colour(pixels(tmp_path / "b.png"), plot.TRUTH)


@pytest.mark.parametrize("words", [("yes",), ("yes", "no")])
def test_detections_are_shown_with_their_scores(tmp_path, samples, words):
    scores = np.zeros((248, len(words)), np.float32)
    scores[80:100, 0] = 0.9
    plot.detection(
        tmp_path / "a.png", samples, RATE, scores, 320 / 44_100, words, [0.5] * len(words),
        [Detection("yes", 0.6, 0.9)], [Span("yes", 0.1, 0.5)],
    )  # fmt: skip
    picture = pixels(tmp_path / "a.png")
    assert has_colour(picture, plot.HEARD)
    assert has_colour(picture, plot.SCORE)
    plot.detection(tmp_path / "b.png", samples, RATE, scores, 320 / 44_100, words, [0.5] * len(words), [])
    assert not has_colour(pixels(tmp_path / "b.png"), plot.HEARD)


def test_a_spectrogram_alone(tmp_path):
    low, high = sounds.tone(1_000.0, 1.0, RATE), sounds.tone(6_000.0, 1.0, RATE)
    (tmp_path / "a.png").write_bytes(plot.spectrogram_png(np.concatenate((low, high)), RATE))
    bright = pixels(tmp_path / "a.png")[..., :3].sum(axis=2)
    rows, columns = bright.shape
    assert columns == pytest.approx(200, abs=3)
    assert bright[:, columns // 4].argmax() == pytest.approx(rows * 7 / 8, abs=2)  # the first row is the top
    assert bright[:, columns * 3 // 4].argmax() == pytest.approx(rows * 2 / 8, abs=2)


@pytest.mark.parametrize("rate", [1_000, 8_000, 16_000, 44_100])
def test_a_spectrogram_of_almost_nothing(tmp_path, rate):
    (tmp_path / "a.png").write_bytes(plot.spectrogram_png(np.zeros(3, np.float32), rate))
    assert pixels(tmp_path / "a.png").shape[1] == 1


def test_spectrograms_alone_end_at_one_height(tmp_path):
    for rate in (16_000, 44_100):
        (tmp_path / "a.png").write_bytes(plot.spectrogram_png(sounds.tone(4_000.0, 1.0, rate), rate))
        bright = pixels(tmp_path / "a.png")[..., :3].sum(axis=2)
        assert bright[:, 50].argmax() / len(bright) == pytest.approx(0.5, abs=0.02)


def test_a_training_log_is_drawn(tmp_path):
    names = ("loss", "validation_loss", "event_precision", "event_recall", "step_f1", "accuracy")
    rows = [{"epoch": epoch, **dict.fromkeys(names, 0.5 / epoch)} for epoch in (1, 2, 3)]
    plot.training(tmp_path / "a.png", rows)
    picture = pixels(tmp_path / "a.png")
    assert all(has_colour(picture, colour) for colour in (plot.TRUTH, plot.HEARD, plot.SCORE))
    plot.training(tmp_path / "one.png", rows[:1])


@pytest.mark.parametrize("length", [1, 100, 1_000, 40_000])
@pytest.mark.parametrize("rate", [1_000, 16_000])
def test_any_length_of_silence_can_be_drawn(tmp_path, length, rate):
    plot.scene(tmp_path / "a.png", np.zeros(length, np.float32), rate, [], LABELS)
    assert pixels(tmp_path / "a.png").shape[2] == 4


def test_columns_beyond_what_a_picture_shows_are_averaged(tmp_path):
    samples = sounds.noise(0, 45.0, 4_000)
    plot.scene(tmp_path / "a.png", samples, 4_000, [], LABELS)
    assert pixels(tmp_path / "a.png").shape[1] > 3_000  # long ones are wide


def test_ten_minutes_are_the_most(tmp_path):
    long = np.zeros(601 * 100, np.float32)
    with pytest.raises(ConfigError, match=r"at most 10 minutes, got 10\.0\. Cut the recording"):
        plot.scene(tmp_path / "a.png", long, 100, [], LABELS)
    with pytest.raises(ConfigError, match="at most 10 minutes"):
        plot.detection(tmp_path / "a.png", long, 100, LABELS, 0.01, ("yes",), [0.5], [])
    assert not list(tmp_path.iterdir())


def test_a_suffix_names_the_format(tmp_path, samples):
    plot.scene(tmp_path / "a.SVG", samples, RATE, [], LABELS)
    assert b"<svg" in (tmp_path / "a.SVG").read_bytes()
    plot.scene(tmp_path / "bare", samples, RATE, [], LABELS)
    assert pixels(tmp_path / "bare").shape[2] == 4
    with pytest.raises(ConfigError, match=r"'\.xyz' is no kind of picture. Use one of .*png"):
        plot.scene(tmp_path / "a.xyz", samples, RATE, [], LABELS)
    assert not (tmp_path / "a.xyz").exists()


def test_a_name_is_no_formula(tmp_path, samples):
    word = r"$\no^such_formula$"
    plot.scene(tmp_path / "a.png", samples, RATE, [Span(word, 0.1, 0.5)], LABELS)
    for words in ((word,), (word, "b")):
        scores = np.zeros((10, len(words)), np.float32)
        plot.detection(tmp_path / "a.png", samples, RATE, scores, 0.01, words, [0.5] * len(words), [])


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch, samples):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'oyez\[plot\]'"):
        plot.require_matplotlib()
    with pytest.raises(MissingExtraError):
        plot.scene(tmp_path / "a.png", samples, RATE, [], LABELS)


def test_pictures_leave_the_users_own_figures_alone(tmp_path, samples):
    import matplotlib as mpl

    def figures():  # of tests before this one, too
        pyplot = sys.modules.get("matplotlib.pyplot")
        return pyplot.get_fignums() if pyplot else []

    before, open_before = dict(mpl.rcParams), figures()
    plot.scene(tmp_path / "a.png", samples, RATE, [], LABELS)
    assert dict(mpl.rcParams) == before
    assert figures() == open_before
