"""Keras's weights give Keras's scores, however the file spells them; what does not fit is named."""

import copy
import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

import oyez
from keras_network import describe, draw_weights, power_like, predict, read_weights, write_h5
from oyez.config import FeatureConfig, ModelConfig
from oyez.errors import ConfigError, MissingExtraError, ModelError
from oyez.train.keras import load_weights, read_config, read_config_file, read_network
from oyez.train.models import CourseNetwork, count_parameters

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden_keras"
KERAS = ROOT / ".venv-keras" / "bin" / "python"

GATES = {"earlier": "hard_sigmoid", "later": "sigmoid"}
EDITIONS = [(after, gate) for after in (False, True) for gate in ("hard_sigmoid", "sigmoid")]


def _scores(network, frames):
    with torch.inference_mode():
        return torch.sigmoid(network(torch.from_numpy(frames.astype(np.float32))[None])[0])[0].numpy()


@pytest.fixture(scope="session")
def golden(tmp_path_factory):
    """Files that Keras 2 wrote, and what it predicts: made by regenerate.py."""
    folder = tmp_path_factory.mktemp("golden")
    with zipfile.ZipFile(GOLDEN / "golden.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def earlier(tmp_path, rng):
    """The lesson's own edition, whole, in a file as Keras 2.0 wrote it."""
    config = describe(after=False, gate="hard_sigmoid")
    return write_h5(tmp_path / "tr_model.h5", draw_weights(rng, after=False), config)


# ---- the same scores


@pytest.mark.parametrize("edition", GATES)
@pytest.mark.parametrize("whole", [True, False])
def test_scores_are_those_of_keras(golden, edition, whole):
    wanted = np.load(golden / "golden.npz")
    if whole:
        network = read_network(golden / f"{edition}.h5")
    else:
        network = read_network(golden / f"{edition}-weights.h5", read_config_file(golden / f"{edition}.json"))
    assert network.config == ModelConfig(
        filters=4, kernel=6, units=4, reset_after=edition == "later", gate=GATES[edition]
    )
    assert not network.training
    np.testing.assert_allclose(_scores(network, wanted["frames"]), wanted[edition], atol=1e-5)


@pytest.mark.parametrize("edition", GATES)
def test_numpy_is_keras_too_and_the_gate_matters(golden, edition):
    """What the other tests compare with is itself compared, and would notice the other gate."""
    wanted = np.load(golden / "golden.npz")
    weights, other = read_weights(golden / f"{edition}.h5"), set(GATES.values()) - {GATES[edition]}
    frames = wanted["frames"].astype(np.float64)
    np.testing.assert_allclose(predict(weights, frames, gate=GATES[edition]), wanted[edition], atol=1e-5)
    assert np.abs(predict(weights, frames, gate=other.pop()) - wanted[edition]).max() > 0.01


@pytest.mark.parametrize(("after", "gate"), EDITIONS)
@pytest.mark.parametrize("whole", [True, False])
def test_scores_are_those_of_numpy(tmp_path, rng, after, gate, whole):
    weights, config = draw_weights(rng, after=after, words=2), describe(after=after, gate=gate, words=2)
    path = write_h5(tmp_path / "m.h5", weights, config if whole else None)
    network = read_network(path, None if whole else read_config(config))
    frames = power_like(rng, 400)
    wanted = predict(weights, frames, gate=gate)
    assert wanted.shape == (99, 2)
    assert wanted.std(axis=0).min() > 0.02
    np.testing.assert_allclose(_scores(network, frames), wanted, atol=1e-4)


@pytest.mark.parametrize(("after", "total"), [(False, 522_561), (True, 523_329)])
def test_full_size(tmp_path, rng, after, total):
    sizes = {"filters": 196, "kernel": 15, "units": 128}
    gate = "sigmoid" if after else "hard_sigmoid"
    weights = draw_weights(rng, after=after, **sizes)
    assert sum(array.size for arrays in weights.values() for array in arrays) == total
    network = read_network(write_h5(tmp_path / "m.h5", weights), gate=gate)
    assert sum(count_parameters(network)) == total
    assert network.config == ModelConfig(reset_after=after, gate=gate)
    frames = power_like(rng, 300)
    np.testing.assert_allclose(_scores(network, frames), predict(weights, frames, gate=gate), atol=1e-4)


@pytest.mark.parametrize(
    ("spelling", "as_bytes"), [("1", True), ("2", True), ("2", False), ("cell", False), ("3", False)]
)
def test_every_spelling_of_a_file_is_the_same_network(tmp_path, rng, spelling, as_bytes):
    weights = draw_weights(rng, after=False)
    path = write_h5(tmp_path / "m.h5", weights, spelling=spelling, as_bytes=as_bytes)
    frames = power_like(rng, 100)
    wanted = predict(weights, frames, gate="hard_sigmoid")
    np.testing.assert_allclose(_scores(read_network(path, gate="hard_sigmoid"), frames), wanted, atol=1e-4)


def test_half_and_double_precision_are_read(tmp_path, rng):
    weights = draw_weights(rng, after=True)
    for (name, arrays), kind in zip(weights.items(), "edededf", strict=True):
        weights[name] = [array.astype(kind) for array in arrays]
    network = read_network(write_h5(tmp_path / "m.h5", weights), gate="sigmoid")
    assert {value.dtype for value in network.parameters()} == {torch.float32}


# ---- what the JSON says


@pytest.mark.parametrize("functional", [True, False])
@pytest.mark.parametrize("spelling", ["1", "2", "3"])
def test_every_spelling_of_the_json_is_the_same_config(spelling, functional):
    after = spelling != "1"
    values = describe(after=after, gate="sigmoid", spelling=spelling, functional=functional)
    wanted = ModelConfig(filters=5, kernel=7, units=4, reset_after=after)
    assert read_config(values) == wanted
    assert read_config(json.dumps(values)) == wanted
    assert read_config(json.dumps(values).encode()) == wanted


def test_numbers_come_from_the_json():
    values = describe(after=False, gate="hard_sigmoid", filters=9, units=3)
    for layer in values["config"]["layers"]:
        settings = layer["config"]
        settings |= {"rate": 0.25} if layer["class_name"] == "Dropout" else {}
        settings |= {"epsilon": 2e-3, "axis": [2]} if layer["class_name"] == "BatchNormalization" else {}
        settings |= {"strides": 2} if layer["class_name"] == "Conv1D" else {}
    wanted = ModelConfig(
        filters=9, kernel=7, stride=2, units=3, dropout=0.25, epsilon=2e-3, reset_after=False,
        gate="hard_sigmoid",
    )  # fmt: skip
    assert read_config(values) == wanted


def test_absent_settings_are_kerass_defaults():
    values = describe(after=False, gate="hard_sigmoid")
    for layer in values["config"]["layers"]:
        for key in ("padding", "use_bias", "reset_after", "recurrent_activation", "center", "noise_shape"):
            layer["config"].pop(key, None)
    assert read_config(values) == read_config(describe(after=False, gate="hard_sigmoid"))


def test_dense_alone_works_at_each_step_too():
    values = describe(after=True, gate="sigmoid")
    last = values["config"]["layers"].pop()
    values["config"]["layers"].append(last["config"]["layer"])
    assert read_config(values) == read_config(describe(after=True, gate="sigmoid"))


@pytest.mark.parametrize(
    ("layer", "key", "value", "says"),
    [
        (1, "padding", "same", "conv1d_1: expected padding 'valid', got 'same'"),
        (1, "padding", "causal", "got 'causal'"),
        (1, "activation", "relu", "expected activation 'linear', got 'relu'"),
        (1, "dilation_rate", [2], "expected dilation_rate 1, got 2"),
        (1, "groups", 101, "expected groups 1"),
        (1, "data_format", "channels_first", "expected data_format 'channels_last'"),
        (1, "use_bias", False, "expected use_bias True, got False"),
        (1, "strides", [4, 4], "stride must be a whole number"),
        (1, "strides", [40], "stride must be 1..kernel, got 40"),
        (1, "filters", None, "filters must be a whole number, got None"),
        (2, "axis", 1, "expected axis -1 or 2, got 1"),
        (2, "scale", False, "expected scale True"),
        (2, "epsilon", 1e-5, "batchnormalization_7: expected epsilon 1e-05 as in batchnormalization_2"),
        (3, "activation", "elu", "expected activation 'relu', got 'elu'"),
        (4, "noise_shape", [1], "expected noise_shape None"),
        (4, "rate", 0.5, "dropout_6: expected rate 0.5 as in dropout_4, got 0.8"),
        (5, "return_sequences", False, "gru_5: expected return_sequences True, got False"),
        (5, "go_backwards", True, "expected go_backwards False"),
        (5, "stateful", True, "expected stateful False"),
        (5, "activation", "relu", "expected activation 'tanh'"),
        (5, "recurrent_activation", "tanh", "expected recurrent_activation 'hard_sigmoid' or 'sigmoid'"),
        (5, "recurrent_activation", "sigmoid", "gru_8: expected recurrent_activation 'sigmoid' as in gru_5"),
        (5, "units", 7, "gru_8: expected units 7 as in gru_5, got 4"),
        (5, "reset_after", True, "gru_8: expected reset_after True as in gru_5"),
        (5, "dropout", 0.1, "expected dropout 0, got 0.1"),
        (8, "recurrent_dropout", 0.1, "gru_8: expected recurrent_dropout 0"),
        (12, "layer", {"class_name": "GRU", "config": {}}, "expected TimeDistributed(Dense), got GRU"),
        (12, "layer", None, "expected layers with a class_name and a config, got None"),
        (12, "layer", {"class_name": "Dense", "config": {}}, "expected activation 'sigmoid', got 'linear'"),
    ],
)
def test_another_setting_is_named(layer, key, value, says):
    values = describe(after=False, gate="hard_sigmoid")
    values["config"]["layers"][layer]["config"][key] = value
    with pytest.raises((ModelError, ConfigError)) as caught:
        read_config(values, source="model.json")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows.pop(6), "expected Dropout as layer 6 of 12, got BatchNormalization (batchn"),
        (lambda rows: rows.pop(), "expected TimeDistributed as layer 12 of 12, got the end"),
        (
            lambda rows: rows.append(rows[4]),
            "expected 12 layers, got 13, the next of them Dropout (drop",
        ),
        (lambda rows: rows[5].update(class_name="Bidirectional"), "expected GRU as layer 5 of 12, got Bidir"),
        (lambda rows: rows[5].update(class_name="LSTM"), "expected GRU as layer 5 of 12, got LSTM (gru_5)"),
        (lambda rows: rows.insert(3, 7), "expected layers with a class_name and a config, got 7"),
        (lambda rows: rows.clear(), "expected Conv1D as layer 1 of 12, got the end"),
    ],
)
def test_another_order_of_layers_is_named(change, says):
    values = describe(after=False, gate="hard_sigmoid")
    change(values["config"]["layers"])
    with pytest.raises(ModelError) as caught:
        read_config(values, source="model.json")
    assert says in str(caught.value)
    assert str(caught.value).startswith("model.json: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "expected a Keras model, Functional, Model or Sequential, got 'list'"),
        ('{"class_name": "GRU"}', "got 'GRU'"),
        ('{"class_name": "Model"}', "expected a list of layers, got none"),
        ('{"class_name": "Model", "config": {"layers": "x"}}', "expected a list of layers"),
    ],
)
def test_what_is_no_model_is_said(text, says):
    with pytest.raises(ModelError) as caught:
        read_config(text)
    assert says in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"none\.json: cannot be read \(No such file"):
        read_config_file(tmp_path / "none.json")
    (tmp_path / "m.json").write_bytes(b"\x89HDF\xff")
    with pytest.raises(ModelError, match=r"m\.json is no JSON"):
        read_config_file(tmp_path / "m.json")


