"""A network that is called as the lesson's notebook calls Keras's, on ours in torch.

Only what the lesson uses is here. torch is loaded when the first network is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from oyez.config import FeatureConfig, TriggerConfig
from oyez.course import layers
from oyez.course.adam import Adam
from oyez.course.language import Text
from oyez.course.listing import layer_states, print_summary
from oyez.errors import ConfigError, DataError, require

if TYPE_CHECKING:
    from oyez.train.fitting import Fitting
    from oyez.train.models import CourseNetwork

__all__ = ["SEEDS", "History", "Model", "require_libraries"]

Array = npt.NDArray[np.float32]

SEEDS = 2**31 - 1
"""What the seeds of weights and dropout are drawn below, from numpy's global generator."""

NOT_COMPILED = Text(
    en="the network was not compiled. Call model.compile(loss='binary_crossentropy', optimizer=Adam(…), "
    "metrics=['accuracy']) first.",
    ko="아직 컴파일하지 않은 신경망입니다. 먼저 model.compile(loss='binary_crossentropy', optimizer=Adam(…), "
    "metrics=['accuracy'])를 부르세요.",
)
CLOSED_SET = Text(
    en="{name} must be one of {known}, got {got}.",
    ko="{name}은(는) {known} 중 하나여야 하는데 {got}입니다.",
)
X_SHAPE = Text(
    en="X must have the shape (clips, {frames}, {bins}), got {got}. A spectrogram of graph_spectrogram has "
    "its axes the other way: x.swapaxes(0, 1), then np.expand_dims(x, axis=0). A recording of other length: "
    "preprocess_audio first.",
    ko="X는 (클립 수, {frames}, {bins}) 모양이어야 하는데 {got}입니다. graph_spectrogram의 결과는 축의 "
    "순서가 반대이므로 x.swapaxes(0, 1) 뒤에 np.expand_dims(x, axis=0)를 하세요. 길이가 다른 녹음이라면 먼저 "
    "preprocess_audio를 부르세요.",
)
Y_SHAPE = Text(
    en="Y must have the shape {expected}, got {got}.",
    ko="Y는 {expected} 모양이어야 하는데 {got}입니다.",
)
BAD_COUNT = Text(
    en="{name} must be 1 or more, got {got}.",
    ko="{name} 값은 1 이상이어야 하는데 {got}입니다.",
)
OTHER_SUFFIX = Text(
    en="{path}: a network is saved as .onnx, the model file that oyez detect runs. Name it so.",
    ko="{path}: 신경망은 oyez detect가 실행하는 .onnx 모델 파일로 저장합니다. 이름을 그렇게 지으세요.",
)


@dataclass(frozen=True)
class History:
    """What `fit` gives: `history["loss"]` and `history["accuracy"]`, one number an epoch."""

    history: dict[str, list[float]]


