"""What users bring: who is kept to measure on, and what speech is left out."""

import pytest

from oyez import audio
from oyez.errors import DataError
from oyez.synth.tts.speak import Spoken
from oyez.train.own import set_apart, speech_without
from sounds import word

RATE = 16_000


def _spoken(voice, number):
    return Spoken(word(), RATE, "hello", voice, "recording", 0, 0.1, 0.5, f"{voice}_{number}.wav")


def _people(*counts):
    return [_spoken(f"v{voice}", number) for voice, count in enumerate(counts) for number in range(count)]


def _names(apart):
    return [one.source for one in apart.measure]


def test_of_few_recordings_none_is_kept():
    apart = set_apart(_people(*[1] * 9), 0)
    assert (len(apart.train), len(apart.measure)) == (9, 0)
    assert str(apart) == "all 9 recordings train: of fewer than 10 none is kept to measure on"


@pytest.mark.parametrize("seed", range(5))
def test_people_are_kept_whole(seed):
    everyone = _people(*[5] * 10)
    apart = set_apart(everyone, seed)
    assert apart.by_speaker
    assert len(apart.measure) == 10
    assert not {one.voice for one in apart.train} & {one.voice for one in apart.measure}
    together = {id(one) for one in (*apart.train, *apart.measure)}
    assert together == {id(one) for one in everyone}
    assert _names(set_apart(everyone, seed)) == _names(apart)
    assert str(apart).endswith("are measured on, of people who do not train")


def test_another_seed_keeps_others():
    everyone = _people(*[5] * 10)
    assert _names(set_apart(everyone, 0)) != _names(set_apart(everyone, 1))


@pytest.mark.parametrize("counts", [(30,), (29, 28), (40, 1)])
def test_of_too_few_people_single_recordings_are_kept(counts):
    apart = set_apart(_people(*counts), 0)
    assert not apart.by_speaker
    assert len(apart.measure) == round(0.2 * sum(counts))
    assert str(apart).endswith("are measured on, of the people who train")


def _says(text, phrase):
    return phrase in text.lower()


def test_what_is_known_to_say_the_phrase_is_left_out(tmp_path):
    for name in ("plain", "says", "label", "told", "unknown"):
        audio.write(tmp_path / f"{name}.wav", word(), RATE)
    (tmp_path / "plain.txt").write_text("Good morning.")
    (tmp_path / "says.txt").write_text("Well,\nHello there")
    (tmp_path / "label.txt").write_text("0.5\t0.9\thello\n")
    (tmp_path / "told.txt").write_text("nothing of the kind")
    (tmp_path / "metadata.csv").write_text("path,text\ntold.wav,hello you\n")
    kept, left_out = speech_without([tmp_path], "hello", _says)
    assert [one.path.name for one in kept] == ["plain.wav", "unknown.wav"]
    assert left_out == 3
    assert kept[0].text == "Good morning."


def test_a_folder_without_speech_is_told(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        speech_without([tmp_path / "none"], "hello", _says)
