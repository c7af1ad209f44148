"""The corpus described for machines: a DCAT catalogue (JSON-LD) and a manifest of hashes.

The terms are those of DCAT-AP (European Commission): a catalogue of data sets, each with a distribution that
has a format, a size and an SPDX checksum.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from corpus.model import Document, TextStatus
from corpus.store import Corpus

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "adms": "http://www.w3.org/ns/adms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_LANGUAGES = {"nl": "NLD", "fr": "FRA", "en": "ENG", "de": "DEU"}
_STATUS = {
    TextStatus.OFFICIEEL: "officiële tekst",
    TextStatus.VERBATIM: "tekst van het document zelf",
    TextStatus.SAMENVATTING: "samenvatting in eigen woorden, niet de officiële tekst",
}
_FILE_FORMAT = "http://publications.europa.eu/resource/authority/file-type/TXT"


def catalogue(corpus: Corpus, title: str = "Maatwerkwijzer: documenten over individueel maatwerk", today: date | None = None) -> dict[str, Any]:
    """The corpus as a ``dcat:Catalog`` in JSON-LD. Empty fields are left out, never guessed."""
    documents = sorted(corpus.documents.values(), key=lambda d: d.id)
    return {
        "@context": _CONTEXT,
        "@id": "urn:maatwerkwijzer:catalogus",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": title, "@language": "nl"},
        "dct:description": {"@value": "De documenten waaruit de antwoorden van de Maatwerkwijzer citeren.", "@language": "nl"},
        "dct:modified": _date(today or date.today()),
        "dct:identifier": f"corpus:{corpus.hash}",
        "dcat:dataset": [_dataset(d) for d in documents],
    }


def _dataset(document: Document) -> dict[str, Any]:
    meta, source = document.meta, document.meta.source
    checksum = {"@type": "spdx:Checksum", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"}, "spdx:checksumValue": document.sha256}
    distribution = {
        "@type": "dcat:Distribution",
        "@id": f"urn:maatwerkwijzer:document:{meta.id}:tekst",
        "dct:title": {"@value": f"Tekst: {meta.short or meta.title}", "@language": "nl"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/plain"},
        "dct:format": {"@id": _FILE_FORMAT},
        "dcat:byteSize": len(document.text.encode("utf-8")),
        "dct:license": source.licence or None,
        "dcat:accessURL": {"@id": source.url} if source.url else None,
        "spdx:checksum": checksum,
    }
    period = {"@type": "dct:PeriodOfTime", "dcat:startDate": _date(meta.valid_from), "dcat:endDate": _date(meta.valid_to)}
    return _filled(
        {
            "@type": "dcat:Dataset",
            "@id": f"urn:maatwerkwijzer:document:{meta.id}",
            "dct:identifier": meta.id,
            "dct:title": {"@value": meta.title, "@language": meta.language},
            "dct:type": meta.kind.value,
            "dct:description": {"@value": f"{_STATUS[meta.text_status]}; gezag: {meta.authority.value.replace('_', ' ')}.", "@language": "nl"},
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": source.publisher} if source.publisher else None,
            "dct:issued": _date(meta.date),
            "dct:valid": _filled(period) if meta.valid_from or meta.valid_to else None,
            "dct:language": {"@id": _LANGUAGE + _LANGUAGES[meta.language]} if meta.language in _LANGUAGES else meta.language,
            "dct:license": source.licence or None,
            "dct:source": {"@id": source.url} if source.url else None,
            "adms:identifier": {"@type": "adms:Identifier", "adms:schemaAgency": "numac", "dct:identifier": source.numac} if source.numac else None,
            "dct:isVersionOf": {"@id": source.eli} if source.eli else None,
            "dcat:distribution": [_filled(distribution)],
        }
    )


def manifest(corpus: Corpus) -> dict[str, Any]:
    """Hashes of every document and, as ``sha256``, of the list itself: whoever has that digest can check everything.

    ``corpus`` is the hash that every answer carries.
    """
    rows = [
        {
            "id": d.id,
            "title": d.meta.title,
            "added": d.meta.added,
            "text_sha256": d.sha256,
            "passages": len(d.passages),
            "passages_sha256": _hash([p.model_dump(mode="json") for p in d.passages]),
            "statements": len(d.statements),
            "statements_sha256": _hash([s.model_dump(mode="json") for s in d.statements]),
        }
        for d in sorted(corpus.documents.values(), key=lambda d: d.id)
    ]
    return {"corpus": corpus.hash, "documents": rows, "sha256": _hash(rows)}


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")).hexdigest()


def _date(day: date | None) -> dict[str, str] | None:
    return {"@value": day.isoformat(), "@type": "xsd:date"} if day is not None else None


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
