"""Make sure, in a process of its own, that the home has an index over its documents as they are now, and that it answers.

A server that has visitors should neither build nor try an unknown index itself: building takes seconds of
all its attention, and a damaged file can end the process that opens it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from assistant.settings import Settings
from corpus.errors import IndexError_, MaatwerkwijzerError
from corpus.store import Corpus, load_corpus
from index.build import REBUILD, IndexBusy, Manifest, build, current, lock, verify, why_stale
from index.embedding import CachedEmbeddings, make_embeddings

QUESTIONS = {
    "nl": "Wat is individueel maatwerk?",
    "fr": "Qu'est-ce que le travail adapté individuel ?",
    "en": "What is individual custom work?",
    "de": "Was ist individuelle Maßarbeit?",
}
"""One in each language: what is loaded with the first question of a language is loaded with these."""
_LOOK = 0.2


class Stopped(MaatwerkwijzerError):
    """The server stops: there is nothing to wait for any more."""


def live(home: Path, corpus: Corpus, embeddings: CachedEmbeddings) -> Manifest:
    """The live build, which is of this program and this embedding, though perhaps of other documents.

    Raises:
        IndexError_: there is none, it is damaged, or it was made by another version or for another model.
    """
    manifest = current(home)
    if manifest is None:
        raise IndexError_("In de home staat geen index meer.", REBUILD)
    if foreign := why_stale(replace(manifest, corpus=corpus.hash), corpus, embeddings):
        # Building it again would take it away from whoever made it, and who would then do the same.
        raise IndexError_(f"De nieuwe index past niet bij deze server: {foreign}.", "Herstart de server.")
    return manifest


def newest(settings: Settings) -> str:
    """Build the index when the documents changed since, verify it, ask it something; the name of the build.

    Raises:
        MaatwerkwijzerError: the documents or the index are damaged, or the index cannot be built; with the reason.
    """
    from assistant.factory import make_assistant

    # The chat model and the reranker have nothing to do with whether an index is whole.
    settings = settings.model_copy(update={"llm": "", "reranker": ""})
    embeddings = make_embeddings(settings.embedding, settings.home)
    while True:
        corpus = load_corpus(settings.home)
        manifest = live(settings.home, corpus, embeddings)
        if manifest.corpus != corpus.hash:
            manifest = _built(corpus, embeddings, settings) or manifest
        if manifest.corpus != corpus.hash:
            continue
        problems = verify(settings.home, corpus, embeddings, settings.chroma_url)
        if current(settings.home) != manifest:
            continue  # another one took its place meanwhile
        if problems:
            raise IndexError_(problems[0], REBUILD)
        assistant = make_assistant(settings)
        assistant.ask(QUESTIONS["nl"])
        if assistant.retriever.collection is not None:
            assistant.retriever.collection.close()
        return manifest.name


def _built(corpus: Corpus, embeddings: CachedEmbeddings, settings: Settings) -> Manifest | None:
    """A new index; None when another process was building one, and is done now."""
    try:
        return build(corpus, embeddings, settings.home, settings.chroma_url)
    except IndexBusy:
        with lock(settings.home):
            return None


def newest_apart(settings: Settings, stop: threading.Event) -> str:
    """:func:`newest` in a process of its own, of low priority, which ends when ``stop`` is set.

    Raises:
        Stopped: ``stop`` was set.
        MaatwerkwijzerError: as :func:`newest`, or the process ended without a word.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(settings, theirs), daemon=True, name="maatwerkwijzer-index")
    process.start()
    theirs.close()
    try:
        while not ours.poll(_LOOK):  # the end of the process counts as something to read
            if stop.is_set():
                raise Stopped("De server stopt.")
        name, message, remedy = ours.recv()
    except EOFError:
        process.join(5)
        raise IndexError_(f"Het proces dat de nieuwe index nakijkt, viel weg (code {process.exitcode}).", REBUILD) from None
    finally:
        ours.close()
        process.terminate()
        process.join(5)
    if message:
        raise IndexError_(message, remedy)
    return str(name)


def _child(settings: Settings, answer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which then ends this process
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    os.dup2(2, 1)  # standard output may be somebody's protocol
    try:
        answer.send((newest(settings), "", ""))
    except MaatwerkwijzerError as error:
        answer.send(("", error.message, error.remedy))
    except Exception as error:  # whatever is wrong with the index: the server is told, and keeps the old one
        answer.send(("", f"De nieuwe index kan niet gebruikt worden ({type(error).__name__}).", REBUILD))
