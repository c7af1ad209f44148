"""kill -9 at any moment of building the index, adding, replacing and removing a document, of the swap, and of a server that follows.

Two ways of choosing the moment: a random time after the start, and just before the n-th operation on a
file of the home (which finds the narrow moments that a clock seldom hits). Afterwards the old or the new
must stand whole, and the next command must work without help.

What is random comes from a seed in the name of the test; each moment is printed, so a failure shows the last.
"""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from holds import Child, built, quick, small_bundle, use_bundle

from corpus.added import add, added_ids, remove, verify_added
from corpus.metadata import MetaOptions
from corpus.store import Corpus, load_corpus
from index.build import build, current, root, verify
from index.open import open_index

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is of POSIX systems")

OLD = "# Nota\n\nDe begeleiding duurt twee jaar.\n"
NEW = "# Nota\n\n" + "\n\n".join(f"De begeleiding van groep {n} duurt drie jaar." for n in range(40)) + "\n"


@dataclass
class Place:
    """A home with one added document and an index over it."""

    bundle: Path
    home: Path
    notes: Path
    corpus: Corpus

    def note(self, text: str) -> Path:
        path = self.notes / "nota.md"
        path.write_text(text, encoding="utf-8")
        return path

    def other_note(self) -> Path:
        """The note with the text that it has not now."""
        return self.note(NEW if "twee jaar" in load_corpus(self.home).document("nota").text else OLD)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    bundle = use_bundle(monkeypatch, small_bundle(tmp_path))
    notes = tmp_path / "notas"
    notes.mkdir()
    made = Place(bundle, tmp_path / "home", notes, load_corpus())
    add(made.home, made.note(OLD), MetaOptions(id="nota"))
    made.corpus = built(made.home)
    return made


def index_is_whole(place: Place, possible: dict[str, Corpus]) -> str:
    """The live index is one of the possible ones, verified; a reader can use it; nothing half-made is in the way."""
    manifest = current(place.home)
    assert manifest is not None and manifest.corpus in possible, "the pointer names neither the old nor the new index"
    own = possible[manifest.corpus]
    assert verify(place.home, own, quick()) == []
    assert open_index(own, quick(), place.home).search("duur van de begeleiding", 3)
    return manifest.corpus


def nothing_left(place: Place) -> None:
    """After the next ordinary build nothing of the killed one remains."""
    build(load_corpus(place.home), quick(), place.home)
    left = [p for pattern in ("*.tmp", "builds/*/unfinished") for p in root(place.home).glob(pattern)]
    assert left == []


def killed(child: Child, seconds: float | None) -> bool:
    """Let it begin and kill it after ``seconds`` (None: it does so itself); True when it died before its end."""
    child.go()
    if seconds is None:
        child.end()
    else:
        child.kill_after(seconds)
    return child.process.returncode == -signal.SIGKILL


def kill_build(place: Place, *, seconds: float | None = None, step: int = 0) -> bool:
    """Kill a build and see that the old or the new index stands; True when it died before its end."""
    print(f"build: {seconds=} {step=}")
    build(place.corpus, quick(), place.home)
    add(place.home, place.other_note(), MetaOptions(id="nota"), replace=True)
    new = load_corpus(place.home)
    died = killed(Child(place.bundle, place.home, "build", die_at=step), seconds)
    index_is_whole(place, {place.corpus.hash: place.corpus, new.hash: new})
    nothing_left(place)
    place.corpus = new
    return died


def duration(place: Place) -> tuple[float, int]:
    """How long a build takes in a child, and how many operations on files it does."""
    return measured(Child(place.bundle, place.home, "build"))


def measured(child: Child) -> tuple[float, int]:
    """How long a child takes that nobody kills, and how many operations on files it does."""
    started = time.perf_counter()
    code, said = child.go().end()
    assert code == 0, said
    return time.perf_counter() - started, int(said.split("done ")[1].split()[0])


def change(place: Place, action: str, die_at: int = 0) -> Child:
    """A child that is to add the note, replace or remove it, over a home in which there is something to do."""
    present = "nota" in added_ids(place.home)
    if action == "add" and present:
        remove(place.home, "nota")
    elif action != "add" and not present:
        add(place.home, place.note(OLD), MetaOptions(id="nota"))
    if action == "replace":
        place.other_note()
    return change_again(place, action, die_at)


def change_again(place: Place, action: str, die_at: int = 0) -> Child:
    """The same command over the home as it is."""
    arguments = ["remove"] if action == "remove" else ["add", str(place.notes / "nota.md")]
    return Child(place.bundle, place.home, *arguments, die_at=die_at)


def kill_change(place: Place, action: str, *, seconds: float | None = None, step: int = 0) -> bool:
    """Kill an addition, a replacement or a removal; then do it for good. True when it died before its end."""
    print(f"{action}: {seconds=} {step=}")
    texts = {OLD.split("\n\n", 1)[1].strip(), NEW.split("\n\n", 1)[1].strip()}
    died = killed(change(place, action, step), seconds)
    assert verify_added(place.home) == []
    found = load_corpus(place.home)
    if "nota" in found.documents:
        assert found.document("nota").text.split("\n\n", 1)[1] in texts
    code, said = change_again(place, action).go().end()
    assert code == 0 or (action == "remove" and "nota" not in found.documents and "geen toegevoegd document" in said), said
    assert verify_added(place.home) == [] and ("nota" in added_ids(place.home)) == (action != "remove")
    store = place.home / "corpus"
    assert not (store / ".tmp").exists() or not any((store / ".tmp").iterdir())
    return died


