"""What a question wants to be filled in (an amount, an age, a year, a name …) and whether a text fills it.

A near-miss has the right subject and the wrong attribute: the evidence then lacks the slot that the
question asks for. The question may be in four languages; evidence is checked on its Dutch words.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Slot(StrEnum):
    """What kind of thing the question asks for."""

    MONEY = "money"
    AGE = "age"
    YEAR = "year"
    PERCENT = "percent"
    COUNT = "count"
    DURATION = "duration"
    DATE = "date"
    ARTICLE = "article"
    CONTACT = "contact"
    NAME = "name"
    PLACE = "place"


STRICT = frozenset({Slot.AGE, Slot.MONEY, Slot.YEAR, Slot.COUNT, Slot.ARTICLE, Slot.CONTACT, Slot.NAME})
"""Slots that only one sort of words can fill; a time or a place can be said in too many ways."""

_WANTED: tuple[tuple[Slot, str], ...] = (
    (Slot.AGE, r"\b(hoe oud|leeftijd\w*|how old|what age|quel(le)? âge|wie alt|welches alter)\b"),
    (
        Slot.MONEY,
        r"\b(hoeveel (euro|geld|miljoen|kost\w*|leefloon|budget)|wat kost\w*|hoeveel .{0,40}\b(kost|kosten|kostte|gekost|verdien\w*|betaal\w*|budget|euro)\b|hoe duur|prijs|tarief|(wat|hoeveel) verdien\w*|uurloon|budget\w* (van|voor)|hoe groot is het budget"
        r"|hoeveel moet .{0,20}verdienen|how much (money|does .{1,40} (cost|earn))|what .{1,30} cost|price|salary|combien (d'euros|coûte|gagne|d'argent)|quel (est le )?budget|was kostet|wie viel (geld|euro|verdient))\b",
    ),
    (Slot.YEAR, r"\b(welk jaar|sinds welk jaar|in welk jaar|which year|what year|quelle année|welchem jahr)\b"),
    (Slot.PERCENT, r"\b(hoeveel procent|welk percentage|welk aandeel|hoeveel percent|procent|what percentage|which share|quel pourcentage|quelle part|wie ?viel prozent|welcher prozentsatz|welcher anteil)\b"),
    (Slot.ARTICLE, r"\b(welk artikel|welke artikels?|artikelnummer|which article|quel article|welcher artikel)\b"),
    (Slot.CONTACT, r"\b(telefoonnummer|gsm-?nummer|e-?mail\w*|mailadres|contactgegevens|phone number|numéro de téléphone|telefonnummer)\b"),
    (Slot.DURATION, r"\b(hoelang|hoe lang|hoeveel (tijd|jaar|jaren|maanden|weken|dagen|kwartalen)|welke termijn|how long|how many (years|months|quarters|days)|combien (de temps|d'années|de mois|de trimestres)|wie lange|wie viele (jahre|monate|quartale))\b"),
    (Slot.COUNT, r"\b(hoeveel|hoeveelste|how many|combien|wie ?viele?|vanaf welke .{0,20}score)\b"),
    (Slot.NAME, r"\b(welke firma|welk bedrijf|welke onderneming\w*|welk (reclame)?bureau|welke vzw|hoe heet|noem .{0,12}\b(erkende|bedrijven|organisaties|namen)|which (company|firm)|quelle (entreprise|société)|welche firma)\b"),
    (Slot.PLACE, r"(^|\b)(in welke (stad|gemeente|zaal|provincie|straat)|in which (city|town)|dans quelle ville|in welcher stadt)\b"),
    (Slot.DATE, r"\b(wanneer|welke datum|welke dag|welke maand|vanaf wanneer|sinds wanneer|tot wanneer|when|what date|quand|à quelle date|wann)\b"),
)
_NUMBER_WORD = r"(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf|twintig|honderd\w*|duizend\w*|miljoen\w*|dubbele?|helft|kwart|derde|beide|geen enkele)"
_FILLED: dict[Slot, str] = {
    Slot.AGE: r"\b(\d+ jaar oud|leeftijd\w*|geboren|jaar en ouder)\b",
    Slot.MONEY: r"(\beuro\b|€|\bmiljoen\w*\b|\bmiljard\w*\b|\d+ ?%|\bprocent\b)",
    Slot.YEAR: r"\b(19|20)\d\d\b",
    Slot.PERCENT: rf"(\d ?%|\bprocent\w*\b|\b{_NUMBER_WORD}\b)",
    Slot.ARTICLE: r"\bart(ikel|ikelen|ikels|\.)? ?\d+",
    Slot.CONTACT: r"(@|https?://|www\.|\b0\d{1,2}[ ./]\d)",
    Slot.DURATION: r"\b(jaar|jaren|\w*jarig\w*|maand\w*|kwarta\w+|week|weken|dag|dagen|uur|levenslang|onbepaalde duur|tijdelijk\w*)\b",
    Slot.COUNT: rf"(\d|\b{_NUMBER_WORD}\b|\béén\b)",
    Slot.NAME: r"(?<!^)(?<![.!?] )\b(?!VDAB|VVSG|SERV|IMW|LDE|SINE|VOP|ICF|VN|WSE|Vlaam|Vlaanderen|Europ)[A-Z][\w-]{2,}",
    Slot.PLACE: r"\b(in|te|naar|bij) [A-Z]\w+",
    Slot.DATE: r"\b(\d{4}|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|wanneer|zodra|vanaf|sinds|na|tot|eind|begin|kwartaal|jaar|zolang|moment|tijdens|terwijl|voordat|vóór)\b",
}
_WANTED_COMPILED = tuple((slot, re.compile(pattern, re.IGNORECASE)) for slot, pattern in _WANTED)
_FILLED_COMPILED = {slot: re.compile(pattern, re.IGNORECASE if slot not in (Slot.NAME, Slot.PLACE) else 0) for slot, pattern in _FILLED.items()}


def wanted(question: str) -> Slot | None:
    """The slot that the question asks to be filled, the most telling one; None when it asks for no such thing."""
    return next((slot for slot, pattern in _WANTED_COMPILED if pattern.search(question)), None)


_QUANTIFIER = re.compile(
    r"\b(hoeveel|wat kost\w*|hoe duur (?:is|zijn)|welk percentage|welk aandeel|how many|how much|what does|combien (?:de|d'|coûte)|combien|quel pourcentage|wie ?viele?|was kostet)\b(.*)", re.IGNORECASE | re.DOTALL
)
# Nouns that any amount can be of.
_ANY = frozenset(
    ["mensen", "personen", "persoon", "procent", "percent", "euro", "euros", "geld", "jaar", "jaren", "maanden", "keer", "tijd", "bedrag", "bedraagt", "hoog", "kost", "kosten", "premie", "premies", "loon", "people", "persons", "percent", "money", "gens", "personnes", "argent", "menschen", "personen", "prozent", "geld", "prämie", "prime", "premium", "krijg", "krijgt", "krijgen", "minstens", "hoogstens", "ongeveer", "totaal", "extra", "meer", "minder", "nu", "vandaag", "per", "aantal", "uur", "kwartalen", "vte", "fte", "werknemers", "plaatsen"]
)


def head(question: str, content: list[str]) -> str:
    """What is counted or priced: the first telling content word after ``hoeveel`` or ``wat kost``; empty when it is anything."""
    match = _QUANTIFIER.search(question)
    if not match:
        return ""
    rest = match.group(2).lower()
    first = next((w for w in content if re.search(r"(?<!\w)" + re.escape(w) + r"(?!\w)", rest)), "")
    return "" if first in _ANY or first[:1].isdigit() else first


def fills(slot: Slot, text: str) -> bool:
    """True when the (Dutch) text holds something that could fill the slot."""
    return bool(_FILLED_COMPILED[slot].search(text))
