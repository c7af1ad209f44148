"""Single words in the embedding's space: is what the question names near anything that was found?

A lay word (``loonsubsidie``) need not stand in the documents to be about them, and a word of another
subject (``treinkaartje``) does not become related by standing beside one that does. So each word of the
question is compared with each word of the evidence. The vectors of the corpus's own words ship with the
package; only words that the corpus does not have are embedded when asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from index.embedding import CachedEmbeddings
from index.text import STOPWORDS, Vocabulary

_POWER, _EPSILON = 0.25, 1e-4


def vocabulary_words(vocabulary: Vocabulary) -> list[str]:
    """The content words whose vectors are kept, sorted."""
    stop = STOPWORDS[vocabulary.language]
    return sorted(w for w in vocabulary.counts if w not in stop and len(w) > 1 and not w[0].isdigit())


class WordVectors:
    """Whitened vectors of words; words outside the corpus are embedded on demand and remembered."""

    def __init__(self, vocabulary: Vocabulary, embeddings: CachedEmbeddings) -> None:
        self._embeddings = embeddings
        words = vocabulary_words(vocabulary)
        raw = embeddings.vectors(words, "query")
        self._mean = raw.mean(axis=0)
        values, axes = np.linalg.eigh(np.cov((raw - self._mean).T))
        self._matrix = (axes * (np.maximum(values, 0.0) + _EPSILON) ** -_POWER).astype(np.float32)
        self._known = dict(zip(words, self._map(raw), strict=True))
        self._lock = threading.Lock()

    def _map(self, raw: np.ndarray) -> np.ndarray:
        mapped = (raw - self._mean) @ self._matrix
        return np.asarray(mapped / np.maximum(np.linalg.norm(mapped, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def of(self, word: str) -> np.ndarray:
        """Unit vector of a word."""
        vector = self._known.get(word)
        if vector is None:
            vector = self._map(self._embeddings.query_vector(word)[None, :])[0]
            with self._lock:
                if len(self._known) < 60_000:
                    self._known[word] = vector
        return vector

    def nearness(self, asked: Sequence[str], found: Iterable[str]) -> np.ndarray:
        """For each asked word the cosine with the nearest found word, shape (asked,); 1 for the word itself."""
        bag = [w for w in found if w in self._known]
        if not bag or not asked:
            return np.zeros(len(asked))
        own = set(bag)
        matrix = np.stack([self._known[w] for w in bag])
        return np.array([1.0 if w in own else float((matrix @ self.of(w)).max()) for w in asked])
