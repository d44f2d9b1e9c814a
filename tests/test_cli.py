"""The command line as a person uses it: what it prints, writes, and refuses."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import oyez
from corpus_folder import write_corpus
from keras_network import describe, draw_weights, predict, write_h5
from oyez import audio, features
from oyez.cli import main
from oyez.detect.model import Model
from oyez.events import read_spans
from oyez.train.model_file import annotate
from tone_model import tones, write_tone_model

SHORT = ["--duration", "1.5", "--positives", "1", "1", "--negatives", "0", "1"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(write_tone_model(tmp_path_factory.mktemp("model") / "tone.onnx"))


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    return str(write_corpus(tmp_path_factory.mktemp("corpus")))


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "two.wav"
    audio.write(path, tones([1.0, 2.5], 4.0), 44_100)
    return path


def _error(capsys, *arguments):
    assert main([str(one) for one in arguments]) == 2
    out, err = capsys.readouterr()
    lines = err.strip().splitlines()
    assert out == ""
    assert len(lines) == 1
    assert lines[0].startswith("oyez: ")
    return lines[0]


def test_detect_prints_a_table(capsys, model, recording):
    assert main(["detect", "--model", model, str(recording)]) == 0
    out = capsys.readouterr().out
    assert "0:01.0" in out
    assert "0:02.5" in out
    assert "“tone” heard 2 times in 4.0 s of audio" in out


def test_detect_writes_chime_labels_and_plot(model, recording, tmp_path, capsys):
    chimed, labels, picture = tmp_path / "c.wav", tmp_path / "l.txt", tmp_path / "p.png"
    outputs = ["--chime", chimed, "--labels", labels, "--plot", picture]
    arguments = [str(one) for one in ("detect", "--model", model, recording, *outputs)]
    assert main(arguments) == 0
    samples, rate = audio.read(chimed)
    original, _ = audio.read(recording)
    assert (len(samples), rate) == (len(original), 44_100)
    times_s = [span.end_s for span in read_spans(labels)]
    assert times_s == pytest.approx([1.03, 2.53], abs=0.04)
    first = round(times_s[0] * rate)
    assert np.array_equal(samples[:first], original[:first])
    assert np.abs(samples[first : first + 5000] - original[first : first + 5000]).max() > 0.1
    assert picture.read_bytes()[:4] == b"\x89PNG"
    capsys.readouterr()
    # nothing is overwritten unless asked, and nothing is done before that is known
    assert "exists already" in _error(capsys, *arguments)
    assert main([*arguments, "--overwrite"]) == 0


def test_detect_json_of_a_folder(model, recording, tmp_path, capsys):
    audio.write(tmp_path / "none.flac", tones([], 1.0), 44_100)
    assert main(["detect", "--model", model, "--json", str(tmp_path)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(row["file"]).name for row in rows] == ["none.flac", "two.wav"]
    assert [len(row["detections"]) for row in rows] == [0, 2]
    assert rows[1]["detections"][0].keys() == {"word", "time_s", "score"}
    assert rows[1]["seconds"] == 4.0


def test_detect_reads_standard_input(model, recording, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(recording.read_bytes())))
    assert main(["detect", "--model", model, "--json", "-"]) == 0
    assert len(json.loads(capsys.readouterr().out)["detections"]) == 2


def test_detect_threshold(model, recording, capsys):
    assert main(["detect", "--model", model, "--threshold", "0.99999", "--json", str(recording)]) == 0
    assert json.loads(capsys.readouterr().out)["detections"] == []


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The model of a tone with a table of false accepts."""
    path = write_tone_model(tmp_path_factory.mktemp("model") / "measured.onnx")
    annotate(path, {"table": {"tone": {"hours": 4.0, "rows": [[0.4, 2.0], [0.9999, 0.0]]}}})
    return str(path)


