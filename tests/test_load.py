"""The load test itself, for a few seconds: what it counts is what happened."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from holds import free_port, ready_home

from corpus.errors import MaatwerkwijzerError
from eval.load import bench_load, load_markdown, measure


class Behaviour(BaseHTTPRequestHandler):
    """Answers two requests, tells the third to wait, fails on the fourth."""

    count = 0
    lock = threading.Lock()

    def do_POST(self) -> None:
        """One question."""
        self.rfile.read(int(self.headers["content-length"]))
        with Behaviour.lock:
            Behaviour.count += 1
            n = Behaviour.count % 4
        status = {0: 500, 3: 429}.get(n, 200)
        body = json.dumps({"status": "answered"}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        if status == 429:
            self.send_header("retry-after", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    Behaviour.count = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behaviour)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_answers_refusals_and_failures_are_counted_apart(address: str) -> None:
    import os

    row = measure(address, os.getpid(), ["a", "b"], 3, 3.0)
    assert row["answers"] > 0 and row["told_to_wait"] > 0 and row["failures"]["status 500"] > 0
    assert abs(row["answers"] / 2 - row["told_to_wait"]) <= 3
    assert row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"] <= row["longest_ms"]
    assert row["memory_peak_mib"] >= row["memory_start_mib"] > 0
    assert "| 3 |" in load_markdown([row])


def test_a_server_that_is_not_there_is_a_failure_and_no_hang() -> None:
    import os

    row = measure(f"http://127.0.0.1:{free_port()}", os.getpid(), ["a"], 2, 1.0)
    assert row["answers"] == 0 and row["failures"]["ConnectError"] > 0 and row["share_answered"] == 0


def test_a_server_that_does_not_start_is_explained(tmp_path: Path) -> None:
    taken = tmp_path / "bestand"
    taken.write_text("", encoding="utf-8")
    with pytest.raises(MaatwerkwijzerError, match="startte niet"):
        bench_load(["a"], (1,), 1.0, {"MAATWERKWIJZER_HOME": str(taken), "MAATWERKWIJZER_EMBEDDING": "hash"})


QUESTIONS = ["Wie betaalt de begeleidingspremie?", "Hoe lang duurt de loonpremie?", "Wat vindt HERWIN van de terugkeergarantie?", "Quelle est la prime salariale ?"]


@pytest.mark.soak
def test_the_real_server_under_visitors(tmp_path: Path) -> None:
    environment = {"MAATWERKWIJZER_HOME": str(tmp_path / "home"), "MAATWERKWIJZER_EMBEDDING": "hash"}
    rows = bench_load(QUESTIONS, (1, 8), 2.0, environment)
    assert [r["visitors"] for r in rows] == [1, 8]
    assert all(r["answers"] > 0 and r["failures"] == {} for r in rows)


def test_past_capacity_visitors_are_told_to_wait_and_nobody_hangs(tmp_path: Path) -> None:
    environment = {"MAATWERKWIJZER_HOME": str(ready_home(tmp_path / "home")), "MAATWERKWIJZER_EMBEDDING": "hash", "MAATWERKWIJZER_MAX_CONCURRENT": "1", "MAATWERKWIJZER_MAX_QUEUE": "2"}
    (row,) = bench_load(QUESTIONS, (30,), 3.0, environment)
    assert row["told_to_wait"] > 0 and row["answers"] > 0 and row["failures"] == {}
