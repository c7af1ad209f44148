"""Search for passages, as the commands and the API offer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assistant.citations import label
from assistant.engine import Assistant
from assistant.evidence import rank
from assistant.understand import read
from corpus.errors import UsageError
from corpus.model import Authority
from index.retriever import Filter
from index.text import fold


@dataclass(frozen=True)
class Found:
    """A passage that was found."""

    passage: str
    document: str
    text: str
    score: float
    label: str
    authority: str
    start: int
    end: int
    page: int | None
    speaker: str | None
    organisation: str | None

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def _match(wanted: Sequence[str], known: Sequence[str], what: str) -> frozenset[str]:
    """The known names that fit what was asked; part of a name and any case will do."""
    out: set[str] = set()
    for name in wanted:
        fits = [k for k in known if fold(name) == fold(k)] or [k for k in known if fold(name) in fold(k)]
        if not fits:
            raise UsageError(f"{what} '{name}' bestaat niet.", f"Wel: {', '.join(known)}.")
        out.update(fits)
    return frozenset(out)


def find(
    assistant: Assistant,
    words: str,
    k: int,
    speakers: Sequence[str],
    organisations: Sequence[str],
    documents: Sequence[str],
    authorities: Sequence[str],
    topics: Sequence[str],
    as_of: date | None = None,
) -> list[Found]:
    """The ``k`` best passages for ``words`` that pass the filters.

    Raises:
        UsageError: a filter names somebody or something that does not exist.
    """
    corpus = assistant.corpus
    passages = [p for _, p in corpus.passages()]
    where = Filter(
        speakers=_match(speakers, sorted({p.speaker for p in passages if p.speaker}), "De spreker"),
        organisations=_match(organisations, sorted({p.organisation for p in passages if p.organisation}), "De organisatie"),
        documents=_match(documents, sorted(corpus.documents), "Het document"),
        authorities=_match(authorities, [str(a) for a in Authority], "Het gezag"),
        topics=_match(topics, sorted({*corpus.topics, *(t for s in corpus.statements for t in s.topics)}), "Het thema"),
    )
    if not words.strip():
        return []
    scores, _ = rank(read(words, corpus), words, assistant.retriever, as_of or date.today())
    hits = assistant.retriever.top(scores, k, where)
    return [
        Found(
            h.passage.id,
            h.document.id,
            h.text,
            h.score,
            label(h.document, h.passage, h.passage.page),
            str(h.passage.authority),
            h.passage.start,
            h.passage.end,
            h.passage.page,
            h.passage.speaker,
            h.passage.organisation,
        )
        for h in hits
    ]
