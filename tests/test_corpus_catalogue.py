"""The catalogue and manifest describe exactly what is in the corpus."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

from corpus.added import add
from corpus.catalogue import catalogue, manifest
from corpus.metadata import MetaOptions
from corpus.store import load_corpus


def test_every_document_has_title_date_and_a_true_checksum() -> None:
    corpus = load_corpus(None)
    data = json.loads(json.dumps(catalogue(corpus, today=date(2026, 11, 23))))
    assert data["@type"] == "dcat:Catalog" and corpus.hash in data["dct:identifier"]
    rows = {d["dct:identifier"]: d for d in data["dcat:dataset"]}
    assert set(rows) == set(corpus.documents)
    for name, row in rows.items():
        document = corpus.document(name)
        (distribution,) = row["dcat:distribution"]
        assert row["dct:title"]["@value"] == document.meta.title and row["dct:issued"]["@value"] == document.meta.date.isoformat()
        assert distribution["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(document.text.encode("utf-8")).hexdigest()
        assert distribution["dcat:byteSize"] == len(document.text.encode("utf-8"))
        assert None not in row.values() and None not in distribution.values()
    assert rows["decreet-2022-01-14"]["adms:identifier"]["dct:identifier"] == "2022040298"
    assert "niet de officiële tekst" in rows["decreet-2022-01-14"]["dct:description"]["@value"]


def test_the_manifest_changes_with_the_corpus_and_only_then(tmp_path: Path) -> None:
    first, again = manifest(load_corpus(None)), manifest(load_corpus(tmp_path))
    assert first == again and first["corpus"] == load_corpus(None).hash
    path = tmp_path / "nota.md"
    path.write_text("# Nota\n\nIets nieuws.\n", encoding="utf-8")
    add(tmp_path, path, MetaOptions(id="nota", date="2026-01-01", licence="CC0", publisher="Dienst"))
    changed = manifest(load_corpus(tmp_path))
    assert changed["sha256"] != first["sha256"] and changed["corpus"] != first["corpus"]
    assert [r for r in changed["documents"] if r["id"] != "nota"] == first["documents"]
    row = next(d for d in catalogue(load_corpus(tmp_path))["dcat:dataset"] if d["dct:identifier"] == "nota")
    assert row["dct:license"] == "CC0" and row["dct:publisher"]["foaf:name"] == "Dienst"
