"""The words that are said most in English, with how often: where `oyez phrase` looks for neighbours.

    pip install pocketsphinx==5.1.1
    python recipes/frequent_words/make.py src/oyez/synth/text/frequent.txt

pocketsphinx (BSD-2-Clause) carries a language model of spoken English. Kept are its most probable words that
its dictionary can say, names among them, without letters and abbreviations.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

from pocketsphinx import Config, LogMath, NGramModel, get_model_path

KEPT = 20_000
WORD = re.compile("[a-z]+(?:'[a-z]+)?")
VOWEL_LETTERS = set("aeiouy")
WORDS_OF_ONE_LETTER = {"a", "i"}
HEAD = """# The words that are said most in English, and log10 of how often in 10^9 words.
# Made by recipes/frequent_words/make.py from the language model of pocketsphinx 5.1.1 (BSD-2-Clause).
"""


def main() -> None:
    """Write the list."""
    logs = LogMath()
    model = NGramModel(Config(), logs, get_model_path("en-us/en-us.lm.bin"))
    lines = Path(get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8").splitlines()
    words = {line.split()[0] for line in lines if line}
    often = {word: 9 + logs.log_to_ln(model.prob([word])) / math.log(10) for word in words if _is_word(word)}
    kept = sorted(often, key=lambda word: (-often[word], word))[:KEPT]
    text = HEAD + "".join(f"{word} {often[word]:.1f}\n" for word in kept)
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
    print(f"{len(kept)} words, the rarest {often[kept[-1]]:.1f}")


def _is_word(word: str) -> bool:
    if len(word) == 1:
        return word in WORDS_OF_ONE_LETTER
    return bool(WORD.fullmatch(word)) and bool(VOWEL_LETTERS & set(word))


if __name__ == "__main__":
    main()
