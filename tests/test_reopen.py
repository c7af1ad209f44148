"""A server follows its home: documents and indexes that other processes make are answered from without a restart."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from holds import built, command, quick, small_bundle, use_bundle

from assistant.answer import Answer
from assistant.api.follow import Follower
from assistant.api.newest import newest
from assistant.api.service import Service
from assistant.citations import holds
from assistant.engine import Assistant
from assistant.factory import make_assistant
from assistant.settings import Settings
from corpus.added import add, remove
from corpus.errors import IndexError_
from corpus.metadata import MetaOptions
from corpus.store import Corpus, load_corpus
from index import nearest
from index.build import build, current, root, verify

NOTE = """# Nota over de tuinploeg

De tuinploeg van Zonnebloem krijgt een begeleidingspremie van 321 euro per kwartaal.

De coach van de tuinploeg is Annelies Verhaeghe.
"""
COACH = "Wie is de coach van de tuinploeg?"
OTHERS = ("Wie betaalt de begeleidingspremie?", "Hoe lang duurt de loonpremie?", "What is the wage premium?", "Qu'est-ce que la prime salariale ?")


def write(folder: Path, text: str = NOTE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nota.md"
    path.write_text(text, encoding="utf-8")
    return path


def cites_note(answer: dict[str, Any]) -> bool:
    return any(c["document"] == "nota" for c in answer["citations"])


def within(seconds: float, what: Callable[[], Any]) -> Any:
    """What ``what`` gives as soon as that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen")


# -- a whole server, and other processes ------------------------------------------------------------------


class Server:
    """``chat`` over a home, in a process of its own. To it, this process and the commands are other processes."""

    def __init__(self, bundle: Path, home: Path) -> None:
        self.bundle, self.home = bundle, home
        self.lines: list[str] = []
        script = Path(__file__).with_name("holds_server.py")
        self.process = subprocess.Popen([sys.executable, str(script), str(bundle), str(home), "0.2"], stderr=subprocess.PIPE, text=True, encoding="utf-8")
        threading.Thread(target=self._read, daemon=True).start()
        self.url = within(90, lambda: next((m.group() for line in self.lines if (m := re.search(r"http://127\.0\.0\.1:\d+", line))), ""))

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(self.process.stderr)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def events(self, name: str) -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in list(self.lines) if line.startswith("{")]
        return [row for row in rows if row["event"] == name]

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        reply = httpx.post(f"{self.url}/api/v1/ask", json={"question": question, **more}, timeout=60)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("dienst")
    bundle = small_bundle(folder / "pakket")
    with pytest.MonkeyPatch.context() as patch:
        use_bundle(patch, bundle)
        built(folder / "home")
        made = Server(folder / "pakket" / "corpus" / "documents", folder / "home")
        yield made
        assert made.stop() == 0


class Visitors:
    """Threads that ask at every door, one question after another, and keep what went wrong."""

    def __init__(self, server: Server) -> None:
        self.server, self.wrong, self.count = server, [], 0
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._go, args=(work,), daemon=True) for work in (self._api, self._openai, self._search, self._mcp)]

    wrong: list[str]

    def __enter__(self) -> Visitors:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)

    def _go(self, work: Callable[[httpx.Client, int], httpx.Response]) -> None:
        with httpx.Client(base_url=self.server.url, timeout=60) as client:
            n = 0
            while not self.stop.is_set():
                n += 1
                try:
                    reply = work(client, n)
                    if reply.status_code != 200 or "isError\":true" in reply.text:
                        self.wrong.append(f"{reply.request.url} {reply.status_code} {reply.text[:300]}")
                except httpx.HTTPError as error:
                    self.wrong.append(repr(error))
                self.count += 1
                time.sleep(0.05)  # one machine has to build, serve and ask

    def _api(self, client: httpx.Client, n: int) -> httpx.Response:
        # What was answered before the change comes back as history after it.
        first = client.post("/api/v1/ask", json={"question": COACH})
        past = {"question": COACH, "answer": first.json()}
        return client.post("/api/v1/ask", json={"question": f"En {OTHERS[n % len(OTHERS)]}", "history": [past]})

    def _openai(self, client: httpx.Client, n: int) -> httpx.Response:
        asked = [{"role": "user", "content": COACH}, {"role": "user", "content": f"Waarom? {n}"}]
        return client.post("/v1/chat/completions", json={"messages": asked, "stream": n % 2 == 0})

    def _search(self, client: httpx.Client, n: int) -> httpx.Response:
        paths = (f"/api/v1/search?query=tuinploeg+{n}", "/api/v1/documents", f"/api/v1/positions?query=premie+{n}", "/api/v1/positions/matrix", "/", "/healthz")
        return client.get(paths[n % len(paths)])

    def _mcp(self, client: httpx.Client, n: int) -> httpx.Response:
        call = {"name": "search", "arguments": {"query": f"tuinploeg {n}"}} if n % 2 else {"name": "list_documents", "arguments": {}}
        body = {"jsonrpc": "2.0", "id": n, "method": "tools/call", "params": call}
        return client.post("/mcp", json=body, headers={"accept": "application/json, text/event-stream"})


