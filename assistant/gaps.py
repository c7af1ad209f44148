"""What people ask that the bundled documents do not answer, learned from practice questions (``eval/training``).

Two measures, which need no word of the question to be known. One compares: is the question nearer to one
that is known not to be answered than to any that is? The other knows sorts of questions: a linear rule
over the question's vector has learned that telephone numbers, ages or what happened afterwards are
seldom told. ``eval.fit`` writes ``gaps.npz``; with another embedding, or when what was found comes from
a document that no practice question is about, both say what they say of an ordinary question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from assistant import learned
from index.retriever import Retriever

PATH = Path(__file__).with_name("gaps.npz")


@dataclass(frozen=True)
class Gaps:
    """Query vectors of questions without an answer (n, d), as the embedding ``model`` makes them, and the linear rule.

    ``mean`` and ``direction`` have shape (d,). ``usual``: both measures of a question that is answered, on average.
    """

    model: str
    vectors: np.ndarray
    mean: np.ndarray
    direction: np.ndarray
    offset: float
    usual: tuple[float, float]

    def sort(self, vectors: np.ndarray) -> np.ndarray:
        """How much questions with these vectors (n, d) are of a sort that is answered: log-odds, shape (n,)."""
        return self.offset + learned.spread(vectors, self.mean) @ self.direction

    def write(self, path: Path = PATH) -> None:
        """Keep it."""
        np.savez_compressed(
            path,
            model=np.array(self.model),
            vectors=self.vectors.astype(np.float16),
            mean=self.mean,
            direction=self.direction,
            offset=np.array(self.offset),
            usual=np.array(self.usual),
        )

    @classmethod
    def read(cls, path: Path = PATH) -> Gaps | None:
        """Read it again; None, with a line in the log, when it is missing or damaged."""
        return learned.read(path, cls._made_of, "the decision to answer goes without it")

    @classmethod
    def _made_of(cls, data: Mapping[str, np.ndarray]) -> Gaps:
        usual = data["usual"]
        return cls(
            str(data["model"]),
            data["vectors"].astype(np.float32),
            data["mean"],
            data["direction"],
            float(data["offset"]),
            (float(usual[0]), float(usual[1])),
        )


@lru_cache(maxsize=1)
def gaps() -> Gaps | None:
    """The learned measures of the package."""
    return Gaps.read()


_ADAPTED: WeakKeyDictionary[Retriever, np.ndarray] = WeakKeyDictionary()


def measures(query: str, language: str, known: bool, retriever: Retriever) -> tuple[float, float]:
    """How much nearer the question is to an unanswered one than to an answered one (in cosine), and the log-odds of its sort.

    Args:
        known: whether what was found is of a document whose questions are known.
    """
    own = gaps()
    if own is None:
        return 0.0, 0.0
    if not known or own.model != retriever.embeddings.name:
        return own.usual
    if retriever not in _ADAPTED:
        _ADAPTED[retriever] = retriever.adapter(own.vectors)
    unanswered = float(np.max(_ADAPTED[retriever] @ retriever.query_vector(query)))
    return nearer(unanswered, query, language, retriever), float(own.sort(retriever.embeddings.query_vector(query)[None])[0])


def nearer(unanswered: float, query: str, language: str, retriever: Retriever) -> float:
    """The cosine with the nearest unanswered question minus that with the nearest answered one."""
    answered = retriever.question_cosines(query, language)
    return unanswered - float(np.nanmax(answered)) if not np.all(np.isnan(answered)) else 0.0
