"""torch equals ONNX, whole and step by step; what the file says of itself; going on from a file."""

import json

import numpy as np
import onnx
import pytest
import torch

from oyez import features
from oyez.config import FeatureConfig, ModelConfig, Preset, SmallConfig, TriggerConfig
from oyez.detect.model import Model
from oyez.errors import ModelError, OutputError
from oyez.train import export as export_module
from oyez.train.export import annotate, export, load_network, load_small_network, parity
from oyez.train.models import CourseNetwork
from oyez.train.trunk import trunk_sha256
from small_model import small_network, speech_like
from tone_model import SMALL, TONE_HZ, WORD, tone_network, tones


def _network(after=True, gate="sigmoid", scale="log", max_hz=None, words=1):
    torch.manual_seed(5)
    config = ModelConfig(filters=8, units=6, reset_after=after, gate=gate)
    network = CourseNetwork(FeatureConfig(scale=scale, max_hz=max_hz), config, words)
    for name, value in network.state_dict().items():  # not the zeros and ones that training begins with
        if value.is_floating_point():
            value.add_(0.1 * torch.rand_like(value) if "var" in name else 0.1 * torch.randn_like(value))
    return network.eval()


def _export(network, path, words=("activate",), **options):
    return export(network, path, words, {word: TriggerConfig() for word in words}, **options)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("gate", ["sigmoid", "hard_sigmoid"])
@pytest.mark.parametrize("scale", ["log", "power"])
def test_parity_of_every_edition(tmp_path, after, gate, scale, rng):
    network = _network(after, gate, scale, max_hz=7_500)
    path = tmp_path / "m.onnx"
    written = _export(network, path)
    assert max(written.whole_difference, written.stepped_difference) < 1e-5
    loud = np.asarray(rng.standard_normal(60_000) * 0.3, np.float32)
    assert max(parity(network, Model(path), loud)) < 1e-4


def test_full_size_parity_on_ten_seconds(tmp_path, rng):
    torch.manual_seed(2)
    network = CourseNetwork(FeatureConfig(), ModelConfig()).eval()
    path = tmp_path / "m.onnx"
    _export(network, path)
    samples = np.asarray(rng.standard_normal(441_000 + 1280) * 0.1, np.float32)
    model = Model(path)
    scores, _ = model.run(samples[None, : 345 * 1280], model.initial_state())
    with torch.inference_mode():
        frames = features.spectrogram(samples[:441_000], network.features)
        wanted = torch.sigmoid(network(torch.from_numpy(frames)[None])[0])[0].numpy()
    assert wanted.shape == (1375, 1)
    # the lesson's step i is step i + 4 of the stream
    np.testing.assert_allclose(scores[0, 4 : 4 + 1375], wanted, atol=1e-4)
    assert not scores[0, :4].any()


def test_streams_of_a_batch_do_not_meet(tmp_path, rng):
    path = tmp_path / "m.onnx"
    _export(_network(words=2), path, ("one", "two"))
    model = Model(path)
    x = np.asarray(rng.standard_normal((3, 12_800)) * 0.1, np.float32)
    together, state = model.run(x, model.initial_state(3))
    assert together.shape == (3, 40, 2)
    for number, row in enumerate(x):
        alone, own = model.run(row[None], model.initial_state())
        np.testing.assert_allclose(together[number], alone[0], atol=1e-6)
        np.testing.assert_allclose(state[number], own[0], atol=1e-6)


def test_file_says_what_the_design_asks(tmp_path):
    path = tmp_path / "m.onnx"
    _export(_network(), path, notes={"trained": {"epochs": 3}})
    model = onnx.load(path)
    card = json.loads(next(p.value for p in model.metadata_props if p.key == "oyez"))
    assert card["format"] == 1
    assert card["words"] == ["activate"]
    assert (card["rate"], card["chunk"], card["step"]) == (44_100, 1280, 320)
    assert card["trigger"]["activate"] == TriggerConfig().to_dict()
    assert card["table"] is None
    assert card["licences"] is None
    assert card["trained"] == {"epochs": 3}
    assert card["features"]["window"] == 200
    dims = [(d.dim_param or d.dim_value) for d in model.graph.input[0].type.tensor_type.shape.dim]
    assert dims[0] == "streams"
    assert Model(path).self_check() < 1e-6


