"""Dated values: amounts, thresholds, percentages and dates, each with its fact number.

No amount stands in code. ``values/*.yaml`` holds them, a jurist changes them there. A value holds from
``vanaf`` until ``tot`` (inclusive); outside every period there is *no* value, and callers must say so
instead of using the last known one.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import CorpusError

FOLDER = Path(__file__).parent / "values"
FILES = ("data", "drempels", "loonpremie", "begeleidingspremie", "zelfstandigen")


class Period(BaseModel):
    """One value and the period in which it holds. ``feit``: fact numbers, ``zekerheid``: hoog, middel, laag."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vanaf: date | None = None
    tot: date | None = None
    waarde: Any
    feit: tuple[str, ...] = Field(min_length=1)
    zekerheid: str = Field(pattern="^(hoog|middel|laag)$")

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.vanaf and self.tot and self.tot < self.vanaf:
            raise ValueError(f"tot {self.tot} ligt voor vanaf {self.vanaf}")
        return self

    @property
    def number(self) -> Decimal:
        """The value as an exact decimal, as it is written in the file."""
        return Decimal(str(self.waarde))

    @property
    def whole(self) -> int:
        """The value as a whole number."""
        return int(self.waarde)

    @property
    def day(self) -> date:
        """The value as a date."""
        if not isinstance(self.waarde, date):
            raise CorpusError(f"De waarde {self.waarde!r} ({', '.join(self.feit)}) is geen datum.")
        return self.waarde


@dataclass(frozen=True)
class Dated:
    """A named value with its periods, oldest first."""

    name: str
    description: str
    unit: str
    periods: tuple[Period, ...]

    def at(self, day: date) -> Period | None:
        """The period that holds on ``day``, or None when no value is known for that day."""
        starts = [p.vanaf or date.min for p in self.periods]
        index = bisect_right(starts, day) - 1
        if index < 0:
            return None
        period = self.periods[index]
        return None if period.tot is not None and day > period.tot else period

    def within(self, first: date, last: date) -> tuple[Period, ...]:
        """The periods that hold on some day from ``first`` to ``last``."""
        return tuple(p for p in self.periods if (p.vanaf or date.min) <= last and (p.tot or date.max) >= first)

    @property
    def first(self) -> Period:
        """The oldest known value."""
        return self.periods[0]

    @property
    def last(self) -> Period:
        """The newest known value."""
        return self.periods[-1]

    @property
    def only(self) -> Period:
        """The value of something that does not change with the date.

        Raises:
            CorpusError: the file gives it several periods.
        """
        if len(self.periods) != 1:
            raise CorpusError(f"{self.name} heeft {len(self.periods)} periodes; vraag de waarde op een datum.")
        return self.periods[0]


@lru_cache(maxsize=1)
def all_values() -> dict[str, Dated]:
    """Every dated value by name.

    Raises:
        CorpusError: a file has an unknown key, a value without a fact, or periods that overlap.
    """
    values: dict[str, Dated] = {}
    for file in FILES:
        for name, entry in read_yaml(file).items():
            unknown = set(entry) - {"omschrijving", "eenheid", "waarden"}
            if unknown or name in values:
                raise CorpusError(f"values/{file}.yaml: {name} is dubbel of heeft onbekende sleutels {sorted(unknown)}.")
            try:
                periods = tuple(Period(**row) for row in entry["waarden"])
            except (ValidationError, KeyError, TypeError) as error:
                raise CorpusError(f"values/{file}.yaml: {name} is onvolledig of fout ({error}).") from error
            for before, after in zip(periods, periods[1:], strict=False):
                if before.tot is None or after.vanaf is None or before.tot >= after.vanaf:
                    raise CorpusError(f"values/{file}.yaml: periodes van {name} overlappen of staan niet op volgorde.")
            values[name] = Dated(name, entry["omschrijving"], entry.get("eenheid", ""), periods)
    return values


def dated(name: str) -> Dated:
    """The dated value ``name``; a name that is not in the files is a CorpusError."""
    try:
        return all_values()[name]
    except KeyError:
        raise CorpusError(f"De regels vragen de waarde {name!r}, die in assistant/rules/values ontbreekt.") from None


@lru_cache(maxsize=16)
def read_yaml(file: str) -> dict[str, Any]:
    """The content of ``values/<file>.yaml``."""
    data = yaml.safe_load((FOLDER / f"{file}.yaml").read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise CorpusError(f"values/{file}.yaml bevat geen lijst van namen en waarden.")
    return data
