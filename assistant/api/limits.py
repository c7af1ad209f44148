"""Limits: so many questions a minute for a visitor, so many at once, so many waiting."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from assistant.api.errors import ApiError

T = TypeVar("T")
WINDOW = 60.0
MOST_VISITORS = 20_000
"""So many visitors are remembered at most; the one seen longest ago goes first."""


def visitor_key(address: str) -> str:
    """Who counts as one visitor: an IPv4 address, or a /64 of IPv6 (one household or office has many addresses)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


class RateLimit:
    """At most ``per_minute`` events in any 60 seconds for each visitor. Kept in memory only, never written."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str, count: bool = True) -> None:
        """Count one event; with ``count`` False only see whether there is room for one.

        Raises:
            ApiError: 429, with the seconds to wait, when the visitor had his share.
        """
        now, key = self._clock(), visitor_key(address)
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if len(times) >= self.per_minute:
                wait = max(1, math.ceil(times[0] + WINDOW - now))
                raise ApiError(429, "too_many_requests", f"U stelt te veel vragen na elkaar. Probeer het over {wait} seconden opnieuw.", retry_after=wait)
            if count:
                times.append(now)
            while len(self._seen) > MOST_VISITORS:
                self._seen.popitem(last=False)


class Gate:
    """Runs work in threads: ``at_once`` at a time, ``waiting`` in a queue, and no more than that."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.at_once, self.waiting = at_once, waiting
        self.inside = 0
        self._slots: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Run ``work(*args)`` in a thread when there is a place.

        Raises:
            ApiError: 429 when the queue is full.
        """
        if self._slots is None:
            self._slots = anyio.CapacityLimiter(self.at_once)
        if self.inside >= self.at_once + self.waiting:
            raise ApiError(429, "busy", "Het is nu heel druk. Probeer het over enkele seconden opnieuw.", retry_after=5)
        self.inside += 1
        try:
            return await anyio.to_thread.run_sync(lambda: work(*args), limiter=self._slots)
        finally:
            self.inside -= 1