def test_detect_by_false_accepts(measured, recording, tmp_path, capsys):
    arguments = ["detect", "--model", measured, "--json", str(recording)]
    picture = str(tmp_path / "p.png")
    assert main([*arguments, "--false-accepts", "2/hour", "--strict", "--plot", picture]) == 0
    out, err = capsys.readouterr()
    assert (len(json.loads(out)["detections"]), err) == (2, "")
    assert main([*arguments, "--false-accepts", "1/day"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["detections"] == []
    assert err == (
        "oyez: note: “tone”: asked for at most 1 per day; evidence supports at most 0.75 per hour (4.0 h): "
        "the strictest measured threshold, 0.9999, is taken. --strict refuses.\n"
    )
    assert "0.75 per hour" in _error(capsys, *arguments, "--false-accepts", "1/day", "--strict")


def test_a_threshold_and_a_rate_exclude_each_other(capsys):
    for command in (["detect", "x.wav"], ["listen"]):
        with pytest.raises(SystemExit) as caught:
            main([*command, "--threshold", "0.5", "--false-accepts", "1/day"])
        assert caught.value.code == 2
        assert "--false-accepts: not allowed with argument --threshold" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["two.wav", "--false-accepts", "1/day"], "tone.onnx has no table of false accepts for “tone”"),
        (["two.wav", "--false-accepts", "seldom"], "expected a rate such as 1/day"),
        (["two.wav", "--strict"], "strict goes with a rate of false accepts, got none"),
        (["missing.wav"], "missing.wav: no such file"),
        (["two.wav", "two.wav", "--chime", "c.wav"], "need one recording, got 2"),
        (["empty"], "holds no recordings"),
        (["two.wav", "--threshold", "7"], "threshold must be between 0 and 1, got 7.0"),
        (["two.wav", "--model", "no.onnx"], "no.onnx: no such model file"),
        (["text.wav"], "is no audio file that can be read"),
        (["nan.wav"], "no numbers, the first at 0.002 s"),
    ],
)
def test_detect_refuses(model, recording, tmp_path, capsys, monkeypatch, arguments, says):
    import soundfile

    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("text.wav").write_text("this is not audio")
    bad = np.zeros(1000, np.float32)
    bad[88] = np.nan
    soundfile.write("nan.wav", bad, 44_100, subtype="FLOAT")
    before = sorted(tmp_path.rglob("*"))
    default = [] if "--model" in arguments else ["--model", model]
    assert says in _error(capsys, "detect", *default, *arguments)
    assert sorted(tmp_path.rglob("*")) == before


