"""An address that exists but does not know the method says so: 405 with ``Allow`` (RFC 9110, § 15.5.6), never 404."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Mount

from assistant.api.visitor import Application, Receive, Scope, Send

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Methods:
    """Stands before the routes, because the page is mounted at the root and would take whatever no route takes."""

    def __init__(self, app: Application, refusal: bytes) -> None:
        """``refusal``: the body of a 405, JSON."""
        self.app, self.refusal = app, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its address knows other methods only."""
        allow = allowed(scope["app"].router.routes, scope) if scope["type"] == "http" else None
        if not allow:
            await self.app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"allow", ", ".join(allow).encode())]
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.refusal})


def allowed(routes: Sequence[BaseRoute], scope: Scope) -> list[str] | None:
    """The methods of an address that does not know the method of ``scope``; None when it does, or when there is no such address."""
    own = [route for route in routes if not _takes_everything(route)]
    found = {route.matches(scope)[0] for route in own}
    if Match.FULL in found or Match.PARTIAL not in found:
        return None
    return [method for method in _METHODS if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in own)]


def _takes_everything(route: BaseRoute) -> bool:
    """True for a mounted application and for the routes that answer for addresses that do not exist."""
    return isinstance(route, Mount) or set(_METHODS) <= (getattr(route, "methods", None) or set())
