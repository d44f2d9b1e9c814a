"""Spectrogram, prediction and chime, as the lesson has them."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from oyez import audio, features, plot
from oyez.course.language import Text
from oyez.course.segments import RATE, read_segment, segment_class, to_array, write_segment
from oyez.detect.chime import chime
from oyez.errors import DataError
from oyez.sound import to_int16

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = ["Predictor", "chime_on_activate", "detect_triggerword", "graph_spectrogram"]

CHIME_FILE = "chime_output.wav"
SHIPPED = "activate-course"
QUIET_STEPS = 75
"""A chime needs more steps than this since the last one, or since the start."""

PREDICTIONS_SHAPE = Text(
    en="predictions must have the shape (1, steps, 1), got {shape}. They are what detect_triggerword gives.",
    ko="predictions는 (1, 스텝 수, 1) 모양이어야 하는데 {shape}입니다. detect_triggerword의 결과를 쓰세요.",
)
NOT_TEN_SECONDS = Text(
    en="{name} lasts {seconds:.3f} s at {rate} Hz, the network hears 10 s at 44100 Hz. "
    "Make it so: preprocess_audio({name!r})",
    ko="{name}: 길이 {seconds:.3f}초, {rate} Hz입니다. 신경망은 44100 Hz, 10초를 듣습니다. "
    "먼저 바꾸세요: preprocess_audio({name!r})",
)


class Predictor(Protocol):
    """What predicts: a network of `model` or `load_model`, or anything with such a method."""

    def predict(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Spectrograms (clips, 5511, 101) to scores (clips, 1375, 1)."""


def graph_spectrogram(wav_file: str | Path) -> npt.NDArray[np.float32]:
    """Draw the spectrogram of a recording into the current axes, and return it.

    Samples count as 16-bit integers, as in the lesson, also those of wider files; of several channels
    the first is taken. The clock of the picture is the recording's own, in seconds.

    Args:
        wav_file: WAV, or any format that `oyez.audio.read` takes.

    Returns:
        Power, (101, frames): 5511 frames for ten seconds at 44.1 kHz. The network takes its transpose.

    Raises:
        AudioError: the file cannot be used.
    """
    segment = read_segment(wav_file)
    full_scale = segment.max_possible_amplitude
    samples = np.asarray(to_array(segment)[:, 0] / full_scale, np.float32)
    power = features.spectrogram(samples).T
    plot.draw_power(plot.pyplot().gca(), power, seconds=segment.duration_seconds)
    return power


def detect_triggerword(filename: str | Path, model: Predictor | None = None) -> npt.NDArray[np.float32]:
    """Predict, and draw the spectrogram above the probability.

    Args:
        filename: ten seconds at 44.1 kHz (see `preprocess_audio`).
        model: a network; the lesson takes the notebook's global one. None takes the shipped
            `activate-course`, which hears "activate".

    Returns:
        Probabilities (1, 1375, 1).

    Raises:
        AudioError: the file cannot be used.
        DataError: it is not ten seconds at 44.1 kHz.
    """
    if model is None:
        from oyez.course.loading import load_model

        model = load_model(SHIPPED)
    frames, rate = audio.info(filename)
    if (frames, rate) != (10 * RATE, RATE):
        raise DataError(NOT_TEN_SECONDS(name=str(filename), seconds=frames / rate, rate=rate))
    pyplot = plot.pyplot()
    pyplot.subplot(2, 1, 1)
    x = graph_spectrogram(filename)
    pyplot.gca().set_xlabel("")  # the lower axes have the same
    predictions = model.predict(x.T[None])
    pyplot.subplot(2, 1, 2)
    plot.draw_probability(pyplot.gca(), predictions[0, :, 0], seconds=frames / rate)
    pyplot.show()
    return predictions


def chime_on_activate(
    filename: str | Path,
    predictions: npt.NDArray[np.float32],
    threshold: float,
    chime_file: str | Path | None = None,
) -> None:
    """Write `chime_output.wav`: the recording with a chime wherever the word was heard.

    It chimes at a step whose probability is above the threshold if more than 75 steps have passed
    since the last chime, or since the start: all ones chime at steps 75, 151, 227 … The rule of
    `oyez.detect.trigger`, which everything else uses, has no such deaf start.

    Args:
        filename: the recording; its length stays.
        predictions: (1, steps, 1).
        threshold: 0..1; the lesson's is 0.5.
        chime_file: the sound. The lesson's is `audio_examples/chime.wav`; None takes our own.

    Raises:
        AudioError: a file cannot be used.
        DataError: predictions have another shape.
        OutputError: `chime_output.wav` cannot be written.
    """
    predictions = np.asarray(predictions)
    if np.ndim(predictions) != 3 or np.shape(predictions)[::2] != (1, 1):
        raise DataError(PREDICTIONS_SHAPE(shape=np.shape(predictions)))
    clip = read_segment(filename)
    sound = _own_chime(clip.frame_rate) if chime_file is None else read_segment(chime_file)
    steps, since = predictions.shape[1], 0
    for step in range(steps):
        since += 1
        if predictions[0, step, 0] > threshold and since > QUIET_STEPS:
            clip = clip.overlay(sound, position=step / steps * clip.duration_seconds * 1000)
            since = 0
    write_segment(clip, CHIME_FILE)


def _own_chime(rate: int) -> "AudioSegment":
    data = to_int16(chime(rate)).tobytes()
    return segment_class()(data, sample_width=2, frame_rate=rate, channels=1)
