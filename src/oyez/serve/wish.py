"""What was asked for: the file of settings, with the options of the command line laid over it."""

import argparse
from dataclasses import replace

from oyez.config import DEFAULT_MODEL
from oyez.errors import ConfigError
from oyez.serve.http_settings import from_options
from oyez.serve.settings import (
    ActionSettings,
    LogSettings,
    ModelSettings,
    Settings,
    WyomingSettings,
    read_settings,
)

__all__ = ["settings_of"]


def settings_of(options: argparse.Namespace) -> Settings:
    """All that the server is told.

    Args:
        options: of `oyez serve`.

    Raises:
        ConfigError: the file or an option does not fit, or there is nowhere to listen.
    """
    settings = Settings() if options.config is None else read_settings(options.config)
    settings = replace(
        settings,
        models=_models(settings.models, options),
        wyoming=_wyoming(settings.wyoming, options),
        http=from_options(options, settings.http),
        actions=_actions(settings.actions, options),
    )
    if options.streams is not None:
        settings = replace(settings, limits=replace(settings.limits, streams=options.streams))
    if options.log_json:
        settings = replace(settings, log=LogSettings(json=True))
    if settings.wyoming is None and settings.http is None:
        where = "" if options.config is None else f", or [wyoming] or [http] in {options.config}"
        raise ConfigError(
            "there is nowhere to listen. Give an address: --wyoming tcp://127.0.0.1:10400 or --http "
            f"127.0.0.1:8765{where}."
        )
    return settings


def _models(models: tuple[ModelSettings, ...], options: argparse.Namespace) -> tuple[ModelSettings, ...]:
    """Those of --model in place of the file's; --threshold and --false-accepts are for all of them."""
    if options.model:
        models = tuple(ModelSettings(name) for name in options.model)
    models = models or (ModelSettings(DEFAULT_MODEL),)
    if options.threshold is not None or options.false_accepts is not None:
        asked = {"threshold": options.threshold, "false_accepts": options.false_accepts}
        models = tuple(replace(one, **asked) for one in models)
    if options.strict:
        models = tuple(replace(one, strict=True) for one in models)
    return models


def _wyoming(wyoming: WyomingSettings | None, options: argparse.Namespace) -> WyomingSettings | None:
    if options.wyoming:
        zeroconf = wyoming is not None and wyoming.zeroconf
        wyoming = WyomingSettings(tuple(options.wyoming), zeroconf)
    if not options.zeroconf:
        return wyoming
    if wyoming is None:
        raise ConfigError("--zeroconf tells the network of --wyoming, got none. Give its address too.")
    return replace(wyoming, zeroconf=True)


def _actions(actions: tuple[ActionSettings, ...], options: argparse.Namespace) -> tuple[ActionSettings, ...]:
    """Those of --on in place of the file's; --cooldown and --timeout are for all of them."""
    if options.on:
        actions = tuple(ActionSettings(text) for text in options.on)
    asked = {"cooldown_s": options.cooldown, "timeout_s": options.timeout}
    given = {name: value for name, value in asked.items() if value is not None}
    return tuple(replace(one, **given) for one in actions)