@pytest.mark.parametrize(
    ("values", "version"),
    [
        ({"spelling": "3"}, None),
        ({"spelling": "2"}, "3.4.0"),
        ({"spelling": "2"}, "4.0"),
    ],
)
def test_hard_sigmoid_of_keras_3_is_not_taken_for_ours(values, version):
    config = describe(after=False, gate="hard_sigmoid", **values)
    if version is not None:
        config["keras_version"] = version
    with pytest.raises(ModelError, match=r"slope 1/6\).*--gate hard_sigmoid"):
        read_config(config)
    assert read_config(config, gate="hard_sigmoid").gate == "hard_sigmoid"
    with pytest.raises(ModelError, match="its gates are hard_sigmoid, --gate says sigmoid"):
        read_config(config, gate="sigmoid")


def test_the_version_of_a_whole_file_counts(tmp_path, rng):
    config = describe(after=False, gate="hard_sigmoid")
    del config["keras_version"]
    path = write_h5(tmp_path / "m.h5", draw_weights(rng, after=False), config, version="3.1.0")
    with pytest.raises(ModelError, match="got a file of Keras 3"):
        read_network(path)
    assert read_network(path, gate="hard_sigmoid").config.gate == "hard_sigmoid"
    path = write_h5(tmp_path / "m.h5", draw_weights(rng, after=False), config, version=None)
    assert read_network(path).config.gate == "hard_sigmoid"  # older than versions


