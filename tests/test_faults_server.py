"""A real Chroma server on the loopback address: build, search, gone and back, frozen; and an index too large for memory."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from holds import ChromaServer, built, command, free_port, no_traceback, quick, small_bundle, use_bundle

from corpus.errors import IndexError_, SettingsError
from corpus.store import Corpus, load_corpus
from index import nearest
from index.build import build, client, current, heartbeat, open_collection, root, verify
from index.open import open_index
from index.retriever import Retriever

QUESTIONS = ("Wie betaalt de begeleidingspremie?", "Hoe lang duurt de loonpremie?", "What is the wage premium?")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    use_bundle(monkeypatch, small_bundle(tmp_path / "pakket"))
    return load_corpus()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A server that no test kills."""
    made = ChromaServer(tmp_path_factory.mktemp("chroma")).start()
    yield made
    made.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    made = ChromaServer(tmp_path / "chroma").start()
    yield made
    made.stop()


def collections(home: Path, url: str) -> set[str]:
    return {c.name for c in client(home, url).list_collections()}


def test_the_same_answers_from_a_server_as_from_a_folder(small: Corpus, tmp_path: Path, shared: ChromaServer) -> None:
    home = tmp_path / "home"
    build(small, quick(), home, shared.url)
    assert verify(home, small, quick(), shared.url) == []
    assert not (root(home) / "builds" / current(home).name / "chroma").exists()  # type: ignore[union-attr]
    far, near = open_index(small, quick(), home, shared.url), open_index(small, quick(), tmp_path / "dichtbij")
    for question in QUESTIONS:
        assert [h.passage.id for h in far.search(question)] == [h.passage.id for h in near.search(question)]


def test_builds_on_a_server_do_not_pile_up(small: Corpus, tmp_path: Path, shared: ChromaServer) -> None:
    home, other = tmp_path / "home", tmp_path / "ander"
    before = collections(home, shared.url)
    theirs = build(small, quick(), other, shared.url)
    for _ in range(6):
        made = build(small, quick(), home, shared.url)
    names = collections(home, shared.url)
    # Another home on the same server keeps its own.
    assert {f"mww-{made.name}", f"mww-{theirs.name}"} <= names and len(names - before) <= 5


def test_the_server_goes_and_comes_back(small: Corpus, tmp_path: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "IN_MEMORY_KEYS", 10)
    home = tmp_path / "home"
    build(small, quick(), home, server.url)
    retriever = open_index(small, quick(), home, server.url)
    before = [h.passage.id for h in retriever.search(QUESTIONS[0])]
    server.stop()
    with pytest.raises(IndexError_, match="Chroma") as caught:
        retriever.search(QUESTIONS[1])
    assert "Chroma-server" in caught.value.remedy
    for action in (lambda: open_index(small, quick(), home, server.url), lambda: build(small, quick(), home, server.url)):
        with pytest.raises(IndexError_, match="niet bereikbaar"):
            action()
    live = current(home)
    server.start()
    assert current(home) == live and retriever.search(QUESTIONS[1])
    assert [h.passage.id for h in open_index(small, quick(), home, server.url).search(QUESTIONS[0])] == before
    assert verify(home, small, quick(), server.url) == []


