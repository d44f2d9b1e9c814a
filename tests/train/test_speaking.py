"""What is said for a training, and by whom; nothing is said in earnest here."""

import argparse
from dataclasses import dataclass, replace

import numpy as np
import pytest

from oyez import audio
from oyez.errors import DataError
from oyez.synth.phrases import near_misses
from oyez.synth.pronunciation import is_symbols
from oyez.synth.tts.cast import Cast
from oyez.synth.tts.speak import Spoken
from oyez.synth.tts.verify import Dropped, Verified
from oyez.train import speaking
from oyez.train.bank import Bank
from oyez.train.budget import Counts
from oyez.train.negatives import Negatives, Stretch
from oyez.train.phrase import PhraseConfig
from oyez.train.speaking import gather, requests
from sounds import word

pytest.importorskip("hibari", reason="hibari-tts is not installed: pip install 'oyez[train]'")

RATE = 16_000
CONFIG = PhraseConfig("smart kettle", Counts(words=7, near_misses=6, sentences=17, scenes=1, epochs=1))


@dataclass(frozen=True)
class Fake:
    """A voice that never speaks."""

    name: str
    engine: str = "kokoro"
    language: str = "en"
    source: str = "somebody"

    def say(self, text, seed):
        raise AssertionError(text)


CAST = Cast(
    (Fake("a"), Fake("b"), Fake("c", "hibari")), (Fake("d", source="other"), Fake("e", source="other"))
)


def test_everybody_says_the_phrase_and_none_is_in_both_halves():
    wanted = requests(CONFIG, CAST)
    assert [one.voice.name for one in wanted.words] == ["a", "b", "c", "a", "b", "c", "a"]
    texts = [one.text for one in (*wanted.words, *wanted.held_out)]
    plain = texts.count("smart kettle")
    assert 0.3 < plain / len(texts) < 0.7  # the others with an accent
    assert len({text for text in texts if is_symbols(text)}) > 0.7 * (len(texts) - plain)
    assert {one.voice.name for one in wanted.held_out} == {"d", "e"}
    assert len(set(wanted.words)) == 7


def test_others_are_not_the_phrase_and_are_said_by_quick_and_slow_voices():
    wanted = requests(CONFIG, CAST)
    assert len(wanted.others) == 6
    assert len(wanted.sentences) == 17
    assert all("smart kettle" not in one.text.lower() for one in (*wanted.others, *wanted.sentences))
    assert {one.voice.engine for one in wanted.others} == {"kokoro", "hibari"}
    assert [one.voice.engine == "kokoro" for one in wanted.sentences].count(True) == 3


def test_sounds_that_are_no_words_are_not_said():
    assert any("/" in one.text for one in near_misses("smart kettle", 160, 0))
    assert not any("/" in one.text for one in requests(CONFIG, CAST).others)


def test_the_same_seed_asks_for_the_same():
    assert requests(CONFIG, CAST) == requests(CONFIG, CAST)
    assert requests(CONFIG, CAST) != requests(replace(CONFIG, seed=1), CAST)


def _options(tmp_path, **changes):
    values = {
        "recordings": None,
        "negatives": None,
        "backgrounds": None,
        "rooms": None,
        "clips": tmp_path,
        "threads": 1,
    }
    return argparse.Namespace(**{**values, **changes})


@pytest.fixture
def faked(monkeypatch, tmp_path):
    """Clips are tones; one word in seven is three times as long as it should be."""

    class Package:
        @staticmethod
        def noises_path():
            return tmp_path / "noises"

    def speak(wanted, cache, jobs, on_progress):
        for number, one in enumerate(wanted):
            length_s = 1.2 if one in wanted[:7] and number == 3 else 0.4
            samples = word(word_s=length_s)
            on_progress(1)
            yield Spoken(
                samples, RATE, one.text, one.voice.name, one.voice.engine, one.seed, 0.1, 0.1 + length_s,
                str(tmp_path / f"{number}.flac"),
            )  # fmt: skip

    audio.write(tmp_path / "noises" / "hiss.wav", word(), RATE)
    texts = ("A smart kettle, please.", "Good morning.", " | ", None)
    bank = Negatives(
        Bank.of(np.ones((4, 2, 96), np.float32)), tuple(Stretch("s", "x", text) for text in texts),
        np.arange(4, dtype=np.int32), np.zeros(4, np.int8), "trunk",
    )  # fmt: skip
    monkeypatch.setattr(speaking, "shipped", lambda: bank)
    monkeypatch.setattr(speaking, "cast", lambda **_: CAST)
    monkeypatch.setattr(speaking, "speak", speak)
    monkeypatch.setattr(speaking, "require", lambda *_: Package)
    monkeypatch.setattr(speaking, "can_hear", lambda: False)


