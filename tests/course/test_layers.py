from collections.abc import Callable, Sequence
from typing import Any

import pytest

from oyez.course import (
    GRU,
    Activation,
    BatchNormalization,
    Conv1D,
    Dense,
    Dropout,
    Input,
    TimeDistributed,
)
from oyez.course.layers import SLOTS, Chain, read_chain
from oyez.errors import ConfigError

Change = Callable[[list[Any]], list[Any]]


def _lesson() -> list[Any]:
    return [
        Conv1D(filters=196, kernel_size=15, strides=4),
        BatchNormalization(),
        Activation("relu"),
        Dropout(0.8),
        GRU(units=128, return_sequences=True),
        Dropout(0.8),
        BatchNormalization(),
        GRU(units=128, return_sequences=True),
        Dropout(rate=0.8),
        BatchNormalization(),
        Dropout(0.8),
        TimeDistributed(Dense(1, activation="sigmoid")),
    ]


def _chain(layers: Sequence[Any]) -> Chain:
    x = Input(shape=(5511, 101))
    for layer in layers:
        x = layer(x)
    return x


def _with(index: int, layer: Any) -> list[Any]:
    layers = _lesson()
    layers[index] = layer
    return layers


def test_the_lessons_layers_are_its_network() -> None:
    config, words = read_chain(_chain(_lesson()))
    assert words == 1
    assert config.to_dict() == {
        "filters": 196, "kernel": 15, "stride": 4, "units": 128, "dropout": 0.8, "reset_after": False,
        "gate": "hard_sigmoid", "epsilon": 1e-3,
    }  # fmt: skip


def test_later_edition_and_other_sizes_are_read() -> None:
    layers = [
        GRU(7, return_sequences=True, reset_after=True) if isinstance(one, GRU) else one for one in _lesson()
    ]
    layers[0] = Conv1D(5, 9, 2)
    layers[-1] = TimeDistributed(Dense(3, activation="sigmoid"))
    config, words = read_chain(_chain(layers))
    assert (config.units, config.filters, config.kernel, config.stride, words) == (7, 5, 9, 2, 3)
    assert (config.reset_after, config.gate) == (True, "sigmoid")


def test_gate_can_be_named() -> None:
    assert GRU(1, recurrent_activation="sigmoid").gate == "sigmoid"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (
            _lesson()[1:],
            "layer 1 must be Conv1D, got BatchNormalization. The lesson's order is Conv1D, Batch",
        ),
        (_with(2, Dropout(0.8)), "layer 3 must be Activation, got Dropout"),
        (_with(-1, Dense(1, activation="sigmoid")), "layer 12 must be TimeDistributed, got Dense"),
        (_with(-1, TimeDistributed(Dropout(0.8))), "layer 12, TimeDistributed: layer must be Dense"),
        (_with(-1, TimeDistributed(Dense(1))), "layer 12, Dense: activation must be 'sigmoid', got 'linear'"),
        (_with(2, Activation("tanh")), "layer 3, Activation: activation must be 'relu', got 'tanh'"),
        (_with(4, GRU(128)), "layer 5, GRU: return_sequences must be True, got False"),
        (_with(7, GRU(64, return_sequences=True)), "layer 8, GRU: units must be 128, got 64"),
        (_with(8, Dropout(0.5)), "layer 9, Dropout: rate must be 0.8, got 0.5"),
        (_with(9, BatchNormalization(epsilon=0.1)), "layer 10, BatchNormalization: epsilon must be 0.001"),
        (_with(1, BatchNormalization(momentum=0.5)), "layer 2, BatchNormalization: momentum must be 0.99"),
        (_lesson()[:5], "ends after 5 layers, Dropout must follow"),
        ([*_lesson(), Dropout(0.8)], "goes on with Dropout after its last layer, TimeDistributed"),
    ],
)
def test_another_network_is_told_layer_by_layer(layers: list[Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_chain(_chain(layers))
    assert said in str(caught.value)


def test_values_out_of_range_are_told() -> None:
    layers = [Dropout(1.0) if isinstance(one, Dropout) else one for one in _lesson()]
    with pytest.raises(ConfigError, match="dropout"):
        read_chain(_chain(layers))


@pytest.mark.parametrize("before", [None, (5511, 101), Dropout(0.8)])
def test_layer_without_one_before_it_is_told(before: Any) -> None:
    with pytest.raises(ConfigError, match=r"Conv1D was given .* in place of the layer before it"):
        Conv1D(196, 15, 4)(before)


@pytest.mark.parametrize("shape", [(5511, 100), (14, 101), (5511,), (1, 5511, 101), 5511])
def test_input_of_another_shape_is_told(shape: Any) -> None:
    with pytest.raises(ConfigError, match=r"must have the shape \(frames, 101\) with 15 frames or more"):
        Input(shape=shape)


def test_slots_name_the_layers_that_learn() -> None:
    assert [slot.name for slot in SLOTS if slot.name] == [
        "conv", "norm", "first", "first_norm", "second", "second_norm", "dense",
    ]  # fmt: skip