class Model:
    """The lesson's network, with Keras's methods."""

    def __init__(
        self, inputs: layers.Chain, outputs: layers.Chain, *, features: FeatureConfig | None = None
    ) -> None:
        """Made of a chain of layers, its weights drawn as Keras draws them.

        Chance comes from numpy's global generator, as everywhere in the lesson.

        Args:
            inputs: what `Input` gave.
            outputs: what the last layer gave.
            features: how the network reads spectrograms; defaults to the lesson's power.

        Raises:
            ConfigError: a layer is not the lesson's; it is named.
            MissingExtraError: torch is not installed.
        """
        require_libraries()
        from oyez.train.fitting import build_network

        config, words = layers.read_chain(outputs)
        seed = int(np.random.randint(SEEDS))
        self._set(build_network(features or FeatureConfig(), config, words, seed), inputs.shape[0])

    @classmethod
    def around(cls, network: "CourseNetwork", words: Sequence[str] = ("activate",)) -> "Model":
        """A network that is there already, for clips of ten seconds.

        Args:
            network: in torch.
            words: names of its outputs.
        """
        from oyez.course.segments import CLIP_MS, RATE

        made = cls.__new__(cls)
        made._set(network, network.features.frames(RATE * CLIP_MS // 1000))
        made.words = tuple(words)
        return made

    def _set(self, network: "CourseNetwork", frames: int) -> None:
        self.network, self.frames = network.eval(), frames
        outputs = network.dense.out_features
        self.words = ("activate",) if outputs == 1 else tuple(f"word {i + 1}" for i in range(outputs))
        self.layers = layer_states(network, frames)
        self._fitting: Fitting | None = None
        self._adam = Adam()
        self._updates = 0

    @property
    def input_shape(self) -> tuple[None, int, int]:
        """Of a batch of spectrograms; its first axis is free."""
        return None, self.frames, self.network.features.bins

    @property
    def output_shape(self) -> tuple[None, int, int]:
        """Of what `predict` gives; its first axis is free."""
        return None, self.network.config.steps(self.frames), self.network.dense.out_features

    def count_params(self) -> int:
        """All parameters, those of batch normalisation that are only counted along too."""
        return sum(layer.parameters for layer in self.layers)

    def summary(self) -> None:
        """Print the layers, their shapes, and the counts of parameters."""
        print_summary(self.layers)

    def compile(
        self,
        loss: str = "binary_crossentropy",
        optimizer: Adam | str = "adam",
        metrics: Sequence[str] = ("accuracy",),
    ) -> None:
        """Say how to learn.

        Args:
            loss: `binary_crossentropy`, the only one.
            optimizer: an `Adam`, or "adam".
            metrics: "accuracy" (or "acc"), the only one.

        Raises:
            ConfigError: something else was asked for.
        """
        from oyez.train.fitting import Fitting

        _check_known("loss", loss, ("binary_crossentropy",))
        for metric in metrics or ():
            _check_known("metrics", metric, ("accuracy", "acc", "binary_accuracy"))
        if isinstance(optimizer, str):
            _check_known("optimizer", optimizer.lower(), ("adam",))
            optimizer = Adam()
        if not isinstance(optimizer, Adam):
            raise ConfigError(CLOSED_SET(name="optimizer", known="Adam(…), 'adam'", got=repr(optimizer)))
        self._adam, self._updates = optimizer, 0
        self._fitting = Fitting(self.network, (optimizer.beta_1, optimizer.beta_2), optimizer.epsilon)

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        batch_size: int | None = 32,
        epochs: int = 1,
        verbose: int = 1,
        validation_data: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        shuffle: bool = True,
    ) -> History:
        """Learn.

        Args:
            x: (clips, frames, bins), power, as `graph_spectrogram` gives it, transposed.
            y: (clips, steps, words), 0 or 1.
            batch_size: clips in one update; the last batch may be smaller. None is 32, as in Keras.
            epochs: times that each clip is learnt from.
            verbose: 0 prints nothing.
            validation_data: x and y that are scored after each epoch.
            shuffle: whether an epoch's order is drawn.

        Returns:
            Loss and accuracy of each epoch, while it learnt.

        Raises:
            ConfigError: it was not compiled.
            DataError: shapes do not fit.
        """
        fitting = self._compiled()
        power, labels = self._pair(x, y)
        batch_size = _count("batch_size", batch_size)
        epochs = _count("epochs", epochs)
        fitting.freeze(one.kept for one in self.layers if not one.trainable and one.kept)
        history: dict[str, list[float]] = {}
        for epoch in range(epochs):
            losses, right = 0.0, 0.0
            for part in _batches(len(power), batch_size, shuffle):
                rate, seed = self._adam.rate(self._updates), int(np.random.randint(SEEDS))
                loss, scores = fitting.update(power[part], labels[part], rate, seed)
                self._updates += 1
                losses += loss * len(part)
                right += _accuracy(labels[part], scores) * len(part)
            row = {"loss": losses / len(power), "accuracy": right / len(power)}
            if validation_data is not None:
                scored = self.evaluate(*validation_data, verbose=0)
                row |= dict(zip(("val_loss", "val_accuracy"), scored, strict=True))
            for name, value in row.items():
                history.setdefault(name, []).append(value)
            if verbose:
                told = ", ".join(f"{name}: {value:.4f}" for name, value in row.items())
                print(f"Epoch {epoch + 1}/{epochs}: {told}")
        return History(history)

    def evaluate(
        self, x: npt.ArrayLike, y: npt.ArrayLike, batch_size: int | None = 32, verbose: int = 1
    ) -> list[float]:
        """Loss and accuracy.

        Accuracy says little here: in the lesson's dev set a detector that never says anything has 0.9313.

        Args:
            x: (clips, frames, bins).
            y: (clips, steps, words), 0 or 1.
            batch_size: clips that are scored at once.
            verbose: 0 prints nothing.

        Returns:
            Mean binary cross-entropy, and the share of steps that are right at 0.5.

        Raises:
            ConfigError: it was not compiled.
            DataError: shapes do not fit.
        """
        fitting = self._compiled()
        power, labels = self._pair(x, y)
        scores, loss = fitting.score(power, labels, _count("batch_size", batch_size))
        accuracy = _accuracy(labels, scores)
        if verbose:
            print(f"loss: {loss:.4f}, accuracy: {accuracy:.4f}")
        return [loss, accuracy]

    def predict(self, x: npt.ArrayLike, batch_size: int | None = 32) -> Array:
        """Probabilities of the word at each step.

        Args:
            x: (clips, frames, bins), power.
            batch_size: clips that are scored at once.

        Returns:
            (clips, steps, words), 0..1.

        Raises:
            DataError: x has another shape.
        """
        from oyez.train.fitting import Fitting

        fitting = self._fitting or Fitting(self.network, (0.9, 0.999), 1e-7)
        return fitting.score(self._power(x), batch_size=_count("batch_size", batch_size))[0]

    def load_weights(self, path: str | Path) -> None:
        """Take weights from a Keras file of this very network.

        Args:
            path: `.h5`, whole or weights-only.

        Raises:
            ModelError: it holds another network, or none.
            MissingExtraError: h5py is not installed.
        """
        from oyez.train.keras import load_weights

        load_weights(self.network, Path(path))

    def save(self, path: str | Path, threshold: float = 0.5, *, overwrite: bool = False) -> None:
        """Write the model file that `oyez detect`, `oyez.load` and `load_model` take.

        Args:
            path: ends with `.onnx`.
            threshold: at which the detector fires.
            overwrite: whether the file may exist.

        Raises:
            ConfigError: the name ends otherwise, or the threshold is out of range.
            OutputError: the file exists, or cannot be written.
        """
        path = Path(path)
        if path.suffix != ".onnx":
            raise ConfigError(OTHER_SUFFIX(path=path))
        from oyez.train.export import export

        trigger = {word: TriggerConfig(threshold=threshold) for word in self.words}
        export(self.network, path, self.words, trigger, overwrite=overwrite)

    def _compiled(self) -> "Fitting":
        if self._fitting is None:
            raise ConfigError(NOT_COMPILED())
        return self._fitting

    def _power(self, x: npt.ArrayLike) -> Array:
        power = np.asarray(x, np.float32)
        _, frames, bins = self.input_shape
        if power.ndim != 3 or power.shape[1:] != (frames, bins) or not len(power):
            raise DataError(X_SHAPE(frames=frames, bins=bins, got=power.shape))
        return power

    def _pair(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
        power, labels = self._power(x), np.asarray(y, np.float32)
        expected = (len(power), *self.output_shape[1:])
        if labels.shape != expected:
            raise DataError(Y_SHAPE(expected=expected, got=labels.shape))
        return power, labels


def require_libraries() -> None:
    """Raise MissingExtraError unless networks can be made, and model files written."""
    for library in ("torch", "onnx"):
        require(library, "course")


def _count(name: str, value: int | None) -> int:
    """A number of clips or epochs; None is Keras's 32."""
    if value is None:
        return 32
    if value < 1:
        raise ConfigError(BAD_COUNT(name=name, got=value))
    return value


def _batches(count: int, size: int, shuffle: bool) -> Iterator[npt.NDArray[np.int64]]:
    order = np.random.permutation(count) if shuffle else np.arange(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def _accuracy(labels: Array, scores: Array) -> float:
    return float(np.mean((scores > 0.5) == (labels > 0.5)))


def _check_known(name: str, got: object, known: tuple[str, ...]) -> None:
    if got not in known:
        raise ConfigError(CLOSED_SET(name=name, known=", ".join(known), got=repr(got)))