def test_a_server_killed_while_an_index_is_built(small: Corpus, tmp_path: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    first = build(small, quick(), home, server.url)
    monkeypatch.setattr("index.build._BATCH", 20)

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "chroma" and done >= 40:
            server.stop()

    with pytest.raises(IndexError_, match="niet bewaren"):
        build(small, quick(), home, server.url, progress)
    assert current(home) == first
    server.start()
    assert verify(home, small, quick(), server.url) == []
    build(small, quick(), home, server.url)
    # What the broken build left on the server is gone, too.
    assert len(collections(home, server.url)) == 2 and not list(root(home).glob("builds/*/unfinished"))


def test_a_frozen_server_is_not_waited_for(small: Corpus, tmp_path: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "IN_MEMORY_KEYS", 10)
    monkeypatch.setattr("index.build.SERVER_SECONDS", 1.0)
    home = tmp_path / "home"
    build(small, quick(), home, server.url)
    retriever = open_index(small, quick(), home, server.url)
    retriever.search(QUESTIONS[0])
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(IndexError_, match="Chroma"):
            retriever.search(QUESTIONS[1])
        with pytest.raises(Exception, match="timed out"):
            heartbeat(server.url, 0.5)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert retriever.search(QUESTIONS[1])


def test_something_else_on_that_port_and_wrong_addresses(small: Corpus, tmp_path: Path) -> None:
    import http.server
    import threading

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        with pytest.raises(IndexError_, match="geen Chroma-server"):
            build(small, quick(), tmp_path, f"http://127.0.0.1:{other.server_port}")
    finally:
        other.shutdown()
        other.server_close()
    for url in ("ftp://x", "127.0.0.1:8000", "http://", "http://x:99999", "http://[", "javascript:alert(1)"):
        with pytest.raises(SettingsError):
            client(tmp_path, url)


def test_a_password_in_the_address_is_never_shown(tmp_path: Path) -> None:
    url = f"http://naam:zeergeheim@127.0.0.1:{free_port()}"
    done = command("index", "build", "--embedding", "hash", home=tmp_path, env={"MAATWERKWIJZER_CHROMA_URL": url})
    no_traceback(done)
    assert done.returncode == 1 and "zeergeheim" not in done.stderr + done.stdout
    done = command("ask", "Wat?", "--embedding", "hash", home=tmp_path, env={"MAATWERKWIJZER_CHROMA_URL": "ftp://naam:zeergeheim@x"})
    no_traceback(done)
    assert done.returncode == 2 and "zeergeheim" not in done.stderr + done.stdout


@pytest.mark.soak
def test_by_command_over_http(tmp_path: Path, shared: ChromaServer) -> None:
    env = {"MAATWERKWIJZER_CHROMA_URL": shared.url}
    done = command("ask", "Hoe lang duurt de loonpremie?", "--json", "--embedding", "hash", home=tmp_path / "home", env=env)
    no_traceback(done)
    assert done.returncode == 0 and '"status"' in done.stdout, done.stderr
    done = command("index", "verify", "--embedding", "hash", home=tmp_path / "home", env=env)
    assert done.returncode == 0, done.stderr


# -- an index too large for memory ------------------------------------------------------------------------


def both(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str = "") -> tuple[Retriever, Retriever]:
    """A retriever that holds every key, and one that asks Chroma."""
    whole = open_index(corpus, quick(), tmp_path / "klein")
    monkeypatch.setattr(nearest, "IN_MEMORY_KEYS", 10)
    large = open_index(corpus, quick(), tmp_path / "groot", url)
    assert whole.manifest is not None and large.manifest is not None
    assert not whole.manifest.large and large.manifest.large
    return whole, large


def test_a_large_index_gives_the_same_when_all_keys_are_asked_for(small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "NEAREST", 100_000)
    whole, large = both(small, tmp_path, monkeypatch)
    large._keys.k = whole.manifest.keys  # type: ignore[attr-defined, union-attr]
    for question in QUESTIONS:
        one, other = whole.features(question), large.features(question)
        # One key a passage: mean and deviation from the kept sums are exactly those of the values themselves.
        assert np.allclose(one["dense_passage"], other["dense_passage"], atol=0.02)
        assert [h.passage.id for h in whole.search(question, 5, "dense")] == [h.passage.id for h in large.search(question, 5, "dense")]
        ours, theirs = whole.best_cosines(question), large.best_cosines(question)
        assert all(abs(ours[k] - theirs[k]) < 1e-3 for k in ours)


def test_a_large_index_is_never_read_whole(small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: ChromaServer) -> None:
    both(small, tmp_path, monkeypatch, shared.url)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the whole collection was read")

    monkeypatch.setattr("index.build.KeyCollection.read_all", forbidden)
    monkeypatch.setattr("index.build.KeyCollection.pages", forbidden)
    manifest = current(tmp_path / "groot")
    assert manifest is not None
    fresh = Retriever(small, quick(), open_collection(tmp_path / "groot", manifest, shared.url), manifest)
    fresh._keys.k = 5  # type: ignore[attr-defined]
    for mode in ("dense", "hybrid", "hybrid_no_views", "full", "bm25"):
        hits = fresh.search(QUESTIONS[0], 10, mode)
        assert len(hits) == min(10, len(fresh.passages)) and all(np.isfinite(h.score) for h in hits)


def test_passages_that_were_not_returned_rank_below_those_that_were(small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, large = both(small, tmp_path, monkeypatch)
    large._keys.k = 400  # type: ignore[attr-defined]
    for question in QUESTIONS:
        near = large.nearest(question)
        table = near.table
        found = set(table.group("passage", "nl").owners.tolist())
        dense = large.features(question)["dense_passage"]
        rest = [v for n, v in enumerate(dense) if n not in found]
        assert found and not np.isnan(dense).any()
        assert not rest or max(rest) <= min(dense[n] for n in found) + 1e-6


def test_answers_over_a_large_index_hold(small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.citations import holds
    from assistant.engine import Assistant
    from assistant.settings import Settings

    _, large = both(small, tmp_path, monkeypatch)
    for question in QUESTIONS:
        answer = Assistant(small, large, Settings(home=tmp_path)).ask(question)
        assert all(holds(small, c) for c in answer.citations) and len(answer.retrieved) == min(10, len(large.passages))


def test_what_a_large_index_keeps_beside_chroma_is_checked(small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(small, tmp_path, monkeypatch)
    manifest = current(tmp_path / "groot")
    assert manifest is not None
    assert verify(tmp_path / "groot", small, quick()) == []
    path = root(tmp_path / "groot") / "builds" / manifest.name / "large.npz"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(IndexError_, match="beschadigd"):
        open_index(small, quick(), tmp_path / "groot").search("premie", 1)


def test_a_small_index_stays_in_memory(small: Corpus, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = built(home)
    retriever = open_index(own, quick(), home)
    assert isinstance(retriever._keys, nearest.InMemorySearch)
