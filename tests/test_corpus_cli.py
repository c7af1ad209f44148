"""``corpus …`` on the command line: data on stdout, messages on stderr, and nothing added to a text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from corpus_files import subject_page, write_pdf
from typer.testing import CliRunner

from corpus.cli import app
from corpus.errors import MaatwerkwijzerError, UsageError
from corpus.store import load_corpus

HEARING = "hoorzitting-2021-09-23"


def run(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments], env={"MAATWERKWIJZER_HOME": str(home)})


def data(home: Path, *arguments: str) -> Any:
    result = run(home, *arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def error(home: Path, *arguments: str) -> MaatwerkwijzerError:
    result = run(home, *arguments)
    assert isinstance(result.exception, MaatwerkwijzerError), result.output
    return result.exception


def test_list_and_show(tmp_path: Path) -> None:
    rows = data(tmp_path, "list", "--json")
    assert {r["id"] for r in rows} == set(load_corpus(None).documents) and all(len(r["sha256"]) == 64 for r in rows)
    assert HEARING in run(tmp_path, "list").stdout
    document = load_corpus(None).document(HEARING)
    assert run(tmp_path, "show", HEARING, "--text").stdout_bytes == document.text.encode("utf-8")
    passage = document.passages[5]
    assert run(tmp_path, "show", HEARING, "--passage", passage.id).stdout_bytes == document.passage_text(passage).encode("utf-8")
    assert data(tmp_path, "show", HEARING, "--passage", passage.id, "--json")["text"] == document.passage_text(passage)
    assert passage.id in run(tmp_path, "show", HEARING).stdout
    assert len(data(tmp_path, "show", HEARING, "--json")["passages_list"]) == len(document.passages)
    assert isinstance(error(tmp_path, "show", "bestaat-niet"), UsageError)
    assert isinstance(error(tmp_path, "show", HEARING, "--passage", "x"), UsageError)
    assert isinstance(error(tmp_path, "show", HEARING, "--text", "--json"), UsageError)


def test_add_verify_and_remove(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = write_pdf(tmp_path / "nota.pdf", [subject_page(n) for n in range(1, 4)])
    result = run(home, "add", str(path), "--title", "Nota", "--date", "2026-03-01", "--kind", "advies")
    assert result.exit_code == 0 and "toegevoegd: nota" in result.stdout and "3 bladzijden" in result.stderr
    (again,) = data(home, "add", str(path), "--json")
    assert again["status"] == "ongewijzigd"
    assert "onderwerp002" in run(home, "show", "nota", "--text").stdout
    assert data(home, "verify", "--json")["problems"] == []
    text = home / "corpus" / "nota" / "text.txt"
    text.write_text(text.read_text(encoding="utf-8") + "x", encoding="utf-8")
    result = run(home, "verify")
    assert result.exit_code == 1 and "nota" in result.stderr
    assert run(home, "remove", "nota").exit_code == 0
    assert not (home / "corpus").exists() and run(home, "verify").exit_code == 0
    assert isinstance(error(home, "remove", "nota"), UsageError)


def test_a_folder_with_a_bad_file_ends_with_code_one(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    folder.mkdir()
    (folder / "goed.md").write_text("# Goed\n\nTekst.", encoding="utf-8")
    (folder / "slecht.pdf").write_text("geen pdf", encoding="utf-8")
    result = run(tmp_path / "home", "add", str(folder))
    assert result.exit_code == 1 and "toegevoegd: goed" in result.stdout and "geen PDF" in result.stderr
    assert error(tmp_path / "home", "add", str(folder / "slecht.pdf")).exit_code == 1


def test_hyphens_glossary_catalogue_and_statements(tmp_path: Path) -> None:
    rows = data(tmp_path, "verify", "--hyphens", "--json")
    assert len(rows) > 150 and {"page", "left", "right", "result", "kept"} <= set(rows[0])
    assert "VN-verdrag\tstreepje behouden" in run(tmp_path, "verify", "--hyphens").stdout
    assert data(tmp_path, "glossary", "--json")["VOP"] == "Vlaamse ondersteuningspremie"
    assert data(tmp_path, "catalogue")["@type"] == "dcat:Catalog"
    assert data(tmp_path, "catalogue", "--manifest")["corpus"] == load_corpus(None).hash
    result = run(tmp_path, "statements", HEARING, "--check")
    assert result.exit_code == 0 and ", 0 fouten" in result.stdout
    assert len(data(tmp_path, "statements", HEARING, "--json")) == len(load_corpus(None).document(HEARING).statements)
    path = tmp_path / "leeg.md"
    path.write_text("# Kop\n\nTekst.", encoding="utf-8")
    run(tmp_path, "add", str(path))
    assert "geen uitspraken" in error(tmp_path, "statements", "leeg", "--check").message


def test_fetch_refuses_what_is_no_number_or_no_test_server(tmp_path: Path) -> None:
    assert isinstance(error(tmp_path, "fetch", "--numac", "abc"), UsageError)
    assert isinstance(error(tmp_path, "fetch", "--check", "--loopback", "http://kwaad.be"), UsageError)


def test_fetch_that_fails_says_so_and_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.fetch.http.time.sleep", lambda seconds: None)
    closed = "http://127.0.0.1:9"
    result = run(tmp_path, "fetch", "--numac", "2022040298", "--loopback", closed)
    assert result.exit_code == 1 and "mislukt" in result.stdout and "pogingen" in result.stderr
    result = run(tmp_path, "fetch", "--check", "--json", "--loopback", closed)
    assert result.exit_code == 1 and all(not row["as_expected"] for row in json.loads(result.stdout))
    assert not (tmp_path / "corpus").exists()
