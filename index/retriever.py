"""Hybrid retrieval: dense keys and BM25, fused into one score a passage.

A question is compared with every key of every passage (``index.keys``). Each kind of key gives a
feature: its best cosine, standardised over the passages so that kinds can be added up. BM25 runs
over the passages' own words and over the words of their views and statements. The fused score is a
weighted sum; the weights were fitted on the development questions (``index/weights.yaml``).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from corpus.errors import IndexError_, UsageError
from corpus.model import Document, Passage
from corpus.store import Corpus
from index.adapter import Adapter, fit_adapter
from index.bm25 import BM25Index
from index.build import REBUILD, KeyCollection, Manifest
from index.embedding import CachedEmbeddings
from index.facets import Facets
from index.keys import KINDS, context
from index.mentions import mentioned
from index.nearest import ChromaSearch, InMemorySearch, KeySearch, KeyTable, Large, Nearest
from index.spelling import Speller
from index.text import Vocabulary
from index.words import WordVectors

MODES = ("bm25", "dense", "hybrid", "hybrid_no_views", "full")


@dataclass(frozen=True)
class Hit:
    """A retrieved passage with its fused score and the statement that was nearest, if any."""

    passage: Passage
    document: Document
    score: float
    statement: str = ""

    @property
    def text(self) -> str:
        """The passage's own words."""
        return self.document.passage_text(self.passage)


@dataclass(frozen=True)
class Filter:
    """What passages may be returned; empty fields do not filter. ``as_of`` drops what did not hold on that day."""

    speakers: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    as_of: date | None = None
    without: frozenset[str] = frozenset()

    def mask(self, facets: Facets) -> np.ndarray:
        """Which passages pass, shape (passages,)."""
        allowed = np.ones(facets.size, dtype=bool)
        for name, values in (
            ("speaker", self.speakers),
            ("organisation", self.organisations),
            ("document", self.documents),
            ("authority", self.authorities),
            ("topic", self.topics),
        ):
            if values:
                allowed &= facets.of(name, values)
        if self.without:
            allowed &= ~facets.of("id", self.without)
        if self.as_of is not None:
            allowed &= facets.begun(self.as_of)
        return allowed


def load_weights() -> dict[str, float]:
    """The weights of the features, fitted on the development questions."""
    weights: dict[str, float] = yaml.safe_load((Path(str(files("index"))) / "weights.yaml").read_text(encoding="utf-8"))
    return weights


