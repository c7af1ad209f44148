"""Around every request: a limit on its size, headers that protect the browser, and a line in the log."""

from __future__ import annotations

import json
import time
from collections.abc import MutableMapping
from typing import Any

from assistant.api.errors import error_body
from assistant.api.logging import log_request
from assistant.api.metrics import Metrics
from assistant.api.visitor import Application, Receive, Scope, Send

MAX_BODY = 1_000_000
"""Bytes that a request may have: a long conversation of answers fits, a file does not."""

# Gradio builds its HTML components with Function(), hence 'unsafe-eval'; inline scripts need the nonce of the page.
API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
PAGE_CSP = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_QUIET = ("/healthz", "/metrics", "/assets", "/static", "/ui/static", "/gradio_api/heartbeat")


class TooLarge(Exception):
    """The body went over the limit while it was being read."""


class Guards:
    """Size limit, security headers, metrics and log line, for every route alike."""

    def __init__(self, app: Application, metrics: Metrics, cross_origin: bool = False) -> None:
        self.app, self.metrics, self.cross_origin = app, metrics, cross_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status, begun, read, over = 500, False, 0, False
        declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")

        async def counted() -> MutableMapping[str, Any]:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY:
                over = True
                raise TooLarge
            return message

        async def guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal status, begun
            if over and not begun:
                return  # what the application made of the failed reading; the refusal below says it better
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message["headers"] = self._with_headers(list(message.get("headers", [])), scope["path"])
            await send(message)

        try:
            if not declared.isdigit() or int(declared) > MAX_BODY:
                await _refuse(guarded)
            else:
                await self.app(scope, counted, guarded)
        except TooLarge:
            pass
        finally:
            if over and not begun:
                over = False
                await _refuse(guarded)
            seconds = time.perf_counter() - started
            path = scope["path"]
            self.metrics.request(scope["method"], path, status, seconds)
            if not path.startswith(_QUIET):
                log_request(scope["method"], self.metrics.route_of(path), status, seconds * 1000)

    def _with_headers(self, headers: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
        have = {k.lower() for k, _ in headers}
        added = [(k, v) for k, v in _HEADERS if k not in have]
        if self.cross_origin and path.startswith(("/api/", "/v1/", "/mcp")):
            added = [(k, v) for k, v in added if k != b"cross-origin-resource-policy"]
        if b"content-security-policy" not in have:
            added.append((b"content-security-policy", API_CSP.encode()))
        if path.startswith(("/api/", "/v1/", "/ui/fragment", "/ui/export", "/mcp")) and b"cache-control" not in have:
            added.append((b"cache-control", b"no-store"))
        return headers + added


async def _refuse(send: Send) -> None:
    body = json.dumps(error_body("too_large", f"Het bericht is te groot (meer dan {MAX_BODY} bytes).")).encode()
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"application/json"), (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
