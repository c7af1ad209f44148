"""The keys of the contract: sort of value, accepted values, names and questions in four languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from assistant.rules.values import read_yaml

LANGUAGES = ("nl", "fr", "en", "de")
ENTRY_LIMIT = 1_000_000_000  # a number above this is a typing error, not a wage


@dataclass(frozen=True)
class Field:
    """One key. ``kind``: keuze, ja_nee, datum, geld, getal, geheel or breuk; ``values``: value -> names by language."""

    name: str
    kind: str
    labels: dict[str, str]
    questions: dict[str, str]
    values: dict[str, dict[str, str]]
    minimum: int
    maximum: int

    def label(self, language: str = "nl") -> str:
        """What the key is called in ``language``."""
        return self.labels.get(language, self.labels["nl"])

    def question(self, language: str = "nl") -> str:
        """The question that asks for it in ``language``."""
        return self.questions.get(language, self.questions["nl"])

    def accepted(self) -> str:
        """What a value may be, in Dutch, for an error or a prompt."""
        if self.kind == "keuze":
            return ", ".join(self.values)
        if self.kind == "geheel":
            return f"een geheel getal van {self.minimum} tot {self.maximum}"
        if self.kind == "getal":
            return f"een getal van {self.minimum} tot {self.maximum}"
        return {
            "ja_nee": "true of false",
            "datum": "een bestaande datum als JJJJ-MM-DD",
            "geld": "een bedrag in euro, 0 of meer",
            "breuk": "een getal van 0 tot 1",
        }[self.kind]


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """Every key of the contract by name, in the order of the contract."""
    result = {}
    for name, entry in read_yaml("velden").items():
        result[name] = Field(
            name=name,
            kind=entry["soort"],
            labels=entry["naam"],
            questions=entry["vraag"],
            values=entry.get("waarden", {}),
            minimum=entry.get("minimum", 0),
            maximum=entry.get("maximum", ENTRY_LIMIT),
        )
    return result
