"""What the corpus is made of: documents, passages, statements and where they come from.

All models are frozen and forbid unknown fields, so that a typing error in a data file is an error
with the name of the field and not a silent gap. Offsets are Unicode code points into
``Document.text``; ``end`` is exclusive.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

LANGUAGES = ("nl", "fr", "en", "de")


class Kind(StrEnum):
    """What sort of document it is."""

    HOORZITTINGSVERSLAG = "hoorzittingsverslag"
    DECREET = "decreet"
    BESLUIT = "besluit"
    ONTWERP = "ontwerp"
    PRAKTIJK = "praktijk"
    ADVIES = "advies"


class Authority(StrEnum):
    """What weight its words have: law in force, a draft, practice, or somebody's opinion."""

    GELDEND_RECHT = "geldend_recht"
    ONTWERP = "ontwerp"
    PRAKTIJK = "praktijk"
    STANDPUNT = "standpunt"


class TextStatus(StrEnum):
    """How the text relates to the original: the official text, word for word, or our digest."""

    OFFICIEEL = "officieel"
    VERBATIM = "verbatim"
    SAMENVATTING = "samenvatting"


class Certainty(StrEnum):
    """How sure the dossier is of a fact."""

    HOOG = "hoog"
    MIDDEL = "middel"
    LAAG = "laag"


class Stance(StrEnum):
    """What an actor does with a topic."""

    STEUNT = "steunt"
    STEUNT_ONDER_VOORWAARDE = "steunt_onder_voorwaarde"
    BEZORGD = "bezorgd"
    TEGEN = "tegen"
    VRAAGT = "vraagt"
    STELT_VOOR = "stelt_voor"
    STELT_VAST = "stelt_vast"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Model):
    """A piece of a document's text: ``text[start:end]``, in code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _not_empty(self) -> Span:
        if self.end <= self.start:
            raise ValueError(f"span {self.start}:{self.end} is empty")
        return self


class Texts(_Model):
    """One sentence in the four languages of the interface."""

    nl: str
    fr: str = ""
    en: str = ""
    de: str = ""

    def get(self, language: str) -> str:
        """Return the sentence in ``language`` (nl, fr, en or de), in Dutch when it is missing."""
        return str(getattr(self, language, "")) or self.nl


class Passage(_Model):
    """A unit of retrieval and citation: one paragraph, article or fact.

    ``id`` comes from the structure of the document (``<document>/<section>/<paragraph>``), so it stays
    the same when something is added elsewhere. ``authority`` may be narrower than the document's: a
    draft mentioned in a digest stays a draft.
    """

    id: str
    document: str
    start: int
    end: int
    section: str = ""
    heading: str = ""
    page: int | None = None
    page_end: int | None = None
    speaker: str | None = None
    organisation: str | None = None
    role: str | None = None
    speech_act: str | None = None
    provision: str | None = None
    status: str | None = None
    authority: Authority
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    certainty: Certainty | None = None
    sources: tuple[str, ...] = ()
    same_as: str | None = None
    contradicts: tuple[str, ...] = ()


class Statement(_Model):
    """One thing that a document says, in one short sentence of our own, with the spans that carry it.

    With ``topic`` and ``stance`` it is a position. ``id`` is ``<passage id>#<n>``.
    """

    id: str
    document: str
    passage: str
    spans: tuple[Span, ...]
    texts: Texts
    speaker: str | None = None
    organisation: str | None = None
    on_behalf_of: str | None = None
    kind: str = "feit"
    topics: tuple[str, ...] = ()
    stance: Stance | None = None
    addressed_to: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    questions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Questions that the statement answers, by language: search keys, never shown, never cited."""


class Source(_Model):
    """Where a document was published."""

    publisher: str = ""
    url: str = ""
    eli: str = ""
    numac: str = ""
    licence: str = ""
    note: str = ""


class DocumentMeta(_Model):
    """What is known about a document beside its text."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,80}$")
    title: str
    short: str = ""
    kind: Kind
    authority: Authority
    text_status: TextStatus
    date: dt.date
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    language: str = "nl"
    source: Source = Source()
    added: bool = False


class Document(_Model):
    """A document: its metadata, its canonical text and the passages cut from it."""

    meta: DocumentMeta
    text: str
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...] = ()
    views: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    outline: tuple[tuple[int, str, int], ...] = ()
    """Headings as (level, title, offset)."""

    @property
    def id(self) -> str:
        """The document's id."""
        return self.meta.id

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical text (UTF-8), lower-case hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @cached_property
    def by_id(self) -> dict[str, Passage]:
        """Passages by id."""
        return {p.id: p for p in self.passages}

    def passage_text(self, passage: Passage) -> str:
        """The passage's own words: exactly ``text[start:end]``."""
        return self.text[passage.start : passage.end]

    def page_at(self, passage: Passage, offset: int) -> int | None:
        """The page on which ``offset`` stands, for a passage of a paged document."""
        if passage.page is None:
            return None
        page = passage.page
        for start, number in self.page_starts:
            if start <= offset:
                page = number
        return page

    page_starts: tuple[tuple[int, int], ...] = ()
    """(offset, page) for each page, ascending."""

    def as_json(self) -> dict[str, Any]:
        """Metadata, hash and size as plain data."""
        return {**self.meta.model_dump(mode="json"), "sha256": self.sha256, "characters": len(self.text), "passages": len(self.passages)}
