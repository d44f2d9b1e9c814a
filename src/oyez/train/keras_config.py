"""The lesson's network as Keras describes it: a model's JSON, checked layer by layer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oyez.config import ModelConfig
from oyez.errors import ModelError

__all__ = ["read_config", "read_config_file"]

ORDER = (
    "Conv1D", "BatchNormalization", "Activation", "Dropout",
    "GRU", "Dropout", "BatchNormalization",
    "GRU", "Dropout", "BatchNormalization", "Dropout",
    "TimeDistributed",
)  # fmt: skip
"""The lesson's layers."""

ALLOWED: dict[str, dict[str, tuple[Any, ...]]] = {
    "Conv1D": {
        "padding": ("valid",), "data_format": ("channels_last",), "dilation_rate": (1,), "groups": (1,),
        "activation": ("linear",), "use_bias": (True,),
    },
    "BatchNormalization": {
        "axis": (-1, 2), "center": (True,), "scale": (True,), "renorm": (False,), "mode": (0,),
    },
    "Activation": {"activation": ("relu",)},
    "Dropout": {"noise_shape": (None,)},
    "GRU": {
        "return_sequences": (True,), "return_state": (False,), "go_backwards": (False,),
        "stateful": (False,), "time_major": (False,), "activation": ("tanh",), "use_bias": (True,),
        "dropout": (0,), "recurrent_dropout": (0,), "recurrent_activation": ("hard_sigmoid", "sigmoid"),
        "reset_after": (False, True),
    },
    "Dense": {"activation": ("sigmoid",), "use_bias": (True,)},
}  # fmt: skip
"""What a setting may be; one that is absent counts as the first, Keras's default."""

ABSENT = {
    ("Activation", "activation"): None,
    ("Dense", "activation"): "linear",
    ("GRU", "return_sequences"): False,
}
"""Where Keras's default is not what the lesson has."""

