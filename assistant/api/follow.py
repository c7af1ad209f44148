"""Follow the home while serving: when its index or its documents change, swap the new ones in between two questions.

Every few seconds the file that names the live index and the folder of added documents are looked at (two
calls of ``stat``, nothing is read). When something changed, the new index is built if need be and tried in
another process (``assistant.api.newest``), then opened and warmed here beside the old one, and put in its
place with one assignment. Who was answering with the old one finishes with it; when the last one has, it is
let go. Whatever is wrong with the new one is logged once, the old one stays, and it is tried again later.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from assistant.api.logging import log_index
from assistant.api.newest import QUESTIONS, Stopped, live, newest_apart
from assistant.api.service import Service
from assistant.engine import Assistant
from assistant.settings import Settings
from corpus.errors import MaatwerkwijzerError
from corpus.store import Corpus, load_corpus
from index.build import Manifest, open_collection, root
from index.retriever import Retriever

EVERY = 5.0
"""Seconds between two looks."""
AGAIN, AGAIN_AT_MOST = 60.0, 3600.0
"""Seconds before something that was refused is tried again; twice as long after each time."""

Newest = Callable[[Settings, threading.Event], str]
_State = tuple[tuple[int, ...] | None, tuple[int, ...] | None]

def state(home: Path) -> _State:
    """What a change of the live index, and of the added documents, changes. Statements or views laid beside a document do not show here."""
    return _stat(root(home) / "current"), _stat(home / "corpus")


def _stat(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_nlink


class Follower:
    """Keeps the assistant of a service the newest. One thread of its own; :meth:`look` is never called from two."""

    def __init__(self, service: Service, every: float = EVERY, newest: Newest = newest_apart) -> None:
        """``newest`` makes sure that there is a whole index over the documents, and gives its name."""
        self.service, self.every = service, every
        self._newest = newest
        self._home = service.assistant.settings.home
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow", daemon=True)
        self._done: _State | None = None
        self._seen: _State | None = None
        self._refused = ""
        self._pause, self._not_before = AGAIN, 0.0

    def start(self) -> Follower:
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, also in the middle of a build."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.wait(self.every):
            self.look()

    def look(self) -> bool:
        """Look once; True when a new assistant was swapped in."""
        now = state(self._home)
        if now == self._done:
            return False
        changed, self._seen = now != self._seen, now
        if changed:
            self._pause, self._not_before, self._refused = AGAIN, 0.0, ""
        if changed and self._done is not None and now[0] == self._done[0]:
            return False  # only documents: wait until they have been left alone between two looks
        if time.monotonic() < self._not_before:
            return False
        try:
            swapped = self._follow()
        except Stopped:
            return False
        except MaatwerkwijzerError as error:
            self._refuse(error.message)
            return False
        except Exception as error:  # nothing of the new index may end the service of the old one
            self._refuse(f"onverwachte fout ({type(error).__name__})", error)
            return False
        if swapped is not None:
            self._done = now
        return bool(swapped)

    def _refuse(self, reason: str, error: Exception | None = None) -> None:
        """Keep the old one, say why (once), and leave it alone for a while."""
        if reason != self._refused:
            log_index(self._name(), self.service.corpus.hash, reason, error)
        self.service.metrics.index("refused")
        self._refused = reason
        self._not_before = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, AGAIN_AT_MOST)

    def _name(self) -> str:
        manifest = self.service.assistant.retriever.manifest
        return manifest.name if manifest is not None else ""

    def _follow(self) -> bool | None:
        """True: swapped; False: there is nothing new; None: it changed again meanwhile."""
        own = self.service.assistant
        before = load_corpus(self._home)
        manifest = live(self._home, before, own.retriever.embeddings)
        if manifest == own.retriever.manifest and before.hash == own.corpus.hash:
            return False
        name = self._newest(own.settings, self._stop)
        manifest = live(self._home, before, own.retriever.embeddings)
        # Documents that keep changing must not keep what was built in between from being used.
        fitting = next((c for c in (before, load_corpus(self._home)) if c.hash == manifest.corpus), None)
        if manifest.name != name or fitting is None:
            return None
        self._swap(own, self._opened(own, fitting, manifest))
        return True

    def _opened(self, own: Assistant, corpus: Corpus, manifest: Manifest) -> Assistant:
        """The new assistant, warm. What does not depend on documents or index is shared with the old one."""
        collection = open_collection(self._home, manifest, own.settings.chroma_url)
        try:
            retriever = Retriever(corpus, own.retriever.embeddings, collection, manifest, own.retriever.weights, own.retriever.reranker)
            warm(Assistant(corpus, retriever, own.settings))
        except BaseException:
            collection.close()
            raise
        return Assistant(corpus, retriever, own.settings, own.writer)

    def _swap(self, old: Assistant, new: Assistant) -> None:
        if old.retriever.collection is not None:
            # When nobody answers with it any more; until then its files stay open.
            weakref.finalize(old.retriever, old.retriever.collection.close).atexit = False
        self.service.assistant = new
        self.service.metrics.index("swapped")
        log_index(self._name(), new.corpus.hash)


def warm(assistant: Assistant) -> None:
    """Ask something in each language, so that no visitor waits for what is loaded with the first question; no chat model is asked."""
    quiet = Assistant(assistant.corpus, assistant.retriever, assistant.settings)
    for language, question in QUESTIONS.items():
        quiet.ask(question, language=language)
