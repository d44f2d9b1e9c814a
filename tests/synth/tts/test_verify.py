from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fake_voice import FakeVoice
from oyez.errors import ConfigError
from oyez.synth.tts import verify
from oyez.synth.tts.speak import Request, Spoken, speak, spoken_from
from oyez.synth.tts.verify import verified
from sounds import word

Hears = Callable[[Sequence[str]], None]


def clips(count: int, seconds: float = 0.5) -> list[Spoken]:
    """Their seeds number them."""
    return [
        spoken_from(
            word(500.0 + n, word_s=seconds),
            16_000,
            text="x",
            voice="v",
            engine="recording",
            source=f"{n}.wav",
            seed=n,
        )
        for n in range(count)
    ]


@pytest.fixture
def hears(monkeypatch: pytest.MonkeyPatch) -> Hears:
    """Sets what is heard in clips, by their seeds."""
    monkeypatch.setattr(verify, "can_hear", lambda: True)

    def hear(words: Sequence[str]) -> None:
        monkeypatch.setattr(verify, "_heard", lambda one: words[one.seed])

    return hear


def heard_as(words: Sequence[str], phrase: str, hears: Hears) -> tuple[list[str], list[str]]:
    hears(words)
    found = verified(clips(len(words)), phrase)
    return [words[one.seed] for one in found.kept], [one.heard for one in found.dropped]


def test_other_words_are_dropped_and_told(hears: Hears) -> None:
    kept, dropped = heard_as(
        ["smart kettle", "marketo", "", "smart kettle", "thank you"], "smart kettle", hears
    )
    assert kept == ["smart kettle"] * 2
    assert dropped == ["marketo", "", "thank you"]


def test_another_spelling_of_the_same_sounds_is_kept(hears: Hears) -> None:
    assert heard_as(["vue glass", "view grass and"], "view glass", hears) == (
        ["vue glass"],
        ["view grass and"],
    )


def test_invented_word_is_kept_as_it_is_mostly_written(hears: Hears) -> None:
    words = ["hey yes"] * 5 + ["area", "hey yes"]
    kept, dropped = heard_as(words, "hey oyez", hears)
    assert len(kept) == 6
    assert dropped == ["area"]
    # seldom heard, it is no spelling
    assert heard_as(["hey yes", *["hey oh yay"] * 3], "hey oyez", hears)[1] == ["hey yes"]


def test_what_is_seldom_heard_as_itself_may_be_farther_off(hears: Hears) -> None:
    near = "hey oh yeah"  # two sounds of five
    assert heard_as([near, *["hey oh yay"] * 2], "hey oyez", hears)[1] == [near]
    kept, dropped = heard_as([near, "hey oh yay", "hey okay", "area"], "hey oyez", hears)
    assert kept == [near, "hey oh yay", "hey okay"]
    assert dropped == ["area"]


def test_what_is_mostly_heard_must_still_sound_alike(hears: Hears) -> None:
    assert heard_as(["thank you"] * 10, "activate", hears) == ([], ["thank you"] * 10)


def test_an_accent_may_be_heard_as_itself_or_as_the_phrase(hears: Hears) -> None:
    words = ["computer", "come future", "kim pewter", "thank you dear", "come future"]
    accents = ["x", "x", "/kɪmpjˈutəɹ/", "/kɪmpjˈutəɹ/", "/kʌmpjˈuʧəɹ/"]
    hears(words)
    spoken = [replace(one, text=text) for one, text in zip(clips(5), accents, strict=True)]
    assert [one.seed for one in verified(spoken, "computer").kept] == [0, 2, 4]


def test_length_is_measured_before_anything_is_heard(hears: Hears) -> None:
    hears(["yes"] * 7)
    odd = [replace(one, seed=5 + n) for n, one in enumerate((*clips(1, 0.2), *clips(1, 1.2)))]
    silent = replace(odd[0], samples=np.zeros(1_600, np.float32), start_s=0.0, end_s=0.0)
    found = verified([*clips(5), *odd, silent], "yes")
    assert len(found.kept) == 5
    assert [one.heard.partition(":")[0] for one in found.dropped] == ["(too short", "(too long", "(silence)"]
    assert found.note == ""


def test_without_the_extra_lengths_and_levels_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "can_hear", lambda: False)
    some = clips(5)
    faint = replace(some[0], samples=some[0].samples * np.float32(0.1))
    found = verified([*some, faint], "yes")
    assert len(found.kept) == 5
    assert found.dropped[0].heard.startswith("(another level: -")
    assert "pip install 'oyez[verify]'" in found.note


def test_nothing_but_silence(hears: Hears) -> None:
    silent = replace(clips(1)[0], samples=np.zeros(1_600, np.float32), start_s=0.0, end_s=0.0)
    assert [one.heard for one in verified([silent], "yes").dropped] == ["(silence)"]
    assert verified([], "yes").kept == ()


def test_what_was_heard_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ear:
        calls = 0

        def hear(self, _samples: object, _rate: int) -> str:
            self.calls += 1
            return "tea"

    ear = Ear()
    monkeypatch.setattr(verify, "can_hear", lambda: True)
    monkeypatch.setattr(verify, "open_whisper", lambda: ear)
    spoken = list(speak([Request(FakeVoice(), "tea", n) for n in range(3)], tmp_path))
    progress: list[int] = []
    first, again = (verified(spoken, "tea", on_progress=progress.append) for _ in range(2))
    assert first == again
    assert ear.calls == 3
    assert sum(progress) == 6
    verified([replace(one, engine="recording") for one in spoken], "tea")
    assert ear.calls == 6


def test_jobs_below_one_are_refused() -> None:
    with pytest.raises(ConfigError, match="jobs must be 1 or more"):
        verified([], "yes", jobs=0)


def test_processes_hear_what_one_hears(tmp_path: Path) -> None:
    """Notes beside the clips take the recogniser's place."""
    spoken = list(speak([Request(FakeVoice(), "tea", n) for n in range(40)], tmp_path))
    for one in spoken:
        text = "tea" if one.seed % 3 else "thank you"
        Path(one.source).with_suffix(".tiny.en.txt").write_text(text)
    if not verify.can_hear():
        pytest.skip("the extra verify is not installed")
    assert verified(spoken, "tea", 1) == verified(spoken, "tea", 2)
    assert len(verified(spoken, "tea", 2).dropped) == 14
