"""A polite HTTP client for a short list of official hosts.

One request a second, retries with growing pauses, a user agent that says who asks, a cache from which a
broken-off fetch goes on, and limits on size and time. It goes nowhere else: https only, named hosts only,
no address in the URL's user part, no other port, and no redirect to another host.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus.atomic import write_file
from corpus.errors import CorpusError, UsageError

HOSTS = frozenset(
    {
        "codex.opendata.api.vlaanderen.be",
        "themis.vlaanderen.be",
        "ws.vlpar.be",
        "docs.vlaamsparlement.be",
    }
)
"""The only hosts that are asked anything."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
USER_AGENT = "maatwerkwijzer/0.1 (open-source juridische wegwijzer; haalt openbare documenten op, 1 verzoek per seconde)"
_RETRY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Policy:
    """How patient and how polite. Times in seconds, sizes in bytes."""

    interval: float = 1.0
    retries: int = 4
    backoff: float = 2.0
    longest_pause: float = 60.0
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    deadline: float = 180.0
    max_bytes: int = 50 * 1024 * 1024
    max_redirects: int = 3
    cache_seconds: float = 24 * 3600.0


@dataclass(frozen=True)
class Reply:
    """What a service answered."""

    url: str
    status: int
    content_type: str
    body: bytes
    cached: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as data.

        Raises:
            CorpusError: the service answered something else, for instance a web page.
        """
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, UnicodeDecodeError):
            kind = "een webpagina" if b"<html" in self.body[:2000].lower() or "html" in self.content_type else "iets anders"
            raise CorpusError(
                f"{self.url} gaf {kind} ({self.content_type or 'onbekend type'}) in plaats van JSON.",
                "De dienst is misschien in onderhoud of veranderd. Kijk met 'maatwerkwijzer corpus fetch --check'.",
            ) from None


class _Again(Exception):
    """This attempt failed in a way that may pass; ``pause`` is what the service asked for."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.pause = reason, pause


