"""The result of a check: exactly the published contract."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["ja", "nee", "onvoldoende_informatie", "bedrag"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Bedrag(_Model):
    """An amount; ``minimum < maximum`` where sources contradict each other. ``eenheid``: euro per kwartaal, or kwartalen."""

    minimum: float
    maximum: float
    eenheid: str
    percentage: list[float | int] = Field(default_factory=list)


class Stap(_Model):
    """One rule in the trace: its number, outcome (ja, nee, onbekend), why, the facts and their certainty."""

    regel: str
    uitkomst: Literal["ja", "nee", "onbekend"]
    uitleg: str
    feiten: list[str]
    zekerheid: Literal["hoog", "middel", "laag"]


class Ontbreekt(_Model):
    """A fact that is missing and can still change the outcome, with the question that asks for it."""

    veld: str
    vraag: str


class CheckResult(_Model):
    """The outcome with its trace, what is missing, warnings and citations (as in an Answer)."""

    vraag: str
    datum: str
    uitkomst: Outcome
    bedrag: Bedrag | None = None
    stappen: list[Stap] = Field(default_factory=list)
    ontbreekt: list[Ontbreekt] = Field(default_factory=list)
    waarschuwingen: list[str] = Field(default_factory=list)
    citaten: list[dict[str, Any]] = Field(default_factory=list)
