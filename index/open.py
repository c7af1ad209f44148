"""Open the live index, and build it first when there is none or when it no longer fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filelock import Timeout

from corpus.errors import IndexError_
from corpus.store import Corpus
from index.build import IndexBusy, Manifest, build, current, lock, open_collection, why_stale
from index.embedding import CachedEmbeddings
from index.retriever import Retriever

WAIT_SECONDS = 900.0
"""How long a reader without an index waits for another process that is building one."""


def open_index(
    corpus: Corpus,
    embeddings: CachedEmbeddings,
    home: Path,
    url: str = "",
    *,
    say: Callable[[str], None] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Retriever:
    """Return a retriever over the live index of ``home``.

    There is none yet, or the documents or the model changed: it is built, and ``say`` is told why.

    Raises:
        IndexError_: the index is damaged, or another process is building it.
    """
    manifest = _fitting(corpus, embeddings, home, url, say, progress)
    try:
        collection = open_collection(home, manifest, url)
    except IndexError_:
        # A builder may have moved the pointer, and swept this build, between the two steps.
        again = current(home)
        if again is None or again == manifest:
            raise
        manifest = again
        collection = open_collection(home, manifest, url)
    return Retriever(corpus, embeddings, collection, manifest)


def _fitting(
    corpus: Corpus, embeddings: CachedEmbeddings, home: Path, url: str, say: Callable[[str], None] | None, progress: Callable[[str, int, int], None] | None
) -> Manifest:
    """The manifest of a live build that fits; made here, or by the process that is at it already."""
    for attempt in ("first", "after waiting"):
        manifest = current(home)
        reason = "er is nog geen index" if manifest is None else why_stale(manifest, corpus, embeddings)
        if manifest is not None and not reason:
            return manifest
        if say:
            say(f"De index wordt gebouwd: {reason}.")
        try:
            return build(corpus, embeddings, home, url, progress)
        except IndexBusy:
            if attempt != "first":
                raise
            if say:
                say("Een ander proces bouwt de index al; even geduld.")
            _wait_for_builder(home)
    raise AssertionError("unreachable")


def _wait_for_builder(home: Path) -> None:
    try:
        with lock(home).acquire(timeout=WAIT_SECONDS):
            pass
    except Timeout:
        raise IndexBusy("Een ander proces bouwt de index nog altijd.", "Kijk of het niet vastzit, en probeer daarna opnieuw.") from None
