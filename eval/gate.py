"""The gate: a run fails when a figure falls below its recorded floor by more than the noise.

``gate.toml``::

    [select]                       # optional: what 'eval run --gate' runs on, unless options say otherwise
    sets = ["hearing"]
    split = "dev"
    limit = 60

    [floors]                       # least value; the half-width of the measured interval is allowed below it
    right = 0.80
    "retrieval:full/hit@1" = 0.85

    [ceilings]                     # highest value, for figures where lower is better
    misattribution = 0.05

    [noise]
    factor = 1.0                   # half-widths that are allowed
    strict = ["quote_exact"]       # figures without any allowance
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.dataset import data_error
from eval.errors import DataError
from eval.score import Scores


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Select(_Model):
    """What the gate runs on."""

    sets: tuple[str, ...] = ()
    split: Literal["dev", "test", "all"] = "dev"
    languages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    systems: tuple[str, ...] | None = None


class Noise(_Model):
    """How far below its floor a figure may be."""

    factor: float = Field(default=1.0, ge=0)
    strict: tuple[str, ...] = ()


class Gate(_Model):
    """A gate file."""

    select: Select = Select()
    floors: dict[str, float] = Field(default_factory=dict)
    ceilings: dict[str, float] = Field(default_factory=dict)
    noise: Noise = Noise()


@dataclass(frozen=True)
class Check:
    """One figure against its bound. ``allowed`` is the bound with the noise; a figure without a value fails."""

    key: str
    kind: Literal["floor", "ceiling"]
    bound: float
    value: float | None
    half_width: float
    allowed: float
    n: int

    @property
    def passed(self) -> bool:
        """Whether the figure holds."""
        if self.value is None:
            return False
        return self.value >= self.allowed - 1e-12 if self.kind == "floor" else self.value <= self.allowed + 1e-12


def read_gate(path: Path) -> Gate:
    """Read a gate file. Raises :class:`DataError` naming the field."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise DataError(path, None, None, f"kan niet gelezen worden ({exc.strerror or exc}).", "Kijk het pad na.") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise DataError(path, None, None, f"is geen TOML: {exc}.", "Zie eval/README.md voor het formaat.") from exc
    try:
        gate = Gate.model_validate(data)
    except ValidationError as exc:
        raise data_error(path, None, exc) from exc
    if not gate.floors and not gate.ceilings:
        raise DataError(path, None, "floors", "is leeg, en 'ceilings' ook: de poort zou niets bewaken.", "Noem minstens één cijfer.")
    return gate


def check(gate: Gate, scores: Scores) -> list[Check]:
    """Hold every named figure against its bound, in the order of the file."""
    checks = []
    bounds: list[tuple[Literal["floor", "ceiling"], dict[str, float], int]] = [("floor", gate.floors, -1), ("ceiling", gate.ceilings, 1)]
    for kind, table, sign in bounds:
        for key, bound in table.items():
            figure = scores.figure(key)
            noise = 0.0 if key in gate.noise.strict else gate.noise.factor * figure.half_width
            checks.append(Check(key, kind, bound, figure.value, figure.half_width, bound + sign * noise, figure.n))
    return checks
