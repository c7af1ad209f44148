"""Lexical ranking with BM25 over analysed words."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np


class BM25Index:
    """BM25 (Lucene variant) over documents that are already lists of stems."""

    def __init__(self, documents: Sequence[list[str]]) -> None:
        """``documents``: stems of each document; an empty document never matches."""
        self.size = len(documents)
        self._index = bm25s.BM25(k1=1.2, b=0.6)
        self._vocabulary: dict[str, int] = {}
        ids = [[self._vocabulary.setdefault(t, len(self._vocabulary)) for t in d] for d in documents]
        self._empty = not self._vocabulary
        if not self._empty:
            self._index.index((ids, self._vocabulary), show_progress=False)
        self.document_frequency: dict[str, int] = {}
        for document in documents:
            for term in set(document):
                self.document_frequency[term] = self.document_frequency.get(term, 0) + 1

    def scores(self, stems: Sequence[str]) -> np.ndarray:
        """BM25 score of every document, float32 of shape (size,)."""
        known = [self._vocabulary[s] for s in stems if s in self._vocabulary]
        if self._empty or not known:
            return np.zeros(self.size, dtype=np.float32)
        scores: np.ndarray = self._index.get_scores_from_ids(known)
        return scores

    def idf(self, term: str) -> float:
        """Inverse document frequency (natural logarithm); the highest possible for an unknown term."""
        n = self.document_frequency.get(term, 0)
        return float(np.log(1 + (self.size - n + 0.5) / (n + 0.5)))