def test_a_killed_build_leaves_the_old_or_the_new_index(place: Place) -> None:
    seconds, steps = duration(place)
    draw = random.Random(1)
    kill_build(place, seconds=draw.uniform(0.1, 0.9) * seconds)
    # The last operations are those of the swap: manifest, mark, pointer.
    died = [kill_build(place, step=step) for step in (draw.randrange(1, steps - 4), steps - 2, steps)]
    assert sum(died) >= 2


@pytest.mark.parametrize(("action", "step"), [("add", 9), ("replace", 17), ("remove", 4)])
def test_a_killed_change_of_the_documents_leaves_the_old_or_the_new(place: Place, action: str, step: int) -> None:
    assert kill_change(place, action, step=step)


SEED = 20261123
ACTIONS = ("add", "replace", "remove")


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [SEED])
def test_builds_killed_at_many_random_moments(place: Place, seed: int) -> None:
    seconds, steps = duration(place)
    draw = random.Random(seed)
    died = [kill_build(place, seconds=draw.uniform(0, 0.9) * seconds) for _ in range(20)]
    died += [kill_build(place, step=step) for step in [*draw.sample(range(1, steps), min(14, steps - 1)), *range(steps - 5, steps + 1)]]
    assert sum(died) >= 25


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("action", ACTIONS)
def test_changes_of_documents_killed_before_every_operation(place: Place, action: str) -> None:
    step = 1
    while kill_change(place, action, step=step):
        step += 1
    # The last kill came too late: every operation before it was tried.
    assert step > 10


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [SEED])
@pytest.mark.parametrize("action", ACTIONS)
def test_changes_of_documents_killed_at_random_moments(place: Place, action: str, seed: int) -> None:
    seconds = min(measured(change(place, action))[0] for _ in range(3))  # the machine may be busy with something else
    draw = random.Random(f"{action} {seed}")
    died: list[bool] = []
    # A removal takes some milliseconds, and a kill comes when the system gets round to it: again, until enough came in time.
    while len(died) < 8 or (sum(died) < 4 and len(died) < 40):
        died.append(kill_change(place, action, seconds=draw.uniform(0, 0.9) * seconds))
        # The index is not touched by it; the next build makes one over the documents as they are now.
        index_is_whole(place, {place.corpus.hash: place.corpus})
        nothing_left(place)
        place.corpus = load_corpus(place.home)
        index_is_whole(place, {place.corpus.hash: place.corpus})
    assert sum(died) >= 4


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [SEED])
def test_swaps_killed_at_random_moments(place: Place, seed: int) -> None:
    old, live = place.corpus, current(place.home)
    assert live is not None
    add(place.home, place.other_note(), MetaOptions(id="nota"), replace=True)
    new = load_corpus(place.home)
    names = live.name, build(new, quick(), place.home).name
    draw = random.Random(seed)
    for _ in range(12):
        seconds = draw.uniform(0, 0.2)
        print(f"swap: {seconds=}")
        assert killed(Child(place.bundle, place.home, "swap", *names), seconds)
        index_is_whole(place, {old.hash: old, new.hash: new})
    nothing_left(place)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [SEED])
def test_a_following_server_killed_at_random_moments(place: Place, seed: int) -> None:
    from test_reopen import Server  # here, because the page is slow to import

    def begun() -> Server:
        """A server over the index, and documents that change under it."""
        server = Server(place.bundle, place.home)
        add(place.home, place.other_note(), MetaOptions(id="nota"), replace=True)
        return server

    whole, draw, in_time = 90.0, random.Random(seed), 0
    for turn in range(9):
        seconds = draw.uniform(0.1, 1) * whole if turn else whole
        with_builder = bool(turn % 2)
        print(f"server: {seconds=} {with_builder=}")
        server, started = begun(), time.perf_counter()
        new = load_corpus(place.home)
        while (passed := time.perf_counter() - started) < seconds and not server.events("index_swapped"):
            time.sleep(0.01)
        if swapped := bool(server.events("index_swapped")):
            whole = passed  # the first time always: that measures it, and is a kill just after the swap
        assert swapped or turn, "the server never took the new index"
        below = psutil.Process(server.process.pid).children(recursive=True)
        server.process.kill()
        for process in below if with_builder else ():
            process.kill()
        server.process.wait()
        # The process that builds and tries the index ends by itself when the server is gone.
        assert psutil.wait_procs(below, timeout=60)[1] == []
        in_time += not swapped
        index_is_whole(place, {place.corpus.hash: place.corpus, new.hash: new})
        code, said = Child(place.bundle, place.home, "open").go().end()
        assert code == 0 and "found" in said, said
        assert index_is_whole(place, {new.hash: new})
        nothing_left(place)
        place.corpus = new
    assert in_time >= 4
