"""Metadata of a document that is added: what the operator gives, else what the file shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from corpus.errors import UsageError
from corpus.layout import slug
from corpus.model import Authority, DocumentMeta, Kind, Source, TextStatus
from corpus.readers.base import RawDocument
from corpus.statute import looks_like_statute

MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"]
_WRITTEN_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) ((?:19|20)\d\d)\b", re.IGNORECASE)
_NUMERIC_DATE = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)\b")
_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")

AUTHORITY_OF_KIND = {
    Kind.HOORZITTINGSVERSLAG: Authority.STANDPUNT,
    Kind.DECREET: Authority.GELDEND_RECHT,
    Kind.BESLUIT: Authority.GELDEND_RECHT,
    Kind.ONTWERP: Authority.ONTWERP,
    Kind.PRAKTIJK: Authority.PRAKTIJK,
    Kind.ADVIES: Authority.STANDPUNT,
}

_E = TypeVar("_E", Kind, Authority, TextStatus)

Ask = Callable[[str, str], str]
"""Asks a person: (field, proposed value) to the value to use."""


@dataclass(frozen=True)
class MetaOptions:
    """What the operator says about a document; None leaves it to be found in the file."""

    id: str | None = None
    title: str | None = None
    short: str | None = None
    kind: str | None = None
    authority: str | None = None
    text_status: str | None = None
    date: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    language: str | None = None
    publisher: str | None = None
    url: str | None = None
    eli: str | None = None
    numac: str | None = None
    licence: str | None = None
    note: str | None = None

    def given(self) -> dict[str, str]:
        """The fields that were given."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


@dataclass(frozen=True)
class Described:
    """Metadata, and what was assumed to make it (Dutch sentences for the operator)."""

    meta: DocumentMeta
    assumptions: tuple[str, ...] = ()


def describe(path: Path, raw: RawDocument, options: MetaOptions, taken: frozenset[str] = frozenset(), ask: Ask | None = None) -> Described:
    """Make the metadata of a file.

    Args:
        path: the file as the operator named it.
        raw: what the reader found.
        options: what the operator said.
        taken: ids that are in use.
        ask: asks a person for title, date and kind when they are not given; None on a pipe.

    Raises:
        UsageError: an option has a value that is not accepted; the message lists those that are.
    """
    assumed: list[str] = []
    title = options.title or _ask(ask, "titel", guess_title(path, raw))
    kind = _kind(path, raw, options, title, assumed, ask)
    day = _date(path, raw, options, title, assumed, ask)
    values = {
        "id": options.id or _free_id(path, taken, assumed),
        "title": title,
        "short": options.short or "",
        "kind": kind,
        "authority": _choice(Authority, options.authority, "gezag") if options.authority else AUTHORITY_OF_KIND[kind],
        "text_status": _choice(TextStatus, options.text_status, "tekststatus") if options.text_status else TextStatus.VERBATIM,
        "date": day,
        "valid_from": parse_date(options.valid_from, "geldig vanaf") if options.valid_from else None,
        "valid_to": parse_date(options.valid_to, "geldig tot") if options.valid_to else None,
        "language": options.language or (raw.language if raw.language in ("nl", "fr", "en", "de") else "nl"),
        "source": Source(
            publisher=options.publisher or "",
            url=options.url or "",
            eli=options.eli or "",
            numac=options.numac or "",
            licence=options.licence or "",
            note=options.note or "",
        ),
        "added": True,
    }
    try:
        return Described(DocumentMeta.model_validate(values), tuple(assumed))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        raise UsageError(f"Het veld '{name}' heeft een verkeerde waarde: {first['msg']}.", "Een id bestaat uit kleine letters, cijfers en streepjes.") from None


def guess_title(path: Path, raw: RawDocument) -> str:
    """The title that the file gives itself, else its first heading, else its name."""
    name = re.sub(r"[_-]+", " ", path.stem).strip()
    # Word processors put the file name or "Document1" in the title field.
    own = raw.title if len(raw.title) >= 8 and not re.fullmatch(r".*\.(?:docx?|pdf|indd|html?)|(?:document|untitled|naamloos|microsoft word).*", raw.title, re.I) else ""
    heading = next((b.text for b in raw.blocks if b.kind == "heading"), "")
    first = raw.blocks[0].text if raw.blocks and len(raw.blocks[0].text) <= 250 else ""
    if _kind_of_title(first) and not _kind_of_title(own):
        own = first
    return (own or heading or name)[:300]


