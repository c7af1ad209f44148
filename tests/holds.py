"""What the tests of faults share: a small set of documents, child processes that are killed, small disks."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

import corpus.store
from corpus.store import Corpus, load_corpus
from index.build import build
from index.embedding import CachedEmbeddings, make_embeddings

REAL_BUNDLE = corpus.store.BUNDLED
CHILD = Path(__file__).with_name("holds_child.py")
PROGRAM = Path(sys.executable).with_name("maatwerkwijzer")


def small_bundle(folder: Path) -> Path:
    """Two of the bundled documents with actors and topics, so that an index takes a fraction of a second."""
    for name in ("voorontwerp-2021", "ontwerpbesluit-2022"):
        shutil.copytree(REAL_BUNDLE / name, folder / "corpus" / "documents" / name)
    for name in ("actors.yaml", "topics.yaml"):
        shutil.copy(REAL_BUNDLE.parent / name, folder / "corpus" / name)
    return folder / "corpus" / "documents"


def use_bundle(monkeypatch: pytest.MonkeyPatch, bundle: Path) -> Path:
    """Make ``bundle`` the documents that come with the package, in this process."""
    monkeypatch.setattr("corpus.store.BUNDLED", bundle)
    monkeypatch.setattr("corpus.added.BUNDLED", bundle)
    return bundle


def quick() -> CachedEmbeddings:
    """The stand-in embedding."""
    return make_embeddings("hash")


def built(home: Path) -> Corpus:
    """The corpus of ``home``, with an index."""
    found = load_corpus(home)
    build(found, quick(), home)
    return found


@lru_cache(maxsize=1)
def _ready() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="holds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    done = command("index", "build", "--embedding", "hash", home=folder / "home")
    assert done.returncode == 0, done.stderr
    return folder / "home"


def ready_home(target: Path) -> Path:
    """A home at ``target`` with an index over all bundled documents, made once a run and copied."""
    shutil.copytree(_ready(), target)
    return target


class Child:
    """A process of our own that gets ready, waits for a sign, and does one thing (see ``holds_child.py``)."""

    def __init__(self, bundle: Path, home: Path, action: str, *arguments: str, die_at: int = 0) -> None:
        command = [sys.executable, str(CHILD), str(bundle), str(home), str(die_at), action, *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None and self.process.stdin is not None
        self.line = self.process.stdout.readline()
        assert self.line == "ready\n", self.line + (self.process.stderr.read() if self.process.stderr else "")

    def go(self) -> Child:
        """Let it begin."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self

    def kill_after(self, seconds: float) -> None:
        """Kill it (SIGKILL) some time after it began, unless it is done by then."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.kill()
        self.end()

    def end(self) -> tuple[int, str]:
        """Wait until it is gone; its exit code and what it said."""
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out + err


def command(*arguments: str, home: Path | None, env: dict[str, str] | None = None, drop: tuple[str, ...] = (), timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the real console command in a clean environment."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAATWERKWIJZER_") and k not in drop} | (env or {})
    if home is not None:
        clean["MAATWERKWIJZER_HOME"] = str(home)
    return subprocess.run([str(PROGRAM), *arguments], capture_output=True, text=True, encoding="utf-8", errors="replace", env=clean, timeout=timeout, check=False)


def no_traceback(done: subprocess.CompletedProcess[str]) -> None:
    """The person at the terminal saw a message, never the inside of the program."""
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.returncode in (0, 1, 2), (done.returncode, done.stderr)


@contextlib.contextmanager
def small_disk(folder: Path, size: str, read_only: bool = False) -> Iterator[Path]:
    """A disk of ``size`` mounted at ``folder``; the test is skipped where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False) if os.name == "posix" else None
    if done is None or done.returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def make_read_only(folder: Path) -> None:
    """Make a disk of :func:`small_disk` read-only; root, too, cannot write there then."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def free_port() -> int:
    """A port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ChromaServer:
    """A real ``chroma run`` on the loopback address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> ChromaServer:
        """Start it, and return when it answers."""
        from index.build import heartbeat

        program = Path(sys.executable).with_name("chroma")
        self.process = subprocess.Popen(
            [str(program), "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                heartbeat(self.url, 1.0)
                return self
            except Exception:  # not up yet, in one of many ways
                time.sleep(0.1)
        raise AssertionError("chroma did not start")

    def stop(self) -> None:
        """Kill it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
