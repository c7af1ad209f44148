"""Whether an answer is right: accepted status, all gold facts, nothing forbidden, and the false premise corrected."""

from __future__ import annotations

from dataclasses import dataclass

from eval.dataset import ANSWERING, QuestionType
from eval.matching import contains, contains_any
from eval.measures.base import Case, Measure, flag


@dataclass(frozen=True)
class Verdict:
    """What is right and wrong in one answer, for the figures and for a person who reads the failures."""

    status_accepted: bool
    found: tuple[bool, ...]
    forbidden: tuple[str, ...]
    corrected: bool | None

    @property
    def right(self) -> bool:
        """All of it is right."""
        return self.status_accepted and all(self.found) and not self.forbidden and self.corrected is not False

    @property
    def reasons(self) -> list[str]:
        """Why the answer is not right, in words; empty when it is."""
        out = []
        if not self.status_accepted:
            out.append("status niet aanvaard")
        missing = sum(not f for f in self.found)
        if missing:
            out.append(f"{missing} van {len(self.found)} feiten ontbreken")
        if self.forbidden:
            out.append("verboden: " + ", ".join(self.forbidden))
        if self.corrected is False:
            out.append("verkeerde vooronderstelling niet rechtgezet")
        return out


def judge(case: Case) -> Verdict:
    """Compare one answer with its gold.

    Facts and the correction of a premise are asked of an answer with content, and of a declining one only when the gold accepts
    nothing but declining (then the facts are what the refusal has to say).
    """
    gold, text, language = case.gold, case.text, case.language
    content_due = case.commits or not gold.answerable or case.status not in gold.status
    found = tuple(contains_any(text, wordings, language) for wordings in gold.facts) if content_due else ()
    forbidden = tuple(w for w in gold.forbidden if contains(text, w, language))
    corrected = None
    if gold.corrects and (case.item.type is QuestionType.FALSE_PREMISE or gold.corrects) and content_due:
        corrected = contains_any(text, gold.corrects, language)
    return Verdict(case.status in gold.status, found, forbidden, corrected)


def acceptable(case: Case, verdict: Verdict) -> bool:
    """Not wrong, but not the whole answer: accepted status, nothing forbidden, the premise corrected, at least half of the facts."""
    enough = not verdict.found or sum(verdict.found) * 2 >= len(verdict.found)
    return verdict.status_accepted and not verdict.forbidden and verdict.corrected is not False and enough and case.status in ANSWERING


MEASURES = [
    Measure(
        "right",
        "Share of questions with a right answer: accepted status, all gold facts, no forbidden wording, false premise corrected.",
        lambda case: flag(judge(case).right),
    )
]