def test_refuses_when_torch_and_onnx_differ(tmp_path, monkeypatch):
    network = _network()
    real = export_module.course_graph

    def wrong(weights, preset, words):
        weights = {**weights, "dense.bias": weights["dense.bias"] + 0.01}
        return real(weights, preset, words)

    monkeypatch.setattr(export_module, "course_graph", wrong)
    with pytest.raises(ModelError, match="differ from torch"):
        _export(network, tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


def test_overwrites_only_when_asked(tmp_path):
    path = tmp_path / "m.onnx"
    path.write_text("mine")
    with pytest.raises(OutputError):
        _export(_network(), path)
    assert path.read_text() == "mine"
    _export(_network(), path, overwrite=True)
    assert Model(path).card.words == ("activate",)


@pytest.mark.parametrize("after", [True, False])
def test_goes_on_from_a_file(tmp_path, after):
    network = _network(after)
    path = tmp_path / "m.onnx"
    _export(network, path)
    again, words = load_network(path)
    assert words == ("activate",)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            assert torch.equal(value, again.state_dict()[name]), name


def test_tone_model_hears_its_tone():
    network = tone_network()
    samples = tones([1.0], 2.0)
    frames = features.spectrogram(samples, network.features)
    with torch.inference_mode():
        scores = torch.sigmoid(network(torch.from_numpy(frames)[None])[0])[0, :, 0].numpy()
    at = Preset(network.features, SMALL, TriggerConfig()).step / 44_100
    assert scores[int(1.1 / at)] > 0.9
    assert scores[: int(0.9 / at)].max() < 0.1
    assert WORD == "tone"
    assert TONE_HZ == 1_000


def test_metadata_can_be_rewritten(tmp_path):
    path = tmp_path / "m.onnx"
    _export(_network(), path, notes={"trained": {"epochs": 3}})
    before = onnx.load(path).graph
    annotate(path, {"trigger": {"activate": TriggerConfig(threshold=0.8).to_dict()}})
    card = Model(path).card
    assert card.trigger["activate"].threshold == 0.8
    assert card.values["trained"] == {"epochs": 3}
    assert onnx.load(path).graph == before
    whole = path.read_bytes()
    with pytest.raises(ModelError):
        annotate(path, {"trigger": {}})
    assert path.read_bytes() == whole


SMALL_WORDS = ("one", "two")


def _small(path, **options):
    network = small_network(2)
    return network, _export(network, path, SMALL_WORDS, **options)


def test_small_parity_on_sound_that_moves(tmp_path, rng):
    network, written = _small(tmp_path / "m.onnx", audio_for_parity=speech_like(rng, 4))
    assert max(written.whole_difference, written.stepped_difference) < 1e-4
    model = Model(tmp_path / "m.onnx")
    assert model.self_check() < 1e-6
    assert max(parity(network, model, speech_like(rng, 3))) < 1e-4
    assert network.scores(speech_like(rng, 3)).std() > 0.1


def test_small_streams_of_a_batch_do_not_meet(tmp_path, rng):
    _small(tmp_path / "m.onnx")
    model = Model(tmp_path / "m.onnx")
    x = np.stack([speech_like(rng, 0.8) * gain for gain in (0.1, 1, 2)]).astype(np.float32)
    together, state = model.run(x, model.initial_state(3))
    assert together.shape == (3, 10, 2)
    for number, row in enumerate(x):
        alone, own = model.run(row[None], model.initial_state())
        np.testing.assert_allclose(together[number], alone[0], atol=1e-5)
        np.testing.assert_allclose(state[number], own[0], atol=1e-3)


def test_small_file_says_what_the_design_asks(tmp_path):
    network, _ = _small(tmp_path / "m.onnx")
    card = Model(tmp_path / "m.onnx").card
    assert (card.rate, card.chunk, card.step, card.delay_steps, card.tail) == (16_000, 3840, 1280, 0, 12_800)
    assert card.words == SMALL_WORDS
    assert card.values["preset"] == "small"
    assert card.values["trunk_sha256"] == trunk_sha256(network.trunk)
    assert (card.preset.features, card.preset.model) == (network.features, network.config)
    shape = onnx.load(tmp_path / "m.onnx").graph.input[1].type.tensor_type.shape
    assert shape.dim[1].dim_value == 9_472 + 320 + network.config.units


def test_small_goes_on_from_a_file(tmp_path):
    network, _ = _small(tmp_path / "m.onnx")
    again, words = load_small_network(tmp_path / "m.onnx")
    assert words == SMALL_WORDS
    assert again.state_dict().keys() == network.state_dict().keys()
    for name, value in network.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


def test_weights_of_another_size_are_refused(tmp_path):
    path = tmp_path / "m.onnx"
    _small(path)
    annotate(path, {"model": SmallConfig(hidden=5).to_dict()})
    with pytest.raises(ModelError, match=r"no weights of the right size called head\.linear\.weight"):
        load_small_network(path)


def test_the_published_trunk_brings_its_licence(tmp_path, monkeypatch):
    network, _ = _small(tmp_path / "m.onnx", notes={"licences": {"voices": "CC0"}})
    assert Model(tmp_path / "m.onnx").card.values["licences"] == {"voices": "CC0"}
    monkeypatch.setattr(export_module, "PUBLISHED_SHA256", trunk_sha256(network.trunk))
    _small(tmp_path / "p.onnx", notes={"licences": {"voices": "CC0"}})
    _small(tmp_path / "q.onnx")
    (trunk,) = export_module.LICENCE.items()
    assert Model(tmp_path / "p.onnx").card.values["licences"] == dict([trunk, ("voices", "CC0")])
    assert Model(tmp_path / "q.onnx").card.values["licences"] == dict([trunk])


def test_each_kind_of_network_has_its_own_door(tmp_path):
    _small(tmp_path / "small.onnx")
    _export(_network(), tmp_path / "course.onnx")
    with pytest.raises(ModelError, match="is a small model, expected a course model"):
        load_network(tmp_path / "small.onnx")
    with pytest.raises(ModelError, match="is a course model, expected a small model"):
        load_small_network(tmp_path / "course.onnx")


def test_full_size_small_export_hears_what_torch_hears(tmp_path, rng):
    network = small_network(config=SmallConfig())
    samples = speech_like(rng, 4)
    written = _export(network, tmp_path / "m.onnx", audio_for_parity=samples)
    assert max(written.whole_difference, written.stepped_difference) < 1e-4
