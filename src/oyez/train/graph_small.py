"""Detectors on the trunk as one ONNX graph: `pcm, state -> scores, state_out`.

Any number of heads read one trunk, which is computed once. The state of one stream is flat: the last
two frames that each convolution in time still sees, the last samples that the next frame does, and
the GRU of each head. The log-mel frames are natural logarithms here; what makes them decimal is in the
weights that read them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx

from oyez.config import MelConfig
from oyez.mel import dft_bins, mel_weights, windowed_dft
from oyez.train.nodes import Array, Nodes
from oyez.train.trunk import LAYERS, LEAST, SLOPE, STATE_SHAPES

__all__ = ["small_graph"]

LOG_10_E = 0.4342944819032518
SCALE = 100.0
"""Of power: its decimal logarithm is the 2 that the trunk's frames are shifted by."""


def small_graph(weights: Mapping[str, Array], features: MelConfig, heads: Sequence[int]) -> onnx.ModelProto:
    """Build the model.

    Args:
        weights: the trunk's, `trunk.convs.0.weight` and so on, and those of each head,
            `heads.0.gru.weight_hh` and so on.
        features: what the trunk reads.
        heads: words of each head, in the order of the scores.

    Returns:
        A model with inputs `pcm` (streams, k × 1280), k ≥ 1, and `state` (streams, n), outputs `scores`
        (streams, k, words) and `state_out`; without metadata.
    """
    units = [weights[f"heads.{number}.gru.weight_hh"].shape[1] for number in range(len(heads))]
    past_hops = -(-features.past // features.hop)
    sizes = [*(int(np.prod(shape)) for shape in STATE_SHAPES), past_hops * features.hop, *units]
    b = Nodes(weights)
    parts = b.add_many("Split", "state", b.ints(*sizes), outputs=len(sizes), axis=1)
    trunk, past, hidden = parts[: len(STATE_SHAPES)], parts[len(STATE_SHAPES)], parts[-len(units) :]
    heard = b.add("Concat", past, "pcm", axis=1)
    frames = _log_mel(b, heard, features, past_hops)  # (S, 1, T, 32)
    x, trunk_out = _trunk(b, frames, trunk)  # (S, 96, k, 1)
    x = b.add("Transpose", b.add("Squeeze", x, b.ints(3)), perm=[2, 0, 1])  # (k, S, 96)
    logits, hidden_out = zip(
        *(_head(b, x, f"heads.{number}", hidden[number], units[number]) for number in range(len(heads))),
        strict=True,
    )
    x = b.add("Concat", *logits, axis=2) if len(logits) > 1 else logits[0]
    b.rename(b.add("Transpose", b.add("Sigmoid", x), perm=[1, 0, 2]), "scores")
    kept = b.slice(heard, -past_hops * features.hop, None, 1)
    b.rename(b.add("Concat", *trunk_out, kept, *hidden_out, axis=1), "state_out")
    return b.model(sum(sizes), sum(heads))


def _log_mel(b: Nodes, heard: str, config: MelConfig, past_hops: int) -> str:
    """(S, samples) to (S, 1, frames, bands), as `mel.log_mel` but for the factor and the shift.

    A window is cut into hops, so that all windows come of a few slices of whole rows.
    """
    bands = mel_weights(config)[dft_bins(config)] * SCALE
    hops = b.add("Reshape", heard, b.ints(0, -1, config.hop))  # (S, past hops + T, hop)
    first = past_hops * config.hop - config.past  # samples that the window does not see of its first hop
    parts = []
    for number in range(past_hops + 1):
        part = b.slice(hops, number, (number - past_hops) or None, 1)
        parts.append(b.slice(part, first, None, 2) if not number and first else part)
    windows = b.add("Concat", *parts, axis=2)  # (S, T, window)
    x = b.add("MatMul", windows, b.constant(windowed_dft(config), "mel.transform"))
    power = b.add("Mul", x, x)
    x = b.add("MatMul", power, b.constant(np.concatenate((bands, bands)), "mel.bands"))
    x = b.add("Log", b.add("Max", x, b.constant(np.float32(config.floor * SCALE))))
    return b.add("Unsqueeze", x, b.ints(1))


def _trunk(b: Nodes, x: str, state: Sequence[str]) -> tuple[str, list[str]]:
    """Frames to embeddings (S, 96, k, 1), and the new state's parts, each flat."""
    waiting, kept = list(zip(state, STATE_SHAPES, strict=True)), []
    for number, layer in enumerate(LAYERS):
        if layer.time > 1:
            past, shape = waiting.pop(0)
            x = b.add("Concat", b.add("Reshape", past, b.ints(-1, *shape)), x, axis=2)
            kept.append(b.add("Flatten", b.slice(x, -2, None, 2)))
        weight = b.weight(f"trunk.convs.{number}.weight")
        if not number:
            weight = b.add("Mul", weight, b.constant(np.float32(LOG_10_E)))
        bias = () if layer.last else (b.weight(f"trunk.convs.{number}.bias"),)
        side = layer.bands // 2
        x = b.add("Conv", x, weight, *bias, pads=[0, side, 0, side])
        if not layer.last:  # ONNX Runtime makes it one with the convolution
            x = b.add("LeakyRelu", x, alpha=SLOPE)
        if layer.pool:  # what cuts below rises: it may come after, where there is less to cut
            x = b.add("MaxPool", x, kernel_shape=layer.pool, strides=layer.pool)
        if not layer.last:
            x = b.add("Clip", x, b.constant(np.float32(LEAST), "trunk.least"))
    return x, kept


def _head(b: Nodes, x: str, name: str, hidden: str, units: int) -> tuple[str, str]:
    """Embeddings (k, S, 96) to logits (k, S, words), and the GRU's new state."""
    scale, bias = b.weight(f"{name}.norm.weight"), b.weight(f"{name}.norm.bias")
    x = b.add("LayerNormalization", x, scale, bias, epsilon=1e-5)
    x = b.add("Relu", b.dense(x, f"{name}.linear"))
    weights = [b.weight(f"{name}.gru.{key}") for key in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    x, hidden = b.gru(x, weights, hidden, units, linear_before_reset=1)
    return b.dense(x, f"{name}.dense"), hidden
