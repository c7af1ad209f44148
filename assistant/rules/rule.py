"""What a rule is: a number, a Dutch sentence, the facts it rests on, their certainty and a pure function.

A rule function takes a :class:`Case` and returns a :class:`Finding`, or None when the rule does not
apply. Rules that only inform (``decides=False``) never change the outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from assistant.rules.facts import FactsInput
from assistant.rules.kleene import JA, ONBEKEND, Truth
from corpus.errors import UsageError

MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Case:
    """The facts ``f`` of one case on one day."""

    f: FactsInput
    day: date


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    ``needs``: the missing keys that could still change this rule. ``can_refuse``: whether those keys can
    make it ``nee`` (if not, they only matter while everything else can still be ``ja``).
    ``facts`` and ``certainty`` replace those of the rule where this branch rests on others.
    """

    outcome: Truth
    why: str
    needs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: tuple[str, ...] | None = None
    certainty: str | None = None
    can_refuse: bool = True


@dataclass(frozen=True)
class Rule:
    """One rule of law as code."""

    number: str
    topic: str
    sentence: str
    facts: tuple[str, ...]
    certainty: str
    decides: bool
    function: Callable[[Case], Finding | None] = field(repr=False)

    def __call__(self, case: Case) -> Finding | None:
        """Apply the rule; a finding of certainty *laag* never decides and becomes onbekend."""
        finding = self.function(case)
        if finding is None:
            return None
        if self.decides and finding.outcome is not ONBEKEND and (finding.certainty or self.certainty) == "laag":
            return Finding(ONBEKEND, finding.why, finding.needs, finding.warnings, finding.facts, "laag", finding.can_refuse)
        return finding


REGISTRY: dict[str, Rule] = {}


def rule(
    number: str, topic: str, sentence: str, facts: tuple[str, ...], certainty: str, decides: bool = True
) -> Callable[[Callable[[Case], Finding | None]], Rule]:
    """Declare a rule; the decorated function becomes the :class:`Rule` itself."""

    def declare(function: Callable[[Case], Finding | None]) -> Rule:
        made = Rule(number, topic, sentence, facts, certainty, decides, function)
        if number in REGISTRY:
            raise ValueError(f"{number} is declared twice")
        REGISTRY[number] = made
        return made

    return declare


def find_rule(number: str) -> Rule:
    """The rule with this number, for example ``R-06`` (case does not matter).

    Raises:
        UsageError: there is no such rule.
    """
    key = number.strip().upper()
    if key not in REGISTRY:
        raise UsageError(f"Er is geen regel {number!r}.", f"Regels: {', '.join(sorted(REGISTRY))}.")
    return REGISTRY[key]


def met(why: str, *warnings: str, facts: tuple[str, ...] | None = None, certainty: str | None = None) -> Finding:
    """The condition is fulfilled."""
    return Finding(JA, why, warnings=warnings, facts=facts, certainty=certainty)


def refused(why: str, *warnings: str, facts: tuple[str, ...] | None = None, certainty: str | None = None) -> Finding:
    """The condition is not fulfilled."""
    return Finding(Truth.NEE, why, warnings=warnings, facts=facts, certainty=certainty)


def unsure(
    why: str,
    *warnings: str,
    needs: tuple[str, ...] = (),
    facts: tuple[str, ...] | None = None,
    certainty: str | None = None,
    can_refuse: bool = True,
) -> Finding:
    """It cannot be said; ``needs`` names the keys that would help, nothing when no answer would."""
    return Finding(ONBEKEND, why, needs=needs, warnings=warnings, facts=facts, certainty=certainty, can_refuse=can_refuse)


def missing(case: Case, *names: str) -> tuple[str, ...]:
    """Those of the keys that are not known, in the given order."""
    return tuple(n for n in names if getattr(case.f, n) is None)


def nl_date(day: date) -> str:
    """``1 juli 2023``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def nl_euro(amount: Decimal) -> str:
    """``12.671,34 euro``."""
    text = f"{cents(amount):,.2f}"
    return text.replace(",", "_").replace(".", ",").replace("_", ".") + " euro"


def nl_number(number: Decimal) -> str:
    """``0,55`` or ``20``, without trailing zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")
