"""kill -9 at any moment of building the index, adding, replacing and removing a document, and of the swap.

Two ways of choosing the moment: a random time after the start, and just before the n-th operation on a
file of the home (which finds the narrow moments that a clock seldom hits). Afterwards the old or the new
must stand whole, and the next command must work without help.
"""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from holds import Child, built, quick, small_bundle, use_bundle

from corpus.added import add, added_ids, verify_added
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


def kill_build(place: Place, *, seconds: float | None = None, step: int = 0) -> bool:
    """Kill a build and see that the old or the new index stands; True when it died before its end."""
    build(place.corpus, quick(), place.home)
    changed = place.note(NEW if "twee jaar" in place.corpus.document("nota").text else OLD)
    add(place.home, changed, MetaOptions(id="nota"), replace=True)
    new = load_corpus(place.home)
    child = Child(place.bundle, place.home, "build", die_at=step).go()
    if seconds is not None:
        child.kill_after(seconds)
    died = child.end()[0] == -signal.SIGKILL if seconds is None else child.process.returncode == -signal.SIGKILL
    index_is_whole(place, {place.corpus.hash: place.corpus, new.hash: new})
    nothing_left(place)
    place.corpus = new
    return died


def duration(place: Place) -> tuple[float, int]:
    """How long a build takes in a child, and how many operations on files it does."""
    child = Child(place.bundle, place.home, "build")
    started = time.perf_counter()
    code, said = child.go().end()
    assert code == 0, said
    return time.perf_counter() - started, int(said.split("done ")[1].split()[0])


def kill_change(place: Place, action: str, step: int) -> bool:
    """Kill an add, a replacement or a removal before its ``step``-th operation; then do it for good. True when it died."""
    texts = {OLD.split("\n\n", 1)[1].strip(), NEW.split("\n\n", 1)[1].strip()}
    present = "nota" in added_ids(place.home)
    if action == "add" and present:
        place.note(NEW if "twee jaar" in load_corpus(place.home).document("nota").text else OLD)
    elif action == "remove" and not present:
        add(place.home, place.note(OLD), MetaOptions(id="nota"))
    arguments = [str(place.notes / "nota.md")] if action == "add" else []
    died = Child(place.bundle, place.home, action, *arguments, die_at=step).go().end()[0] == -signal.SIGKILL
    assert verify_added(place.home) == []
    found = load_corpus(place.home)
    if "nota" in found.documents:
        assert found.document("nota").text.split("\n\n", 1)[1] in texts
    code, said = Child(place.bundle, place.home, action, *arguments).go().end()
    assert code == 0 or (action == "remove" and "nota" not in found.documents and "geen toegevoegd document" in said), said
    assert verify_added(place.home) == [] and ("nota" in added_ids(place.home)) == (action == "add")
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


@pytest.mark.parametrize(("action", "step"), [("add", 9), ("add", 17), ("remove", 4)])
def test_a_killed_change_of_the_documents_leaves_the_old_or_the_new(place: Place, action: str, step: int) -> None:
    assert kill_change(place, action, step)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_builds_killed_at_many_random_moments(place: Place) -> None:
    seconds, steps = duration(place)
    draw = random.Random(20261123)
    died = [kill_build(place, seconds=draw.uniform(0, 0.9) * seconds) for _ in range(20)]
    died += [kill_build(place, step=step) for step in [*draw.sample(range(1, steps), min(14, steps - 1)), *range(steps - 5, steps + 1)]]
    assert sum(died) >= 25


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("action", ["add", "remove"])
def test_changes_of_documents_killed_before_every_operation(place: Place, action: str) -> None:
    step = 1
    while kill_change(place, action, step):
        step += 1
    # The last kill came too late: every operation before it was tried.
    assert step > 10