def parse_date(value: str, field: str = "datum") -> date:
    """Read ``2026-11-23``, ``23.11.2026`` or ``23 november 2026``. Raises UsageError for anything else."""
    found = dates_in(value.strip())
    if len(found) == 1:
        return found[0]
    raise UsageError(f"'{value}' is geen datum ({field}).", "Schrijf een datum als 2026-11-23.")


def dates_in(text: str) -> list[date]:
    """Every date written in ``text``, in the order in which it is written."""
    found: list[tuple[int, date]] = []
    for match in _WRITTEN_DATE.finditer(text):
        found += _made(match.start(), int(match[3]), MONTHS.index(match[2].lower()) + 1, int(match[1]))
    for match in _NUMERIC_DATE.finditer(text):
        found += _made(match.start(), int(match[3]), int(match[2]), int(match[1]))
    for match in _ISO_DATE.finditer(text):
        found += _made(match.start(), int(match[1]), int(match[2]), int(match[3]))
    return [day for _, day in sorted(found)]


def _made(at: int, year: int, month: int, day: int) -> list[tuple[int, date]]:
    try:
        return [(at, date(year, month, day))]
    except ValueError:
        return []


def _kind_of_title(title: str) -> Kind | None:
    low = title.lower()
    if re.match(r"(?:voor)?ontwerp\b|(?:voor)?ontwerp van (?:decreet|besluit)|ontwerpdecreet|ontwerpbesluit", low):
        return Kind.ONTWERP
    if re.match(r"decreet\b", low):
        return Kind.DECREET
    if re.match(r"(?:ministerieel |koninklijk )?besluit\b", low):
        return Kind.BESLUIT
    if "hoorzitting" in low or re.match(r"verslag\b.*commissie", low):
        return Kind.HOORZITTINGSVERSLAG
    return Kind.ADVIES if re.match(r"advies\b", low) else None


def _kind(path: Path, raw: RawDocument, options: MetaOptions, title: str, assumed: list[str], ask: Ask | None) -> Kind:
    if options.kind:
        return _choice(Kind, options.kind, "soort")
    kind = _kind_of_title(title) or Kind.PRAKTIJK
    # Law is never assumed from a title alone: a brochure may be called "Decreet in mensentaal".
    if kind in (Kind.DECREET, Kind.BESLUIT) and not looks_like_statute(raw):
        kind = Kind.PRAKTIJK
    if ask is not None:
        return _choice(Kind, ask("soort", kind.value), "soort")
    assumed.append(f"Soort '{kind.value}' (afgeleid uit de titel; geef --kind om dat te kiezen).")
    return kind


def _date(path: Path, raw: RawDocument, options: MetaOptions, title: str, assumed: list[str], ask: Ask | None) -> date:
    if options.date:
        return parse_date(options.date)
    head = " ".join(b.text for b in raw.blocks[:12])[:1500]
    for found, where in ((dates_in(title), "de titel"), (dates_in(path.stem), "de bestandsnaam"), (dates_in(head)[:1], "het begin van de tekst")):
        if len(found) >= 1:
            day, origin = found[0], where
            break
    else:
        if raw.date is not None:
            day, origin = raw.date, "de eigenschappen van het bestand"
        else:
            day, origin = date.fromtimestamp(path.stat().st_mtime), "de wijzigingsdatum van het bestand"
    if ask is not None:
        return parse_date(ask("datum", day.isoformat()))
    assumed.append(f"Datum {day:%d.%m.%Y} (uit {origin}; geef --date om die te kiezen).")
    return day


def _ask(ask: Ask | None, field: str, proposal: str) -> str:
    return (ask(field, proposal).strip() or proposal) if ask is not None else proposal


def _choice(enum: type[_E], value: str, field: str) -> _E:
    try:
        return enum(value.strip().lower())
    except ValueError:
        raise UsageError(f"'{value}' is geen {field}.", f"Kies uit: {', '.join(e.value for e in enum)}.") from None


def default_id(path: Path) -> str:
    """The id that a file gets from its name."""
    base = slug(path.stem, 60)
    return base if len(base) >= 2 else f"document-{base}"


def _free_id(path: Path, taken: frozenset[str], assumed: list[str]) -> str:
    base = name = default_id(path)
    n = 2
    while name in taken:
        name, n = f"{base}-{n}", n + 1
    if name != base:
        assumed.append(f"Het id '{base}' is in gebruik; dit document heet '{name}'. Vervangen kan met --replace --id {base}.")
    return name


def check_id(document_id: str) -> None:
    """Refuse an id that cannot be a folder name. Raises UsageError."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,80}", document_id):
        raise UsageError(f"'{document_id}' kan geen id zijn.", "Een id bestaat uit kleine letters, cijfers, punten en streepjes.")