class PoliteClient:
    """Fetches pages of official services, and only those."""

    def __init__(
        self,
        cache: Path | None = None,
        policy: Policy | None = None,
        loopback: str | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """
        Args:
            cache: folder for answers, or None to keep none.
            policy: limits and patience.
            loopback: base address on this machine ("http://127.0.0.1:8000") that stands in for every host,
                for tests; any other address is refused.
            sleep, clock: for tests.
        """
        self.cache, self.policy, self._sleep, self._clock = cache, policy or Policy(), sleep or time.sleep, clock or time.monotonic
        self._last: float | None = None
        self.loopback = loopback
        if loopback is not None:
            parts = urlsplit(loopback)
            if parts.hostname not in LOOPBACK or parts.scheme not in ("http", "https") or parts.username:
                raise UsageError(f"'{loopback}' is geen adres op deze machine.", "Alleen http://127.0.0.1:poort kan, voor tests.")

    def address(self, url: str) -> str:
        """Return the address that is really asked.

        Raises:
            UsageError: the URL is not https, or its host is not on the list.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        host = (parts.hostname or "").lower()
        if parts.scheme != "https" or host not in HOSTS or port not in (None, 443) or parts.username or parts.password or "\\" in url:
            raise UsageError(f"Het adres '{url}' wordt niet opgehaald.", f"Alleen https naar: {', '.join(sorted(HOSTS))}.")
        if self.loopback is not None:
            query = f"?{parts.query}" if parts.query else ""
            return f"{self.loopback.rstrip('/')}/{host}{parts.path}{query}"
        return url

    def get(self, url: str, accept: str = "application/json", refresh: bool = False) -> Reply:
        """Fetch one address, from the cache when its answer there is fresh.

        Raises:
            UsageError: the address is not allowed.
            CorpusError: the service does not have it, or keeps failing.
        """
        self.address(url)
        if not refresh and (kept := self._from_cache(url)) is not None:
            return kept
        reason = ""
        for attempt in range(self.policy.retries + 1):
            try:
                reply = self._once(url, accept)
            except _Again as again:
                reason = again.reason
                if attempt < self.policy.retries:
                    growing = self.policy.backoff * 2**attempt * (1 + random.random() / 4)
                    self._sleep(min(max(growing, again.pause), self.policy.longest_pause))
                continue
            if reply.status == 404:
                raise CorpusError(f"{url} bestaat niet (404).", "Controleer het nummer.")
            if reply.status != 200:
                raise CorpusError(f"{url} antwoordde met status {reply.status}.", "Kijk met 'maatwerkwijzer corpus fetch --check' wat de dienst zegt.")
            self._to_cache(reply)
            return reply
        raise CorpusError(
            f"{url} lukte niet na {self.policy.retries + 1} pogingen: {reason}.",
            "Probeer later opnieuw; wat al opgehaald is, blijft in de cache staan.",
        )

    def probe(self, url: str, accept: str = "application/json") -> Reply:
        """Ask once, without cache or retries, and return whatever came back (for ``--check``).

        Raises:
            CorpusError: no answer at all; the message says why.
        """
        try:
            return self._once(url, accept, any_status=True)
        except _Again as again:
            raise CorpusError(f"{url}: {again.reason}.") from None

    def _once(self, url: str, accept: str, any_status: bool = False) -> Reply:
        """One attempt. Raises _Again for what may pass, CorpusError for what will not."""
        import httpx

        policy = self.policy
        deadline = self._clock() + policy.deadline
        timeout = httpx.Timeout(policy.read_timeout, connect=policy.connect_timeout)
        current = url
        headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip, identity"}
        with httpx.Client(follow_redirects=False, timeout=timeout, headers=headers, trust_env=self.loopback is None) as client:
            for _ in range(policy.max_redirects + 1):
                self._wait()
                try:
                    with client.stream("GET", self.address(current)) as response:
                        if response.status_code in _REDIRECTS:
                            current = self._redirect(current, response.headers.get("location", ""))
                            continue
                        if response.status_code in _RETRY_STATUS and not any_status:
                            raise _Again(f"status {response.status_code}", _retry_after(response.headers.get("retry-after", "")))
                        body = self._body(current, response, deadline)
                        kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
                        return Reply(url, response.status_code, kind, body, headers=dict(response.headers))
                except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
                    raise _Again(_reason(error)) from None
                except httpx.HTTPError as error:
                    raise CorpusError(f"{url} kon niet opgehaald worden ({type(error).__name__}).", "Controleer de verbinding.") from None
        raise CorpusError(f"{url} blijft doorverwijzen.", "Kijk met 'maatwerkwijzer corpus fetch --check' wat de dienst zegt.")

    def _body(self, url: str, response: Any, deadline: float) -> bytes:
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self.policy.max_bytes:
            raise self._too_large(url)
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self.policy.max_bytes:
                raise self._too_large(url)
            if self._clock() > deadline:
                raise _Again(f"het antwoord duurde langer dan {self.policy.deadline:.0f} seconden")
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_large(self, url: str) -> CorpusError:
        return CorpusError(f"Het antwoord van {url} is groter dan {self.policy.max_bytes // (1024 * 1024)} MB.", "Haal het document zelf op en voeg het toe.")

    def _redirect(self, current: str, location: str) -> str:
        from urllib.parse import urljoin

        target = urljoin(current, location)
        if urlsplit(target).netloc.lower() != urlsplit(current).netloc.lower() or urlsplit(target).scheme != "https":
            raise CorpusError(f"{current} verwijst door naar een ander adres ({target}); dat wordt niet gevolgd.", "Kijk op de website van de dienst of het adres veranderd is.")
        return target

    def _wait(self) -> None:
        now = self._clock()
        if self._last is not None and (rest := self._last + self.policy.interval - now) > 0:
            self._sleep(rest)
        self._last = self._clock()

    def _paths(self, url: str) -> tuple[Path, Path] | None:
        if self.cache is None:
            return None
        name = hashlib.sha256(url.encode("utf-8")).hexdigest()[:32]
        return self.cache / f"{name}.json", self.cache / f"{name}.body"

    def _from_cache(self, url: str) -> Reply | None:
        paths = self._paths(url)
        if paths is None:
            return None
        try:
            info = json.loads(paths[0].read_text(encoding="utf-8"))
            body = paths[1].read_bytes()
            fresh = 0 <= time.time() - float(info["at"]) <= self.policy.cache_seconds
            whole = hashlib.sha256(body).hexdigest() == info["sha256"] and info["url"] == url
        except (OSError, ValueError, KeyError, TypeError):
            # No usable copy: it is simply fetched again.
            return None
        return Reply(url, 200, str(info["content_type"]), body, cached=True) if fresh and whole else None

    def _to_cache(self, reply: Reply) -> None:
        paths = self._paths(reply.url)
        if paths is None:
            return
        info = {"url": reply.url, "at": time.time(), "content_type": reply.content_type, "sha256": hashlib.sha256(reply.body).hexdigest()}
        write_file(paths[1], reply.body)
        write_file(paths[0], json.dumps(info).encode("utf-8"))

    def forget(self, url: str) -> None:
        """Drop an answer that turned out to be unusable."""
        for path in self._paths(url) or ():
            path.unlink(missing_ok=True)


def _retry_after(value: str) -> float:
    return float(value) if value.isdigit() else 0.0


def _reason(error: Exception) -> str:
    import httpx

    if isinstance(error, httpx.ConnectTimeout | httpx.ReadTimeout | httpx.TimeoutException):
        return "de dienst antwoordt te traag"
    if isinstance(error, httpx.RemoteProtocolError):
        return "het antwoord brak halverwege af"
    return f"geen verbinding ({error})"
