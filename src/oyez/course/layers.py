"""The network, written layer by layer as the lesson writes it, and checked against the lesson's order.

The layers are descriptions: they hold settings and no weights. `Model` turns a chain of them into a
network, or tells which layer is another one than the lesson's.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from oyez.config import FeatureConfig, ModelConfig
from oyez.course.language import Text
from oyez.errors import ConfigError

__all__ = [
    "GRU",
    "Activation",
    "BatchNormalization",
    "Chain",
    "Conv1D",
    "Dense",
    "Dropout",
    "Input",
    "Layer",
    "TimeDistributed",
    "read_chain",
]

WRONG_LAYER = Text(
    en="layer {number} must be {expected}, got {got}. The lesson's order is {order}.",
    ko="{number}번째 층은 {expected}이어야 하는데 {got}입니다. 강의의 순서는 {order}입니다.",
)
MISSING_LAYER = Text(
    en="the network ends after {count} layers, {expected} must follow. The lesson's order is {order}.",
    ko="신경망이 {count}개 층에서 끝났습니다. 다음은 {expected}이어야 합니다. 강의의 순서는 {order}입니다.",
)
EXTRA_LAYER = Text(
    en="the network goes on with {got} after its last layer, {expected}. Remove it.",
    ko="마지막 층 {expected} 뒤에 {got}이(가) 더 있습니다. 지우세요.",
)
WRONG_SETTING = Text(
    en="layer {number}, {layer}: {name} must be {expected}, got {got}.",
    ko="{number}번째 층 {layer}: {name} 값은 {expected}이어야 하는데 {got}입니다.",
)
NOT_CALLED = Text(
    en="{layer} was given {got} in place of the layer before it. Write it as X = {layer}(…)(X), and begin "
    "with X_input = Input(shape=input_shape).",
    ko="{layer}이(가) 앞 층 대신 {got}을(를) 받았습니다. X = {layer}(…)(X) 꼴로 쓰고, "
    "X_input = Input(shape=input_shape)로 시작하세요.",
)
INPUT_SHAPE = Text(
    en="the input must have the shape (frames, {bins}) with {least} frames or more, got {got}. "
    "The lesson's is (5511, 101).",
    ko="입력은 (프레임 수, {bins}) 모양이고 프레임이 {least}개 이상이어야 하는데 {got}입니다. "
    "강의에서는 (5511, 101)입니다.",
)


@dataclass(frozen=True)
class Chain:
    """Layers that follow one another: what a layer gives when it is called."""

    layers: tuple["Layer", ...]
    shape: tuple[int, ...]
    """Of the input, without the clips' axis."""


class Layer:
    """One layer's settings; called with what comes before it."""

    def __call__(self, before: Chain) -> Chain:
        """The chain with this layer at its end.

        Raises:
            ConfigError: it is not given a chain.
        """
        if not isinstance(before, Chain):
            raise ConfigError(NOT_CALLED(layer=type(self).__name__, got=repr(before)))
        return Chain((*before.layers, self), before.shape)


def Input(shape: tuple[int, ...]) -> Chain:  # noqa: N802
    """The start of a network.

    Args:
        shape: frames and bins of a spectrogram, (5511, 101).

    Raises:
        ConfigError: the network could not hear a clip of that shape.
    """
    bins, least = FeatureConfig().bins, ModelConfig().kernel
    fits = np.shape(shape) == (2,) and shape[1] == bins and shape[0] >= least
    if not fits:
        raise ConfigError(INPUT_SHAPE(bins=bins, least=least, got=shape))
    return Chain((), tuple(shape))


@dataclass(frozen=True)
class Conv1D(Layer):
    """A convolution over frames."""

    filters: int
    kernel_size: int
    strides: int = 1


@dataclass(frozen=True)
class BatchNormalization(Layer):
    """Normalisation over clips and steps."""

    momentum: float = 0.99
    """Share of the running statistics that stays."""
    epsilon: float = 1e-3


@dataclass(frozen=True)
class Activation(Layer):
    """A function of each number; the lesson's is `relu`."""

    activation: str


@dataclass(frozen=True)
class Dropout(Layer):
    """Sets a share of the numbers to zero while it learns."""

    rate: float
    """Share that is dropped."""


@dataclass(frozen=True)
class GRU(Layer):
    """A gated recurrent unit, in the lesson's first edition unless `reset_after` is set."""

    units: int
    return_sequences: bool = False
    reset_after: bool = False
    """False: Keras's first edition, with one bias; True: the later one, with two."""
    recurrent_activation: Literal["hard_sigmoid", "sigmoid"] | None = None
    """Of the gates; None takes that of the edition."""

    @property
    def gate(self) -> Literal["hard_sigmoid", "sigmoid"]:
        """The activation of the gates."""
        return self.recurrent_activation or ("sigmoid" if self.reset_after else "hard_sigmoid")


