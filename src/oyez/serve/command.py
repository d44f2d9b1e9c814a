"""What `oyez serve` does with its options: the terminal's side of serving."""

import argparse
import asyncio
import logging
import signal
import socket
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

from oyez.actions.rule import Rule
from oyez.detect import sources
from oyez.detect.loudspeaker import Loudspeaker
from oyez.errors import require
from oyez.serve.catalog import Catalog, Served
from oyez.serve.deeds import Deeds, rules
from oyez.serve.heard import Heard
from oyez.serve.log import Log, kept, write_to
from oyez.serve.server import Ending, Listener, serve
from oyez.serve.service import Service
from oyez.serve.settings import ModelSettings, Settings
from oyez.serve.wish import settings_of

__all__ = ["run"]

ACTIONS_S = 2.0
"""So long actions may go on after the streams have ended."""

STDOUT, STDERR = 1, 2
MOST_FILES = 65_536

log = logging.getLogger(__name__)


def run(options: argparse.Namespace) -> None:
    """Serve until somebody ends it.

    Args:
        options: of `oyez serve`.

    Raises:
        OyezError: settings, a model, an action or an address cannot be used.
        KeyboardInterrupt: Ctrl-C; all streams were brought to their end before.
    """
    settings = settings_of(options)
    _allow_connections()
    with kept(Log(write_to(STDERR), as_json=settings.log.json)):
        catalog = Catalog([_load(one) for one in settings.models])
        found = rules(settings.actions, catalog.words, say=_say, ring=Loudspeaker(sources.play).ring)
        if options.check:
            _listeners(settings, Service(catalog))
            _say("\n".join(_told(settings, catalog, found)))
            return
        deeds = Deeds(found)
        try:
            number = asyncio.run(_serve(settings, catalog, deeds))
        finally:
            deeds.stop(ACTIONS_S)
    if number == signal.SIGINT:
        raise KeyboardInterrupt


async def _serve(settings: Settings, catalog: Catalog, deeds: Deeds) -> int:
    """Until the end; the number of the signal that asked for it."""

    def heard(client: str, one: Heard) -> None:
        deeds.heard(client, one.model, one.detection)

    service, ending = Service(catalog, settings.limits, on_heard=heard), Ending()
    listeners = _listeners(settings, service)
    beside = partial(_announced, settings, listeners)
    try:
        await serve(service, listeners, ending=ending, stop_s=settings.stop_s, beside=beside)
    finally:
        counts = service.counts
        words = ", ".join(f"{word} {count} ×" for word, count in counts.detections.most_common())
        log.info(
            "served %d streams, %.1f s of sound: %s",
            counts.streams_all,
            counts.heard_s,
            words or "nothing heard",
        )
    return ending.number


def _load(one: ModelSettings) -> Served:
    served = Served.load(
        one.name,
        threshold=one.threshold,
        false_accepts=one.false_accepts,
        strict=one.strict,
        tell=log.warning,
    )
    for word, threshold in served.thresholds.items():
        log.info("listening for “%s” (threshold %g) with %s", word, threshold, served.name)
    return served


def _listeners(settings: Settings, service: Service) -> list[Listener]:
    """Where clients connect, not yet open."""
    found: list[Listener] = []
    if settings.wyoming is not None:
        require("wyoming", "serve")
        from oyez.serve.wyoming import WyomingLimits, WyomingListener

        limits = WyomingLimits(connections=max(WyomingLimits.connections, 2 * settings.limits.streams))
        found += [WyomingListener(service, uri, limits) for uri in settings.wyoming.uris]
    if settings.http is not None:
        from oyez.serve.http import HttpListener

        found.append(HttpListener(service, settings.http))
    _announced(settings, found)  # what is missing for it is told now
    return found


def _announced(
    settings: Settings, listeners: Sequence[Listener]
) -> list[AbstractAsyncContextManager[object]]:
    """What tells the network of listeners that are open."""
    if settings.wyoming is None or not settings.wyoming.zeroconf:
        return []
    from oyez.serve.discovery import Announced

    addresses = [address for one in listeners for address in one.addresses if address.startswith("tcp:")]
    return [Announced(address, socket.gethostname()) for address in addresses]


def _told(settings: Settings, catalog: Catalog, found: Sequence[Rule]) -> list[str]:
    """What `--check` prints."""
    lines = []
    for one in catalog:
        words = ", ".join(f"“{word}” from {threshold:g} on" for word, threshold in one.thresholds.items())
        lines.append(f"model {one.name}: {words}")
    lines += [f"{rule.word or 'every word'}: {rule.action}" for rule in found]
    lines += [f"wyoming: {uri}" for uri in (settings.wyoming.uris if settings.wyoming else ())]
    if settings.http is not None:
        who = "everybody there" if settings.http.token_file is None else "who has a token"
        scheme = "http" if settings.http.certificate is None else "https"
        lines.append(f"{scheme}: {settings.http.host}:{settings.http.port}, for {who}")
    return [*lines, "all is well"]


def _allow_connections() -> None:
    """Let it have as many open files as the system allows: each client is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _say(line: str) -> None:
    write_to(STDOUT)(f"{line}\n".encode())
