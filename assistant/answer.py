"""The answer: one object that the command line, web page, API and evaluation all show.

The models follow the published contract field by field. ``status`` decides what an answer is; no
phrase in the prose has to be recognised.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Status(StrEnum):
    """What sort of answer this is."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    CLARIFY = "clarify"
    NO_EVIDENCE = "no_evidence"
    OUT_OF_SCOPE = "out_of_scope"
    REFUSED = "refused"
    ERROR = "error"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Citation(_Model):
    """An exact span of a stored document: ``quote == Document.text[start:end]`` (code points)."""

    n: int
    document: str
    passage: str
    start: int
    end: int
    quote: str
    label: str
    authority: str
    text_status: str
    date: str
    page: int | None = None
    speaker: str | None = None
    organisation: str | None = None
    certainty: str | None = None
    sources: list[str] = Field(default_factory=list)


class StatementOut(_Model):
    """One statement of the answer, with the numbers of the citations that carry it."""

    text: str
    citations: list[int]
    authority: str


class RetrievedPassage(_Model):
    """A passage that retrieval returned."""

    passage: str
    document: str
    text: str
    score: float


class Answer(_Model):
    """An answer with its statements, citations, retrieved passages and how it came about."""

    id: str
    question: str
    language: str
    status: Status
    answer: str
    statements: list[StatementOut] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    retrieved: list[RetrievedPassage] = Field(default_factory=list)
    check: dict[str, Any] | None = None
    warnings: list[str] = Field(default_factory=list)
    follow_up_of: str | None = None
    as_of: str
    corpus: str
    timings_ms: dict[str, float] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
