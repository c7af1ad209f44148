"""Somebody's own situation: recognised facts go to the rule checker, and its outcome leads the answer.

Nothing is guessed: only what the conversation states counts, it is shown back, and what is missing is
asked for. The next message fills it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.answer import Citation, StatementOut
from assistant.citations import cite
from assistant.dialogue import Turn
from assistant.rules import CheckResult, check, describe, recognise, recognise_reply, summary
from corpus.sentences import sentences
from corpus.store import Corpus

_MOST_CITED = 3
# How the sentences of a summary begin that are no part of the outcome.
_NOTES = ("Let op", "Dit is een", "Attention", "Ceci est", "Note", "This is", "Achtung", "Dies ist", "Eerste vraag", "Première question", "First question", "Erste Frage")


@dataclass(frozen=True)
class Case:
    """What is known of a person's own case so far."""

    vraag: str
    facts: dict[str, Any]
    new: bool

    def result(self, corpus: Corpus, as_of: date) -> CheckResult:
        """The rule checker's result on that day."""
        return check({"vraag": self.vraag, "datum": as_of.isoformat(), **self.facts}, corpus)


def case_of(question: str, history: Sequence[Turn], as_of: date) -> Case | None:
    """The case that this message is about, with what earlier messages said; None when it is about no own case."""
    last = next((turn for turn in reversed(history) if turn.vraag), None) if history else None
    found = recognise(question, as_of)
    facts = dict(found.facts)
    follows = last is not None and history[-1] is last
    if follows and last is not None and last.asked and not found.own_situation:
        facts.update(recognise_reply(question, last.asked, as_of))
    if follows and last is not None and facts and (found.vraag in (None, last.vraag) or not found.own_situation):
        return Case(last.vraag or found.vraag or "recht_werkgever", {**last.facts, **facts}, False)
    if found.own_situation and facts:
        earlier = last.facts if follows and last is not None else {}
        return Case(found.vraag or "recht_werkgever", {**earlier, **facts}, True)
    return None


@dataclass(frozen=True)
class Outcome:
    """The checker's outcome as statements with citations, what to ask next, and warnings."""

    statements: list[StatementOut]
    citations: list[Citation]
    question: str
    warnings: list[str]


def outcome(corpus: Corpus, result: CheckResult, facts: dict[str, Any], language: str) -> Outcome:
    """Put the result in sentences of ``language``; each carries the facts of the steps that decided it."""
    wanted = {"nee": "nee", "ja": "ja", "bedrag": "ja"}.get(result.uitkomst, "")
    steps = [s for s in result.stappen if s.uitkomst == wanted and s.feiten]
    if result.uitkomst != "nee":
        # The steps that carry the outcome come last in rule order: the amount, the right itself.
        steps = steps[::-1]
    numbers = list(dict.fromkeys(f for s in steps for f in s.feiten if corpus.has_fact(f)))
    citations: list[Citation] = []
    for number in numbers:
        made = cite(corpus, corpus.fact(number)[1].id, n=len(citations) + 1)
        if not citations or made.authority == citations[0].authority:
            citations.append(made)
        if len(citations) == _MOST_CITED:
            break
    text = summary(result, language)
    told = [text[a:b] for a, b in sentences(text) if not text[a:b].startswith(_NOTES)][:2]
    statements = [
        StatementOut(text=text, citations=[c.n for c in citations], authority=citations[0].authority) for text in told if citations
    ]
    question = result.ontbreekt[0].vraag if result.ontbreekt else ""
    return Outcome(statements, citations, question, [*result.waarschuwingen, describe(facts, language)])
