import numpy as np
import pytest

import sounds
from oyez import sound
from oyez.detect.chime import chime, overlay


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_length_and_peak(rate):
    notes = chime(rate)
    assert notes.shape == (round(0.55 * rate),)
    assert notes.dtype == np.float32
    assert np.abs(notes).max() == pytest.approx(0.4, abs=1e-6)


def test_it_begins_and_ends_without_a_click():
    notes = chime(44_100)
    assert notes[0] == 0
    assert abs(notes[-1]) < 1e-4
    assert np.abs(np.diff(notes)).max() < 0.2


def strongest_hz(samples: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * len(samples)))
    return float(spectrum.argmax() * rate / (8 * len(samples)))


def test_two_notes_a_fifth_apart():
    notes = chime(44_100)
    first, second = notes[: round(0.09 * 44_100)], notes[round(0.3 * 44_100) :]
    assert strongest_hz(first, 44_100) == pytest.approx(784, rel=0.02)
    assert strongest_hz(second, 44_100) == pytest.approx(1174.66, rel=0.01)


def test_at_a_low_rate_nothing_is_aliased():
    notes = chime(8_000)  # of the partials 784, 2161, 4237; 1175, 3237, 6348 Hz only four fit
    wanted = sound.resample(chime(44_100), 44_100, 8_000)
    spectra = [np.abs(np.fft.rfft(one, 4_400)) for one in (notes, wanted[: len(notes)])]
    hertz = np.fft.rfftfreq(4_400, 1 / 8_000)
    between = (hertz > 1_350) & (hertz < 1_900)  # 6348 Hz would come back at 1652 Hz
    assert spectra[0][between].max() < 0.06 * spectra[0].max()


def test_a_rate_too_low_for_any_note_gives_silence():
    notes = chime(1_000)
    assert notes.shape == (550,)
    assert not notes.any()


@pytest.fixture
def room() -> np.ndarray:
    return sounds.noise(0, 3.0, 16_000, level=0.01)


def test_a_chime_starts_at_each_of_the_times(room):
    copy = room.copy()
    out = overlay(room, 16_000, [0.5, 2.0])
    np.testing.assert_array_equal(room, copy)
    added = out - room
    for start in (8_000, 32_000):
        np.testing.assert_allclose(added[start : start + 8_800], chime(16_000), atol=1e-6)
    assert not added[:8_000].any()
    assert not added[16_800:32_000].any()


@pytest.mark.parametrize("times_s", [[], [2.9], [3.0], [5.0]])
def test_the_length_stays(room, times_s):
    out = overlay(room, 16_000, times_s)
    assert out.shape == room.shape
    assert out.dtype == np.float32
    assert (out != room).any() == (times_s == [2.9])


def test_nothing_goes_beyond_full_scale():
    loud = sounds.tone(100, 1.0, 16_000, level=0.9)
    out = overlay(loud, 16_000, [0.0, 0.0, 0.1])
    assert np.abs(out).max() == 1
