"""Choose the threshold of `activate` on what was held out, and write the model file.

    python recipes/activate/choose.py DATA VOICES RUN OUT.onnx

RUN holds `head.pt`. Held-out speech is heard twice, clean and in surroundings; false accepts of the two are
averaged, hours count once. Of all thresholds, the one with the fewest misses over the conditions of
`held_out.py` is taken among those with at most FALSE_ACCEPTS in both renderings together. Nothing of the
test is opened.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from held_out import CONDITIONS, curves, negatives, positives
from material import WORD, load

from oyez.config import PRESETS
from oyez.evaluate.curve import Curve
from oyez.synth.material import simulated_rooms
from oyez.train.export import export
from oyez.train.models import SmallNetwork
from oyez.train.trunk import load_trunk

FALSE_ACCEPTS = 3
ROWS = 24
"""Of the table that the file carries."""

LICENCES = {
    "Kokoro-82M v1.0 voices": "Apache-2.0",
    "hibari voices": "Apache-2.0",
    "Flight of the Amazon Queen, dialogue": "freely redistributable (Debian)",
    "speechocean762": "free, commercial use too",
    "Asterisk prompts (es, fr, it, ru)": "CC BY-SA 3.0",
    "ESC-10": "CC0 and CC BY 3.0, by clip",
    "opsound music": "CC BY-SA",
}
"""Of what trained the head; `export` adds the trunk's."""


def table(curve: Curve, hours: float) -> dict[str, Any]:
    """False accepts per hour by threshold, as the file carries them."""
    kept = {}
    for point in curve.points:  # the lowest threshold for each number of false accepts
        kept.setdefault(point.false_accepts, point.threshold)
    rows = sorted((threshold, count / (2 * hours)) for count, threshold in kept.items())
    return {
        "hours": round(hours, 3),
        "rows": [[threshold, round(rate, 3)] for threshold, rate in rows[-ROWS:]],
    }


def main() -> None:
    """Score, sweep, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "voices", "run", "out"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    preset = PRESETS["small"]
    network = SmallNetwork(preset.features, preset.model)
    network.trunk = load_trunk()
    network.head.load_state_dict(torch.load(options.run / "head.pt", weights_only=True)["head"])
    network.eval()
    _, half = load(options.data, options.voices)
    material = half.around(simulated_rooms(42, 100))
    said = {name: positives(half, material, name, network.trunk) for name in CONDITIONS}
    quiet = negatives(material, network.trunk)
    found = curves(network.head, said, quiet, preset.trigger)
    together = {"all": [one for many in said.values() for one in many]}
    pooled = curves(network.head, together, quiet, preset.trigger)["all"]
    hours = pooled.hours / 2
    point = pooled.at_most(FALSE_ACCEPTS)
    trigger = replace(preset.trigger, threshold=point.threshold)
    evaluated: dict[str, Any] = {
        "held_out_hours": round(hours, 3),
        "false_accepts_clean_and_in_surroundings": point.false_accepts,
        "misses": {name: _misses(curve, point.threshold) for name, curve in found.items()},
    }
    written = export(
        network,
        options.out,
        (WORD,),
        {WORD: trigger},
        notes={
            "table": {WORD: table(pooled, hours)},
            "trained": {"recipe": "recipes/activate"},
            "evaluated": evaluated,
            "licences": LICENCES,
        },
        audio_for_parity=half.words[0].samples,
        overwrite=True,
    )
    print(f"{options.out}: threshold {trigger.threshold:g}, {hours:.2f} h held out")
    print(evaluated)
    print(f"torch and the file differ by {written.whole_difference:.1g}, {written.stepped_difference:.1g}")


def _misses(curve: Curve, threshold: float) -> str:
    matches = curve.at(threshold).matches
    return f"{matches.misses} of {matches.hits + matches.misses}"


if __name__ == "__main__":
    main()
