"""A training's folder: settings, log, checkpoints. Knows nothing of what is learnt."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from oyez.errors import ConfigError, OutputError
from oyez.output import whole

__all__ = ["Run", "read_log", "weights_digest"]


class Run:
    """A training's folder: `run.json`, `log.jsonl`, `last.pt`, `best.pt`."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        """Open or make the folder.

        Args:
            folder: of this training alone.
            settings: everything that must be the same for the training to go on.

        Raises:
            ConfigError: the folder holds a training with other settings.
            OutputError: the folder cannot be made.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{folder}: no folder can be made there ({error.strerror}). Name another --run folder."
            ) from None
        path = folder / "run.json"
        text = json.dumps(settings, indent=1, sort_keys=True)
        if not path.exists():
            with whole(path) as draft:
                draft.write_text(text + "\n", encoding="utf-8")
        elif json.loads(path.read_text(encoding="utf-8")) != json.loads(text):
            raise ConfigError(
                f"{folder} holds a training with other settings (see {path.name} in it). "
                "Name another --run folder, or remove that one."
            )

    @property
    def log(self) -> list[dict[str, float]]:
        """One row per finished epoch."""
        return read_log(self.folder)

    def write_log(self, rows: list[dict[str, float]]) -> None:
        """Replace the log."""
        with whole(self.folder / "log.jsonl", overwrite=True) as draft:
            draft.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def save(self, name: str, values: dict[str, Any]) -> None:
        """Write a checkpoint, whole."""
        with whole(self.folder / name, overwrite=True) as draft:
            torch.save(values, draft)

    def load(self, name: str) -> dict[str, Any] | None:
        """Read a checkpoint; None where there is none."""
        path = self.folder / name
        if not path.exists():
            return None
        values: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return values


def read_log(folder: Path) -> list[dict[str, float]]:
    """The rows of a training's log, one per finished epoch."""
    path = folder / "log.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def weights_digest(weights: Mapping[str, torch.Tensor] | None) -> str | None:
    """Of the weights that a training starts from; None where they are drawn."""
    if weights is None:
        return None
    found = hashlib.sha256()
    for name, value in sorted(weights.items()):
        found.update(name.encode() + value.numpy().tobytes())
    return found.hexdigest()[:16]
