"""The lesson's numbers (DESIGN, section 6) for spectrogram, prediction and chime."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import soundfile
from matplotlib import mlab

from lesson_data import segment, write_segment_of
from oyez.course import chime_on_activate, detect_triggerword, graph_spectrogram, plt, wavfile
from oyez.course.segments import read_segment, to_array
from oyez.errors import AudioError, DataError
from sounds import noise, tone

RATE, TY = 44_100, 1375


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty current folder, and no window: the lesson writes and shows there."""
    monkeypatch.chdir(tmp_path)
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


class Flat:
    """A network that gives one probability everywhere, and keeps what it was asked."""

    def __init__(self, probability: float = 0.25) -> None:
        self.probability, self.asked = probability, []

    def predict(self, x: np.ndarray) -> np.ndarray:
        self.asked.append(x)
        return np.full((len(x), TY, 1), self.probability, np.float32)


@pytest.mark.parametrize("channels", [1, 2])
def test_spectrogram_is_matplotlibs(tmp_path: Path, channels: int) -> None:
    samples = np.stack([noise(seed, 10, RATE) for seed in range(channels)], axis=1)
    soundfile.write("a.wav", samples, RATE)
    x = graph_spectrogram("a.wav")
    _, data = wavfile.read("a.wav")
    first = data if channels == 1 else data[:, 0]
    wanted, _, _ = mlab.specgram(first, 200, 8000, noverlap=120)
    assert x.shape == (101, 5511)
    np.testing.assert_allclose(x, wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("subtype", ["PCM_24", "PCM_32", "FLOAT"])
def test_wider_files_have_the_same_spectrogram(subtype: str) -> None:
    samples = noise(0, 1, RATE)
    soundfile.write("narrow.wav", samples, RATE, subtype="PCM_16")
    soundfile.write("wide.wav", samples, RATE, subtype=subtype)
    wide, narrow = graph_spectrogram("wide.wav"), graph_spectrogram("narrow.wav")
    assert wide.sum() == pytest.approx(narrow.sum(), rel=1e-3)
    assert np.abs(wide - narrow).max() < 0.01 * narrow.max()


def test_spectrogram_is_drawn_over_the_recordings_own_seconds() -> None:
    soundfile.write("a.wav", noise(0, 2.5, 16_000), 16_000)
    graph_spectrogram("a.wav")
    (image,) = plt.gca().images
    assert image.get_extent()[:2] == [0, 2.5]
    assert plt.gca().get_xlabel() == "seconds"


def test_prediction_is_of_the_transpose_and_is_drawn() -> None:
    soundfile.write("a.wav", noise(0, 10, RATE), RATE)
    network = Flat()
    predictions = detect_triggerword("a.wav", network)
    assert predictions.shape == (1, TY, 1)
    (x,) = network.asked
    assert x.shape == (1, 5511, 101)
    np.testing.assert_array_equal(x[0].T, graph_spectrogram("a.wav"))
    top, bottom = plt.gcf().axes
    assert len(top.images) == 1
    (line,) = bottom.lines
    assert (len(line.get_ydata()), set(line.get_ydata())) == (TY, {0.25})
    assert line.get_xdata()[-1] == pytest.approx(10)


@pytest.mark.parametrize(("rate", "seconds"), [(RATE, 9.0), (16_000, 10.0), (RATE, 10.001)])
def test_other_clips_are_sent_to_preprocessing(rate: int, seconds: float) -> None:
    soundfile.write("a.wav", noise(0, seconds, rate), rate)
    with pytest.raises(DataError, match=r"preprocess_audio\('a\.wav'\)"):
        detect_triggerword("a.wav", Flat())


def test_shipped_network_is_the_default() -> None:
    soundfile.write("a.wav", noise(0, 10, RATE, 0.01), RATE)
    predictions = detect_triggerword("a.wav")
    assert predictions.shape == (1, TY, 1)
    assert predictions.max() < 0.5


def _chimes(
    predictions: np.ndarray, seconds: float = 10.0, rate: int = RATE, threshold: float = 0.5
) -> list[int]:
    """Steps at which a click, laid over silence as the chime, is found."""
    soundfile.write("silence.wav", np.zeros(round(seconds * rate), np.float32), rate)
    write_segment_of([1.0], rate, "click.wav")
    chime_on_activate("silence.wav", predictions.reshape(1, -1, 1), threshold, chime_file="click.wav")
    out = to_array(read_segment("chime_output.wav"))[:, 0]
    assert len(out) == round(seconds * rate)
    steps = np.flatnonzero(out) * predictions.size / len(out)
    return np.rint(steps).astype(int).tolist()


def test_all_ones_chime_at_75_and_each_76_steps() -> None:
    assert _chimes(np.ones(TY)) == list(range(75, TY, 76))


def test_chimes_need_more_than_the_threshold_and_more_than_75_steps() -> None:
    y = np.zeros(TY)
    y[[74, 100, 175, 176, 500]] = 0.9
    y[800] = 0.5
    assert _chimes(y) == [100, 176, 500]
    assert _chimes(y, threshold=0.95) == []
    y[:] = 0
    y[75] = 0.9
    assert _chimes(y) == [75]


def test_no_word_in_the_first_steps_is_chimed() -> None:
    y = np.zeros(TY)
    y[10:75] = 1
    assert _chimes(y) == []


def test_predictions_may_be_lists() -> None:
    soundfile.write("a.wav", np.zeros(RATE, np.float32), RATE)
    chime_on_activate("a.wav", [[[0.9]] * 100], 0.5)
    assert len(read_segment("chime_output.wav")) == 1000


def test_chime_lies_at_the_same_share_of_any_clip() -> None:
    y = np.zeros(100)
    y[90] = 1
    assert _chimes(y, seconds=4.0, rate=8000) == [90]


def test_own_chime_is_laid_over_the_recording() -> None:
    soundfile.write("a.wav", tone(300, 10, RATE, 0.1), RATE)
    y = np.zeros((1, TY, 1))
    y[0, 688] = 1
    chime_on_activate("a.wav", y, 0.5)
    added = (
        to_array(read_segment("chime_output.wav"))[:, 0].astype(int) - to_array(read_segment("a.wav"))[:, 0]
    )
    start = int(688 / TY * 441_000)
    assert not added[: start - 50].any()
    assert np.abs(added[start : start + 5000]).max() > 3000


def test_recording_in_two_channels_stays_so() -> None:
    segment(np.zeros((RATE * 10, 2), np.float32)).export("two.wav", format="wav").close()
    chime_on_activate("two.wav", np.ones((1, TY, 1)), 0.5)
    assert read_segment("chime_output.wav").channels == 2


@pytest.mark.parametrize("shape", [(TY,), (1, TY), (2, TY, 1), (1, TY, 2)])
def test_predictions_of_another_shape_are_told(shape: tuple[int, ...]) -> None:
    soundfile.write("a.wav", np.zeros(RATE, np.float32), RATE)
    with pytest.raises(DataError, match=r"must have the shape \(1, steps, 1\)"):
        chime_on_activate("a.wav", np.zeros(shape), 0.5)


def test_missing_files_are_told() -> None:
    with pytest.raises(AudioError, match="no such file"):
        graph_spectrogram("none.wav")
    with pytest.raises(AudioError, match="no such file"):
        chime_on_activate("none.wav", np.zeros((1, TY, 1)), 0.5)
