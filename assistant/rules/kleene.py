"""Three-valued logic after Kleene: ja, nee, onbekend.

An unknown input makes a result unknown only where it could still change it: ``nee`` and anything is
``nee``, ``ja`` or anything is ``ja``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """The outcome of a rule."""

    JA = "ja"
    NEE = "nee"
    ONBEKEND = "onbekend"


JA, NEE, ONBEKEND = Truth.JA, Truth.NEE, Truth.ONBEKEND


def truth(value: bool | None) -> Truth:
    """A fact as a truth value; ``None`` is not known."""
    if value is None:
        return ONBEKEND
    return JA if value else NEE


def negate(value: Truth) -> Truth:
    """Not: swaps ja and nee, and leaves onbekend."""
    if value is ONBEKEND:
        return ONBEKEND
    return NEE if value is JA else JA


def all_of(values: Iterable[Truth]) -> Truth:
    """And: nee if one is nee, else onbekend if one is onbekend, else ja (also of nothing)."""
    result = JA
    for value in values:
        if value is NEE:
            return NEE
        if value is ONBEKEND:
            result = ONBEKEND
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """Or: ja if one is ja, else onbekend if one is onbekend, else nee (also of nothing)."""
    return negate(all_of(negate(v) for v in values))
