"""The address of a visitor: that of the socket, and X-Forwarded-For only from a proxy of our own."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from corpus.errors import SettingsError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port", b"x-forwarded-prefix", b"x-real-ip", b"forwarded")


class Visitor:
    """Sets ``scope["client"]`` and, behind a trusted proxy, ``scope["scheme"]``; drops forwarded headers of others."""

    def __init__(self, app: Application, trusted: str = "") -> None:
        self.app = app
        self.trusted = parse_networks(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its true address."""
        if scope["type"] in ("http", "websocket"):
            peer = (scope.get("client") or ("", 0))[0]
            headers = scope["headers"]
            if self._is_ours(peer):
                value = b",".join(v for k, v in headers if k == b"x-forwarded-for").decode("latin-1")
                scope = {**scope, "client": (self._first_outside(value, peer), 0)}
                proto = next((v for k, v in headers if k == b"x-forwarded-proto"), b"")
                if proto in (b"http", b"https"):
                    scope["scheme"] = proto.decode()
            else:
                scope = {**scope, "headers": [(k, v) for k, v in headers if k not in _FORWARDED]}
        await self.app(scope, receive, send)

    def _is_ours(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self.trusted)

    def _first_outside(self, forwarded: str, peer: str) -> str:
        """The last address of the chain that is not one of our proxies: what stands before it can be made up."""
        for part in reversed([p.strip() for p in forwarded.split(",") if p.strip()]):
            try:
                ipaddress.ip_address(part)
            except ValueError:
                return peer
            if not self._is_ours(part):
                return part
        return peer


def parse_networks(value: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks out of a comma-separated setting.

    Raises:
        SettingsError: one of them is not an address.
    """
    out = []
    for part in (p.strip() for p in value.split(",")):
        if part:
            try:
                out.append(ipaddress.ip_network(part, strict=False))
            except ValueError:
                raise SettingsError(f"trusted_proxies: '{part}' is geen IP-adres of netwerk.", "Bijvoorbeeld 127.0.0.1 of 10.0.0.0/8.") from None
    return out