KERAS_1 = {
    "nb_filter": "filters", "filter_length": "kernel_size", "subsample_length": "strides",
    "border_mode": "padding", "atrous_rate": "dilation_rate", "bias": "use_bias", "p": "rate",
    "output_dim": "units", "inner_activation": "recurrent_activation", "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}  # fmt: skip
"""What Keras 1 called the settings."""

NEXT = "Only the lesson's network can be imported; to train one: oyez train --help"


@dataclass(frozen=True)
class _Layer:
    """One layer: its class and settings, in Keras 2's spelling."""

    kind: str
    name: str
    settings: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """A setting; a list of one number is that number."""
        value = self.settings.get(key)
        return value[0] if isinstance(value, list) and len(value) == 1 else value


def read_config(
    text_or_mapping: str | bytes | Mapping[str, Any],
    *,
    gate: str | None = None,
    keras_version: str | None = None,
    source: str = "the model's JSON",
) -> ModelConfig:
    """The numbers of the lesson's network, from what `model.to_json()` gives.

    Keras 1, 2, 3 and tf.keras are understood, Sequential or functional.

    Args:
        text_or_mapping: the JSON, or what it parses to.
        gate: what the gates are known to be, where Keras 3 made their hard sigmoid another function.
        keras_version: that wrote it, where the JSON does not say so itself.
        source: its name, for errors.

    Returns:
        The config; `reset_after` and `gate` as they stand there.

    Raises:
        ModelError: it is no JSON of a model, or of another network: the message names the layer.
        ConfigError: a number lies outside its range.
    """
    values = _parsed(text_or_mapping, source)
    layers = _layers(values, source)
    _check_order(layers, source)
    for layer in layers:
        _check_settings(layer, source)
    conv = layers[0]
    found = str(_shared(layers, "GRU", "recurrent_activation", source) or "hard_sigmoid")
    _check_gate(found, gate, _is_keras_3(values, keras_version), source)
    return ModelConfig.from_dict(
        {
            "filters": conv.get("filters"),
            "kernel": conv.get("kernel_size"),
            "stride": conv.get("strides"),
            "units": _shared(layers, "GRU", "units", source),
            "dropout": _shared(layers, "Dropout", "rate", source),
            "reset_after": bool(_shared(layers, "GRU", "reset_after", source)),
            "gate": found,
            "epsilon": _shared(layers, "BatchNormalization", "epsilon", source),
        }
    )


def read_config_file(path: Path, *, gate: str | None = None) -> ModelConfig:
    """`read_config` of a file, such as the lesson's `model.json`.

    Raises:
        ModelError: the file cannot be read, or as `read_config`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror}). Name what model.to_json() gave."
        ) from None
    except UnicodeDecodeError:
        raise ModelError(f"{path} is no JSON. Name what model.to_json() gave.") from None
    return read_config(text, gate=gate, source=str(path))


def _parsed(text_or_mapping: str | bytes | Mapping[str, Any], source: str) -> Mapping[str, Any]:
    values: Any = text_or_mapping
    if isinstance(values, str | bytes):
        try:
            values = json.loads(values)
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{source} is no JSON ({error}). Write it with model.to_json().") from None
    kind = values.get("class_name") if isinstance(values, Mapping) else type(values).__name__
    if kind not in ("Functional", "Model", "Sequential"):
        raise ModelError(
            f"{source}: expected a Keras model, Functional, Model or Sequential, got {kind!r}. "
            "Write it with model.to_json()."
        )
    parsed: Mapping[str, Any] = values
    return parsed


def _layers(values: Mapping[str, Any], source: str) -> list[_Layer]:
    """All but the input."""
    config = values.get("config")
    rows = config.get("layers") if isinstance(config, Mapping) else config
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise ModelError(f"{source}: expected a list of layers, got none. Write it with model.to_json().")
    layers = [_layer(row, source) for row in rows]
    return [layer for layer in layers if layer.kind != "InputLayer"]


def _layer(row: Any, source: str) -> _Layer:
    settings = row.get("config") if isinstance(row, Mapping) else None
    if not isinstance(settings, Mapping):
        raise ModelError(
            f"{source}: expected layers with a class_name and a config, got {row!r:.60}. "
            "Write it with model.to_json()."
        )
    kind = str(row.get("class_name"))
    kind = "Conv1D" if kind == "Convolution1D" else kind
    name = str(settings.get("name") or row.get("name") or kind)
    return _Layer(kind, name, {KERAS_1.get(str(key), str(key)): value for key, value in settings.items()})


def _check_order(layers: Sequence[_Layer], source: str) -> None:
    for number, kind in enumerate(ORDER, 1):
        if number > len(layers):
            raise ModelError(
                f"{source}: expected {kind} as layer {number} of {len(ORDER)}, got the end. {NEXT}"
            )
        layer = layers[number - 1]
        # a Dense on a sequence is Dense at each step
        if layer.kind != kind and (kind, layer.kind) != ("TimeDistributed", "Dense"):
            raise ModelError(
                f"{source}: expected {kind} as layer {number} of {len(ORDER)}, got {layer.kind} "
                f"({layer.name}). {NEXT}"
            )
    if len(layers) > len(ORDER):
        last = layers[len(ORDER)]
        raise ModelError(
            f"{source}: expected {len(ORDER)} layers, got {len(layers)}, the next of them {last.kind} "
            f"({last.name}). {NEXT}"
        )


def _check_settings(layer: _Layer, source: str) -> None:
    if layer.kind == "TimeDistributed":
        layer = _layer(layer.settings.get("layer"), source)
        if layer.kind != "Dense":
            raise ModelError(f"{source}: expected TimeDistributed(Dense), got {layer.kind}. {NEXT}")
    for key, allowed in ALLOWED[layer.kind].items():
        default = ABSENT.get((layer.kind, key), allowed[0])
        value = layer.get(key) if key in layer.settings else default
        if value not in allowed:
            expected = " or ".join(repr(one) for one in allowed)
            raise ModelError(f"{source}: {layer.name}: expected {key} {expected}, got {value!r}. {NEXT}")


def _shared(layers: Sequence[_Layer], kind: str, key: str, source: str) -> Any:
    """A setting that must be the same in all layers of a kind."""
    first, *others = (layer for layer in layers if layer.kind == kind)
    for layer in others:
        if layer.get(key) != first.get(key):
            raise ModelError(
                f"{source}: {layer.name}: expected {key} {first.get(key)!r} as in {first.name}, "
                f"got {layer.get(key)!r}. {NEXT}"
            )
    return first.get(key)


def _is_keras_3(values: Mapping[str, Any], keras_version: str | None) -> bool:
    """Whether Keras 3 wrote it; its JSON alone states no version, but modules."""
    version = values.get("keras_version", keras_version)
    if version is None:
        return "module" in values
    return str(version).partition(".")[0] not in ("0", "1", "2")


def _check_gate(found: str, gate: str | None, keras_3: bool, source: str) -> None:
    if gate not in (None, found):
        raise ModelError(f"{source} says that its gates are {found}, --gate says {gate}. Leave --gate out.")
    if found == "hard_sigmoid" and keras_3 and gate is None:
        raise ModelError(
            f"{source}: expected Keras 2's hard_sigmoid (slope 0.2), got a file of Keras 3 (slope 1/6). "
            "If the weights learnt with Keras 2, say so: --gate hard_sigmoid"
        )
