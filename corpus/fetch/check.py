"""What do the services really answer? One question to each, shown as it came; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from corpus.errors import MaatwerkwijzerError
from corpus.fetch import codex, parlement, themis
from corpus.fetch.http import PoliteClient, Reply


@dataclass(frozen=True)
class Answered:
    """One service's answer. ``as_expected`` tells whether the connector would understand it."""

    service: str
    url: str
    status: int | None
    content_type: str
    bytes: int
    first_fields: tuple[str, ...]
    as_expected: bool
    remark: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def check_services(client: PoliteClient, numacs: tuple[str, ...] = ()) -> Iterator[Answered]:
    """Ask each service once, the Codex once for each numac and then for that act's text."""
    for numac in numacs or (codex.DECREE,):
        codex.check_numac(numac)
        url = f"{codex.BASE}/api/v2/WetgevingDocument/numac/{numac}"
        answer, data = _ask(client, "Codex, metadata", url, ("Id", "Opschrift", "Numac", "Datum"))
        yield answer
        if isinstance(data, dict) and str(data.get("Numac") or "") != numac and answer.as_expected:
            yield Answered("Codex, metadata", url, answer.status, "", 0, (), False, f"Dit is een andere akte: numac {data.get('Numac')}.")
        number = data.get("Id") if isinstance(data, dict) else None
        if isinstance(number, int) and number > 0:
            answer, data = _ask(client, "Codex, tekst", f"{codex.BASE}/api/v2/WetgevingDocument/{number}/VolledigDocument?geannoteerd=false", ("Inhoud",))
            count = len(codex.article_versions({"texts": [data]})) if isinstance(data, dict) and isinstance(data.get("Inhoud"), dict) else 0
            yield Answered(**{**asdict(answer), "as_expected": answer.as_expected and count > 0, "remark": answer.remark or f"{count} artikelversies herkend."})
    yield _ask(client, "Themis", f"{themis.BASE}/catalogs", ("data",), "application/vnd.api+json")[0]
    yield _ask(client, "Vlaams Parlement", f"{parlement.BASE}/api/search/query/maatwerk?collection=vp_collection&page=1&max=1&sort=date", ())[0]


def _ask(client: PoliteClient, service: str, url: str, wanted: tuple[str, ...], accept: str = "application/json") -> tuple[Answered, Any]:
    try:
        reply = client.probe(url, accept)
    except MaatwerkwijzerError as error:
        return Answered(service, url, None, "", 0, (), False, str(error)), None
    data, remark = _data(reply)
    missing = [w for w in wanted if not isinstance(data, dict) or w not in data]
    if not remark and missing:
        remark = f"Deze velden ontbreken: {', '.join(missing)}."
    if reply.status != 200:
        remark = remark or f"Status {reply.status}."
    good = reply.status == 200 and data is not None and not missing
    return Answered(service, url, reply.status, reply.content_type, len(reply.body), _fields(reply, data), good, remark), data


def _data(reply: Reply) -> tuple[Any, str]:
    try:
        return reply.json(), ""
    except MaatwerkwijzerError as error:
        return None, error.message


def _fields(reply: Reply, data: Any) -> tuple[str, ...]:
    if isinstance(data, dict):
        return tuple(f"{key}: {_short(value)}" for key, value in list(data.items())[:8])
    if isinstance(data, list):
        return (f"lijst van {len(data)}",)
    return (reply.body[:120].decode("utf-8", "replace").strip(),)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"