# ---- weights alone, and weights with a config


def test_weights_alone_need_the_gate(tmp_path, rng):
    path = write_h5(tmp_path / "m.h5", draw_weights(rng, after=True))
    with pytest.raises(ModelError, match=r"weights alone.*--config model\.json.*--gate sigmoid or"):
        read_network(path)
    assert read_network(path, gate="sigmoid").config == ModelConfig(filters=5, kernel=7, units=4)


def test_a_gate_that_contradicts_is_refused(earlier, tmp_path, rng):
    assert read_network(earlier, gate="hard_sigmoid").config.gate == "hard_sigmoid"
    with pytest.raises(ModelError, match="its gates are hard_sigmoid, --gate says sigmoid"):
        read_network(earlier, gate="sigmoid")
    path = write_h5(tmp_path / "w.h5", draw_weights(rng, after=False))
    config = read_config(describe(after=False, gate="hard_sigmoid"))
    with pytest.raises(ModelError, match="its gates are hard_sigmoid, --gate says sigmoid"):
        read_network(path, config, "sigmoid")


def test_a_config_beside_a_whole_model_must_agree(earlier):
    config = read_config(describe(after=False, gate="hard_sigmoid"))
    assert read_network(earlier, config).config == config
    other = read_config(describe(after=False, gate="sigmoid"))
    with pytest.raises(ModelError, match="expected gate sigmoid as in the configuration that was given"):
        read_network(earlier, other)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"after": True}, "expected reset_after True as in the configuration, got False"),
        ({"units": 8}, "expected units 8 as in the configuration, got 4"),
        ({"filters": 6}, "expected filters 6 as in the configuration, got 5"),
        ({"kernel": 15}, "expected kernel 15 as in the configuration, got 7"),
    ],
)
def test_a_config_of_other_sizes_is_named(tmp_path, rng, settings, says):
    path = write_h5(tmp_path / "m.h5", draw_weights(rng, after=False))
    config = read_config(describe(**{"after": False, "gate": "hard_sigmoid", **settings}))
    with pytest.raises(ModelError, match=says):
        read_network(path, config)


