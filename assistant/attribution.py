"""Is what a question ascribes to somebody found with somebody else?

Without the name, the question is searched for once more: with the one it names, and with the others. What
tells a wrong name from a right one are the differences between the two, weighed by a logistic rule that
was fitted on practice questions in which the name was replaced by another speaker's (``eval.fit``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assistant.decide import decide
from assistant.evidence import Selection, select, standardised, weights
from assistant.facets import statement_facets
from assistant.slots import fills, wanted
from assistant.understand import QuestionType, Reading
from corpus.model import Statement
from corpus.store import Actor
from index.mentions import names_of
from index.retriever import Retriever

SIGNALS = ("bias", "view", "best", "words", "likelier", "answerable", "own_first", "same_first", "asked_first")
_LEXICAL = 2.0
"""How much shared words count beside the standardised cosine."""
_SHORT = 4
"""With fewer words beside the name, too little is ascribed to be found with anybody."""


@dataclass(frozen=True)
class Elsewhere:
    """The nearest statement of somebody else, what is found without the name, and the signals by name."""

    statement: Statement
    selection: Selection
    signals: dict[str, float]

    @property
    def likely(self) -> bool:
        """True when it was said by this somebody rather than by the one who is named."""
        w = weights()["premise"]
        return sum(w[name] * self.signals[name] for name in SIGNALS) > w["threshold"]


def elsewhere(reading: Reading, query: str, found: Selection, retriever: Retriever, as_of: date, p: float) -> Elsewhere | None:
    """Who else may have said it; None when the question names no one person, or the right one by its own words.

    Args:
        found: what was found for the question with its name.
        p: how likely the documents answer that.
    """
    if len(reading.actors) != 1 or reading.same_subject or (QuestionType.ASKED in reading.types and reading.actors[0].role == "spreker"):
        return None
    actor = reading.actors[0]
    content = _without_names(query, reading.actors)
    if len(content.split()) < _SHORT or _slot_open(query, found) or _has_said(reading, content, actor, retriever):
        return None
    facets = statement_facets(retriever)
    mine = facets.concerns(actor)
    others = facets.spoken & ~mine & ~facets.question
    if not mine.any() or not others.any():
        return None
    cosines, lexical = retriever.statement_scores(content, reading.language, reading.expansion)
    # What somebody said is often nearer in the words of a question than in those of the statement.
    near = np.fmax(standardised(cosines), standardised(retriever.question_cosines(content, reading.language)))
    total = near + _LEXICAL * lexical
    neutral = replace(reading, actors=(), conversation="")
    selection = select(neutral, content, retriever, as_of)
    # What nobody said is no wrong premise: without the name it should be a question that the documents answer.
    without = decide(neutral, content, selection, retriever)[1]
    statement = retriever.corpus.statements[int(np.argmax(np.where(others, total, -np.inf)))]
    first = selection.evidence[0].statement if selection.evidence else None
    asked = found.evidence[0].statement if found.evidence else None

    def is_own(one: Statement | None) -> float:
        return float(one is not None and one.id in retriever.statement_row and mine[retriever.statement_row[one.id]])

    by_actor = retriever.facets.of("speaker", {actor.name})
    of_others, of_actor = (retriever.best_cosines(content, reading.language, who)["top_cos_view"] for who in (retriever.facets.spoken & ~by_actor, by_actor))
    signals = {
        "bias": 1.0,
        "view": of_others - of_actor,
        "best": float(total[others].max() - total[mine].max()),
        "words": float(lexical[others].max() - lexical[mine].max()),
        "likelier": without - p,
        "answerable": math.log(max(without, 1e-4) / max(1.0 - without, 1e-4)),
        "own_first": is_own(first),
        "same_first": float(first is not None and first.speaker == statement.speaker),
        "asked_first": is_own(asked),
    }
    return Elsewhere(statement, selection, signals)


_OPENING = re.compile(r"^\W*(?:en |et |and |und )?(?:wat|welke?|hoe|what|which|how|que|qu['’]|quel\w*|comment|was|welche\w*|wie)\b", re.IGNORECASE)
_SAYING = re.compile(
    r"\b(zei|zegt|zeiden|zeggen|vond|vondt|vindt|vinden|vroeg|vraagt|vragen|dacht|denkt|denken|stelde|stelt|had|heeft|gaf|geeft|stond|staat|keek|kijkt|reageer\w+|antwoord\w*|vertel\w+|hield|houdt|"
    r"mening\w*|standpunt\w*|kritiek|visie|houding|sa(?:y|ys|id)|th(?:ink|inks|ought)|ask(?:s|ed)?|propos\w+|feel\w*|felt|view\w*|opinion\w*|criticism|d(?:it|isait|emand\w+)|pens\w+|avis|critique\w*|"
    r"sag(?:t|te)|mein\w+|hält|hielt|frag(?:t|te)|denkt|dachte|schl(?:ägt|ug)|haltung|kritik)\b",
    re.IGNORECASE,
)
_RETOLD = re.compile(r"\b(toen (?:hij|zij|ze)|quand (?:il|elle)|when (?:he|she|they)|als (?:er|sie))\b", re.IGNORECASE)


def asks_openly(reading: Reading, query: str) -> bool:
    """``Wat vond X van …?`` takes for granted that X spoke of it, but not what was said: who said nothing of it is not the wrong one."""
    counted = {QuestionType.NUMBER, QuestionType.DATE, QuestionType.DURATION, QuestionType.REASON} & set(reading.types)
    opening = _OPENING.match(query)
    return bool(opening and not counted and _SAYING.search(query) and not _RETOLD.search(query))


def _without_names(query: str, actors: tuple[Actor, ...]) -> str:
    for actor in actors:
        for _, pattern in names_of(actor):
            query = pattern.sub(" ", query)
    return re.sub(r"\s+", " ", query).strip()


_ABOUT = re.compile(r"\b(over|rond|about|on|sur|à propos|über|zu)\b", re.IGNORECASE)


def _has_said(reading: Reading, content: str, actor: Actor, retriever: Retriever) -> bool:
    """``Wat zei X over Y``: a statement of X has every word of Y, however much nearer somebody else's is."""
    if not _ABOUT.search(content):
        return False
    words = retriever.vocabulary[reading.language]
    subject = set(words.analyse(_ABOUT.split(content)[-1], query=True))
    own = np.flatnonzero(statement_facets(retriever).by([actor.name]))
    return bool(subject) and any(subject <= set(words.analyse(retriever.corpus.statements[n].texts.get(reading.language))) for n in own)


def _slot_open(query: str, found: Selection) -> bool:
    """The question wants an amount, an age … that nothing found holds: then nobody said it."""
    slot = wanted(query)
    return slot is not None and not any(fills(slot, e.statement.texts.nl) for e in found.evidence[:6])
