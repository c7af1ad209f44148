"""Wrong premises: a question that takes for granted what the sources do not say is corrected, with a citation.

Four kinds are looked for: somebody else said it, another number or date stands in the source, the actor
takes the opposite position, and an opinion or a draft is asked about as if it were the law.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assistant.decide import Verdict, decide, likely
from assistant.evidence import Evidence, Selection, select, standardised, weights
from assistant.facets import statement_facets
from assistant.frames import frame
from assistant.slots import Slot, fills, wanted
from assistant.understand import QuestionType, Reading
from corpus.model import Authority, Kind, Stance
from corpus.store import Actor
from index.retriever import Retriever
from index.text import fold


@dataclass(frozen=True)
class Correction:
    """A sentence that names the wrong premise, and the evidence that shows it, best first."""

    kind: str
    text: str
    evidence: tuple[Evidence, ...]


_AGAINST = re.compile(
    r"\b(tegen (?!het licht|elkaar|begin|eind|een vergoeding|een lage)|tegenstander\w*|verzet\w*|afwijz\w*|wijst .{0,40} af|keert zich tegen|niet (wil|willen|nodig|belangrijk|zien zitten|hoeven)|onnodig|overbodig|slecht idee|afkeur\w*|verwerp\w*|"
    r"geen voorstander|against|oppos\w+|reject\w*|contre|opposé\w*|refuse\w*|gegen|lehnt|ablehn\w*)\b",
    re.IGNORECASE,
)
_FAVOUR = re.compile(
    r"\b(voorstander\w*|steunt|steunen|is voor|blij|tevreden|enthousiast|toejuich\w*|gerustgesteld|onvoorwaardelijk|volledig achter|in favou?r|supports?|happy|favorable\w*|soutien\w*|satisfait\w*|befürwort\w*|unterstütz\w*|zufrieden)\b",
    re.IGNORECASE,
)
_POSITIVE = frozenset({Stance.STEUNT, Stance.STEUNT_ONDER_VOORWAARDE, Stance.STELT_VOOR})
_NEGATIVE = frozenset({Stance.TEGEN, Stance.BEZORGD})
_LAW_CLAIM = re.compile(
    r"\b(wettelijk\w*|de wet|decretaal|decretale|volgens het decreet|het decreet (zegt|verplicht|bepaalt|geeft|belooft)|verplicht\w*|recht op|regel\w*|legally|by law|the decree (says|requires)|légal\w*|le décret|loi|gesetzlich\w*|gesetz|dekret)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?!\w)")
_KIND_OF_NUMBER: tuple[tuple[str, str], ...] = (
    ("percent", r"{n} ?(%|procent|percent|pour ?cent|per cent|prozent)"),
    ("euro", r"({n} ?(euro|miljoen|million|millionen)|€ ?{n})"),
    ("date", r"{n} (januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|january|february|march|may|june|july|august|october|december|januar|februar|märz|juni|juli|oktober|dezember)"),
    ("duration", r"{n} ?(jaar|maand|kwarta|week|weken|uur|dagen|ans|mois|heures|years|months|hours|jahre|monate|stunden)"),
    ("year", r"\b(?=(?:19|20)\d\d\b){n}\b"),
)


def correction(reading: Reading, query: str, selection: Selection, retriever: Retriever, as_of: date, p: float) -> Correction | None:
    """The correction of a wrong premise in the question, or None. ``p``: how likely the documents answer it."""
    return (
        _wrong_speaker(reading, query, selection, retriever, as_of, p)
        or _wrong_number(reading, query, selection)
        or _wrong_polarity(reading, query, selection)
        or _not_law(reading, query, selection, p)
    )


def _without_names(query: str, actors: tuple[Actor, ...]) -> str:
    for actor in actors:
        for alias in sorted((actor.name, *actor.aliases), key=len, reverse=True):
            query = re.sub(r"(?<!\w)" + re.escape(alias) + r"(?!\w)", " ", query, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", query).strip()


def _wrong_speaker(reading: Reading, query: str, found: Selection, retriever: Retriever, as_of: date, p: float) -> Correction | None:
    """The content of the question is found with somebody else, and not with the one it names."""
    if len(reading.actors) != 1 or reading.same_subject or (QuestionType.ASKED in reading.types and reading.actors[0].role == "spreker"):
        return None
    if reading.types == (QuestionType.POSITION,):
        return None  # to ask what somebody thinks of a thing takes nothing for granted
    actor = reading.actors[0]
    content = _without_names(query, reading.actors)
    if len(content.split()) < 4:
        return None
    w = weights().get("premise", {})
    neutral = replace(reading, actors=(), conversation="")
    selection = select(neutral, content, retriever, as_of)
    cosines, lexical = retriever.statement_scores(content, reading.language, reading.expansion)
    known = standardised(retriever.question_cosines(content, reading.language))
    # What somebody said is often nearer in the words of a question than in those of the statement.
    near = standardised(cosines)
    total = np.fmax(near, known) + w.get("lexical", 2.0) * lexical
    statements = retriever.corpus.statements
    by_actor = retriever.facets.of("speaker", {actor.name})
    by_others = retriever.facets.spoken & ~by_actor
    nearest = [retriever.best_cosines(content, reading.language, who)["top_cos_view"] for who in (by_others, by_actor)]
    if _slot_open(query, found):
        return None
    if _has_said(reading, content, actor, retriever):
        return None
    facets = statement_facets(retriever)
    mine = facets.concerns(actor)
    others = facets.spoken & ~mine & ~facets.question
    if not mine.any() or not others.any():
        return None
    best_own, best_other = float(total[mine].max()), float(total[others].max())
    if best_other < w.get("speaker_floor", 5.0):
        return None
    # What nobody said is no wrong premise: without the name it must be a question that the documents answer.
    verdict, without = decide(neutral, content, selection, retriever)
    far = nearest[0] - nearest[1] >= w.get("view_gap", 0.14) and best_other - best_own >= w.get("speaker_margin", 2.2)
    likelier = without - p >= w.get("likelier", 0.25) and best_other - best_own >= w.get("likelier_margin", 1.2)
    if verdict is not Verdict.ANSWER or not (far or likelier):
        return None
    row = int(np.argmax(np.where(others, total, -np.inf)))
    real = statements[row]
    hits = {h.passage.id for h in selection.hits[:3]}
    if real.passage not in hits:
        return None
    own = [e for e in selection.evidence if e.statement.speaker == real.speaker and e.statement.kind != "vraag"]
    first = [e for e in own if e.statement.id == real.id] or own[:1]
    rest = [e for e in own if e.passage.id == real.passage and e not in first][:1]
    if not first:
        return None
    who = f"{real.speaker} ({real.organisation})" if real.organisation else str(real.speaker)
    asked = actor.organisation if actor.organisation and fold(actor.organisation) in fold(query) else actor.name
    return Correction("speaker", frame("premise_speaker", reading.language, asked=asked, real=who), (*first, *rest))


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


def _wrong_number(reading: Reading, query: str, selection: Selection) -> Correction | None:
    """The question states a number; the best evidence has another one of the same kind, and nowhere this one."""
    asked = [n for n in _NUMBER.findall(query) if n not in ("2021", "23")]
    if not asked or not selection.evidence:
        return None
    near = [e for e in selection.evidence[:6] if e.score >= selection.evidence[0].score - 3.0]
    passages = " ".join(e.document.passage_text(e.passage) + " " + e.statement.texts.nl for e in near)
    if any(_has_number(passages, n) for n in asked):
        return None
    for number in asked:
        kind = next((k for k, pattern in _KIND_OF_NUMBER if re.search(pattern.replace("{n}", re.escape(number)), query, re.IGNORECASE)), "count")
        if kind == "year" and wanted(query) in (Slot.MONEY, Slot.COUNT, Slot.PERCENT):
            continue  # the year asked about, not one that is claimed
        for e in near[:3]:
            real = _number_of_kind(e.statement.texts.nl, kind)
            if real:
                return Correction("number", frame("premise_number", reading.language, asked=number, real=real), (e, *(x for x in near[:2] if x is not e)))
    return None


def _has_number(text: str, number: str) -> bool:
    plain = re.sub(r"(?<=\d)\.(?=\d{3})", "", text)
    return bool(re.search(r"(?<!\d)" + re.escape(re.sub(r"[.](?=\d{3})", "", number)) + r"(?!\d)", plain))


def _number_of_kind(text: str, kind: str) -> str:
    number = r"\d+(?:[.,]\d+)*"
    patterns = {
        "percent": rf"{number} ?(?:%|procent)",
        "euro": rf"{number} (?:tot {number} )?(?:miljoen )?euro",
        "date": r"\d{1,2} (?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december) \d{4}",
        "duration": rf"{number} (?:jaar|maanden?|kwartalen|weken|uur|dagen)",
        "year": r"(?:\d{1,2} )?(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december) (?:19|20)\d\d|\b(?:19|20)\d\d\b",
        "count": rf"(?<![\w.,-]){number}(?: [a-z]\w+)?",
    }
    found = re.search(patterns[kind], text)
    return found.group().strip() if found else ""


def _wrong_polarity(reading: Reading, query: str, selection: Selection) -> Correction | None:
    """``Waarom is X tegen …`` where X supports it (or the other way round)."""
    if not reading.actors or QuestionType.COMPARISON in reading.types:
        return None
    against, favour = bool(_AGAINST.search(query)), bool(_FAVOUR.search(query))
    if against == favour:
        return None
    names = {a.name for a in reading.actors}
    own = [e for e in selection.evidence[:15] if e.statement.speaker in names and e.statement.stance in (_POSITIVE | _NEGATIVE)]
    if not own:
        return None
    opposite = _POSITIVE if against else _NEGATIVE
    best = own[0].score
    real = next((e for e in own if e.statement.stance in opposite and e.score > best - 2.5), None)
    agrees = next((e for e in own if e.statement.stance not in opposite), None)
    if real is None or (agrees is not None and agrees.score > real.score + 1.0 and _negated(agrees) == against):
        return None
    rest = tuple(e for e in selection.evidence[:6] if e is not real and e.statement.speaker in names)[:1]
    return Correction("polarity", frame("premise_polarity", reading.language), (real, *rest))


def _negated(e: Evidence) -> bool:
    return e.statement.stance in _NEGATIVE


def _not_law(reading: Reading, query: str, selection: Selection, p: float) -> Correction | None:
    """An opinion or a draft asked about as if it were the law."""
    if not _LAW_CLAIM.search(query) or not selection.evidence or not likely(p):
        return None
    best = selection.evidence[0]
    if best.document.meta.kind is not Kind.HOORZITTINGSVERSLAG and best.passage.authority not in (Authority.STANDPUNT, Authority.ONTWERP):
        return None
    if reading.hearing and reading.draft:
        return None
    law = [e for e in selection.evidence[:5] if e.passage.authority in (Authority.GELDEND_RECHT, Authority.PRAKTIJK) and e.score > best.score - 0.8]
    if law:
        return None
    draft = best.passage.authority is Authority.ONTWERP or "voorontwerp" in best.statement.texts.nl.lower()
    return Correction("law", frame("premise_draft" if draft else "premise_opinion", reading.language), tuple(selection.evidence[:2]))
