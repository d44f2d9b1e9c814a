from pathlib import Path

import pytest

from oyez.errors import ConfigError, DataError
from oyez.synth.tts import cast as module
from oyez.synth.tts.cast import cast, installed
from oyez.synth.tts.kokoro import KokoroVoice
from oyez.synth.tts.piper import PiperVoice

BOTH = ("kokoro", "hibari")


def kokoro(voices: tuple[object, ...]) -> list[KokoroVoice]:
    return [voice for voice in voices if isinstance(voice, KokoroVoice)]


def test_voices_are_distinct_and_as_many_as_wanted() -> None:
    found = cast(count=200, seed=1, engines=BOTH)
    assert len(found.train) == len({voice.name for voice in found.train}) == 200
    engines = [voice.engine for voice in found.train]
    stock = 54 - len(found.validation)
    assert engines[:stock] == ["kokoro"] * stock  # of every language
    assert engines[stock:].count("hibari") == round(0.4 * (200 - stock))
    assert engines[stock : stock + 8] == ["kokoro", "hibari"] * 4  # any front part of the list is a mixture


@pytest.mark.parametrize("seed", range(5))
def test_nobody_held_out_is_a_parent(seed: int) -> None:
    found = cast(count=300, seed=seed, engines=BOTH)
    out = {voice.name for voice in found.validation}
    parents = {name for voice in kokoro(found.train) for name in voice.parents}
    assert len(out) == 9
    assert {name[:2] for name in out} == {"af", "am", "bf", "bm", "jf", "zf", "zm"}
    assert not out & parents
    assert "af_heart" not in out
    assert found.strangers


def test_seed_decides() -> None:
    one, same, other = (cast(count=80, seed=seed, engines=BOTH) for seed in (1, 1, 2))
    assert one == same
    assert one.validation != other.validation
    assert {voice.name for voice in one.train} != {voice.name for voice in other.train}


def test_named_voices_are_held_out_or_left_out() -> None:
    found = cast(count=150, seed=0, hold_out=("af_nova", "bm_lewis"), leave_out=("af_sarah",), engines=BOTH)
    assert [voice.name for voice in found.validation] == ["af_nova", "bm_lewis"]
    parents = {name for voice in kokoro(found.train) for name in voice.parents}
    assert parents.isdisjoint({"af_nova", "bm_lewis", "af_sarah"})
    assert len(parents) == 51


def test_few_voices_are_stock_ones() -> None:
    found = cast(count=5, seed=0, engines=BOTH)
    assert all("~" not in voice.name for voice in found.train)
    assert len(found.train) == 5


def test_without_hibari_all_others_are_blends() -> None:
    found = cast(count=40, seed=0, engines=("kokoro",))
    assert [voice.engine for voice in found.train] == ["kokoro"] * 40


def test_one_voice_however_bent_is_no_stranger() -> None:
    found = cast(count=30, seed=0, engines=("hibari",))
    assert {voice.engine for voice in (*found.train, *found.validation)} == {"hibari"}
    assert not set(found.train) & set(found.validation)
    assert len(found.validation) == 8
    assert not found.strangers


def test_independent_engine_is_held_out() -> None:
    found = cast(count=30, seed=0, engines=("hibari", "flite", "espeak"))
    assert {voice.engine for voice in found.train} == {"hibari"}
    assert [voice.name for voice in found.validation] == ["awb", "kal16", "rms", "slt"]
    assert found.strangers


def test_espeak_speaks_where_nothing_else_does() -> None:
    german = cast("de", count=30, seed=0, engines=(*BOTH, "espeak"))
    assert {voice.engine for voice in german.train} == {"espeak"}
    assert {voice.language for voice in german.train} == {"de"}
    assert len(german.train) == 11
    assert len(german.validation) == 3
    assert cast(count=3, seed=0, engines=("espeak",)).train[0].language == "en-us"
    with pytest.raises(DataError, match="no voice speaks 'de' here"):
        cast("de", count=3, seed=0, engines=BOTH)


def test_piper_speakers_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    speakers = tuple(PiperVoice(Path("many.onnx"), number) for number in range(10))
    monkeypatch.setattr(module.piper, "piper_voices", lambda _: speakers)
    settings = {"checksum": "0", "espeak": {"voice": "en-us"}}
    monkeypatch.setattr("oyez.synth.tts.piper._settings", lambda _: settings)
    found = cast(count=40, seed=0, engines=BOTH, piper_files=[Path("many.onnx")])
    assert [voice.engine for voice in found.train[:9]] == ["piper"] * 8 + ["kokoro"]
    assert len(found.train) == 40
    assert {voice.engine for voice in found.validation} == {"piper", "kokoro"}
    with pytest.raises(DataError, match="speaks 'en-us', expected 'fr'"):
        cast("fr", count=40, seed=0, piper_files=[Path("many.onnx")])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"count": 0}, "count must be 1 or more"),
        ({"seed": -1}, "seed 0 or more"),
        ({"hold_out": 1.0}, "share from 0 to below 1"),
        ({"hold_out": ("af_heart",)}, "af_heart cannot be held out where hibari trains"),
        ({"hold_out": ("nobody",)}, "no voice called nobody. Voices: af_alloy"),
        ({"leave_out": ("nobody",)}, "no voice called nobody"),
        ({"engines": ("kokoro", "robot")}, "no engine is called robot"),
    ],
)
def test_what_cannot_be_is_told(options: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        cast(**{"count": 10, "seed": 0, "engines": BOTH, **options})  # type: ignore[arg-type]


def test_somebody_must_be_left() -> None:
    everybody = tuple(KokoroVoice.stock(name).name for name in module.style_names())
    with pytest.raises(ConfigError, match="leave no voice"):
        cast(count=10, seed=0, leave_out=everybody, engines=("kokoro",))


def test_hibari_may_be_the_held_out_voice_where_it_does_not_train() -> None:
    found = cast(count=10, seed=0, hold_out=("af_heart",), engines=("kokoro",))
    assert [voice.name for voice in found.validation] == ["af_heart"]


def test_engines_are_told_best_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, there in (("kokoro", True), ("hibari", False), ("flite", True), ("espeak", False)):
        monkeypatch.setattr(getattr(module, name), "is_installed", lambda there=there: there)
    assert installed() == ("kokoro", "flite")
