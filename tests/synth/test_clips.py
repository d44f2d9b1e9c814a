import re

import numpy as np
import pytest

import sounds
from oyez import audio, sound
from oyez.errors import AudioError, DataError
from oyez.synth.clips import Clip, Corpus, find_word, load_corpus


def test_a_corpus_is_read_in_order_of_names(tmp_path):
    corpus = load_corpus(sounds.write_words(tmp_path))
    assert corpus.words == ("yes",)
    assert [clip.source for clip in corpus.clips] == [
        *(f"yes/voice{number}_1.wav" for number in range(3)),
        *(f"negatives/voice{number}_1.wav" for number in range(2)),
    ]
    assert corpus.voices == ("voice0", "voice1", "voice2")
    assert [one.source for one in corpus.backgrounds] == ["room0.wav", "room1.wav"]
    assert (corpus.backgrounds[0].duration_s, corpus.backgrounds[0].rate) == (12.0, 16_000)
    first = corpus.positives["yes"][0]
    assert (first.word, first.rate, first.duration_s) == ("yes", 16_000, pytest.approx(0.6))
    assert (first.start_s, first.end_s) == (pytest.approx(0.1, abs=0.011), pytest.approx(0.5, abs=0.011))
    assert not corpus.mixed_bandwidths
    assert corpus.bandwidth_hz == 8_000


def test_the_lessons_folder_is_understood_as_it_is(tmp_path):
    for folder, hz in (("activates", 400.0), ("negatives", 900.0)):
        audio.write(tmp_path / folder / "1_x.wav", sounds.word(hz), 16_000)
    audio.write(tmp_path / "backgrounds" / "1.wav", sounds.noise(0, 1, 16_000), 16_000)
    corpus = load_corpus(tmp_path)
    assert corpus.words == ("activate",)
    (clip,) = corpus.positives["activate"]
    assert (clip.word, clip.source) == ("activate", "activates/1_x.wav")


def test_two_folders_of_one_word_are_both_used(tmp_path):
    sounds.write_words(tmp_path)
    for folder in ("activate", "activates"):
        audio.write(tmp_path / folder / "v_1.wav", sounds.word(), 16_000)
    assert len(load_corpus(tmp_path).positives["activate"]) == 2


def test_a_voice_is_the_folder_between_or_the_start_of_the_name(tmp_path):
    sounds.write_words(tmp_path)
    for name in ("anna/1.wav", "anna/old/2.wav", "ben_3_loud.wav", "carl.wav"):
        audio.write(tmp_path / "go" / name, sounds.word(), 16_000)
    voices = [clip.voice for clip in load_corpus(tmp_path).positives["go"]]
    assert voices == ["anna", "anna/old", "ben", "carl"]


def test_other_folders_can_be_other_words(tmp_path):
    sounds.write_words(tmp_path)
    audio.write(tmp_path / "go" / "a.wav", sounds.word(), 16_000)
    assert load_corpus(tmp_path).words == ("go", "yes")
    corpus = load_corpus(tmp_path, only=["go"])
    assert corpus.words == ("go",)
    assert [clip.word for clip in corpus.negatives] == ["negatives", "negatives", "yes", "yes", "yes"]


def test_backgrounds_are_never_words(tmp_path):
    sounds.write_words(tmp_path)
    audio.write(tmp_path / "rooms" / "street" / "a.wav", sounds.noise(0, 70, 100), 100)
    corpus = load_corpus(tmp_path, tmp_path / "rooms")
    assert corpus.words == ("yes",)
    assert [one.source for one in corpus.backgrounds] == ["street/a.wav"]
    assert corpus.backgrounds[0].group == "street"


def test_each_folder_of_backgrounds_is_a_group(tmp_path):
    sounds.write_words(tmp_path / "words")
    for name in ("a/1.wav", "a/deep/2.wav", "b/3.wav", "4.wav"):
        audio.write(tmp_path / "rooms" / name, sounds.noise(0, 1, 16_000), 16_000)
    corpus = load_corpus(tmp_path / "words", tmp_path / "rooms")
    assert [one.source for one in corpus.backgrounds] == ["4.wav", "a/1.wav", "a/deep/2.wav", "b/3.wav"]
    assert corpus.groups == ((0,), (1, 2), (3,))


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("words", "no such folder. Name the folder that holds the words"),
        ("backgrounds", "no such folder. Name the folder that holds the backgrounds"),
        ("room0.wav room1.wav", "holds no recordings. Put backgrounds there"),
        ("yes", "expected a sub-folder for each word, got negatives"),
        ("voice0_1.wav voice1_1.wav voice2_1.wav", "yes holds no recordings"),
    ],
)
def test_folders_that_lack_something(tmp_path, missing, said):
    words = sounds.write_words(tmp_path / "words")
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        if path.name in missing.split() and "negatives" not in path.parts:
            for below in sorted(path.rglob("*"), reverse=True):
                below.unlink() if below.is_file() else below.rmdir()
            path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(DataError, match=re.escape(said)):
        load_corpus(words)


def test_a_word_that_is_not_there(tmp_path):
    sounds.write_words(tmp_path)
    with pytest.raises(DataError, match="expected a sub-folder for go, got negatives, yes"):
        load_corpus(tmp_path, only=["go", "yes"])


