"""The open-data API of the Vlaamse Codex: an act by its numac, its articles with their versions and dates.

Source: dossier, F-169 to F-177. The route is the one the dossier recommends: numac to Id, Id to metadata,
Id to ``VolledigDocument``; earlier versions come by asking for the day before a version began.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

from corpus.errors import CorpusError, UsageError
from corpus.fetch.http import PoliteClient

BASE = "https://codex.opendata.api.vlaanderen.be"
PAGE = "https://codex.vlaanderen.be/Zoeken/Document.aspx?DID={id}&param=inhoud"
DECREE, DECISION = "2022040298", "2022033079"
"""The decree of 14 January 2022 and the decision of 15 July 2022 (dossier, § 11)."""
_MAX_HISTORY = 24


@dataclass(frozen=True)
class ArticleVersion:
    """One version of one article: its text (HTML as the service sends it) and the days between which it holds (both included)."""

    number: str
    text: str
    start: date | None
    end: date | None


@dataclass(frozen=True)
class Act:
    """An act and all versions of its articles that the service gave."""

    id: int
    numac: str
    type: str
    title: str
    day: date
    start: date | None
    end: date | None
    published: date | None
    versions: tuple[ArticleVersion, ...]


class Codex:
    """Asks the Codex."""

    def __init__(self, client: PoliteClient, base: str = BASE) -> None:
        self.client, self.base = client, base.rstrip("/")

    def metadata(self, numac: str, refresh: bool = False) -> dict[str, Any]:
        """Metadata of the act with this numac (F-170, F-172).

        Raises:
            UsageError: this is not a numac.
            CorpusError: the service does not know it, or answers something unexpected.
        """
        check_numac(numac)
        url = f"{self.base}/api/v2/WetgevingDocument/numac/{numac}"
        reply = self.client.get(url, refresh=refresh)
        data = self._data(url, reply.json)
        # For an unknown act a service may answer 200 with nothing, or with another act.
        if not isinstance(data, dict) or not isinstance(data.get("Id"), int) or data["Id"] <= 0 or not data.get("Opschrift"):
            self.client.forget(url)
            raise CorpusError(f"De Codex kent geen akte met numac {numac}.", "Controleer het numac in het Belgisch Staatsblad.")
        if str(data.get("Numac") or "") != numac:
            self.client.forget(url)
            raise CorpusError(f"De Codex gaf voor numac {numac} een andere akte terug (numac {data.get('Numac')}).", "Er is niets toegevoegd.")
        return data

    def full(self, act_id: int, on: date | None = None, refresh: bool = False) -> dict[str, Any]:
        """The whole text, as it stood on a day (F-173).

        Raises:
            CorpusError: the answer has no ``Inhoud``.
        """
        url = f"{self.base}/api/v2/WetgevingDocument/{act_id}/VolledigDocument?geannoteerd=false"
        if on is not None:
            url += f"&datum={on.isoformat()}"
        reply = self.client.get(url, refresh=refresh)
        data = self._data(url, reply.json)
        if not isinstance(data, dict) or not isinstance(data.get("Inhoud"), dict):
            self.client.forget(url)
            raise CorpusError(f"De Codex gaf voor document {act_id} geen inhoud.", "Kijk met 'maatwerkwijzer corpus fetch --check' wat de dienst zegt.")
        return data

    def payload(self, numac: str, history: bool = True, refresh: bool = False) -> dict[str, Any]:
        """Everything the service says of an act, as data that can be stored and read again without it.

        With ``history`` earlier versions are fetched too: as long as an article's version began later than the
        act itself, the text of the day before that is asked for.
        """
        meta = self.metadata(numac, refresh)
        if meta.get("HeeftInhoud") is False:
            raise CorpusError(f"De Codex heeft van numac {numac} alleen de gegevens, niet de tekst.", "Haal de tekst uit het Belgisch Staatsblad en voeg hem toe.")
        texts = [self.full(meta["Id"], None, refresh)]
        payload = {"service": "codex", "numac": numac, "document": meta, "texts": texts}
        first = day_of(meta.get("StartDatum"))
        asked: set[date] = set()
        while history and len(asked) < _MAX_HISTORY:
            starts = {v.start for v in article_versions(payload) if v.start is not None}
            wanted = sorted({s - timedelta(days=1) for s in starts if first is None or s > first} - asked, reverse=True)
            if not wanted or (first is None and len(starts) < 2 and asked):
                break
            asked.add(wanted[0])
            texts.append(self.full(meta["Id"], wanted[0], refresh))
        return payload

    def search(self, words: str, skip: int = 0, take: int = 20) -> list[dict[str, Any]]:
        """Acts whose title or text has the words (F-171): Id, Datum, Opschrift, BSDatum."""
        from urllib.parse import quote

        url = f"{self.base}/api/WetgevingDocument/Zoeken?zoekTerm={quote(words)}&skip={int(skip)}&take={int(take)}"
        data = self._data(url, self.client.get(url).json)
        rows = data.get("ResultatenLijst") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise CorpusError("De Codex gaf op de zoekvraag geen lijst terug.", "Kijk met 'maatwerkwijzer corpus fetch --check'.")
        return [row for row in rows if isinstance(row, dict)]

    def _data(self, url: str, parse: Any) -> Any:
        try:
            return parse()
        except CorpusError:
            self.client.forget(url)
            raise


def check_numac(numac: str) -> None:
    """A numac is ten digits that begin with a year. Raises UsageError."""
    if not re.fullmatch(r"(?:19|20)\d{8}", numac):
        raise UsageError(f"'{numac}' is geen numac.", "Een numac bestaat uit tien cijfers en begint met het jaar, bijvoorbeeld 2022040298.")


def read_act(payload: dict[str, Any]) -> Act:
    """Read a stored payload. Raises CorpusError when a needed field is missing."""
    meta = payload.get("document") or {}
    day = day_of(meta.get("Datum"))
    if not isinstance(meta.get("Id"), int) or not meta.get("Opschrift") or day is None:
        raise CorpusError("In het antwoord van de Codex ontbreekt Id, Opschrift of Datum.", "Kijk met 'maatwerkwijzer corpus fetch --check'.")
    versions = article_versions(payload)
    if not versions:
        raise CorpusError(
            f"In het antwoord van de Codex voor numac {payload.get('numac')} staan geen artikelen.", "Kijk met 'maatwerkwijzer corpus fetch --check'."
        )
    return Act(
        id=meta["Id"],
        numac=str(payload.get("numac") or meta.get("Numac") or ""),
        type=str(meta.get("WetgevingDocumentType") or ""),
        title=str(meta["Opschrift"]).strip(),
        day=day,
        start=day_of(meta.get("StartDatum")),
        end=day_of(meta.get("EindDatum")),
        published=day_of(meta.get("BSDatum")),
        versions=versions,
    )


def article_versions(payload: dict[str, Any]) -> tuple[ArticleVersion, ...]:
    """All article versions in a payload, each once, in the order of the act and then of time.

    The last day of a version is the day before the next one begins, when the service repeats that day.
    """
    found: dict[tuple[str, date | None], ArticleVersion] = {}
    order: dict[str, int] = {}
    for text in payload.get("texts") or []:
        content = text.get("Inhoud") or {}
        for row in [*(content.get("ArtikelVersies") or []), *(content.get("ToekomstigeArtikelVersies") or [])]:
            version = _version(row)
            if version is not None:
                order.setdefault(version.number, len(order))
                found.setdefault((version.number, version.start), version)
    rows = sorted(found.values(), key=lambda v: (_sort_key(v.number, order), v.start or date.min))
    out: list[ArticleVersion] = []
    for version, following in zip_longest(rows, rows[1:]):
        end = version.end
        if following is not None and following.number == version.number and following.start and (end is None or end >= following.start):
            end = following.start - timedelta(days=1)
        out.append(ArticleVersion(version.number, version.text, version.start, end))
    return tuple(out)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _version(row: Any) -> ArticleVersion | None:
    inner = row.get("ArtikelVersie") if isinstance(row, dict) and isinstance(row.get("ArtikelVersie"), dict) else row
    if not isinstance(inner, dict):
        return None
    number = re.sub(r"^\s*(?:Artikel|Art\.?)\s*", "", str(inner.get("ArtikelNummer") or "")).strip(" .")
    text = str(inner.get("Tekst") or "")
    if not number or not text.strip():
        return None
    return ArticleVersion(number, text, day_of(inner.get("StartDatum")), day_of(inner.get("EindDatum")))


def _sort_key(number: str, order: dict[str, int]) -> tuple[list[int], int]:
    digits = [int(n) for n in re.findall(r"\d+", number)]
    return (digits or [10**6], order[number])


def day_of(value: Any) -> date | None:
    """The day of a moment as the service writes it; None when it is absent or means "without end"."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    # Midnight in Belgium is 22 or 23 o'clock of the day before in UTC.
    if moment.tzinfo is not None and moment.hour >= 22:
        moment += timedelta(hours=3)
    return None if moment.year >= 9000 or moment.year < 1800 else moment.date()
