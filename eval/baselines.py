"""Retrieval systems compared in one run: BM25 alone, dense alone, the usual recipe, hybrids, everything.

The usual recipe is what most tutorials build: ``RecursiveCharacterTextSplitter`` at 1000 characters with 200 overlap over the text of
each document, dense vectors only, in a Chroma collection through ``langchain-chroma``. It gets the same embedding model, so what differs is
structure and fusion, not the model.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from langchain_core.embeddings import Embeddings

from corpus.store import Corpus
from eval.dataset import Item
from eval.errors import EvalUsageError
from eval.measures.retrieval import Ranked
from eval.progress import progress

CHUNK_SIZE, CHUNK_OVERLAP = 1000, 200
USUAL = "usual_recipe"
MODES = ("bm25", "dense", "hybrid_no_views", "hybrid", "full")
SYSTEMS = (USUAL, *MODES)
DEPTH = 10

LABELS = {
    USUAL: "gebruikelijk recept (1000/200, dense, Chroma)",
    "bm25": "BM25 alleen",
    "dense": "dense alleen",
    "hybrid_no_views": "hybride zonder views",
    "hybrid": "hybride",
    "full": "alles",
    "assistant": "assistent (opgeslagen in de antwoorden)",
}


class Searches(Protocol):
    """A retrieval system: the best ``k`` results for a question."""

    def search(self, query: str, k: int, language: str) -> list[Ranked]:
        """Results, best first."""
        ...


class ModeSystem:
    """One mode of the project's own retriever."""

    def __init__(self, retriever: Any, mode: str) -> None:
        self.retriever, self.mode = retriever, mode

    def search(self, query: str, k: int = DEPTH, language: str = "nl") -> list[Ranked]:
        """See :class:`Searches`."""
        hits = self.retriever.search(query, k, self.mode, language=language)
        return [Ranked(h.document.id, h.passage.start, h.passage.end, float(h.score), h.passage.id) for h in hits]


@dataclass(frozen=True)
class RawText:
    """A stretch of a document to be cut into chunks."""

    document: str
    start: int
    text: str


def raw_texts(corpus: Corpus) -> list[RawText]:
    """Every document's whole text."""
    return [RawText(d.id, 0, d.text) for d in corpus.documents.values()]


class UsualRecipe:
    """Chunks of 1000/200 characters, dense, in a Chroma collection of its own. Use as a context manager: the folder is temporary."""

    def __init__(self, texts: Sequence[RawText], embeddings: Embeddings) -> None:
        """Cuts, embeds and stores everything; ``build_seconds`` tells how long."""
        from langchain_chroma import Chroma
        from langchain_core.documents import Document as Chunk
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        started = time.perf_counter()
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP, add_start_index=True)
        self.chunks = splitter.split_documents([Chunk(page_content=t.text, metadata={"document": t.document, "offset": t.start}) for t in texts])
        self._folder = tempfile.TemporaryDirectory(prefix="mww-usual-", ignore_cleanup_errors=True)
        self.store = Chroma(
            collection_name="usual-recipe",
            embedding_function=embeddings,
            persist_directory=self._folder.name,
            client_settings=_quiet(self._folder.name),
            collection_metadata={"hnsw:space": "cosine"},
        )
        for at in progress(range(0, len(self.chunks), 64), "gebruikelijk recept"):
            self.store.add_documents(self.chunks[at : at + 64])
        self.build_seconds = time.perf_counter() - started

    def search(self, query: str, k: int = DEPTH, language: str = "nl") -> list[Ranked]:
        """See :class:`Searches`; the score is one minus the cosine distance."""
        found = self.store.similarity_search_with_score(query, k=k)
        out = []
        for chunk, distance in found:
            start = int(chunk.metadata["offset"]) + int(chunk.metadata["start_index"])
            out.append(Ranked(chunk.metadata["document"], start, start + len(chunk.page_content), 1.0 - float(distance)))
        return out

    def close(self) -> None:
        """Remove the collection and its folder."""
        self.store.delete_collection()
        self._folder.cleanup()

    def __enter__(self) -> UsualRecipe:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _quiet(folder: str) -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=folder)


def rank(system: Searches, items: Iterable[Item], label: str, k: int = DEPTH) -> tuple[dict[str, list[Ranked]], dict[str, float]]:
    """Rankings and milliseconds per item."""
    rankings: dict[str, list[Ranked]] = {}
    ms: dict[str, float] = {}
    for item in progress(list(items), label):
        started = time.perf_counter()
        rankings[item.id] = system.search(item.question, k, item.parent.language)
        ms[item.id] = (time.perf_counter() - started) * 1000
    return rankings, ms


def run_systems(
    names: Sequence[str], corpus: Corpus, retriever: Any, embeddings: Embeddings, items: Sequence[Item]
) -> Mapping[str, tuple[dict[str, list[Ranked]], dict[str, float]]]:
    """Rank the items with each named system. Raises :class:`EvalUsageError` for an unknown name.

    The timings are those of the whole search; a query vector that an earlier system made may be in the cache.
    """
    unknown = [n for n in names if n not in SYSTEMS]
    if unknown:
        raise EvalUsageError(f"Het zoeksysteem '{unknown[0]}' bestaat niet.", f"Kies uit: {', '.join(SYSTEMS)}.")
    out = {}
    for name in names:
        if name == USUAL:
            with UsualRecipe(raw_texts(corpus), embeddings) as usual:
                out[name] = rank(usual, items, LABELS[name])
        else:
            out[name] = rank(ModeSystem(retriever, name), items, LABELS[name])
    return out
