"""The network as the lesson's notebook calls it, and its numbers (DESIGN, section 6)."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import oyez
from oyez.course import (
    GRU,
    Activation,
    Adam,
    BatchNormalization,
    Conv1D,
    Dense,
    Dropout,
    Input,
    Model,
    TimeDistributed,
    load_model,
    model,
)
from oyez.errors import ConfigError, DataError, MissingExtraError, ModelError

FRAMES, STEPS = 95, 21


def _small(units: int = 4, dropout: float = 0.0, words: int = 1) -> Model:
    x_input = Input(shape=(FRAMES, 101))
    x = Conv1D(4, 15, 4)(x_input)
    x = Dropout(dropout)(Activation("relu")(BatchNormalization()(x)))
    x = BatchNormalization()(Dropout(dropout)(GRU(units, return_sequences=True, reset_after=True)(x)))
    x = BatchNormalization()(Dropout(dropout)(GRU(units, return_sequences=True, reset_after=True)(x)))
    x = TimeDistributed(Dense(words, activation="sigmoid"))(Dropout(dropout)(x))
    return Model(inputs=x_input, outputs=x)


def _data(count: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Noise whose loud stretches are what the ones mean."""
    rng = np.random.default_rng(0)
    y = (rng.random((count, STEPS, 1)) > 0.7).astype(float)
    loud = np.repeat(y[..., 0], 4, axis=1)
    loud = np.pad(loud, ((0, 0), (7, FRAMES - 7 - loud.shape[1])))
    return rng.random((count, FRAMES, 101)) * (0.2 + loud[..., None]), y


def _compiled(**options: Any) -> Model:
    network = _small(**options)
    network.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.02), metrics=["accuracy"])
    return network


def _numbers(text: str) -> list[str]:
    return [line.split()[-1] for line in text.splitlines() if "params:" in line]


@pytest.mark.parametrize(
    ("reset_after", "counts"),
    [(False, ["522,561", "521,657", "904"]), (True, ["523,329", "522,425", "904"])],
)
def test_parameters_are_the_lessons(
    capsys: pytest.CaptureFixture[str], reset_after: bool, counts: list[str]
) -> None:
    network = model(input_shape=(5511, 101), reset_after=reset_after)
    network.summary()
    printed = capsys.readouterr().out
    assert _numbers(printed) == counts
    assert f"{network.count_params():,}" == counts[0]
    assert network.output_shape == (None, 1375, 1)
    assert "(None, 1375, 196)" in printed


def test_layers_are_listed_as_in_the_lesson() -> None:
    listed = model((5511, 101)).layers
    assert [layer.name.split()[1] for layer in listed] == [
        "(InputLayer)", "(Conv1D)", "(BatchNormalization)", "(Activation)", "(Dropout)", "(GRU)", "(Dropout)",
        "(BatchNormalization)", "(GRU)", "(Dropout)", "(BatchNormalization)", "(Dropout)",
        "(TimeDistributed)",
    ]  # fmt: skip


def test_shape_is_none_1375_1() -> None:
    assert model((5511, 101)).predict(np.zeros((1, 5511, 101))).shape == (1, 1375, 1)


def test_later_input_does_not_change_earlier_output(rng: np.random.Generator) -> None:
    network = model((5511, 101))
    x = rng.random((1, 5511, 101))
    changed = x.copy()
    changed[:, 3000:] = 0
    first, second = network.predict(x), network.predict(changed)
    heard = (3000 - 15) // 4 + 1
    np.testing.assert_allclose(first[0, :heard], second[0, :heard], atol=1e-6)
    assert np.abs(first[0, heard:] - second[0, heard:]).max() > 1e-4


def test_numpys_seed_gives_the_same_network_and_the_same_learning() -> None:
    x, y = _data()
    found = []
    for _ in range(2):
        np.random.seed(7)
        network = _compiled(dropout=0.5)
        found.append((network.fit(x, y, batch_size=5, verbose=0).history, network.predict(x)))
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])
    np.random.seed(8)
    assert np.abs(_small().predict(x) - found[0][1]).max() > 1e-3


