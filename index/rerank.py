"""Optional second look at the best passages with a cross-encoder (sentence-transformers)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from corpus.errors import SettingsError
from index.retriever import Hit


class CrossEncoderReranker:
    """Reorders hits by a cross-encoder's score; the model is loaded at first use (torch with it)."""

    def __init__(self, name: str) -> None:
        """``name``: a model's name or folder."""
        self.name = name
        self._model: Any = None

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """The same hits, best first by the cross-encoder. Raises SettingsError when the model cannot be loaded."""
        if not hits:
            return []
        if self._model is None:
            try:
                from sentence_transformers import CrossEncoder

                self._model = CrossEncoder(self.name, device="cpu")
            except Exception as error:  # the hub client raises its own, unrelated kinds
                raise SettingsError(
                    f"De cross-encoder '{self.name}' kan niet geladen worden: {str(error)[:200]}.", "Geef een map met een model, of laat --reranker weg."
                ) from error
        scores = self._model.predict([(query, h.text) for h in hits])
        ranked = sorted(zip(scores, hits, strict=True), key=lambda pair: -float(pair[0]))
        return [replace(h, score=round(float(s), 4)) for s, h in ranked]
