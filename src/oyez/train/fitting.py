"""A network fitted to arrays in memory, one update at a time; no scenes, no schedule, no files."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import torch

from oyez.config import FeatureConfig, ModelConfig
from oyez.features import apply_scale
from oyez.train.models import CourseNetwork

__all__ = ["Fitting", "build_network"]

Array = npt.NDArray[np.float32]


def build_network(features: FeatureConfig, config: ModelConfig, words: int, seed: int) -> CourseNetwork:
    """A network with weights drawn from a seed; torch's global generator is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return CourseNetwork(features, config, words).eval()


class Fitting:
    """A network and Adam: spectrograms in power go in, whatever scale the network reads."""

    def __init__(self, network: CourseNetwork, betas: tuple[float, float], epsilon: float) -> None:
        """Adam starts fresh; each update names its own rate."""
        self.network = network
        self._optimizer = torch.optim.Adam(network.parameters(), lr=0.0, betas=betas, eps=epsilon)
        self._frozen: set[str] = set()

    def freeze(self, names: Iterable[str]) -> None:
        """Keep layers as they are from now on, their batch statistics too; all others learn.

        Args:
            names: attributes of the network, such as `norm`.
        """
        self._frozen = set(names)

    def update(self, power: Array, labels: Array, rate: float, seed: int) -> tuple[float, Array]:
        """One update of the weights by binary cross-entropy.

        Args:
            power: (clips, frames, bins), not negative.
            labels: (clips, steps, words), 0 or 1.
            rate: learning rate.
            seed: of dropout.

        Returns:
            The loss and the scores (clips, steps, words) before the update.
        """
        network = self.network.train()
        for name, layer in network.named_children():
            fixed = name in self._frozen
            layer.requires_grad_(not fixed)
            if fixed:
                layer.eval()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            logits, _ = network(self._input(power))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(labels))
        if loss.requires_grad:  # not where all layers are kept
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        network.eval()
        return float(loss.detach()), torch.sigmoid(logits.detach()).numpy()

    def score(self, power: Array, labels: Array | None = None, batch_size: int = 32) -> tuple[Array, float]:
        """Scores of clips, each from a fresh state.

        Args:
            power: (clips, frames, bins).
            labels: (clips, steps, words); None where no loss is wanted.
            batch_size: clips at once.

        Returns:
            Scores (clips, steps, words), and the mean binary cross-entropy, 0 without labels.
        """
        scores, loss = [], 0.0
        network = self.network.eval()
        for start in range(0, len(power), batch_size):
            part = slice(start, start + batch_size)
            with torch.inference_mode():
                logits, _ = network(self._input(power[part]))
                if labels is not None:
                    wanted = torch.from_numpy(labels[part])
                    cost = torch.nn.functional.binary_cross_entropy_with_logits
                    loss += float(cost(logits, wanted)) * len(wanted) / len(power)
                scores.append(torch.sigmoid(logits).numpy())
        return np.concatenate(scores), loss

    def _input(self, power: Array) -> torch.Tensor:
        scaled = apply_scale(np.ascontiguousarray(power, np.float32), self.network.features)
        return torch.from_numpy(scaled)
