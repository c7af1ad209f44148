"""Make a document of an act from the Codex: one passage an article, lid or group of items, with its dates."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from corpus.added import AddedReport, locked, store_document
from corpus.atomic import staged
from corpus.errors import CorpusError
from corpus.fetch.codex import PAGE, Act, ArticleVersion, Codex, read_act
from corpus.layout import Layout
from corpus.model import Authority, Document, DocumentMeta, Kind, Source, TextStatus
from corpus.provision import NUMBER
from corpus.readers.base import RawBlock
from corpus.readers.html import html_blocks
from corpus.readers.normalise import clean
from corpus.statute import ARTICLE, Unit, article_units, provision_passage

NOTE = "Geconsolideerde tekst van de Vlaamse Codex. De bekendmaking in het Belgisch Staatsblad is de officiële."
MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"]


def add_act(home: Path, codex: Codex, numac: str, history: bool = True, refresh: bool = False, today: date | None = None) -> AddedReport:
    """Fetch an act and add or renew it as the document ``codex-<numac>``.

    Raises:
        UsageError: this is not a numac.
        CorpusError: the service failed, does not know the act, or sent something unusable; nothing has changed.
    """
    payload = codex.payload(numac, history, refresh)
    payload["as_of"] = (today or date.today()).isoformat()
    document = document_from_payload(payload)
    with locked(home), staged(home / "corpus") as work:
        data = json.dumps(payload, ensure_ascii=False, indent=1).encode("utf-8")
        (work / "original.json").write_bytes(data)
        origin = {"name": f"codex-{numac}.json", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "reader": "codex"}
        status, stored_as = store_document(home, document, work, origin, replace=True)
    return AddedReport(
        f"numac {numac}",
        status,
        stored_as,
        document.meta.title,
        document.meta.kind.value,
        len(document.text),
        len(document.passages),
        message="Er is niets veranderd." if status == "ongewijzigd" else f"{len(document.passages)} passages.",
    )


def document_from_payload(payload: dict[str, Any], document_id: str | None = None) -> Document:
    """Build the document from a stored payload; the same payload always gives the same document.

    A passage of the version in force has a plain id (``…/art_5__al_1``), one of another version carries its first
    day (``…/art_5@2024-01-01__al_1``).

    Raises:
        CorpusError: the payload lacks what a document needs.
    """
    act = read_act(payload)
    meta = _meta(act, document_id or f"codex-{act.numac}")
    as_of = date.fromisoformat(payload["as_of"]) if payload.get("as_of") else date.today()
    layout = Layout()
    layout.add(RawBlock("heading", clean(meta.title), 1))
    passages = []
    plain = _in_force(act.versions, as_of)
    for version in act.versions:
        number = _number(version.number)
        blocks = [RawBlock(b.kind if b.kind != "heading" else "paragraph", b.text) for b in html_blocks(version.text)]
        if not blocks:
            continue
        layout.add(RawBlock("heading", _heading(version, version is plain.get(version.number)), 2))
        if not ARTICLE.match(blocks[0].text) and re.fullmatch(rf"(?:Artikel|Art\.?)\s*{NUMBER}\.?", blocks[0].text):
            blocks = blocks[1:] or blocks
        placed = [layout.add(b) for b in blocks]
        mark = "" if version is plain.get(version.number) else f"@{version.start.isoformat() if version.start else 'begin'}"
        stem = f"art_{number.replace('/', '-').lower()}"
        for unit in article_units(number, layout.text, [(p.start, p.end) for p in placed]):
            eid = stem + mark + unit.eid[len(stem) :]
            passages.append(
                provision_passage(
                    meta, layout, Unit(unit.start, unit.end, eid, unit.provision), stem, layout.outline[-1][1], version.start or act.start, version.end or act.end
                )
            )
    if not passages:
        raise CorpusError(f"De tekst van numac {act.numac} is leeg.", "Kijk met 'maatwerkwijzer corpus fetch --check' wat de dienst zegt.")
    return layout.document(meta, passages)


def _meta(act: Act, document_id: str) -> DocumentMeta:
    kind = Kind.DECREET if act.type.lower().startswith("decreet") else Kind.BESLUIT
    written = f"{act.day.day} {MONTHS[act.day.month - 1]} {act.day.year}"
    title = act.title
    if act.type and not title.lower().startswith(act.type.lower()):
        title = f"{act.type} van {written} {title}"
    # The pattern of the ELI of a decree is known (F-178); that of a decision is not, so it stays empty.
    eli = f"https://www.ejustice.just.fgov.be/eli/decreet/{act.day:%Y/%m/%d}/{act.numac}/justel" if kind is Kind.DECREET else ""
    published = f" Bekendgemaakt in het Belgisch Staatsblad van {act.published:%d.%m.%Y}." if act.published else ""
    return DocumentMeta(
        id=document_id,
        title=clean(title),
        short=f"{'Decreet' if kind is Kind.DECREET else 'Besluit'} {act.day:%d.%m.%Y} (Codex)",
        kind=kind,
        authority=Authority.GELDEND_RECHT,
        text_status=TextStatus.OFFICIEEL,
        date=act.day,
        valid_from=act.start,
        valid_to=act.end,
        source=Source(
            publisher="Vlaamse Codex", url=PAGE.format(id=act.id), eli=eli, numac=act.numac, licence="gratis hergebruik", note=NOTE + published
        ),
        added=True,
    )


def _in_force(versions: tuple[ArticleVersion, ...], on: date) -> dict[str, ArticleVersion]:
    """For each article the version in force on a day, else the next one to come, else the last that was."""
    chosen: dict[str, ArticleVersion] = {}
    for number in dict.fromkeys(v.number for v in versions):
        own = [v for v in versions if v.number == number]
        now = [v for v in own if (v.start is None or v.start <= on) and (v.end is None or v.end >= on)]
        later = [v for v in own if v.start is not None and v.start > on]
        chosen[number] = (now or later[:1] or own)[-1]
    return chosen


def _heading(version: ArticleVersion, plain: bool) -> str:
    if plain or version.start is None:
        return f"Artikel {version.number}"
    until = f" tot en met {version.end:%d.%m.%Y}" if version.end else ""
    return f"Artikel {version.number} (versie vanaf {version.start:%d.%m.%Y}{until})"


def _number(number: str) -> str:
    match = re.match(NUMBER, number)
    return match.group() if match else re.sub(r"[^\w./-]", "", number) or "0"
