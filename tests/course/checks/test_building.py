from collections.abc import Callable
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
    Model,
    TimeDistributed,
    model,
)
from oyez.course.checks import ExerciseError, check_model


def build(
    conv: Any = None,
    gru: Any = None,
    dropout: float = 0.8,
    units: int = 1,
    layers: Callable[[list[Any]], list[Any]] = lambda layers: layers,
) -> Callable[..., Any]:
    """A learner's `model`, right but for what is said otherwise."""
    gru = gru or GRU(128, return_sequences=True)
    chosen = [
        conv or Conv1D(196, kernel_size=15, strides=4),
        *(BatchNormalization(), Activation("relu"), Dropout(dropout)),
        *(gru, Dropout(dropout), BatchNormalization()),
        *(gru, Dropout(dropout), BatchNormalization(), Dropout(dropout)),
        TimeDistributed(Dense(units, activation="sigmoid")),
    ]

    def function(input_shape: tuple[int, int]) -> Model:
        start = chain = Input(shape=input_shape)
        for layer in layers(chosen):
            chain = layer(chain)
        return Model(inputs=start, outputs=chain)

    return function


@pytest.mark.parametrize("function", [model, build(), lambda shape: model(shape, reset_after=True)])
def test_right_network_passes(function: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    check_model(function)
    assert capsys.readouterr().out == "model: correct.\n"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (build(gru=GRU(128)), "(?s)return_sequences must be True, got False.*one at every step"),
        (build(conv=Conv1D(196, kernel_size=15)), "gives 5,497 steps for 5511 frames, it should give 1375"),
        (build(conv=Conv1D(196, kernel_size=16, strides=4)), "kernel_size should be 15, got 16"),
        (build(conv=Conv1D(128, kernel_size=15, strides=4)), "filters should be 196, got 128"),
        (build(gru=GRU(64, return_sequences=True)), "GRU: units should be 128, got 64"),
        (build(dropout=0.2), "the share that is dropped. It should be 0.8, got 0.2"),
        (build(units=2), "Dense: units should be 1, got 2"),
        (build(layers=lambda layers: layers[:-1]), "ends after 11 layers, TimeDistributed must follow"),
        (
            build(layers=lambda layers: [*layers[:1], *layers[2:3], layers[1], *layers[3:]]),
            "layer 2 must be BatchNormalization, got Activation",
        ),
        (lambda shape: Input(shape=shape), "should return a Model, got Chain"),
        (lambda shape: GRU(128)(..., 7), "TypeError"),  # type: ignore[call-arg, arg-type]
    ],
)
def test_mistake_is_named(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        check_model(function)