def test_debug_shows_the_traceback(model):
    with pytest.raises(Exception, match="no such file"):
        main(["detect", "--debug", "--model", model, "missing.wav"])


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["detect"], ["synth", "x", "--count", "many"]])
def test_bad_options_are_one_line(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("oyez: ")
    assert err.count("\n") == 1


def test_synth_then_train_on_arrays_then_go_on(words, tmp_path, capsys, monkeypatch):
    """Scenes to arrays, arrays to a model, the model trained further: all by command."""
    monkeypatch.chdir(tmp_path)
    for name, seed in (("a", "1"), ("b", "2")):
        command = ["synth", name, "--words", words, "--count", "4", "--seed", seed, "--jobs", "1", "--arrays"]
        assert main([*command, *SHORT]) == 0
    assert "a: 4 scenes, 4 of them new, with 4 trigger words; 0 clips" in capsys.readouterr().out
    assert np.load("a/X.npy").shape == (4, 825, 101)
    learn = ["train", "--arrays", "a", "--validation", "b", "--batch", "2", "--epochs", "1", "--threads", "1"]
    assert main([*learn, "--out", "m.onnx", "--plot", "log.png"]) == 0
    assert "m.onnx: hears activate" in capsys.readouterr().out
    assert Path("runs/m/last.pt").exists()
    assert Path("log.png").exists()
    further = [*learn, "--from", "m.onnx", "--optimizer", "lesson", "--out", "n.onnx"]
    assert main(further) == 0
    card = Model(Path("n.onnx")).card
    assert card.values["trained"]["train"]["optimizer"] == "lesson"
    assert main(["detect", "--model", "n.onnx", "a/00000.wav"]) == 0


def test_train_on_folders_and_evaluate(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    learn = ["train", "--words", words, "--scenes", "4", "--validation-scenes", "2", "--batch", "2"]
    learn += ["--epochs", "1", "--threads", "1", "--out", "rise.onnx", *SHORT, "--reset-before"]
    assert main(learn) == 0
    assert "rise.onnx: hears rise" in capsys.readouterr().out
    assert Model(Path("rise.onnx")).card.preset.model.reset_after is False
    # a file in the way is noticed before anything is learnt
    assert "rise.onnx exists already" in _error(capsys, *learn)
    assert main(["synth", "dev", "--words", words, "--count", "2", "--jobs", "1", *SHORT]) == 0
    capsys.readouterr()
    assert main(["evaluate", "rise.onnx", "--labelled", "dev"]) == 0
    out = capsys.readouterr().out
    assert "2 recordings" in out
    assert "of 2 words heard" in out
    assert "a detector that never says anything has 0." in out


def test_evaluate_counts_events_and_steps(model, recording, tmp_path, capsys):
    recording.with_suffix(".txt").write_text("1.0\t1.3\ttone\n3.2\t3.4\ttone\n")
    assert main(["evaluate", model, "--labelled", str(tmp_path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    events = result["events"]
    assert (events["hits"], events["misses"], events["false_accepts"]) == (1, 1, 1)
    assert result["steps"]["accuracy_of_silence"] == pytest.approx(1 - 100 / 551, abs=0.002)


def test_evaluate_wants_labels(model, recording, tmp_path, capsys):
    assert "two.wav has no label file beside it. Add two.txt" in _error(
        capsys, "evaluate", model, "--labelled", tmp_path
    )
    assert "no such folder" in _error(capsys, "evaluate", model, "--labelled", tmp_path / "none")


def test_info_and_models(model, capsys):
    assert main(["info", model]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["words"] == ["tone"]
    assert "self-check passed" in captured.err
    assert main(["models"]) == 0
    assert (
        "“activate” from 0.145 on: 0.46 false accepts per hour, measured in 3.3 h" in capsys.readouterr().out
    )


def test_info_prints_rows_on_a_line_each(measured, capsys):
    assert main(["info", measured]) == 0
    out = capsys.readouterr().out
    assert "[0.4, 2.0],\n" in out
    values = {key: value for key, value in Model(Path(measured)).card.values.items() if key != "check"}
    assert json.loads(out) == values


def test_version():
    run = subprocess.run(
        [sys.executable, "-m", "oyez", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("oyez 0.")


def test_a_model_is_gone_on_with_as_it_is(words, model, tmp_path, capsys):
    """Its kind of spectrogram and of GRU, and its words, belong to its weights."""
    learn = [
        "train",
        "--words",
        words,
        "--from",
        model,
        "--out",
        tmp_path / "m.onnx",
        "--run",
        tmp_path / "r",
    ]
    assert "learnt from --scale log" in _error(capsys, *learn, "--scale", "power")
    assert "other edition of the GRU" in _error(capsys, *learn, "--reset-before")


def test_one_bad_recording_does_not_silence_the_others(model, recording, tmp_path, capsys):
    (tmp_path / "a.wav").write_text("this is not audio")
    assert main(["detect", "--model", model, "--json", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["detections"]) == 2
    assert "1 of 2 recordings could not be heard" in captured.err
    assert "a.wav is no audio file" in captured.err


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (["--chime", "c.foo"], "'.foo' is no format to write"),
        (["--plot", "p.foo"], "'.foo' is no kind of picture"),
        (["--chime", "two.wav", "--overwrite"], "two.wav is the recording itself"),
    ],
)
def test_outputs_are_checked_before_anything_is_heard(
    model, recording, tmp_path, capsys, monkeypatch, option, says
):
    monkeypatch.chdir(tmp_path)
    before = recording.read_bytes()
    assert says in _error(capsys, "detect", "--model", model, "two.wav", "--labels", "l.txt", *option)
    assert recording.read_bytes() == before
    assert not Path("l.txt").exists()


def test_standard_input_is_called_so(model, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert "standard input is empty" in _error(capsys, "detect", "--model", model, "-")


def test_a_file_of_floats_at_the_wrong_scale_is_named(model, tmp_path, capsys):
    import soundfile

    soundfile.write(tmp_path / "loud.wav", np.full(1000, 11.6), 44_100, subtype="FLOAT")
    assert "loud.wav: float samples must lie in ±1, got 11.6" in _error(
        capsys, "detect", "--model", model, tmp_path / "loud.wav"
    )


def test_training_again_with_other_recordings_is_not_going_on(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = write_corpus(tmp_path)
    learn = ["train", "--words", "words", "--scenes", "2", "--validation-scenes", "1", "--batch", "2"]
    learn += ["--epochs", "1", "--threads", "1", "--out", "m.onnx", *SHORT]
    assert main(learn) == 0
    card = Model(Path("m.onnx")).card
    assert card.preset.features.max_hz == 7_500  # of recordings at 16 kHz
    assert card.preset.features.scale == "log"
    capsys.readouterr()
    assert main([*learn, "--overwrite"]) == 0
    assert "had ended before" in capsys.readouterr().err
    audio.write(words / "rise" / "eve_1.wav", 0.1 * np.ones(8000), 16_000)
    assert "a training with other settings" in _error(capsys, *learn, "--overwrite")
    assert "a training with other settings" in _error(
        capsys, *learn, "--overwrite", "--from", "m.onnx", "--scale", "log"
    )
    Path("file").write_text("x")
    assert "no folder can be made there" in _error(capsys, *learn, "--overwrite", "--run", "file")


def test_labels_of_another_name(model, recording, tmp_path, capsys):
    recording.with_suffix(".txt").write_text("1.0\t1.3\tTone\n2.5\t2.8\ttone\n3.5\t3.6\tcough\n")
    assert main(["evaluate", model, "--labelled", str(tmp_path)]) == 0
    assert "2 of 2 words heard, 0 false accepts" in capsys.readouterr().out
    recording.with_suffix(".txt").write_text("1.0\t1.3\tbell\n")
    assert "no label says tone, they say bell" in _error(
        capsys, "evaluate", model, "--labelled", str(tmp_path)
    )


@pytest.mark.parametrize(("after", "gate"), [(False, "hard_sigmoid"), (True, "sigmoid")])
def test_import_keras_then_detect(after, gate, rng, tmp_path, capsys, monkeypatch):
    """The lesson's weights, whole, become a model file whose scores are Keras's."""
    monkeypatch.chdir(tmp_path)
    weights = draw_weights(rng, after=after)
    write_h5(tmp_path / "tr_model.h5", weights, describe(after=after, gate=gate))
    assert main(["import-keras", "tr_model.h5"]) == 0
    edition = "later edition (reset after)" if after else "earlier edition (reset before)"
    parameters = sum(array.size for arrays in weights.values() for array in arrays)
    captured = capsys.readouterr()
    assert captured.out.startswith(
        f"tr_model.onnx: hears activate; the lesson's {edition}, gates {gate}, {parameters:,} parameters; "
        "scores equal to torch's to "
    )
    assert "try it: oyez detect --model tr_model.onnx FILE" in captured.err
    card = Model(Path("tr_model.onnx")).card
    assert (card.preset.features.scale, card.preset.model.gate, card.preset.model.reset_after) == (
        "power",
        gate,
        after,
    )
    assert card.trigger["activate"].threshold == 0.5
    assert card.values["trained"]["imported"] == "tr_model.h5"
    samples = (0.05 * np.sin(np.arange(40_000) ** 1.6 / 60) * rng.uniform(0, 1, 40_000)).astype(np.float32)
    scores = oyez.load("tr_model.onnx").scores(samples)
    wanted = predict(weights, features.spectrogram(samples), gate=gate)
    delay = card.delay_steps
    assert wanted.std() > 0.01
    np.testing.assert_allclose(scores[delay : delay + len(wanted)], wanted, atol=1e-4)
    audio.write("a.wav", samples, 44_100)
    assert main(["detect", "--model", "tr_model.onnx", "a.wav"]) == 0


def test_import_keras_of_weights_and_config(rng, tmp_path, capsys):
    """Two words, names and threshold of one's own."""
    weights, out = draw_weights(rng, after=True, words=2), tmp_path / "new" / "two.onnx"
    write_h5(tmp_path / "model.h5", weights)
    (tmp_path / "model.json").write_text(json.dumps(describe(after=True, gate="sigmoid", words=2)))
    command = ["import-keras", str(tmp_path / "model.h5"), "--config", str(tmp_path / "model.json")]
    assert "expected a word for each output, 2 in all, got activate. Name each once: --word ONE" in (
        _error(capsys, *command, "--out", out)
    )
    command += ["--word", "yes", "--word", "no", "--threshold", "0.7", "--out", str(out)]
    assert main(command) == 0
    assert "two.onnx: hears yes, no; the lesson's later edition" in capsys.readouterr().out
    assert [(word, one.threshold) for word, one in Model(out).card.trigger.items()] == [
        ("yes", 0.7),
        ("no", 0.7),
    ]
    before = out.read_bytes()
    assert "two.onnx exists already" in _error(capsys, *command)
    assert main([*command, "--overwrite"]) == 0
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["w.h5"], "w.h5 holds weights alone, which do not tell the activation of the gates"),
        (["none.h5"], "none.h5: no such file"),
        (["text.h5"], "text.h5: expected HDF5, got a file that begins with b'text'"),
        (["w.h5", "--config", "text.h5"], "text.h5 is no JSON"),
        (["w.h5", "--config", "none.json"], "none.json: cannot be read"),
        (["w.h5", "--gate", "sigmoid", "--threshold", "2"], "threshold must be between 0 and 1, got 2.0"),
        (
            ["w.h5", "--gate", "sigmoid", "--word", "a", "--word", "b"],
            "word for each output, 1 in all, got a, b",
        ),
    ],
)
def test_import_keras_refuses(arguments, says, rng, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_h5(tmp_path / "w.h5", draw_weights(rng, after=True))
    Path("text.h5").write_text("text")
    before = sorted(tmp_path.iterdir())
    assert says in _error(capsys, "import-keras", *arguments)
    assert sorted(tmp_path.iterdir()) == before