def test_a_running_server_answers_from_what_another_process_added_and_forgets_what_it_removed(server: Server, tmp_path: Path) -> None:
    before = server.ask(COACH)
    assert not cites_note(before)
    with Visitors(server) as visitors:
        done = command("corpus", "add", str(write(tmp_path)), "--id", "nota", home=server.home)
        assert done.returncode == 0, done.stderr
        after = within(90, lambda: cites_note(found := server.ask(COACH)) and found)
        assert "Annelies Verhaeghe" in after["answer"] and after["corpus"] != before["corpus"]
        assert command("corpus", "remove", "nota", home=server.home).returncode == 0
        within(90, lambda: not cites_note(server.ask(COACH)))
        again = server.ask(COACH)
        # And an index that another process has built.
        swaps = len(server.events("index_swapped"))
        built(server.home)
        within(90, lambda: len(server.events("index_swapped")) > swaps)
    assert visitors.wrong == [] and visitors.count > 20
    assert again["corpus"] == before["corpus"] and "Annelies" not in json.dumps(again["retrieved"])
    assert not [r for r in server.events("request") if r["status"] >= 500] and not server.events("index_refused")


@pytest.mark.soak
def test_a_running_server_keeps_the_old_index_when_the_one_that_tries_the_new_is_killed(server: Server, tmp_path: Path) -> None:
    before = server.ask(COACH)["corpus"]
    swaps = len(server.events("index_swapped"))
    add(server.home, write(tmp_path), MetaOptions(id="nota"))
    builder = within(60, lambda: [c for c in psutil.Process(server.process.pid).children() if "spawn_main" in " ".join(c.cmdline())])[0]
    builder.send_signal(signal.SIGKILL)
    refused = within(60, lambda: server.events("index_refused"))
    assert len(refused) == 1 and "viel weg" in refused[0]["reason"]
    assert server.ask(COACH)["corpus"] == before and len(server.events("index_swapped")) == swaps
    # The next change, here an index that was built by hand, heals it.
    built(server.home)
    within(90, lambda: cites_note(server.ask(COACH)))
    remove(server.home, "nota")
    within(90, lambda: not cites_note(server.ask(COACH)))


# -- one step at a time, in this process ------------------------------------------------------------------