def test_it_learns(capsys: pytest.CaptureFixture[str]) -> None:
    np.random.seed(0)
    x, y = _data(30)
    network = _compiled()
    before = network.evaluate(x, y, verbose=0)
    history = network.fit(x, y, batch_size=5, epochs=10, validation_data=(x, y)).history
    loss, accuracy = network.evaluate(x, y)
    assert loss < 0.6 * before[0]
    assert accuracy > 0.85
    assert history["loss"][-1] < history["loss"][0]
    assert history["val_loss"][-1] == pytest.approx(loss)
    assert history["val_accuracy"][-1] == pytest.approx(accuracy)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Epoch 1/10: loss: ")
    assert lines[-1] == f"loss: {loss:.4f}, accuracy: {accuracy:.4f}"


def test_evaluation_is_that_of_the_predictions() -> None:
    x, y = _data()
    network = _compiled()
    p = network.predict(x, batch_size=5).astype(np.float64)
    loss, accuracy = network.evaluate(x, y, batch_size=5, verbose=0)
    assert loss == pytest.approx(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), rel=1e-4)
    assert accuracy == pytest.approx(np.mean((p > 0.5) == (y > 0.5)))


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_rate_of_adam_decays_over_updates(monkeypatch: pytest.MonkeyPatch, decay: float) -> None:
    from oyez.train.fitting import Fitting

    rates = []
    update = Fitting.update

    def spy(self: Any, power: Any, labels: Any, rate: float, seed: int) -> Any:
        rates.append(rate)
        return update(self, power, labels, rate, seed)

    monkeypatch.setattr(Fitting, "update", spy)
    x, y = _data(10)
    network = _small()
    network.compile(optimizer=Adam(lr=1e-4, beta_1=0.9, beta_2=0.999, decay=decay))
    network.fit(x, y, batch_size=5, epochs=2, verbose=0)
    network.fit(x, y, batch_size=10, verbose=0)
    assert rates == [pytest.approx(1e-4 / (1 + decay * update)) for update in range(5)]
    network.compile(optimizer="adam")
    network.fit(x, y, batch_size=10, verbose=0)
    assert rates[-1] == pytest.approx(1e-3)


def test_last_batch_may_be_smaller_and_order_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from oyez.train.fitting import Fitting

    seen = []

    def spy(self: Any, power: Any, labels: Any, rate: float, seed: int) -> Any:
        seen.append(power[:, 0, 0].tolist())
        return 1.0, np.zeros_like(labels)

    monkeypatch.setattr(Fitting, "update", spy)
    x, y = np.zeros((7, FRAMES, 101)), np.zeros((7, STEPS, 1))
    x[:, 0, 0] = range(7)
    network = _compiled()
    network.fit(x, y, batch_size=3, shuffle=False, verbose=0)
    assert seen == [[0, 1, 2], [3, 4, 5], [6]]
    np.random.seed(0)
    network.fit(x, y, batch_size=7, verbose=0)
    assert sorted(seen[-1]) == list(range(7))
    assert seen[-1] != list(range(7))


def test_no_batch_size_is_kerass() -> None:
    x, y = _data()
    network = _compiled()
    assert len(network.fit(x, y, batch_size=None, verbose=0).history["loss"]) == 1
    np.testing.assert_array_equal(network.predict(x, batch_size=None), network.predict(x))


def test_frozen_layers_stay_and_others_learn(capsys: pytest.CaptureFixture[str]) -> None:
    """The later edition freezes its normalisations, layers 2, 7 and 10, before it learns on."""
    x, y = _data()
    network = _compiled()
    for number in (2, 7, 10):
        network.layers[number].trainable = False
    before = {name: value.clone() for name, value in network.network.state_dict().items()}
    network.fit(x, y, batch_size=4, verbose=0)
    after = network.network.state_dict()
    changed = {name.partition(".")[0] for name in before if not before[name].equal(after[name])}
    assert changed == {"conv", "first", "second", "dense"}
    network.summary()
    norms = 4 * (4 + 4 + 4)
    assert _numbers(capsys.readouterr().out)[2] == str(norms)
    for layer in network.layers:
        layer.trainable = False
    before = {name: value.clone() for name, value in after.items()}
    network.fit(x, y, batch_size=4, verbose=0)
    assert all(before[name].equal(value) for name, value in network.network.state_dict().items())
    for layer in network.layers:
        layer.trainable = True
    network.fit(x, y, batch_size=4, verbose=0)
    assert not before["norm.running_mean"].equal(network.network.state_dict()["norm.running_mean"])