def test_everything_is_gathered_and_what_is_mis_said_is_left_out(faked, tmp_path):
    told = []
    material, notes = gather(CONFIG, _options(tmp_path), lambda *row: told.append(row))
    assert len(material.words) == 6
    assert len(material.held_out) == 120
    assert len(material.others) == 6
    assert len(material.talk) == 23
    assert [path.name for path in material.noises] == ["hiss.wav"]
    assert [one.text for one in material.negatives.stretches] == ["Good morning.", " | ", None]
    assert notes == [
        "clips were measured, not heard. To hear them: pip install 'oyez[verify]'",
        "1 of 127 clips of the phrase were mis-said, and left out",
    ]
    assert len(material.said) == 150
    engine, voice, text, seed = material.said[0]
    assert (engine, voice, is_symbols(text), seed) == ("kokoro", "a", True, 0)
    assert {clip.word for clip in (*material.words, *material.held_out)} == {"smart kettle"}
    assert told[-1] == ("voices", 150, 150)


def test_people_and_noises_of_ones_own_are_taken_too(faked, tmp_path):
    audio.write(tmp_path / "mine" / "ann_1.wav", word(), RATE)
    audio.write(tmp_path / "kitchen" / "fan.wav", word(), RATE)
    options = _options(tmp_path, recordings=tmp_path / "mine", backgrounds=tmp_path / "kitchen")
    material, _ = gather(CONFIG, options, lambda *_: None)
    assert [one.voice for one in material.recorded] == ["recording/ann"]
    assert [path.name for path in material.noises] == ["hiss.wav", "fan.wav"]
    with pytest.raises(DataError, match="holds no recordings"):
        gather(CONFIG, _options(tmp_path, recordings=tmp_path / "none"), lambda *_: None)


def test_a_test_among_relatives_is_told(faked, tmp_path, monkeypatch):
    monkeypatch.setattr(speaking, "cast", lambda **_: Cast((Fake("a"),), (Fake("b"),)))
    _, notes = gather(CONFIG, _options(tmp_path), lambda *_: None)
    assert any("no independent voice" in note for note in notes)


@pytest.mark.parametrize(("wrong", "kept"), [(20, 107), (100, 126)])
def test_where_clips_can_be_heard_they_are(faked, tmp_path, monkeypatch, wrong, kept):
    """Unless most are heard as something else: then the recogniser is wrong, and lengths must do."""

    def verified(said, phrase, jobs, on_progress):
        assert (phrase, jobs) == ("smart kettle", 1)
        on_progress(len(said))
        return Verified(tuple(said[wrong:]), tuple(Dropped(one, "smart cattle") for one in said[:wrong]))

    monkeypatch.setattr(speaking, "can_hear", lambda: True)
    monkeypatch.setattr(speaking, "verified", verified)
    told = []
    material, notes = gather(CONFIG, _options(tmp_path), lambda *row: told.append(row))
    assert len(material.words) + len(material.held_out) == kept
    assert ("checking", 127, 127) in told
    assert f"{127 - kept} of 127 clips of the phrase were mis-said, and left out" in notes
    assert any("few clips are heard as" in note for note in notes) is (wrong == 100)


def test_speech_of_ones_own_is_counted_and_the_phrase_left_out(faked, tmp_path):
    for name, text in (("a", "Good evening."), ("b", "1.0\t2.0\tMy smart kettle!")):
        audio.write(tmp_path / "radio" / f"{name}.wav", word(word_s=3.4), RATE)
        (tmp_path / "radio" / f"{name}.txt").write_text(text)
    audio.write(tmp_path / "news" / "c.wav", word(word_s=3.4), RATE)
    options = _options(tmp_path, negatives=[tmp_path / "radio", tmp_path / "news"])
    material, notes = gather(CONFIG, options, lambda *_: None)
    assert [one.path.name for one in material.own] == ["a.wav", "c.wav"]
    assert notes[:2] == [
        "0.00 h of speech of your own train too",
        "1 of your recordings of speech have the phrase in them, and were left out",
    ]


def test_some_people_are_kept_to_measure_on(faked, tmp_path):
    for number in range(10):
        audio.write(tmp_path / "mine" / f"p{number}_1.wav", word(), RATE)
    material, notes = gather(CONFIG, _options(tmp_path, recordings=tmp_path / "mine"), lambda *_: None)
    assert (len(material.recorded), len(material.measured)) == (8, 2)
    assert "2 of 10 recordings train nothing and are measured on, of people who do not train" in notes
