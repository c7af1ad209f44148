"""A large corpus made from the real one, and vectors that cost nothing, to see how speed and memory grow.

The passages are made of sentences of the corpus in a random order with a number of their own, so that words are as frequent as they are in
the real text. The vectors are sums of random word vectors: right in shape, size and spread, not in meaning. So growth tells
about time and memory, never about quality.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import date

import numpy as np

from corpus.model import Authority, Document, DocumentMeta, Kind, Passage, TextStatus
from corpus.store import Corpus

DIMENSION = 384


class WordSumEncoder:
    """Deterministic vectors of the bundled model's dimension, about ten thousand passages a second."""

    name = "woordsom-384"

    def __init__(self) -> None:
        self._words: dict[str, np.ndarray] = {}

    def _word(self, word: str) -> np.ndarray:
        vector = self._words.get(word)
        if vector is None:
            seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
            vector = self._words[word] = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
        return vector

    def encode(self, texts: Sequence[str], prefix: str) -> np.ndarray:
        """Unit vectors, float32 of shape (len(texts), 384); both prefixes give the same."""
        out = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            out[row] = np.sum([self._word(w) for w in text.lower().split()] or [self._word("leeg")], axis=0)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def sentences_of(corpus: Corpus) -> list[str]:
    """Sentences of the corpus with four words or more, without their full stop (a passage then is one sentence, one key)."""
    from index.keys import sentences

    out = []
    for document, passage in corpus.passages():
        text = document.passage_text(passage)
        for start, end in sentences(text):
            sentence = " ".join(text[start:end].split()).rstrip(".;?!")
            if len(sentence.split()) >= 4:
                out.append(sentence)
    return out


def synthetic_corpus(corpus: Corpus, size: int, seed: int = 1, per_document: int = 2000) -> Corpus:
    """A corpus of ``size`` passages in documents of at most ``per_document``, the same for the same seed."""
    pool = [s.replace(". ", ", ").replace("; ", ", ").replace("? ", ", ").replace("! ", ", ") for s in sentences_of(corpus)]
    draw = random.Random(seed)
    documents: dict[str, Document] = {}
    made = 0
    while made < size:
        number = len(documents)
        identity = f"synthetisch-{number:04d}"
        parts: list[str] = []
        passages: list[Passage] = []
        position = 0
        for n in range(min(per_document, size - made)):
            text = f"{', '.join(draw.sample(pool, 2))}, nummer {made + n}"
            passages.append(
                Passage(id=f"{identity}/p{n}", document=identity, start=position, end=position + len(text), heading="Synthetisch", authority=Authority.PRAKTIJK)
            )
            parts.append(text)
            position += len(text) + 2
        made += len(passages)
        meta = DocumentMeta(
            id=identity,
            title=f"Synthetisch {number}",
            kind=Kind.PRAKTIJK,
            authority=Authority.PRAKTIJK,
            text_status=TextStatus.VERBATIM,
            date=date(2000, 1, 1),
        )
        documents[identity] = Document(meta=meta, text="\n\n".join(parts), passages=tuple(passages))
    return Corpus(documents, [], {}, {})
