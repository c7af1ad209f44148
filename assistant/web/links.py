"""Permalinks: to a question, a passage, a check, a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from assistant.answer import Citation

Pairs = Mapping[str, object] | Sequence[tuple[str, object]]


def page(language: str, parameters: Pairs) -> str:
    """The page with these parameters; empty ones are left out."""
    pairs = list(parameters.items()) if isinstance(parameters, Mapping) else list(parameters)
    kept = [(k, str(v)) for k, v in pairs if v not in (None, "", False)]
    return "/?" + urlencode([*kept, ("lang", language)])


def passage(language: str, document: str, passage_id: str, start: int | None = None, end: int | None = None) -> str:
    """The reader, open at a passage, with ``start:end`` marked."""
    return page(language, {"tab": "documenten", "doc": document, "passage": passage_id, "start": start, "end": end})


def citation(language: str, cited: Citation) -> str:
    """The reader, open at what is cited."""
    return passage(language, cited.document, cited.passage, cited.start, cited.end)


def question(language: str, asked: str) -> str:
    """The page that asks this question."""
    return page(language, {"q": asked})