def test_what_was_learnt_is_a_detector(tmp_path: Path) -> None:
    network = _compiled()
    network.save(tmp_path / "mine.onnx", threshold=0.7)
    detector = oyez.load(tmp_path / "mine.onnx")
    assert detector.words == ("activate",)
    assert detector.trigger["activate"].threshold == 0.7
    again = load_model(tmp_path / "mine.onnx")
    power = np.random.default_rng(0).random((1, 5511, 101))
    assert again.predict(power).shape == (1, 1375, 1)
    assert again.network.state_dict()["conv.weight"].equal(network.network.state_dict()["conv.weight"])


def test_shipped_network_is_loaded_by_its_name() -> None:
    network = load_model("activate-course")
    assert (network.words, network.count_params()) == (("activate",), 523_329)


def test_networks_of_two_words_name_them() -> None:
    assert _small(words=2).words == ("word 1", "word 2")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda n: n.compile(loss="mse"), "loss must be one of binary_crossentropy, got 'mse'"),
        (lambda n: n.compile(metrics=["auc"]), "metrics must be one of accuracy, acc"),
        (lambda n: n.compile(optimizer="sgd"), "optimizer must be one of adam, got 'sgd'"),
        (lambda n: n.compile(optimizer=3), "optimizer must be one of"),
        (lambda n: n.save("mine.h5"), "a network is saved as .onnx"),
        (lambda n: n.fit(*_data(), batch_size=0), "batch_size must be 1 or more, got 0"),
        (lambda n: n.predict(_data()[0], batch_size=-1), "batch_size must be 1 or more, got -1"),
        (lambda n: n.evaluate(*_data(), batch_size=0), "batch_size must be 1 or more, got 0"),
        (lambda n: n.fit(*_data(), epochs=0), "epochs must be 1 or more, got 0"),
    ],
)
def test_what_the_lesson_does_not_use_is_refused(call: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        call(_compiled())
    assert said in str(caught.value)


@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_compiling_comes_first(method: str) -> None:
    with pytest.raises(ConfigError, match="was not compiled"):
        getattr(_small(), method)(*_data())


@pytest.mark.parametrize("shape", [(FRAMES, 101), (1, 101, FRAMES), (1, FRAMES + 1, 101), (0, FRAMES, 101)])
def test_spectrograms_of_another_shape_are_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=rf"X must have the shape \(clips, {FRAMES}, 101\)"):
        _small().predict(np.zeros(shape))


def test_labels_of_another_shape_are_told() -> None:
    x, y = _data()
    with pytest.raises(DataError, match=rf"Y must have the shape \(12, {STEPS}, 1\), got \(12, {STEPS}\)"):
        _compiled().fit(x, y[..., 0])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lr": 0}, "lr must be > 0, got 0"),
        ({"beta_1": 1}, "beta_1 must be ≥ 0, < 1, got 1"),
        ({"beta_2": -0.1}, "beta_2 must be ≥ 0, < 1"),
        ({"epsilon": 0}, "epsilon must be > 0"),
        ({"decay": -1}, "decay must be ≥ 0, got -1"),
    ],
)
def test_adam_out_of_range_is_told(values: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Adam(**values)
    assert said in str(caught.value)


def test_adam_takes_the_later_name_of_its_rate() -> None:
    assert Adam(learning_rate=1e-6).rate(100) == 1e-6


def test_missing_files_and_libraries_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        load_model("none.onnx")
    monkeypatch.setitem(sys.modules, "torch", None)
    for call in (lambda: load_model("activate-course"), lambda: model((5511, 101))):
        with pytest.raises(MissingExtraError, match=r"oyez\[course\]"):
            call()
