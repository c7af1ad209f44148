"""A bounded load test on the loopback address: so many visitors at once, each asking one question after another.

The server is a process of its own, so that its memory is its own too. A visitor who is told that it is
busy (429) waits as long as he was told, at most a second, and asks again: that is what should happen past
capacity. An answer that does not come within :data:`PATIENCE` seconds counts as a hang.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corpus.errors import MaatwerkwijzerError

VISITORS = (1, 5, 20, 50)
SECONDS = 120.0
PATIENCE = 60.0
_START = 180.0
_SAMPLE = 0.5


@dataclass
class Seen:
    """What the visitors of one level saw; times in seconds, memory in MiB."""

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)

    def figures(self, visitors: int, seconds: float) -> dict[str, Any]:
        """The figures of this level."""
        times = np.array(self.answered or [float("nan")]) * 1000
        asked = len(self.answered) + len(self.refused) + sum(self.failures.values())
        return {
            "visitors": visitors,
            "seconds": round(seconds, 1),
            "answers": len(self.answered),
            "answers_per_second": round(len(self.answered) / seconds, 2),
            **{f"p{q}_ms": round(float(np.percentile(times, q)), 1) for q in (50, 95, 99)},
            "longest_ms": round(float(times.max()), 1),
            "told_to_wait": len(self.refused),
            "failures": dict(sorted(self.failures.items())),
            "share_answered": round(len(self.answered) / asked, 4) if asked else 0.0,
            "memory_start_mib": round(self.memory[0], 1) if self.memory else None,
            "memory_peak_mib": round(max(self.memory), 1) if self.memory else None,
            "memory_end_mib": round(self.memory[-1], 1) if self.memory else None,
            # Least squares over the second half, when caches are full: what still grows then would grow for ever.
            "memory_growth_mib_per_minute": _slope(self.memory[len(self.memory) // 2 :]),
        }


def _slope(samples: Sequence[float]) -> float | None:
    if len(samples) < 4:
        return None
    minutes = np.arange(len(samples)) * _SAMPLE / 60
    return round(float(np.polyfit(minutes, np.array(samples), 1)[0]), 2)


@contextmanager
def server(environment: dict[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """Start ``chat`` on a free port of the loopback address; gives (address, process id), and stops it in the end.

    Raises:
        MaatwerkwijzerError: it did not get ready.
    """
    wide = {"MAATWERKWIJZER_RATE_PER_MINUTE": "10000", "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    process = subprocess.Popen(
        [sys.executable, "-c", "from assistant.cli import main; main()", "chat", "--host", "127.0.0.1", "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **wide, **(environment or {})},
    )
    said: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            # The log goes on for as long as the server does; only its beginning matters here.
            if len(said) < 50:
                said.append(line)
            if not ready.is_set() and re.search(r"http://127\.0\.0\.1:\d+", line):
                ready.set()
        ready.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        ready.wait(_START)
        found = re.search(r"http://127\.0\.0\.1:\d+", "".join(said))
        if found is None:
            raise MaatwerkwijzerError(f"De server voor de belastingproef startte niet: {''.join(said)[-300:].strip()}", "Voer 'maatwerkwijzer doctor' uit.")
        yield found[0], process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(address: str, process_id: int, questions: Sequence[str], visitors: int, seconds: float) -> dict[str, Any]:
    """Figures of one level: ``visitors`` at once for ``seconds``."""
    import psutil

    seen, lock, stop = Seen(), threading.Lock(), threading.Event()
    threads = [threading.Thread(target=_visit, args=(address, questions, n, seen, lock, stop), daemon=True) for n in range(visitors)]
    process = psutil.Process(process_id)
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    try:
        while time.perf_counter() - started < seconds:
            seen.memory.append(process.memory_info().rss / 2**20)
            stop.wait(min(_SAMPLE, max(0.0, seconds - (time.perf_counter() - started))))
    except psutil.NoSuchProcess:
        seen.failures["the server ended"] = 1
    finally:
        stop.set()
    took = time.perf_counter() - started
    for thread in threads:
        thread.join(PATIENCE + 5)
    with lock:
        return seen.figures(visitors, took)


def _visit(address: str, questions: Sequence[str], first: int, seen: Seen, lock: threading.Lock, stop: threading.Event) -> None:
    import httpx

    n = first * 7
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        while not stop.is_set():
            # No two questions are the same: a question asked before is answered from the caches.
            question = f"{questions[n % len(questions)]} (bezoeker {first}, vraag {n})"
            n += 1
            started = time.perf_counter()
            try:
                reply = client.post(f"{address}/api/v1/ask", json={"question": question})
                kind = "" if reply.status_code == 200 and reply.json().get("status") != "error" else f"status {reply.status_code}"
            except httpx.TimeoutException:
                reply, kind = None, "no answer in time"
            except httpx.HTTPError as error:
                reply, kind = None, type(error).__name__
            took = time.perf_counter() - started
            pause = 0.0
            with lock:
                if stop.is_set() and kind:
                    # Cut off by the end of the measurement, not by the server.
                    return
                if not kind:
                    seen.answered.append(took)
                elif reply is not None and reply.status_code == 429 and reply.headers.get("retry-after", "").isdigit():
                    seen.refused.append(took)
                    pause = min(float(reply.headers["retry-after"]), 1.0)
                else:
                    seen.failures[kind] = seen.failures.get(kind, 0) + 1
                    pause = 0.1
            if pause:
                stop.wait(pause)


def bench_load(questions: Sequence[str], visitors: Sequence[int] = VISITORS, seconds: float = SECONDS, environment: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """All levels against one server, in order, so that memory over time is visible. Raises MaatwerkwijzerError as :func:`server`."""
    from eval.progress import progress

    out = []
    with server(environment) as (address, process_id):
        measure(address, process_id, questions, 1, min(5.0, seconds))
        for count in progress(list(visitors), "bezoekers"):
            out.append(measure(address, process_id, questions, count, seconds))
    for row in out:
        row["throughput_ratio_to_one"] = round(row["answers_per_second"] / out[0]["answers_per_second"], 2) if out[0]["answers_per_second"] else None
    return out


def load_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """The table in Markdown."""
    from eval.tables import markdown_table

    header = ("bezoekers", "antwoorden/s", "p50 ms", "p95 ms", "p99 ms", "langste ms", "even geduld (429)", "fouten", "geheugen MiB: begin, piek, eind", "groei MiB/min")
    cells = [
        [
            str(r["visitors"]),
            f"{r['answers_per_second']:.1f}",
            *(f"{r[k]:.0f}" for k in ("p50_ms", "p95_ms", "p99_ms", "longest_ms")),
            str(r["told_to_wait"]),
            str(sum(r["failures"].values())),
            f"{r['memory_start_mib']}, {r['memory_peak_mib']}, {r['memory_end_mib']}",
            str(r["memory_growth_mib_per_minute"]),
        ]
        for r in rows
    ]
    return markdown_table(header, cells)
