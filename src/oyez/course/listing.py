"""The layers of a network, listed and counted as Keras does it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oyez.config import ModelConfig
from oyez.course import layers

if TYPE_CHECKING:
    from oyez.train.models import CourseNetwork

__all__ = ["LayerState", "layer_states", "print_summary"]


@dataclass
class LayerState:
    """A layer of a network, as `model.layers` lists them."""

    name: str
    output_shape: tuple[int | None, ...]
    parameters: int
    kept: str | None = field(default=None, repr=False)
    """Attribute of the network in torch."""
    running: int = 0
    """Those of the parameters that are counted along and never learn."""
    trainable: bool = True
    """False: it stays as it is while the others learn."""

    @property
    def fixed(self) -> int:
        """Parameters that do not learn."""
        return self.running if self.trainable else self.parameters


def layer_states(network: "CourseNetwork", frames: int) -> list[LayerState]:
    """The layers of a network, from the input on.

    Args:
        network: in torch.
        frames: of a clip.
    """
    config: ModelConfig = network.config
    steps = config.steps(frames)
    states = [LayerState("input_1 (InputLayer)", (None, frames, network.features.bins), 0)]
    seen: dict[str, int] = {}
    width = config.filters
    for slot in layers.SLOTS:
        kind = slot.kind.__name__
        seen[kind] = seen.get(kind, 0) + 1
        if slot.kind is layers.GRU:
            width = config.units
        elif slot.kind is layers.TimeDistributed:
            width = network.dense.out_features
        name = f"{kind.lower()}_{seen[kind]} ({kind})"
        parameters, running = _count(network, slot.name)
        states.append(LayerState(name, (None, steps, width), parameters, slot.name, running))
    return states


def print_summary(states: Sequence[LayerState]) -> None:
    """Print the layers, their shapes, and the counts of parameters."""
    line = "{:<42} {:<20} {:>10}".format
    print(line("Layer (type)", "Output shape", "Params"))
    for layer in states:
        print(line(layer.name, str(layer.output_shape), f"{layer.parameters:,}"))
    total, fixed = (sum(getattr(layer, name) for layer in states) for name in ("parameters", "fixed"))
    print(f"Total params: {total:,}")
    print(f"Trainable params: {total - fixed:,}")
    print(f"Non-trainable params: {fixed:,}")


def _count(network: "CourseNetwork", name: str | None) -> tuple[int, int]:
    """Parameters of a layer, as Keras counts them, and the running statistics among them."""
    if name is None:
        return 0, 0
    sizes = {key: math.prod(value.shape) for key, value in getattr(network, name).state_dict().items()}
    running = sum(size for key, size in sizes.items() if key.startswith("running"))
    return sum(sizes.values()) - sizes.get("num_batches_tracked", 0), running
