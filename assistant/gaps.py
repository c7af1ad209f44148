"""What people ask that the bundled documents do not answer, learned from practice questions (``eval/training``).

Two measures, which need no word of the question to be known. One remembers: are the questions around this
one those that the documents answer, or those that they do not? The other knows sorts of questions: a
linear rule over the question's vector has learned that telephone numbers, ages or what happened
afterwards are seldom told. ``eval.fit`` writes ``gaps.npz``; with another embedding, or when what was found
comes from a document that no practice question is about, both say what they say of an ordinary question.
Another such rule tells questions about something else altogether, which no service on this subject answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant import learned
from index.retriever import Retriever

PATH = Path(__file__).with_name("gaps.npz")
WIDTH = 0.04
"""How far around a question the remembered ones count, in cosine: at 0.03 and 0.05 practice questions are told apart less well."""
_STEP = 127.0


@dataclass(frozen=True)
class Memory:
    """Questions that are known to be answered or not: directions in which questions differ, and each question along them.

    ``mean`` has shape (d,), ``axes`` (d, k), ``vectors`` (n, k), of length one; ``answered`` is a mask of shape (n,).
    """

    mean: np.ndarray
    axes: np.ndarray
    vectors: np.ndarray
    answered: np.ndarray

    def place(self, vectors: np.ndarray) -> np.ndarray:
        """Query vectors (n, d) along the axes, of length one, shape (n, k)."""
        along = (vectors - self.mean) @ self.axes
        return np.asarray(along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9), dtype=np.float32)

    def nearer(self, vectors: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
        """How much nearer to unanswered than to answered questions each of ``vectors`` (n, d) is, in cosine, shape (n,).

        The nearest count most, and many that are near count more than one. ``own``: mask (n, remembered) of what does not count.
        """
        near = (self.place(vectors) @ self.vectors.T - 1.0) / WIDTH
        if own is not None:
            near[own] = -np.inf
        weight = np.exp(near)
        unanswered, answered = weight[:, ~self.answered].sum(axis=1), weight[:, self.answered].sum(axis=1)
        return np.asarray(WIDTH * np.log((unanswered + 1e-12) / (answered + 1e-12)))


@dataclass(frozen=True)
class Gaps:
    """What was learned of query vectors as the embedding ``model`` makes them, about ``documents``: the memory and the linear rule.

    ``mean``, ``direction`` and ``elsewhere``, the direction of other subjects, have shape (d,). ``usual``: both measures of a question that is answered, on average.
    """

    model: str
    documents: frozenset[str]
    memory: Memory
    mean: np.ndarray
    direction: np.ndarray
    offset: float
    elsewhere: np.ndarray
    elsewhere_offset: float
    usual: tuple[float, float]

    def sort(self, vectors: np.ndarray) -> np.ndarray:
        """How much questions with these vectors (n, d) are of a sort that is answered: log-odds, shape (n,)."""
        return self.offset + learned.spread(vectors, self.mean) @ self.direction

    def off_subject(self, vectors: np.ndarray) -> np.ndarray:
        """Which questions with these vectors (n, d) are about something else, shape (n,)."""
        return np.asarray(self.elsewhere_offset + learned.spread(vectors, self.mean) @ self.elsewhere > 0.0)

    def write(self, path: Path = PATH) -> None:
        """Keep it; what is remembered in a byte a number."""
        np.savez_compressed(
            path,
            model=np.array(self.model),
            documents=np.array(sorted(self.documents)),
            memory_mean=self.memory.mean.astype(np.float32),
            axes=self.memory.axes.astype(np.float32),
            vectors=np.round(self.memory.vectors * _STEP).astype(np.int8),
            answered=self.memory.answered,
            mean=self.mean,
            direction=self.direction,
            offset=np.array(self.offset),
            elsewhere=self.elsewhere,
            elsewhere_offset=np.array(self.elsewhere_offset),
            usual=np.array(self.usual),
        )

    @classmethod
    def read(cls, path: Path = PATH) -> Gaps | None:
        """Read it again; None, with a line in the log, when it is missing or damaged."""
        return learned.read(path, cls._made_of, "the decision to answer goes without it")

    @classmethod
    def _made_of(cls, data: Mapping[str, np.ndarray]) -> Gaps:
        usual = data["usual"]
        memory = Memory(data["memory_mean"], data["axes"], data["vectors"].astype(np.float32) / _STEP, data["answered"])
        return cls(
            str(data["model"]),
            frozenset(map(str, data["documents"])),
            memory,
            data["mean"],
            data["direction"],
            float(data["offset"]),
            data["elsewhere"],
            float(data["elsewhere_offset"]),
            (float(usual[0]), float(usual[1])),
        )


@lru_cache(maxsize=1)
def gaps() -> Gaps | None:
    """The learned measures of the package."""
    return Gaps.read()


def measures(query: str, document: str, retriever: Retriever) -> tuple[float, float]:
    """How much nearer the question is to unanswered ones than to answered ones (in cosine), and the log-odds of its sort.

    Args:
        document: of the best statement found; of one that nothing was learned about, both measures are the usual ones.
    """
    own = gaps()
    if own is None:
        return 0.0, 0.0
    if document not in own.documents or own.model != retriever.embeddings.name:
        return own.usual
    vector = retriever.embeddings.query_vector(query)[None]
    return float(own.memory.nearer(vector)[0]), float(own.sort(vector)[0])


def off_subject(query: str, retriever: Retriever) -> bool:
    """Whether the question is about something else than the documents; False when nothing was learned of this embedding."""
    own = gaps()
    return own is not None and own.model == retriever.embeddings.name and bool(own.off_subject(retriever.embeddings.query_vector(query)[None])[0])