# ---- into a network that is there


@pytest.mark.parametrize(("after", "gate"), EDITIONS)
def test_weights_are_put_into_a_network(tmp_path, rng, after, gate):
    weights = draw_weights(rng, after=after)
    config = ModelConfig(filters=5, kernel=7, units=4, reset_after=after, gate=gate)
    network = CourseNetwork(FeatureConfig(), config).eval()
    load_weights(network, str(write_h5(tmp_path / "m.h5", weights)))
    frames = power_like(rng, 80)
    np.testing.assert_allclose(_scores(network, frames), predict(weights, frames, gate=gate), atol=1e-4)


@pytest.mark.parametrize(
    ("words", "settings", "says"),
    [
        (1, {"units": 5}, "expected units 5 as in the network, got 4"),
        (2, {}, "expected words 2 as in the network, got 1"),
        (1, {"reset_after": True}, "expected reset_after True as in the network, got False"),
        (1, {"gate": "sigmoid"}, "expected gate sigmoid as in the network, got hard_sigmoid"),
        (1, {"epsilon": 0.01}, r"expected epsilon 0\.01 as in the network, got 0\.001"),
    ],
)
def test_another_network_is_left_as_it_is(earlier, words, settings, says):
    config = {"filters": 5, "kernel": 7, "units": 4, "reset_after": False, "gate": "hard_sigmoid", **settings}
    network = CourseNetwork(FeatureConfig(), ModelConfig(**config), words)
    before = copy.deepcopy(network.state_dict())
    with pytest.raises(ModelError, match=says):
        load_weights(network, earlier)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_whole_model_is_put_into_a_network(earlier, rng):
    config = read_config(describe(after=False, gate="hard_sigmoid"))
    network = CourseNetwork(FeatureConfig(), config).eval()
    load_weights(network, earlier)
    frames = power_like(rng, 80)
    assert np.array_equal(_scores(network, frames), _scores(read_network(earlier), frames))


