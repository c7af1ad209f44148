"""Wrong premises: a question that takes for granted what the sources do not say is corrected, with a citation.

Five kinds are looked for: somebody else said it, another service deals with it, another number or date stands
in the source, the actor takes the opposite position, and an opinion or a draft is asked about as if it were the law.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from assistant.attribution import asks_openly, elsewhere
from assistant.decide import Verdict, decide, likely
from assistant.evidence import Evidence, Selection, select
from assistant.frames import frame
from assistant.slots import Slot, wanted
from assistant.understand import QuestionType, Reading, lexicon
from corpus.model import Authority, Kind, Stance
from index.retriever import Hit, Retriever
from index.text import fold

SILENT = "silent"
"""The kind of a correction that is no answer: whom the question asks about said nothing of it, somebody else did."""


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
_OUR_SERVICE = re.compile(r"\b(VDAB|departement (?:WSE|Werk)|WSE)\b", re.IGNORECASE)
_SURE = 0.95
"""As likely as this the one who is asked about did speak of it, however near somebody else's words are."""
_WITHOUT_SERVICE = 0.6
_LIKELIER = 0.1
"""Without the wrong service a question must be this likely to be answered, and this much likelier than with it."""
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
        or _wrong_service(reading, query, selection.hits, retriever, as_of, p)
        or _wrong_number(reading, query, selection)
        or _wrong_polarity(reading, query, selection)
        or _not_law(reading, query, selection, p)
    )


def _wrong_speaker(reading: Reading, query: str, found: Selection, retriever: Retriever, as_of: date, p: float) -> Correction | None:
    """The content of the question is found with somebody else, and not with the one it names."""
    openly = asks_openly(reading, query)
    if openly and p >= _SURE:
        return None
    other = elsewhere(reading, query, found, retriever, as_of, p)
    if other is None or not other.likely:
        return None
    real, selection = other.statement, other.selection
    own = [e for e in selection.evidence if e.statement.speaker == real.speaker and e.statement.kind != "vraag"]
    first = [e for e in own if e.statement.id == real.id] or own[:1]
    rest = [e for e in own if e.passage.id == real.passage and e not in first][:1]
    if not first:
        return None
    who = f"{real.speaker} ({real.organisation})" if real.organisation else str(real.speaker)
    actor = reading.actors[0]
    asked = actor.organisation if actor.organisation and fold(actor.organisation) in fold(query) else actor.name
    if openly:
        return Correction(SILENT, frame("silent", reading.language, asked=asked), (first[0],))
    return Correction("speaker", frame("premise_speaker", reading.language, asked=asked, real=who), (*first, *rest))


def _wrong_service(reading: Reading, query: str, hits: Sequence[Hit], retriever: Retriever, as_of: date, p: float) -> Correction | None:
    """The question sends somebody to a service that what is found does not name; without it, it is answered, and with another one."""
    named = [(aliases, found) for aliases in lexicon()["other_service"] for alias in aliases if (found := _mention(alias).search(query))]
    if not named or any(aliases is not named[0][0] for aliases, _ in named) or _OUR_SERVICE.search(query):
        return None
    aliases, mention = named[0]
    content = f"{query[: mention.start()]} {query[mention.end() :].lstrip()}".strip()
    neutral = replace(reading, foreign=(), conversation="")
    selection = select(neutral, content, retriever, as_of)
    if not selection.evidence:
        return None
    verdict, without = decide(neutral, content, selection, retriever)
    best = selection.evidence[0]
    real = _OUR_SERVICE.search(best.statement.texts.nl)
    if verdict is not Verdict.ANSWER or without < _WITHOUT_SERVICE or without - p < _LIKELIER or real is None:
        return None
    near = [*hits[:2], *selection.hits[:2]]
    if any(_mention(a).search(h.text) for a in aliases for h in near):
        return None
    name = "VDAB" if real.group().upper() == "VDAB" else "WSE (departement Werk en Sociale Economie)"
    rest = [e for e in selection.evidence[1:6] if e.passage.id == best.passage.id][:1]
    return Correction("service", frame("premise_service", reading.language, asked=mention.group("name"), real=name), (best, *rest))


@lru_cache(maxsize=64)
def _mention(alias: str) -> re.Pattern[str]:
    """The name of a service in a sentence, with the words that tie it to the rest (``bij de RSZ``)."""
    tie = r"(?:\b(?:bij|van|door|aan|voor|à|au|par|from|at|to|by|bei|beim|vom|zum) )?(?:\b(?:de|het|la|le|l'|the|die|der|das|den) ?)?"
    return re.compile(rf"{tie}(?<!\w)(?P<name>{re.escape(alias)})(?!\w)", re.IGNORECASE)


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
