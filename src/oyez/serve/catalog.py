"""What a server listens for: its models, by name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oyez.detect.intent import thresholds
from oyez.detect.model import Model, model_path
from oyez.detect.stream import Threshold, triggers
from oyez.errors import ConfigError

__all__ = ["Catalog", "Served"]


@dataclass(frozen=True)
class Served:
    """One model that is served."""

    name: str
    """As clients name it."""
    model: Model
    thresholds: dict[str, float]
    """By word, where a client asks for none."""

    @property
    def words(self) -> tuple[str, ...]:
        """What it hears."""
        return self.model.card.words

    @classmethod
    def load(
        cls,
        name: str | Path,
        *,
        threshold: Threshold | None = None,
        false_accepts: str | float | None = None,
        strict: bool = False,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> "Served":
        """Open a model; it is called as its file, without `.onnx`.

        Args:
            name: shipped name or path.
            threshold: score, 0..1, that every word needs, or by word; None: the model's own.
            false_accepts: in its place, how often it may be wrong, such as `1/day`.
            strict: whether a rate that the model's table does not support is refused.
            tell: takes a line about such a rate otherwise.

        Raises:
            ModelError: there is no such model, or it has no table.
            ConfigError: a threshold or a rate is out of range, or of a word that it does not hear.
        """
        model = Model(model_path(name))
        chosen = thresholds(model, threshold, false_accepts, strict=strict)
        for line in chosen.told("--strict"):
            tell(line)
        return cls(model.path.stem, model, chosen.by_word)


class Catalog:
    """The models of a server, and the words that they hear."""

    def __init__(self, served: Sequence[Served]) -> None:
        """Of one model or more.

        Raises:
            ConfigError: there is none, or two have one name.
        """
        self._served = {one.name: one for one in served}
        if not served:
            raise ConfigError("a server needs a model, got none. Name one: --model activate.")
        if len(self._served) < len(served):
            names = ", ".join(one.name for one in served)
            raise ConfigError(f"each model must have a name of its own, got {names}. Rename one.")
        words = Counter(word for one in served for word in set(one.words))
        self._labels = {
            (one.name, word): _label(one, word, alone=words[word] == 1)
            for one in served
            for word in one.words
        }
        self._called = self._names()

    @classmethod
    def load(
        cls,
        names: Sequence[str | Path],
        *,
        threshold: Threshold | None = None,
        false_accepts: str | float | None = None,
        strict: bool = False,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> "Catalog":
        """Open models; arguments and errors as for `Served.load`, which are those of all of them."""
        return cls(
            [
                Served.load(name, threshold=threshold, false_accepts=false_accepts, strict=strict, tell=tell)
                for name in names
            ]
        )

    def __iter__(self) -> Iterator[Served]:
        """In the order in which they were given."""
        return iter(self._served.values())

    def __len__(self) -> int:
        """Models."""
        return len(self._served)

    def __contains__(self, name: object) -> bool:
        """Whether a model is called so."""
        return name in self._served

    def __getitem__(self, name: str) -> Served:
        """The model of that name.

        Raises:
            ConfigError: there is none.
        """
        if name not in self._served:
            raise ConfigError(f"there is no model “{name}” here. Name one of: {', '.join(self._served)}.")
        return self._served[name]

    @property
    def words(self) -> tuple[str, ...]:
        """Of all models, each once."""
        return tuple(dict.fromkeys(word for one in self for word in one.words))

    def label(self, model: str, word: str) -> str:
        """What to call one word of one model: as the word, if no other model hears it.

        Otherwise as the model, or `model:word` where that hears several.
        """
        return self._labels[model, word]

    def choose(self, names: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
        """Who hears what was asked for.

        Args:
            names: of models, which stand for all of their words; of words, which stand for all models that
                hear them; or labels. What can be read in two ways is a model. None: all there are.

        Returns:
            By model the words wanted, in the model's order.

        Raises:
            ConfigError: a name is none of these.
        """
        wanted: set[tuple[str, str]] = set()
        for name in names:
            found = self._called.get(name)
            if found is None:
                raise ConfigError(
                    f"nothing here hears “{name}”. Name a word ({', '.join(self.words)}) or a model "
                    f"({', '.join(self._served)})."
                )
            wanted |= found
        chosen = {}
        for one in self:
            words = tuple(word for word in one.words if not names or (one.name, word) in wanted)
            if words:
                chosen[one.name] = words
        return chosen

    def _names(self) -> dict[str, set[tuple[str, str]]]:
        """Models and words that each name stands for."""
        found: dict[str, set[tuple[str, str]]] = {}
        for (model, word), label in self._labels.items():
            for name in {word, label}:
                found.setdefault(name, set()).add((model, word))
        return found | {one.name: {(one.name, word) for word in one.words} for one in self}

    def thresholds(
        self, chosen: Mapping[str, Sequence[str]], asked: Threshold | None = None
    ) -> dict[str, dict[str, float]]:
        """What a client's words need, by model and word.

        Args:
            chosen: as `choose` returns.
            asked: score, 0..1, that every word needs, or by word; None, and words not named: the server's.

        Raises:
            ConfigError: a threshold is out of range, or of a word that was not chosen.
        """
        by_word = asked if isinstance(asked, Mapping) else {}
        words = {word for some in chosen.values() for word in some}
        for word in by_word:
            if word not in words:
                raise ConfigError(
                    f"a threshold is given for “{word}”, but asked for is {', '.join(sorted(words))}. "
                    "Name one of those."
                )
        found = {}
        for name, some in chosen.items():
            own = self[name].thresholds
            mine = {word: by_word[word] for word in some if word in by_word}
            wanted = mine if asked is None or isinstance(asked, Mapping) else dict.fromkeys(some, asked)
            checked = triggers(self[name].model.card, own | wanted)
            found[name] = {word: config.threshold for word, config in checked.items()}
        return found


def _label(served: Served, word: str, *, alone: bool) -> str:
    if alone:
        return word
    return served.name if len(served.words) == 1 else f"{served.name}:{word}"
