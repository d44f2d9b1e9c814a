"""Words merged into one file score as they do alone; what does not share a trunk is refused."""

import numpy as np
import onnx
import pytest
import torch

from oyez.cli import main
from oyez.config import SmallConfig, TriggerConfig
from oyez.detect.model import Model
from oyez.errors import ModelError, OutputError
from oyez.train import merge as merge_module
from oyez.train.export import annotate, export, load_small_network
from oyez.train.merge import merge
from small_model import TRIGGER, small_network, speech_like, write_small_model
from tone_model import write_tone_model


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Three models: one word, two words, one word with another head."""
    folder = tmp_path_factory.mktemp("models")
    write_small_model(folder / "a.onnx", ("alpha",), seed=1)
    write_small_model(folder / "b.onnx", ("beta", "gamma"), seed=2)
    network = small_network(1, 3, SmallConfig(hidden=9, units=7))
    notes = {"licences": {"voices": "CC0"}, "table": {"delta": [[0.5, 1.0]]}}
    trigger = {"delta": TriggerConfig(threshold=0.7)}
    export(network, folder / "c.onnx", ("delta",), trigger, notes=notes)
    return [folder / f"{name}.onnx" for name in "abc"]


def _steps(path, samples):
    model = Model(path)
    state, parts = model.initial_state(), []
    for start in range(0, len(samples), 1280):
        scores, state = model.run(samples[None, start : start + 1280], state)
        parts.append(scores[0])
    return np.concatenate(parts)


def test_each_word_scores_as_it_does_alone(files, tmp_path, rng):
    out = tmp_path / "all.onnx"
    merge(files, out)
    samples = speech_like(rng, 4)
    alone = np.concatenate([_steps(path, samples) for path in files], axis=1)
    together = _steps(out, samples)
    assert together.shape == (50, 4)
    assert together.std(axis=0).min() > 0.05
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_trunk_is_there_once(files, tmp_path):
    merge(files, tmp_path / "all.onnx")
    convolutions = [
        sum(node.op_type == "Conv" for node in onnx.load(path).graph.node)
        for path in (files[0], tmp_path / "all.onnx")
    ]
    assert convolutions[0] == convolutions[1] == 20
    assert (tmp_path / "all.onnx").stat().st_size < 1.2 * files[0].stat().st_size


def test_triggers_tables_and_licences_come_along(files, tmp_path):
    merge(files, tmp_path / "all.onnx")
    card = Model(tmp_path / "all.onnx").card
    assert card.words == ("alpha", "beta", "gamma", "delta")
    assert card.trigger["beta"] == TRIGGER
    assert card.trigger["delta"].threshold == 0.7
    assert card.values["licences"] == {"voices": "CC0"}
    assert card.values["table"] == {"delta": [[0.5, 1.0]]}
    assert [head["words"] for head in card.values["heads"]] == [["alpha"], ["beta", "gamma"], ["delta"]]
    assert card.values["heads"][2]["model"]["units"] == 7
    assert Model(tmp_path / "all.onnx").self_check() < 1e-6


def test_merged_files_can_be_merged_again(files, tmp_path, rng):
    merge(files[:2], tmp_path / "ab.onnx")
    merge([tmp_path / "ab.onnx", files[2]], tmp_path / "abc.onnx")
    merge(files, tmp_path / "all.onnx")
    samples = speech_like(rng, 2)
    assert np.array_equal(_steps(tmp_path / "abc.onnx", samples), _steps(tmp_path / "all.onnx", samples))


def test_a_merged_file_is_not_trained_further(files, tmp_path):
    merge(files[:2], tmp_path / "ab.onnx")
    with pytest.raises(ModelError, match="before it is merged"):
        load_small_network(tmp_path / "ab.onnx")


def test_another_kind_is_refused(files, tmp_path):
    tone = write_tone_model(tmp_path / "tone.onnx")
    with pytest.raises(ModelError, match="course model, which shares no trunk"):
        merge([files[0], tone], tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_another_trunk_is_refused_whatever_the_metadata_say(files, tmp_path):
    network = small_network(1, 4)
    with torch.no_grad():
        network.trunk.convs[5].bias[0] += 1e-3
    other = tmp_path / "other.onnx"
    export(network, other, ("eps",), {"eps": TRIGGER})
    with pytest.raises(ModelError, match="another trunk than"):
        merge([files[0], other], tmp_path / "out.onnx")
    annotate(other, {"trunk_sha256": Model(files[0]).card.values["trunk_sha256"]})
    with pytest.raises(ModelError, match="another trunk than"):
        merge([files[0], other], tmp_path / "out.onnx")


def test_a_word_that_comes_twice_is_refused(files, tmp_path):
    with pytest.raises(ModelError, match="alpha is heard by more than one"):
        merge([files[0], files[0]], tmp_path / "out.onnx")


def test_scores_that_would_change_are_refused(files, tmp_path, monkeypatch):
    real = merge_module.small_graph

    def wrong(weights, features, heads):
        weights = {**weights, "heads.1.dense.bias": weights["heads.1.dense.bias"] + 0.01}
        return real(weights, features, heads)

    monkeypatch.setattr(merge_module, "small_graph", wrong)
    with pytest.raises(ModelError, match="those of each file alone"):
        merge(files, tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_from_the_shell(files, tmp_path, capsys):
    out = tmp_path / "all.onnx"
    names = [str(path) for path in files[:2]]
    assert main(["export", "--merge", *names, "--out", str(out)]) == 0
    assert "hears alpha, beta, gamma on one trunk" in capsys.readouterr().out
    assert main(["export", "--merge", *names, "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["export", "--merge", *names, "--out", str(out), "--overwrite"]) == 0
    assert main(["export", "--merge", names[0], "--out", str(out)]) == 2
    assert "two model files or more" in capsys.readouterr().err
    with pytest.raises(OutputError):
        merge(files, out)