# ---- files that are damaged, or something else


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"<!DOCTYPE html>\n<html>", r"expected HDF5, got a file that begins with b'<!DOCTYPE html>\\n'"),
        (b"", "expected HDF5, got a file that begins with b''"),
    ],
)
def test_what_is_no_hdf5_is_said(tmp_path, content, says):
    path = tmp_path / "m.h5"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=says):
        read_network(path)


def test_an_archive_of_keras_is_told_how_to_be_saved(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
    with pytest.raises(ModelError, match=r"got a zip archive\. Save it so: model\.save\('model\.h5'\)"):
        read_network(tmp_path / "m.keras")


def test_a_file_that_may_not_be_read_is_named(earlier, monkeypatch):
    earlier.write_bytes(b"no HDF5")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ModelError, match=r"tr_model\.h5: cannot be read \(Permission denied\)"):
        read_network(earlier)


@pytest.mark.parametrize("share", [0.999, 0.7, 0.3, 0.02])
def test_a_file_that_was_cut_short_is_said_to_be_damaged(earlier, share):
    whole = earlier.read_bytes()
    earlier.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ModelError, match="damaged or of another program") as caught:
        read_network(earlier)
    assert "\n" not in str(caught.value)


def _without_a_layer(file):
    del file["model_weights/gru_2"]


def _without_an_array(file):
    del file["model_weights/gru_2/gru_2/bias:0"]


def _without_names(file):
    del file["model_weights"].attrs["layer_names"]


def _without_names_of_weights(file):
    del file["model_weights/gru_2"].attrs["weight_names"]


def _with_integers(file):
    del file["model_weights/gru_2/gru_2/bias:0"]
    file["model_weights/gru_2/gru_2/bias:0"] = np.zeros(12, np.int32)


def _with_a_huge_array(file):
    del file["model_weights/gru_2/gru_2/bias:0"]
    file.create_dataset("model_weights/gru_2/gru_2/bias:0", (10**12,), "f4", chunks=(1024,))


def _with_a_group_for_an_array(file):
    del file["model_weights/gru_2/gru_2/bias:0"]
    file.create_group("model_weights/gru_2/gru_2/bias:0")


def _with_nan(file):
    file["model_weights/gru_2/gru_2/bias:0"][3] = np.nan


def _with_infinity(file):
    file["model_weights/conv1d_1/conv1d_1/kernel:0"][0, 0, 0] = np.inf


def _with_negative_variance(file):
    file["model_weights/batch_normalization_2/batch_normalization_2/moving_variance:0"][0] = -1


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_without_a_layer, "damaged or of another program .*gru_2"),
        (_without_an_array, "damaged or of another program .*bias:0"),
        (_without_names, "expected layer_names of Keras, got 'model_weights'"),
        (_without_names_of_weights, "damaged or of another program .*weight_names"),
        (_with_integers, "must be floating point, at most 50,000,000 numbers, got 12 of int32"),
        (_with_a_huge_array, "got 1,000,000,000,000 of float32"),
        (_with_a_group_for_an_array, "damaged or of another program"),
        (_with_nan, "gru_2: expected numbers, and variances of 0 or more, got others"),
        (_with_infinity, "conv1d_1: expected numbers"),
        (_with_negative_variance, "batch_normalization_2: expected numbers, and variances of 0"),
    ],
)
def test_damage_inside_is_named(earlier, damage, says):
    with h5py.File(earlier, "a") as file:
        damage(file)
    with pytest.raises(ModelError, match=says) as caught:
        read_network(earlier)
    assert str(caught.value).startswith(str(earlier))


