"""Figures for Prometheus: requests, answers, time, queue. No address, question or name among the labels."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_ROUTES = (
    "/api/v1/ask",
    "/api/v1/search",
    "/api/v1/positions",
    "/api/v1/check",
    "/api/v1/documents",
    "/api/v1/passages",
    "/v1/chat/completions",
    "/v1/models",
    "/mcp",
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/ui/fragment",
    "/ui/export",
    "/ui/feedback",
    "/ui/login",
    "/ui/static",
    "/gradio_api/queue",
    "/gradio_api",
    "/assets",
    "/static",
)
_METHODS = {"GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"}


class Metrics:
    """The figures of one application."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, inside: Callable[[], float]) -> None:
        """``inside`` tells how many questions are being handled or waiting."""
        self.registry = CollectorRegistry()
        self._requests = Counter("maatwerkwijzer_requests", "Requests", ["method", "route", "status"], registry=self.registry)
        self._seconds = Histogram("maatwerkwijzer_request_seconds", "Time of a request", ["route"], registry=self.registry)
        self._answers = Counter("maatwerkwijzer_answers", "Answers", ["surface", "status", "language"], registry=self.registry)
        self._answer_seconds = Histogram(
            "maatwerkwijzer_answer_seconds", "Time of an answer", ["surface"], buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30), registry=self.registry
        )
        self._index = Counter("maatwerkwijzer_index", "New indexes that were swapped in, or tried and refused", ["result"], registry=self.registry)
        Gauge("maatwerkwijzer_questions_in_progress", "Questions handled or waiting", registry=self.registry).set_function(inside)

    def route_of(self, path: str) -> str:
        """The route without what is variable in it (a document's id, say)."""
        return next((r for r in _ROUTES if path == r or path.startswith(r + "/")), "/" if path in ("/", "/fr/", "/en/", "/de/") else "other")

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        route = self.route_of(path)
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, surface: str, status: str, language: str, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(surface, status, language).inc()
        self._answer_seconds.labels(surface).observe(seconds)

    def index(self, result: str) -> None:
        """Count a new index: ``swapped`` or ``refused``."""
        self._index.labels(result).inc()

    def render(self) -> bytes:
        """The figures in Prometheus's text format."""
        return generate_latest(self.registry)
