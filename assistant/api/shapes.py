"""What the description of the API says of data that is made elsewhere: documents, matrix, the facts of a check.

The data itself is passed on as it was made; a test holds it against these shapes.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.positions.model import Position
from assistant.positions.outcome import OutcomeFact
from assistant.rules.fields import ENTRY_LIMIT, fields
from assistant.rules.fields import Field as Fact
from corpus.model import DocumentMeta, Passage


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PassageOut(Passage):
    """A passage with its own words: exactly ``text[start:end]`` of the document."""

    text: str


class DocumentOut(DocumentMeta):
    """A document in the list: what is known about it, the hash of its text, and how much there is."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    characters: int = Field(ge=0)
    passages: int = Field(ge=0)


class OutlineEntry(_Shape):
    """A heading and where it stands."""

    level: int
    title: str
    start: int = Field(ge=0)


class DocumentText(DocumentMeta):
    """A document in full. ``passages`` are all of them, or the one that was asked for; that one stands in ``passage`` too."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    characters: int = Field(ge=0)
    outline: list[OutlineEntry]
    text: str
    passages: list[PassageOut]
    passage: PassageOut | None = None


class MatrixActor(_Shape):
    """Somebody who spoke. The party is that of the year of the hearing and comes from outside the report (``party_note``)."""

    person: str
    organisation: str | None
    party: str | None
    role: str
    party_note: str | None


class Agreement(_Shape):
    """Who stands where on a theme, by name. ``joined``: who says to agree with whom."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    verdict: str | None
    in_favour: list[str] = Field(alias="for")
    against: list[str]
    mixed: list[str]
    proposes: list[str]
    joined: list[tuple[str, str]]


class MatrixQuestion(_Shape):
    """A question that was put, who answered, and the ids of the answers."""

    position: Position
    answered_by: list[str]
    answers: list[str]


class MatrixTopic(_Shape):
    """A theme: who agrees, what was asked, and what became of it."""

    topic: str
    label: str
    agreement: Agreement
    questions: list[MatrixQuestion]
    outcome: list[OutcomeFact]


class MatrixCell(_Shape):
    """What one person says on one theme: the word for it, how often each stance, and the ids of the positions."""

    person: str
    topic: str
    stance: str
    counts: dict[str, int]
    positions: list[str]
    aside: list[str]


class MatrixOut(_Shape):
    """Actors, themes and cells; the positions that the cells name stand in ``positions``."""

    actors: list[MatrixActor]
    topics: list[MatrixTopic]
    cells: list[MatrixCell]
    positions: list[Position]


def facts_schema() -> dict[str, Any]:
    """JSON Schema of the facts of a check, from the same table that the checker validates with."""
    known = fields()
    return {
        "type": "object",
        "title": "Facts",
        "description": "The facts of one case. An absent fact is unknown; the result names what is still needed.",
        "properties": {name: {**_fact(fact), "description": fact.question("en")} for name, fact in known.items()},
        "required": ["vraag"],
        "additionalProperties": False,
        "examples": [{"vraag": "duur", "pakket": "2_jaar"}],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    if fact.kind == "keuze":
        return {"type": "string", "enum": list(fact.values)}
    if fact.kind == "ja_nee":
        return {"type": "boolean"}
    if fact.kind == "datum":
        return {"type": "string", "format": "date"}
    upper = 1 if fact.kind == "breuk" else fact.maximum if fact.kind in ("getal", "geheel") else ENTRY_LIMIT
    return {"type": "integer" if fact.kind == "geheel" else "number", "minimum": fact.minimum, "maximum": upper}