class Place:
    """A home, the service over it, and what follows the home."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        build(load_corpus(self.home), quick(), self.home)
        self.service = Service(make_assistant(Settings(home=self.home, embedding="hash", rate_per_minute=10_000)))
        self.tried = 0

        def here(settings: Settings, _: threading.Event) -> str:
            self.tried += 1
            return newest(settings)

        self.follower = Follower(self.service, newest=here)
        assert not self.follower.look()

    def look(self) -> bool:
        """As long as there is something to see: documents are waited for until they are left alone."""
        return any([self.follower.look(), self.follower.look()])

    def ask(self, question: str = COACH, history: tuple[Answer, ...] = ()) -> Answer:
        return asyncio.run(self.service.ask(question, list(history), "", "api"))

    def add(self, folder: Path, text: str = NOTE) -> None:
        assert add(self.home, write(folder, text), MetaOptions(id="nota"), replace=True)[0].ok


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    use_bundle(monkeypatch, small_bundle(tmp_path / "pakket"))
    return Place(tmp_path)


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.reason for r in caplog.records if getattr(r, "event", "") == "index_refused"]


@pytest.fixture
def caplog_of_ours(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """The log of the service, whatever another test did with where it goes."""
    import logging

    monkeypatch.setattr(logging.getLogger("maatwerkwijzer"), "propagate", True)
    return caplog


def test_nothing_is_read_as_long_as_nothing_changes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any) -> Any:
        raise AssertionError("the documents were read")

    monkeypatch.setattr("assistant.api.follow.load_corpus", forbidden)
    monkeypatch.setattr("assistant.api.follow.live", forbidden)
    own = place.service.assistant
    assert not any(place.follower.look() for _ in range(5))
    assert place.service.assistant is own and place.tried == 0


def test_documents_are_waited_for_until_they_are_left_alone(place: Place, tmp_path: Path) -> None:
    place.add(tmp_path)
    assert not place.follower.look()
    place.add(tmp_path, NOTE + "\nNog een zin over de tuinploeg.\n")
    assert not place.follower.look() and place.tried == 0
    assert place.follower.look() and place.tried == 1
    assert not place.look() and place.tried == 1
    assert any(c.document == "nota" for c in place.ask().citations)


def test_a_document_that_is_put_and_taken_away_again_changes_nothing(place: Place, tmp_path: Path) -> None:
    own = place.service.assistant
    place.add(tmp_path)
    remove(place.home, "nota")
    assert not place.look() and place.service.assistant is own and place.tried == 0


@pytest.mark.parametrize("large", [False, True])
def test_who_answers_with_the_old_index_finishes_with_it_and_then_it_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    use_bundle(monkeypatch, small_bundle(tmp_path / "pakket"))
    if large:
        monkeypatch.setattr(nearest, "IN_MEMORY_KEYS", 10)  # then every search needs the files of the index
    place = Place(tmp_path)
    place.add(tmp_path)
    assert place.look()
    old_corpus = place.service.corpus
    old, files = weakref.ref(place.service.assistant.retriever), str(root(place.home) / "builds" / current(place.home).name)  # type: ignore[union-attr]
    inside, go_on = threading.Event(), threading.Event()
    answers: list[Answer] = []

    embeddings = place.service.assistant.retriever.embeddings
    trusted = embeddings.query_vector

    def waiting(text: str) -> Any:
        """In the middle of an answer, before the index is searched."""
        if not inside.is_set():
            inside.set()
            assert go_on.wait(60)
        return trusted(text)

    monkeypatch.setattr(embeddings, "query_vector", waiting)
    thread = threading.Thread(target=lambda: answers.append(place.ask()))
    thread.start()
    assert inside.wait(60)
    # The visitor is halfway when the document goes, and several builds push the old one off the disk.
    remove(place.home, "nota")
    assert place.look()
    for _ in range(4):
        build(load_corpus(place.home), quick(), place.home)
        assert place.look()
    gc.collect()
    assert old() is not None, "the old index went while somebody was answering with it"
    go_on.set()
    thread.join(60)
    assert answers[0].corpus == old_corpus.hash and any(c.document == "nota" for c in answers[0].citations)
    assert all(holds(old_corpus, c) for c in answers[0].citations)
    # A client may hand back what it got from the old one.
    assert place.ask("Waarom?", tuple(answers)).corpus == place.service.corpus.hash
    gc.collect()
    assert old() is None, "the old index is kept in memory"
    assert not [name for name in SharedSystemClient._identifier_to_system if name.startswith(files)], "the files of the old index are kept open"


def test_swaps_pile_nothing_up(place: Place) -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    seen: list[Any] = []
    for _ in range(6):
        build(load_corpus(place.home), quick(), place.home)
        assert place.look()
        place.ask()
        seen += [weakref.ref(place.service.assistant.retriever), weakref.ref(place.service.assistant.retriever.vocabulary["nl"]), weakref.ref(place.service.corpus)]
    gc.collect()
    assert sum(r() is not None for r in seen) == 3
    assert len([name for name in SharedSystemClient._identifier_to_system if name.startswith(str(place.home))]) == 1


# Each makes of a whole build, put beside the live one, a damaged one.
def no_manifest(build_folder: Path) -> None:
    (build_folder / "manifest.json").unlink()


def cut_manifest(build_folder: Path) -> None:
    path = build_folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8")[:50], encoding="utf-8")


def fewer_keys(build_folder: Path) -> None:
    path = build_folder / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "keys": data["keys"] - 1}), encoding="utf-8")


def no_chroma(build_folder: Path) -> None:
    shutil.rmtree(build_folder / "chroma")


def cut_database(build_folder: Path) -> None:
    path = build_folder / "chroma" / "chroma.sqlite3"
    os.truncate(path, path.stat().st_size // 2)


def overwritten_database(build_folder: Path) -> None:
    path = build_folder / "chroma" / "chroma.sqlite3"
    path.write_bytes(b"dit is geen index\n" * 1000)


def nothing(build_folder: Path) -> None:
    shutil.rmtree(build_folder)


def foreign_model(build_folder: Path) -> None:
    path = build_folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "embedding": "een ander model"}), encoding="utf-8")


@pytest.mark.parametrize("damage", [no_manifest, cut_manifest, fewer_keys, no_chroma, cut_database, overwritten_database, nothing, foreign_model])
def test_a_damaged_new_index_never_comes_in(
    place: Place, tmp_path: Path, caplog_of_ours: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    place.add(tmp_path)
    assert place.look()
    own, live = place.service.assistant, current(place.home)
    assert live is not None
    made = root(place.home) / "builds" / "29991231T000000-000000000-kapot"
    shutil.copytree(made.with_name(live.name), made)
    (made / "manifest.json").write_text(json.dumps({**asdict(live), "name": made.name}), encoding="utf-8")
    damage(made)
    (root(place.home) / "current.nieuw").write_text(made.name, encoding="utf-8")
    os.replace(root(place.home) / "current.nieuw", root(place.home) / "current")
    assert not any(place.follower.look() for _ in range(4))
    assert place.service.assistant is own and any(c.document == "nota" for c in place.ask().citations)
    assert len(refusals(caplog_of_ours)) == 1, refusals(caplog_of_ours)
    assert place.tried <= 2, "a damaged index is tried again and again"
    # The next whole one is taken at once.
    build(load_corpus(place.home), quick(), place.home)
    assert place.look() and place.service.assistant is not own
    assert any(c.document == "nota" for c in place.ask().citations)


def test_an_index_that_is_changed_behind_our_back_between_trying_and_opening_stays_out(
    place: Place, caplog_of_ours: pytest.LogCaptureFixture
) -> None:
    own = place.service.assistant
    trusted = place.follower._newest

    def then_damaged(settings: Settings, stop: threading.Event) -> str:
        name = trusted(settings, stop)
        shutil.rmtree(root(place.home) / "builds" / name / "chroma")
        return name

    place.follower._newest = then_damaged
    build(load_corpus(place.home), quick(), place.home)
    assert not place.look() and place.service.assistant is own and place.ask().corpus
    assert len(refusals(caplog_of_ours)) == 1


def test_a_damaged_document_keeps_the_old_ones(place: Place, tmp_path: Path, caplog_of_ours: pytest.LogCaptureFixture) -> None:
    own = place.service.assistant
    place.add(tmp_path)
    (place.home / "corpus" / "nota" / "text.txt").write_text("iets anders", encoding="utf-8")
    assert not any(place.follower.look() for _ in range(4)) and place.service.assistant is own
    assert len(refusals(caplog_of_ours)) == 1 and "nota" in refusals(caplog_of_ours)[0]
    remove(place.home, "nota")
    place.add(tmp_path)
    assert place.look() and any(c.document == "nota" for c in place.ask().citations)


def test_what_was_refused_is_tried_again_after_a_while(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trusted, fail = place.follower._newest, True

    def sometimes(settings: Settings, stop: threading.Event) -> str:
        if fail:
            place.tried += 1
            raise IndexError_("Chroma is niet bereikbaar.")
        return trusted(settings, stop)

    place.follower._newest = sometimes
    now = [1000.0]
    monkeypatch.setattr("assistant.api.follow.time.monotonic", lambda: now[0])
    place.add(tmp_path)
    for _ in range(200):
        place.follower.look()
        now[0] += 5
    assert 3 <= place.tried <= 6, "once a minute, then ever less"
    fail = False
    now[0] += 3600
    assert place.look() and any(c.document == "nota" for c in place.ask().citations)


def test_documents_that_keep_changing_do_not_keep_the_server_behind(place: Place, tmp_path: Path) -> None:
    trusted = place.follower._newest

    def slow(settings: Settings, stop: threading.Event) -> str:
        name = trusted(settings, stop)
        place.add(tmp_path, NOTE.replace("Annelies", "Godelieve"))  # while the index of the first was being built
        return name

    place.add(tmp_path)
    place.follower._newest = slow
    assert place.look() and "Annelies" in place.ask().answer
    place.follower._newest = trusted
    assert place.look() and "Godelieve" in place.ask().answer
    assert verify(place.home, place.service.corpus, quick()) == []


def test_every_door_of_the_page_and_the_tools_see_the_new_documents(place: Place, tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from assistant.api.mcp_server import make_server
    from assistant.web.page import make_page
    from assistant.web.serve import create_app
    from assistant.web.texts import Words
    from assistant.web.views import render

    app = create_app(place.service.assistant)
    app.state.service = place.service
    service, page = place.service, make_page(place.service, "nl")
    opened = next(f.fn for f in page.fns.values() if getattr(f.fn, "__name__", "") == "opened")
    tools = make_server(service, local=True)

    class Asked:
        client = request = None

    def seen() -> dict[str, bool]:
        over = asyncio.run(opened(Asked()))[-1]  # type: ignore[misc]
        found = {
            "documents": asyncio.run(render(service, "documenten", [], Words("nl"), None, "")),
            "reader": asyncio.run(render(service, "documenten", [("doc", "nota")], Words("nl"), None, "")),
            "words": asyncio.run(render(service, "documenten", [("zoek", "tuinploeg"), ("q", "tuinploeg")], Words("nl"), None, "")),
            "over": over if isinstance(over, str) else "",
            "tools": str(asyncio.run(tools.call_tool("list_documents", {}))),
        }
        return {name: "Nota over de tuinploeg" in str(text) for name, text in found.items()}

    with TestClient(app) as client:
        assert not any(seen().values())
        place.add(tmp_path)
        assert place.look()
        assert all(seen().values()), seen()
        assert client.get("/favicon.ico").status_code == 200


def test_the_corpus_of_an_answer_and_its_citations_belong_together_during_many_swaps(place: Place, tmp_path: Path) -> None:
    known: dict[str, Corpus] = {place.service.corpus.hash: place.service.corpus}
    answers, wrong, stop = [], [], threading.Event()

    def visitor() -> None:
        past: tuple[Answer, ...] = ()
        while not stop.is_set():
            try:
                answer = place.ask(COACH, past[-2:])
                answers.append(answer)
                past = (*past[-2:], answer)
            except Exception as error:  # any failure at all is what this test is about
                wrong.append(repr(error))

    threads = [threading.Thread(target=visitor) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(6):
        if n % 2:
            remove(place.home, "nota")
        else:
            place.add(tmp_path, NOTE.replace("321", str(321 + n)))
        assert place.look()
        known[place.service.corpus.hash] = place.service.corpus
        answers.append(place.ask())
    stop.set()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert len({a.corpus for a in answers}) >= 3
    assert all(holds(known[a.corpus], c) for a in answers for c in a.citations)


def test_the_follower_stops_in_the_middle_of_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_bundle(monkeypatch, small_bundle(tmp_path / "pakket"))
    place = Place(tmp_path)
    building = threading.Event()

    def endless(_: Settings, stop: threading.Event) -> str:
        from assistant.api.newest import Stopped

        building.set()
        assert stop.wait(60)
        raise Stopped("De server stopt.")

    follower = Follower(place.service, every=0.05, newest=endless).start()
    build(load_corpus(place.home), quick(), place.home)
    assert building.wait(30)
    follower.stop()
    assert not follower._thread.is_alive()
    assert isinstance(place.service.assistant, Assistant) and place.ask().corpus