def test_a_bad_recording_is_named(tmp_path):
    sounds.write_words(tmp_path)
    path = tmp_path / "yes" / "voice9_1.wav"
    audio.write(path, np.zeros(16_000), 16_000)
    with pytest.raises(AudioError, match=r"voice9_1\.wav is silent: there is no word in it"):
        load_corpus(tmp_path)
    audio.write(path, np.ones(61_000), 1_000, overwrite=True)
    with pytest.raises(AudioError, match=r"voice9_1\.wav is 1\.0 minutes long"):
        load_corpus(tmp_path)


# -- where the word is


def in_a_room(room: str, rate: int) -> np.ndarray:
    """A word at 0.4 to 0.8 s of one second."""
    samples = np.concatenate((np.zeros(round(0.3 * rate)), sounds.word(1000.0, rate), np.zeros(rate // 10)))
    seconds = len(samples) / rate
    background = {
        "silence": np.zeros(len(samples)),
        "hiss": sounds.noise(0, seconds, rate, sound.db_to_gain(-75)),
        "hum": sounds.tone(50, seconds, rate, level=0.02),  # 20 dB below the word
    }
    return (samples + background[room]).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("room", ["silence", "hiss", "hum"])
def test_the_word_is_found_to_a_frame(rate, room):
    start_s, end_s = find_word(in_a_room(room, rate), rate)
    assert start_s == pytest.approx(0.4, abs=0.0101)
    assert end_s == pytest.approx(0.8, abs=0.0101)


def test_a_click_far_from_the_word_is_no_part_of_it():
    samples = in_a_room("silence", 16_000)
    samples[800:1_000] += sounds.noise(1, 200 / 16_000, 16_000, 0.1)
    assert find_word(samples, 16_000)[0] == pytest.approx(0.4, abs=0.0101)
    alone = np.zeros(16_000, np.float32)
    alone[8_000:8_100] = sounds.noise(1, 100 / 16_000, 16_000, 0.1)
    assert find_word(alone, 16_000) == (pytest.approx(0.5), pytest.approx(0.51, abs=0.0101))


def test_a_weak_end_belongs_to_the_word():
    """A final plosive, 25 dB below the vowel and after a gap, is not cut off."""
    rate = 16_000
    gap, burst = np.zeros(rate // 10, np.float32), sounds.noise(0, 0.03, rate, 0.008)
    samples = np.concatenate((sounds.word(rate=rate), gap, burst, gap))
    assert find_word(samples, rate)[1] == pytest.approx(0.73, abs=0.0101)


def test_sound_from_end_to_end_is_all_word():
    samples = sounds.tone(300, 0.333, 16_000)
    assert find_word(samples, 16_000) == (0.0, len(samples) / 16_000)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(1_000), np.full(1_000, 1e-5)])
def test_silence_holds_no_word(samples):
    with pytest.raises(AudioError, match="silent"):
        find_word(samples.astype(np.float32), 16_000)


# -- what may not be mixed


def two_voices() -> Corpus:
    def clips(word: str, voices: str) -> tuple[Clip, ...]:
        return tuple(sounds.clip(sounds.word(), 16_000, word, voice) for voice in voices)

    backgrounds = sounds.silent_corpus([1]).backgrounds
    return Corpus({"go": clips("go", "aabc"), "yes": clips("yes", "abb")}, clips("no", "abz"), backgrounds)


def test_clips_are_positives_in_order_then_negatives():
    corpus = two_voices()
    assert [clip.word for clip in corpus.clips] == ["go"] * 4 + ["yes"] * 3 + ["no"] * 3
    assert corpus.voices == ("a", "b", "c")


def test_voices_and_backgrounds_are_held_out_together():
    kept, held_out = two_voices().split(["b", "z"], lambda _: False)
    assert [clip.voice for clip in kept.clips] == ["a", "a", "c", "a", "a"]
    assert [clip.voice for clip in held_out.clips] == ["b", "b", "b", "b", "z"]
    assert kept.backgrounds == held_out.backgrounds  # there is only one: both need it


def test_what_cannot_be_held_out():
    with pytest.raises(DataError, match=r"no voice is called q, x\. Voices: a, b, c"):
        two_voices().split(["x", "b", "q"], lambda _: False)
    with pytest.raises(DataError, match="leaves no clip of 'yes' in them"):
        two_voices().split(["c"], lambda _: False)
    with pytest.raises(DataError, match="leaves no clip of 'yes' outside them"):
        two_voices().split(["a", "b"], lambda _: False)


def test_backgrounds_are_held_out_by_choice(tmp_path):
    corpus = load_corpus(sounds.write_words(tmp_path))
    kept, held_out = corpus.split(["voice1"], lambda one: one.source == "room1.wav")
    assert [one.source for one in kept.backgrounds] == ["room0.wav"]
    assert [one.source for one in held_out.backgrounds] == ["room1.wav"]


def test_rates_that_differ_are_mixed_bandwidths():
    rooms = two_voices().backgrounds  # at 100 Hz
    alike = Corpus({"yes": (sounds.clip(np.ones(90, np.float32), 100),)}, (), rooms)
    assert (alike.mixed_bandwidths, alike.bandwidth_hz) == (False, 50)
    faster = sounds.clip(np.ones(90, np.float32), 120, "no")
    mixed = Corpus(alike.positives, (faster,), rooms)
    assert (mixed.mixed_bandwidths, mixed.bandwidth_hz) == (True, 50)