def test_an_empty_hdf5_is_no_file_of_keras(tmp_path):
    h5py.File(tmp_path / "m.h5", "w").close()
    with pytest.raises(ModelError, match="expected layer_names of Keras, got nothing"):
        read_network(tmp_path / "m.h5")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda w: w.pop("gru_2"),
            "expected the 7 layers of the lesson that have weights, got 6: conv1",
        ),
        (lambda w: w.update(time_distributed_9=w["time_distributed_1"]), "got 8: "),
        (lambda w: w.clear(), "got 0: none"),
        (lambda w: w.update(gru_1=w["gru_1"][:2]), r"gru_1: expected shapes .* got \[\(5, 12\), \(4, 12\)\]"),
        (lambda w: w.update(gru_2=w["gru_1"]), r"gru_2: expected shapes \[\(4, 12\), \(4, 12\), \(12,\)\]"),
        (
            lambda w: w.update(conv1d_1=[w["conv1d_1"][0][0], w["conv1d_1"][1]]),
            "expected kernels of 3, 2 and 2",
        ),
        (lambda w: w.update(conv1d_1=[np.float32(1)]), r"expected kernels of 3, 2 and 2.*got shapes \(\)"),
        (lambda w: w.update(gru_1=[np.float32(1)] * 9), "expected kernels of 3, 2 and 2"),
    ],
)
def test_weights_of_another_network_are_named(tmp_path, rng, change, says):
    weights = draw_weights(rng, after=False)
    change(weights)
    path = write_h5(tmp_path / "m.h5", weights)
    with pytest.raises(ModelError, match=says):
        read_network(path, gate="sigmoid")


def test_other_frequencies_are_named(tmp_path, rng):
    path = write_h5(tmp_path / "m.h5", draw_weights(rng, after=False, bins=40))
    with pytest.raises(ModelError, match=r"conv1d_1: expected shapes \[\(7, 101, 5\), .*got \[\(7, 40, 5\)"):
        read_network(path, gate="sigmoid")


def test_h5py_is_loaded_only_when_a_file_is_read():
    code = "import sys, oyez.train.keras, oyez.cli\nsys.exit('h5py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_h5py_the_line_to_type_is_told(earlier, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(oyez.errors.importlib, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"needs h5py.*pip install 'oyez\[course\]'"):
        read_network(earlier)


# ---- the real Keras, at full size


def test_regenerate_says_what_it_needs():
    """It stays importable without Keras, and its sizes are the lesson's."""
    spec = importlib.util.spec_from_file_location("regenerate", GOLDEN / "regenerate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {name: one["recurrent_activation"] for name, one in module.EDITIONS.items()} == GATES


@pytest.mark.slow
@pytest.mark.skipif(not KERAS.exists(), reason="there is no .venv-keras: make keras")
def test_full_size_against_keras(tmp_path):
    run = subprocess.run(
        [KERAS, GOLDEN / "regenerate.py", "--full", tmp_path], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    wanted = np.load(tmp_path / "golden.npz")
    for edition, gate in GATES.items():
        weights = read_weights(tmp_path / f"{edition}.h5")
        alone = tmp_path / f"{edition}-weights.h5"
        networks = [
            read_network(tmp_path / f"{edition}.h5"),
            read_network(alone, read_config_file(tmp_path / f"{edition}.json")),
        ]
        for network in networks:
            scores = _scores(network, wanted["frames"])
            assert scores.shape == (1375, 1)
            np.testing.assert_allclose(scores, wanted[edition], atol=1e-4)
        reference = predict(weights, wanted["frames"].astype(np.float64), gate=gate)
        np.testing.assert_allclose(reference, wanted[edition], atol=1e-4)
        assert wanted[edition].std() > 0.05