@dataclass(frozen=True)
class Dense(Layer):
    """Weighted sums; the lesson's has one, with `sigmoid`, at each step by way of `TimeDistributed`."""

    units: int
    activation: str = "linear"


@dataclass(frozen=True)
class TimeDistributed(Layer):
    """A layer at each step."""

    layer: Layer = field(default_factory=lambda: Dense(1))


@dataclass(frozen=True)
class _Slot:
    """A layer of the lesson's network: what it must be, and its name in ours."""

    kind: type[Layer]
    name: str | None = None
    """Attribute of the network in torch; None where nothing is learnt."""

    fixed: ClassVar[dict[type[Layer], dict[str, Any]]] = {
        Activation: {"activation": "relu"},
        GRU: {"return_sequences": True},
        Dense: {"activation": "sigmoid"},
        BatchNormalization: {"momentum": 0.99},
    }


SLOTS = (
    _Slot(Conv1D, "conv"),
    _Slot(BatchNormalization, "norm"),
    _Slot(Activation),
    _Slot(Dropout),
    _Slot(GRU, "first"),
    _Slot(Dropout),
    _Slot(BatchNormalization, "first_norm"),
    _Slot(GRU, "second"),
    _Slot(Dropout),
    _Slot(BatchNormalization, "second_norm"),
    _Slot(Dropout),
    _Slot(TimeDistributed, "dense"),
)
"""The lesson's network, in order."""

ORDER = ", ".join(slot.kind.__name__ for slot in SLOTS)


def read_chain(chain: Chain) -> tuple[ModelConfig, int]:
    """The network that a chain of layers describes.

    Args:
        chain: from `Input` to the last layer.

    Returns:
        Its configuration, and the number of its outputs.

    Raises:
        ConfigError: a layer, or one of its settings, is not the lesson's; it is named.
    """
    for number, (slot, layer) in enumerate(zip(SLOTS, chain.layers, strict=False), 1):
        _check_layer(number, slot, layer)
    if len(chain.layers) < len(SLOTS):
        expected = SLOTS[len(chain.layers)].kind.__name__
        raise ConfigError(MISSING_LAYER(count=len(chain.layers), expected=expected, order=ORDER))
    if len(chain.layers) > len(SLOTS):
        got = type(chain.layers[len(SLOTS)]).__name__
        raise ConfigError(EXTRA_LAYER(got=got, expected=SLOTS[-1].kind.__name__))
    _check_equal(chain, GRU)
    _check_equal(chain, Dropout)
    _check_equal(chain, BatchNormalization)
    conv, norm, _, dropout, gru, *_, last = chain.layers
    assert isinstance(conv, Conv1D)
    assert isinstance(norm, BatchNormalization)
    assert isinstance(dropout, Dropout)
    assert isinstance(gru, GRU)
    assert isinstance(last, TimeDistributed)
    assert isinstance(last.layer, Dense)
    config = ModelConfig(
        filters=conv.filters,
        kernel=conv.kernel_size,
        stride=conv.strides,
        units=gru.units,
        dropout=dropout.rate,
        reset_after=gru.reset_after,
        gate=gru.gate,
        epsilon=norm.epsilon,
    )
    return config, last.layer.units


def _check_layer(number: int, slot: _Slot, layer: Layer) -> None:
    if type(layer) is not slot.kind:
        raise ConfigError(
            WRONG_LAYER(number=number, expected=slot.kind.__name__, got=type(layer).__name__, order=ORDER)
        )
    inner = layer.layer if isinstance(layer, TimeDistributed) else layer
    if isinstance(layer, TimeDistributed) and type(inner) is not Dense:
        expected, got = "Dense(1, activation='sigmoid')", type(inner).__name__
        raise ConfigError(
            WRONG_SETTING(number=number, layer="TimeDistributed", name="layer", expected=expected, got=got)
        )
    for name, expected in slot.fixed.get(type(inner), {}).items():
        got = getattr(inner, name)
        if got != expected:
            raise ConfigError(
                WRONG_SETTING(
                    number=number,
                    layer=type(inner).__name__,
                    name=name,
                    expected=repr(expected),
                    got=repr(got),
                )
            )


def _check_equal(chain: Chain, kind: type[Layer]) -> None:
    """Layers of one kind have one setting: the network in torch holds it once."""
    first: Layer | None = None
    for number, layer in enumerate(chain.layers, 1):
        if type(layer) is not kind:
            continue
        first = first or layer
        for setting in dataclasses.fields(first):  # type: ignore[arg-type]
            expected, got = getattr(first, setting.name), getattr(layer, setting.name)
            if got != expected:
                raise ConfigError(
                    WRONG_SETTING(
                        number=number, layer=kind.__name__, name=setting.name, expected=expected, got=got
                    )
                )
