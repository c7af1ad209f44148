"""Speaker attribution: who said it, by name and organisation."""

from __future__ import annotations

from eval.figures import Pair
from eval.matching import contains, contains_any
from eval.measures.base import Case, Measure, flag


def _surname(name: str) -> str:
    return name.split(" ", 1)[-1]


def speaker_attribution(case: Case) -> Pair | None:
    """Whether every gold speaker is named (full name, or surname) in the answer or is the speaker of a citation."""
    if not case.gold.speakers or not case.gold.answerable:
        return None
    cited = {c.speaker for c in case.answer.citations} if case.answer and case.commits else set()
    return flag(
        case.commits
        and all(s in cited or contains_any(case.text, (s, _surname(s)), case.language) for s in case.gold.speakers)
    )


def organisation_attribution(case: Case) -> Pair | None:
    """The same for organisations."""
    if not case.gold.organisations or not case.gold.answerable:
        return None
    cited = {c.organisation for c in case.answer.citations} if case.answer and case.commits else set()
    return flag(case.commits and all(o in cited or contains(case.text, o, case.language) for o in case.gold.organisations))


def misattribution(case: Case) -> Pair | None:
    """Of the questions with gold speakers that got content: whether all cited speakers are others (words put in a wrong mouth)."""
    if not case.gold.speakers or not case.commits or case.answer is None:
        return None
    cited = {c.speaker for c in case.answer.citations if c.speaker}
    return flag(bool(cited) and not cited & set(case.gold.speakers))


MEASURES = [
    Measure("speaker_attribution", "Share of questions with gold speakers whose answer names or cites all of them.", speaker_attribution),
    Measure("organisation_attribution", "The same for organisations.", organisation_attribution),
    Measure("misattribution", "Of those with content, the share that cites speakers but none of the gold ones.", misattribution, higher_is_better=False),
]
