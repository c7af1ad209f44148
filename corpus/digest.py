"""Digest documents: the numbered facts of our dossier, one passage a fact.

A digest is a summary in our own words, never the official text, and says so. A fact keeps its
provision, status, validity, sources and certainty; facts that say the same are linked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from corpus.model import LANGUAGES, Authority, Certainty, Document, DocumentMeta, Passage, Span, Statement, Texts
from corpus.sentences import sentences

STATUS_AUTHORITY = {
    "decreet": Authority.GELDEND_RECHT,
    "besluit": Authority.GELDEND_RECHT,
    "voorontwerp": Authority.ONTWERP,
    "ontwerpbesluit": Authority.ONTWERP,
    "praktijk": Authority.PRAKTIJK,
    "standpunt": Authority.STANDPUNT,
    "achtergrond": Authority.STANDPUNT,
}

TOPIC_HEADINGS = {
    "identiteit": "Het decreet en het besluit",
    "inwerkingtreding": "Inwerkingtreding",
    "begrippen": "Begrippen en namen",
    "doelgroep": "Wie komt in aanmerking",
    "woonplaats": "Woonplaats en werkplaats",
    "werkgever": "Werkgevers",
    "zelfstandige": "Zelfstandigen",
    "procedure": "Aanvragen",
    "indicering": "Erkenning en indicering door VDAB",
    "loonpremie": "Loonpremie",
    "referteloon": "Referteloon en plafond",
    "begeleidingspremie": "Begeleidingspremie",
    "ondersteuningspremie": "Ondersteuningspremie voor zelfstandigen",
    "cumul": "Samenloop met andere steun",
    "duur": "Duur",
    "verlenging": "Verlenging en aanpassing",
    "begeleiding": "Begeleiding op de werkvloer",
    "ontslag": "Ontslag en vervanging",
    "terugkeer": "Terugkeergarantie en wedertewerkstelling",
    "collectief_maatwerk": "Verhouding met collectief maatwerk",
    "erkenning": "Erkenning als maatwerkbedrijf",
    "vop": "Overgang van de VOP",
    "sine": "Overgang van SINE",
    "lde": "Overgang van de lokale diensteneconomie",
    "maatwerkafdeling": "Overgang van de maatwerkafdelingen",
    "geschiedenis": "Geschiedenis",
    "cijfers": "Cijfers",
    "standpunten": "Standpunten",
    "databronnen": "Officiële databronnen",
    "tegenspraak": "Tegenspraken tussen bronnen",
    "onbekend": "Wat niet gevonden is",
}


class Fact(BaseModel):
    """One numbered fact of the dossier, as stored in ``facts.jsonl``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    topic: str
    texts: Texts
    provision: str | None = None
    status: str = "praktijk"
    valid_from: date | None = None
    valid_to: date | None = None
    sources: tuple[str, ...] = ()
    certainty: Certainty = Certainty.LAAG
    certainty_note: str | None = None
    same_as: str | None = None
    contradictions: tuple[str, ...] = ()
    unknown: bool = False
    facts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def digest_document(meta: DocumentMeta, facts: Sequence[Fact]) -> Document:
    """Lay the facts out as a readable text, by topic, with one passage and one statement a fact."""
    order = {topic: n for n, topic in enumerate(TOPIC_HEADINGS)}
    text = meta.title + "\nSamenvatting in eigen woorden, niet de officiële tekst."
    outline: list[tuple[int, str, int]] = []
    passages: list[Passage] = []
    statements: list[Statement] = []
    current = ""
    for fact in sorted(facts, key=lambda f: (order[f.topic], f.id)):
        heading = TOPIC_HEADINGS[fact.topic]
        if heading != current:
            current = heading
            text += "\n\n"
            outline.append((1, heading, len(text)))
            text += heading
        text += "\n\n"
        start = len(text)
        text += fact.texts.nl
        passage = Passage(
            id=f"{meta.id}/{fact.id}",
            document=meta.id,
            start=start,
            end=len(text),
            section=fact.topic,
            heading=heading,
            provision=fact.provision,
            status=fact.status,
            authority=STATUS_AUTHORITY[fact.status],
            valid_from=fact.valid_from,
            valid_to=fact.valid_to,
            certainty=fact.certainty,
            sources=fact.sources,
            same_as=fact.same_as,
            contradicts=fact.contradictions,
        )
        passages.append(passage)
        statements += _statements(fact, passage)
    return Document(meta=meta, text=text, passages=tuple(passages), statements=tuple(statements), outline=tuple(outline))


def _statements(fact: Fact, passage: Passage) -> list[Statement]:
    """One statement a sentence, where the four languages have the same sentences; else one for the whole fact."""
    parts = {code: sentences(text) for code in LANGUAGES if (text := getattr(fact.texts, code))}
    if len({len(p) for p in parts.values()}) != 1:
        parts = {code: [(0, len(getattr(fact.texts, code)))] for code in parts}
    out = []
    for n, (a, b) in enumerate(parts["nl"]):
        own = {code: getattr(fact.texts, code)[slice(*parts[code][n])] for code in parts}
        out.append(
            Statement(
                id=f"{passage.id}#{n + 1}",
                document=passage.document,
                passage=passage.id,
                spans=(Span(start=passage.start + a, end=passage.start + b),),
                texts=Texts(**own),
                kind="onbekend" if fact.unknown else "feit",
                topics=(fact.topic,),
            )
        )
    return out
