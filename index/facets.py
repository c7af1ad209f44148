"""What each passage is, as arrays, so that a filter or a boost costs no walk over the passages.

Values (a speaker, a document) are looked up by name and give the positions of their passages; everything
is made once, when a retriever is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from corpus.model import Document, Passage

_FIELDS = ("speaker", "organisation", "document", "authority")


class Facets:
    """Positions by value for the passages of one corpus, in its order."""

    def __init__(self, passages: Sequence[tuple[Document, Passage]], topics: Sequence[frozenset[str]]) -> None:
        """``topics``: the topics of each passage's statements, in the same order."""
        self.size = len(passages)
        positions: dict[str, dict[str, list[int]]] = {name: {} for name in (*_FIELDS, "topic", "id")}
        for n, ((_, p), own) in enumerate(zip(passages, topics, strict=True)):
            for name in (*_FIELDS, "id"):
                value = getattr(p, name)
                if value is not None:
                    positions[name].setdefault(str(value), []).append(n)
            for topic in own:
                positions["topic"].setdefault(topic, []).append(n)
        self._positions = {name: {value: np.array(found) for value, found in table.items()} for name, table in positions.items()}
        self.valid_from = np.array([p.valid_from.toordinal() if p.valid_from else 0 for _, p in passages], dtype=np.int64)
        """The day from which each passage holds, as a proleptic ordinal; 0 when it names none. Shape (passages,)."""
        self.spoken = self.of("speaker", self._positions["speaker"])
        """Which passages have a speaker, shape (passages,)."""

    def of(self, name: str, values: Iterable[str]) -> np.ndarray:
        """Which passages have one of the values of a facet (``speaker``, ``document``, ``topic``, ``id`` …), shape (passages,)."""
        mask = np.zeros(self.size, dtype=bool)
        table = self._positions[name]
        for value in values:
            if value in table:
                mask[table[value]] = True
        return mask

    def begun(self, day: date) -> np.ndarray:
        """Which passages hold already on that day, or name no day, shape (passages,)."""
        return self.valid_from <= day.toordinal()
