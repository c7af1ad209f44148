"""Does a question lean on the one before it? Learned from practice conversations (``eval/training``).

A linear rule over what its words tell (:class:`assistant.dialogue.Clues`) and over its vector: a question
that follows is of another sort than one that stands on its own, whatever it is about. ``eval.fit`` writes
``following.npz``; with another embedding the rule of thumb decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant import learned
from assistant.dialogue import clues
from corpus.store import Corpus
from index.retriever import Retriever

PATH = Path(__file__).with_name("following.npz")
LIKELY = 0.5
"""Log-odds from which a question follows: to drag the last subject into a new one is worse than to ask once more."""
_ASKED_BY_ITSELF = 0.7
"""Cosine with the nearest key from which a complete question is one that is asked without any conversation."""


@dataclass(frozen=True)
class Rule:
    """Weights of the clues (k,) and of the vector (d,) around its mean (d,), as the embedding ``model`` makes it."""

    model: str
    clues: np.ndarray
    mean: np.ndarray
    direction: np.ndarray
    offset: float

    def odds(self, found: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """Log-odds that questions with these clues (n, k) and vectors (n, d) follow from the one before, shape (n,)."""
        return np.asarray(self.offset + found @ self.clues + learned.spread(vectors, self.mean) @ self.direction)

    def write(self, path: Path = PATH) -> None:
        """Keep it."""
        np.savez_compressed(path, model=np.array(self.model), clues=self.clues, mean=self.mean, direction=self.direction, offset=np.array(self.offset))

    @classmethod
    def read(cls, path: Path = PATH) -> Rule | None:
        """Read it again; None, with a line in the log, when it is missing or damaged."""
        return learned.read(path, cls._made_of, "a rule of thumb tells follow-ups")

    @classmethod
    def _made_of(cls, data: Mapping[str, np.ndarray]) -> Rule:
        return cls(str(data["model"]), data["clues"], data["mean"], data["direction"], float(data["offset"]))


@lru_cache(maxsize=1)
def rule() -> Rule | None:
    """The learned rule of the package."""
    return Rule.read()


def follows(question: str, language: str, corpus: Corpus, retriever: Retriever) -> bool:
    """Whether the question leans on the one before it."""
    found, own = clues(question, language, corpus), rule()
    if own is None or own.model != retriever.embeddings.name:
        return found.follows
    if found.alone and float(retriever.nearest(question).cosines.max()) >= _ASKED_BY_ITSELF:
        return False
    return bool(own.odds(np.array([found.values()]), retriever.embeddings.query_vector(question)[None])[0] > LIKELY)
