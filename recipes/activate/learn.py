"""Train the head of `activate` on the bank that `bank.py` made.

    python recipes/activate/learn.py BANK RUN [--epochs 10] [--seed 1]

Writes RUN/head.pt; a run that was stopped goes on from its last epoch. Ten minutes on a core.
"""

import argparse
from pathlib import Path

import torch

from oyez.config import SmallConfig
from oyez.train.bank import Bank
from oyez.train.head import HeadConfig, train_head
from oyez.train.run import Run


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("bank", "run"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--epochs", type=int, default=HeadConfig.epochs)
    parser.add_argument("--seed", type=int, default=HeadConfig.seed)
    options = parser.parse_args()
    torch.set_num_threads(1)
    scenes, speech = (Bank.load(options.bank, f"{name}_*.npz") for name in ("scenes", "speech"))
    config, head = HeadConfig(epochs=options.epochs, seed=options.seed), SmallConfig()
    counts = {"scenes": len(scenes), "speech": len(speech)}
    print(counts, flush=True)
    run = Run(options.run, {**config.to_dict(), **head.to_dict(), **counts})
    trained = train_head(scenes, speech, config, head, run, lambda row: print(row, flush=True))
    run.save("head.pt", {"head": trained.state_dict()})


if __name__ == "__main__":
    main()
