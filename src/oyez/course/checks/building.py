"""The check of the network: its layers in the lesson's order, with the lesson's numbers."""

from collections.abc import Callable
from typing import Any

from oyez.course.checks.answer import ExerciseError, ask, require_that, tell_correct
from oyez.course.language import Text
from oyez.course.network import Model
from oyez.errors import ConfigError

__all__ = ["check_model"]

INPUT_SHAPE = (5511, 101)

NOT_MODEL = Text(
    en="model should return a Model, got {got}. End with return Model(inputs=X_input, outputs=X).",
    ko="model은 Model을 반환해야 하는데 {got}입니다. return Model(inputs=X_input, outputs=X)로 끝내세요.",
)
SEQUENCES = Text(
    en="{problem}\nWithout it a GRU gives one vector when the clip is over; the layer that follows needs "
    "one at every step: return_sequences=True.",
    ko="{problem}\n이것이 없으면 GRU는 클립이 끝난 뒤의 벡터 하나만 내놓습니다. 다음 층에는 스텝마다 하나씩 "
    "필요하니 return_sequences=True를 쓰세요.",
)
STRIDE = Text(
    en="the network gives {got} steps for 5511 frames, it should give 1375. That is the stride's work: "
    "Conv1D(196, kernel_size=15, strides=4).",
    ko="5511프레임에 {got}스텝이 나옵니다. 1375스텝이어야 합니다. 이것은 strides가 정합니다: Conv1D(196, "
    "kernel_size=15, strides=4).",
)
SETTING = Text(
    en="{layer}: {name} should be {expected}, got {got}.",
    ko="{layer}: {name} 값은 {expected}이어야 하는데 {got}입니다.",
)
DROPOUT = Text(
    en="Dropout: its number is the share that is dropped. It should be 0.8, got {got}.",
    ko="Dropout: 여기에 쓰는 숫자는 버리는 비율입니다. 0.8이어야 하는데 {got}입니다.",
)


def check_model(function: Callable[..., Any]) -> None:
    """Check `model(input_shape)`.

    Raises:
        ExerciseError: it is not right yet; of a layer in a wrong place its number is told.
    """
    try:
        network = ask(function, INPUT_SHAPE)
    except ExerciseError as error:
        sequences = isinstance(error.__cause__, ConfigError) and "return_sequences" in str(error)
        require_that(not sequences, SEQUENCES, problem=error)
        raise
    require_that(isinstance(network, Model), NOT_MODEL, got=type(network).__name__)
    config, steps = network.network.config, network.output_shape[1]
    require_that(steps == 1375 or config.kernel != 15, STRIDE, got=f"{steps:,}")
    for layer, name, expected, got in (
        ("Conv1D", "filters", 196, config.filters),
        ("Conv1D", "kernel_size", 15, config.kernel),
        ("Conv1D", "strides", 4, config.stride),
        ("GRU", "units", 128, config.units),
        ("Dense", "units", 1, network.output_shape[2]),
    ):
        require_that(got == expected, SETTING, layer=layer, name=name, expected=expected, got=got)
    require_that(config.dropout == 0.8, DROPOUT, got=config.dropout)
    tell_correct("model")