@dataclass(eq=False)
class Retriever:
    """Search over one index. Thread-safe after construction."""

    corpus: Corpus
    embeddings: CachedEmbeddings
    collection: KeyCollection | None
    manifest: Manifest | None
    weights: dict[str, float] = field(default_factory=load_weights)
    reranker: Any = None
    adapter: Adapter = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.passages: list[tuple[Document, Passage]] = list(self.corpus.passages())
        self.position = {p.id: i for i, (_, p) in enumerate(self.passages)}
        self._lock = threading.Lock()
        self._recent: dict[str, Nearest] = {}

    # -- what is loaded on first use ------------------------------------------------------------------

    @cached_property
    def _keys(self) -> KeySearch:
        if self.collection is None:
            raise UsageError("Deze zoeker heeft geen vectoren.", "Bouw eerst de index: maatwerkwijzer index build")
        if self.manifest is not None and self.manifest.large:
            large = Large.read(self.collection.folder, self.manifest.keys)
            self.adapter = large.adapter
            return ChromaSearch(self.collection, large.table, large.spread)
        with self._lock:
            metadatas, vectors = self.collection.read_all()
        table = self._tabulate(metadatas)
        self.adapter = fit_adapter(vectors, table.subjects)
        return InMemorySearch(table, self.adapter(vectors))

    def _tabulate(self, metadatas: Sequence[dict[str, Any]]) -> KeyTable:
        try:
            return KeyTable(
                passages=np.array([self.position[m["passage"]] for m in metadatas], dtype=int),
                kinds=np.array([KINDS.index(m["kind"]) for m in metadatas], dtype=int),
                languages=np.array([m["language"] for m in metadatas], dtype=str),
                statements=np.array([self.statement_row.get(m["ref"], -1) for m in metadatas], dtype=int),
            )
        except (KeyError, ValueError) as error:
            raise IndexError_(f"De index past niet bij de documenten: {error} is onbekend.", REBUILD) from None

    def query_vector(self, query: str) -> np.ndarray:
        """The question's vector, as the keys' vectors are: through the adapter."""
        _ = self._keys
        return self.adapter(self.embeddings.query_vector(query))

    def nearest(self, query: str) -> Nearest:
        """The keys and their cosines with a question; those of the last questions are kept."""
        with self._lock:
            known = self._recent.get(query)
        if known is None:
            known = self._keys.nearest(self.query_vector(query))
            with self._lock:
                if len(self._recent) >= 16:
                    self._recent.clear()
                self._recent[query] = known
        return known

    @cached_property
    def vocabulary(self) -> dict[str, Vocabulary]:
        """The words of the corpus in each language: texts, views and statements."""
        return vocabularies(self.corpus)

    @cached_property
    def _spellers(self) -> dict[str, Speller]:
        return {}

    def speller(self, language: str) -> Speller:
        """Corrects misspelt words; it is made when the first question in a language comes."""
        with self._lock:
            if language not in self._spellers:
                names = [name for a in self.corpus.actors for name in (a.name, a.organisation or "", *a.aliases)]
                self._spellers[language] = Speller(self.vocabulary[language], names)
        return self._spellers[language]

    @cached_property
    def word_vectors(self) -> WordVectors:
        """Vectors of the corpus's Dutch words."""
        return WordVectors(self.vocabulary["nl"], self.embeddings)

    @cached_property
    def bm25_text(self) -> BM25Index:
        """BM25 over the passages' own words with their context."""
        words = self.vocabulary["nl"]
        return BM25Index([words.analyse(f"{context(d, p)} {d.passage_text(p)}") for d, p in self.passages])

    @cached_property
    def _bm25_keys(self) -> dict[str, BM25Index]:
        return {}

    def bm25_keys(self, language: str) -> BM25Index:
        """BM25 over the words of each passage's views (Dutch), and of its statements and their questions (in ``language``)."""
        with self._lock:
            if language not in self._bm25_keys:
                words = self.vocabulary[language]
                documents = []
                for d, p in self.passages:
                    own = list(d.views.get(p.id, ())) if language == "nl" else []
                    own += [getattr(s.texts, language) for s in self.corpus.statements_of.get(p.id, ())]
                    own += [q for s in self.corpus.statements_of.get(p.id, ()) for q in s.questions.get(language, ())]
                    own = own or [d.passage_text(p)]
                    documents.append(words.analyse(" ".join(own)))
                self._bm25_keys[language] = BM25Index(documents)
        return self._bm25_keys[language]

    @cached_property
    def _has_views(self) -> np.ndarray:
        """For each passage whether its document comes with views."""
        return np.array([bool(d.views) for d, _ in self.passages])

    @cached_property
    def facets(self) -> Facets:
        """Speaker, organisation, document, authority, topics and validity of the passages, to filter and boost by."""
        return Facets(self.passages, [frozenset(t for s in self.corpus.statements_of.get(p.id, ()) for t in s.topics) for _, p in self.passages])

    def warm(self) -> None:
        """Load everything that a first question would otherwise wait for."""
        self.search("Wat is individueel maatwerk?", 1)

    # -- features -------------------------------------------------------------------------------------

    def features(self, query: str, language: str = "nl", expansion: str = "", embedded: str = "") -> dict[str, np.ndarray]:
        """One array of shape (passages,) a feature; dense features are standardised, BM25 is scaled to 0..1.

        ``expansion``: more words for the lexical search only (synonyms, the law's own terms). ``embedded``: what is
        searched for by meaning, when that is another text.
        """
        out: dict[str, np.ndarray] = {}
        near, vector = self.nearest(embedded or query), self.query_vector(embedded or query)
        for kind in KINDS:
            best = near.best(kind, language, len(self.passages))
            out[f"dense_{kind}"] = self._keys.standardised(best, kind, vector, near)
        # A short passage has no sentences of its own; a passage without views or statements is as near as its own
        # words are, but no nearer than the average where the rest of its document has them.
        base = out["dense_passage"]
        capped = np.where(self._has_views, np.minimum(base, 0.0), base)
        for kind in KINDS[1:]:
            feature = out[f"dense_{kind}"]
            out[f"dense_{kind}"] = np.where(np.isnan(feature), base if kind == "sentence" else capped, feature)
        words = f"{query} {expansion}".strip()
        for name, index, code in (
            ("bm25_text", self.bm25_text, "nl"),
            ("bm25_keys", self.bm25_keys(language), language),
        ):
            stems = self.vocabulary[code].analyse(words, query=True)
            scores = index.scores(stems)
            top = float(scores.max()) if scores.size else 0.0
            out[name] = scores / top if top > 0 else scores
        return out

    def best_cosines(self, query: str, language: str = "nl", allowed: np.ndarray | None = None) -> dict[str, float]:
        """The highest (adapted) cosine of the question with any key of each kind: ``top_cos_view`` and so on.

        ``allowed``: for each passage whether it counts, shape (passages,).
        """
        near = self.nearest(query)
        out = {}
        for kind in KINDS:
            best = near.best(kind, language, len(self.passages))
            best = best if allowed is None else best[allowed]
            best = best[~np.isnan(best)]
            out[f"top_cos_{kind}"] = float(best.max()) if best.size else 0.0
        return out

    def scores(self, query: str, mode: str = "full", language: str = "nl", expansion: str = "", boosts: np.ndarray | None = None) -> np.ndarray:
        """Fused score of every passage, shape (passages,)."""
        if mode not in MODES:
            raise UsageError(f"De zoekwijze '{mode}' bestaat niet.", f"Kies uit: {', '.join(MODES)}.")
        f = self.features(query, language, expansion)
        w = self.weights
        if mode == "bm25":
            return f["bm25_text"]
        if mode == "dense":
            return f["dense_passage"]
        if mode in ("hybrid", "hybrid_no_views"):
            total = f["dense_passage"] * w["dense_passage"] + f["dense_sentence"] * w["dense_sentence"] + f["bm25_text"] * w["bm25_text"]
            if mode == "hybrid_no_views":
                return total
            return total + f["dense_view"] * w["dense_view"] + f["dense_question"] * w.get("dense_question", 0.0) + f["bm25_keys"] * w["bm25_keys"]
        total = sum((f[name] * w.get(name, 0.0) for name in f), np.zeros(len(self.passages)))
        return np.asarray(total) + (self.boosts(query) if boosts is None else boosts)

    def boosts(self, query: str) -> np.ndarray:
        """What naming an actor adds to that actor's passages, shape (passages,)."""
        out = np.zeros(len(self.passages))
        actors = mentioned(query, self.corpus.actors)
        if actors:
            out[self.facets.of("speaker", {a.name for a in actors})] = self.weights["speaker"]
        return out

    # -- statements -----------------------------------------------------------------------------------

    @cached_property
    def statement_row(self) -> dict[str, int]:
        """Each statement's place in ``corpus.statements``, by its id."""
        return {s.id: i for i, s in enumerate(self.corpus.statements)}

    @cached_property
    def statement_position(self) -> np.ndarray:
        """For each statement the position of its passage."""
        return np.array([self.position[s.passage] for s in self.corpus.statements], dtype=int)

    @cached_property
    def _bm25_of_statements(self) -> dict[str, BM25Index]:
        return {}

    def _bm25_statements(self, language: str) -> BM25Index:
        with self._lock:
            if language not in self._bm25_of_statements:
                words = self.vocabulary[language]
                documents = []
                for s in self.corpus.statements:
                    own = getattr(s.texts, language)
                    if language == "nl":
                        document = self.corpus.documents[s.document]
                        own += " " + " ".join(document.text[span.start : span.end] for span in s.spans)
                    own = " ".join((own, *s.questions.get(language, ())))
                    documents.append(sorted(set(words.analyse(own))))
                self._bm25_of_statements[language] = BM25Index(documents)
        return self._bm25_of_statements[language]

    def statement_scores(self, query: str, language: str = "nl", expansion: str = "", embedded: str = "") -> tuple[np.ndarray, np.ndarray]:
        """For every statement of the corpus its cosine with the question (or ``embedded``) and its BM25 score scaled to 0..1."""
        cosines = self.nearest(embedded or query).best("statement", language, len(self.corpus.statements), "statements")
        known = ~np.isnan(cosines)
        cosines = np.where(known, cosines, cosines[known].min() if known.any() else 0.0)
        stems = self.vocabulary[language].analyse(f"{query} {expansion}", query=True)
        scores = self._bm25_statements(language).scores(stems)
        top = float(scores.max()) if scores.size else 0.0
        return cosines, scores / top if top > 0 else scores

    def question_cosines(self, query: str, language: str = "nl") -> np.ndarray:
        """The highest cosine of the question with one that each statement is known to answer, shape (statements,); NaN: it has none."""
        return self.nearest(query).best("question", language, len(self.corpus.statements), "statements")

    # -- search ---------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        k: int = 10,
        mode: str = "full",
        *,
        language: str = "nl",
        expansion: str = "",
        where: Filter | None = None,
        boosts: np.ndarray | None = None,
    ) -> list[Hit]:
        """The ``k`` best passages, best first. An empty query finds nothing."""
        if not query.strip() or k < 1:
            return []
        scores = self.scores(query, mode, language, expansion, boosts)
        return self.top(scores, k, where)

    def top(self, scores: np.ndarray, k: int, where: Filter | None = None) -> list[Hit]:
        """The ``k`` best-scoring passages that pass the filter; ties keep the order of the corpus."""
        candidates = np.arange(len(scores)) if where is None else np.flatnonzero(where.mask(self.facets))
        own = scores[candidates]
        if k < len(own):
            # Only what reaches the k-th score needs to be sorted; ties at that score are all among them.
            candidates = candidates[own >= np.partition(own, len(own) - k)[len(own) - k]]
        best = candidates[np.argsort(-scores[candidates], kind="stable")][:k]
        return [Hit(self.passages[i][1], self.passages[i][0], round(float(scores[i]), 4)) for i in best]


def vocabularies(corpus: Corpus) -> dict[str, Vocabulary]:
    """The words of a corpus in each language: texts, views and statements."""
    texts: dict[str, list[str]] = {code: [] for code in ("nl", "fr", "en", "de")}
    for document in corpus.documents.values():
        texts[document.meta.language if document.meta.language in texts else "nl"].append(document.text)
        for views in document.views.values():
            texts["nl"] += views
        for statement in document.statements:
            for code in texts:
                texts[code].append(getattr(statement.texts, code))
    return {code: Vocabulary(own, code) for code, own in texts.items()}


class LangChainRetriever(BaseRetriever):
    """The same search as a LangChain retriever: documents with the passage's words and its metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 10
    mode: str = "full"

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[LangChainDocument]:
        return [as_langchain(hit) for hit in self.retriever.search(query, self.k, self.mode)]


def as_langchain(hit: Hit) -> LangChainDocument:
    """A hit as a LangChain document."""
    metadata = {**hit.passage.model_dump(mode="json"), "score": hit.score}
    return LangChainDocument(id=hit.passage.id, page_content=hit.text, metadata=metadata)


def ids(hits: Sequence[Hit]) -> list[str]:
    """The passages' ids, best first."""
    return [h.passage.id for h in hits]
