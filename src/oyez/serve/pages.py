"""Pages that tell of the server: its models, its health, its counts."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from oyez.serve.catalog import Served
from oyez.serve.gate import refusal
from oyez.serve.service import Service

__all__ = ["Pages", "metrics", "pieces"]

PIECE = 1 << 16
"""Bytes of an answer that are sent at once: more of it would wait in memory for a slow reader."""

ONNX = ".onnx"


@dataclass(frozen=True)
class _ModelPage:
    """A model, ready to be sent: the file as it was when the server began."""

    summary: dict[str, object]
    card: dict[str, object]
    """As `oyez info` shows it."""
    data: bytes
    etag: str

    @classmethod
    def of(cls, served: Served) -> "_ModelPage":
        """Read from its file."""
        card, data = served.model.card, served.model.path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        summary = {
            "name": served.name,
            "words": list(card.words),
            "thresholds": dict(served.thresholds),
            "rate": card.rate,
            "step_s": card.step / card.rate,
            "bytes": len(data),
            "sha256": digest,
            "file": f"/v1/models/{served.name}{ONNX}",
        }
        shown = {key: value for key, value in card.values.items() if key != "check"}
        return cls(summary, shown, data, f'"{digest}"')


class Pages:
    """Each method is a page."""

    def __init__(self, service: Service, version: str, numbers: Callable[[], Mapping[str, int]]) -> None:
        """Of a service.

        Args:
            service: that is told of.
            version: of this program.
            numbers: counts of HTTP itself, now.
        """
        self._service, self._version, self._numbers = service, version, numbers
        self._models = {one.name: _ModelPage.of(one) for one in service.catalog}

    async def health(self, _request: Request) -> Response:
        """Whether streams are taken."""
        if self._service.stopping:
            return JSONResponse({"status": "stopping"}, 503)
        return JSONResponse({"status": "ok", "version": self._version})

    async def counts(self, _request: Request) -> Response:
        """What was done so far."""
        return JSONResponse(self._counts())

    async def metrics(self, _request: Request) -> Response:
        """The same for Prometheus."""
        return Response(metrics(self._counts()), media_type="text/plain; version=0.0.4")

    async def models(self, _request: Request) -> Response:
        """All models."""
        return JSONResponse({"models": [one.summary for one in self._models.values()]})

    async def model(self, request: Request) -> Response:
        """One model: what it says of itself, or its file."""
        asked = str(request.path_params["name"])
        if asked in self._models:
            page = self._models[asked]
            body = json.dumps({**page.summary, "card": page.card}, ensure_ascii=False).encode()
            return StreamingResponse(pieces(body), media_type="application/json")
        page_of_file = self._models.get(asked.removesuffix(ONNX)) if asked.endswith(ONNX) else None
        if page_of_file is None:
            return refusal(404, "unknown", f"there is no such model. Name one of: {', '.join(self._models)}.")
        return _file(page_of_file, request.headers.get("if-none-match"))

    def _counts(self) -> dict[str, object]:
        return {**self._service.counts.as_dict(), "http": dict(self._numbers())}


def metrics(values: Mapping[str, object]) -> str:
    """Numbers as Prometheus reads them; what is not a number is left out.

    Example:
        >>> print(metrics({"streams": 2, "delay": {"most_s": 0.1}, "detections": {"hey you": 1}}), end="")
        oyez_streams 2
        oyez_delay_most_s 0.1
        oyez_detections{of="hey you"} 1
    """
    lines = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            by_name = name in ("detections", "other")
            for inner, number in value.items():
                label = inner.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
                key = f'{name}{{of="{label}"}}' if by_name else f"{name}_{inner}"
                lines.append((key, number))
        else:
            lines.append((name, value))
    return "".join(f"oyez_{key} {number}\n" for key, number in lines if isinstance(number, int | float))


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    """Bytes, a piece at a time."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]


def _file(page: _ModelPage, known: str | None) -> Response:
    """Its bytes, unless the client has them."""
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    if known is not None and page.etag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(page.data))
    return StreamingResponse(pieces(page.data), media_type="application/octet-stream", headers=headers)
