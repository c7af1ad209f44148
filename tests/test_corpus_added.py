"""Adding and removing documents: the same twice, bad input, folders, and being killed halfway."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from corpus_files import subject_page, write_docx, write_pdf

from corpus.added import add, added_ids, bundled_ids, remove, verify_added
from corpus.atomic import put, recover, staged
from corpus.errors import CorpusError, UsageError
from corpus.metadata import MetaOptions
from corpus.model import Authority, Kind, TextStatus
from corpus.store import load_added, load_corpus


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def note(folder: Path, name: str = "nota.md", text: str = "# Nota\n\nDe begeleiding duurt twee jaar.\n") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} if folder.exists() else {}


def test_a_document_is_added_and_belongs_to_the_corpus(home: Path, tmp_path: Path) -> None:
    options = MetaOptions(id="nota-begeleiding", title="Nota begeleiding", kind="advies", date="2026-03-01", publisher="Dienst", url="https://voorbeeld.be/nota")
    (report,) = add(home, note(tmp_path), options)
    assert (report.status, report.id, report.passages) == ("toegevoegd", "nota-begeleiding", 1)
    assert {p.name for p in (home / "corpus" / "nota-begeleiding").iterdir()} == {"meta.json", "original.md", "text.txt", "passages.jsonl", "structure.json"}
    document, passage = load_corpus(home).passage("nota-begeleiding/nota/p1")
    assert document.passage_text(passage) == "De begeleiding duurt twee jaar."
    assert document.meta.added and document.meta.kind is Kind.ADVIES and passage.authority is Authority.STANDPUNT
    assert document.meta.source.url == "https://voorbeeld.be/nota" and document.outline == ((1, "Nota", 0),)
    assert verify_added(home) == []


def test_the_same_content_again_changes_nothing_and_says_so(home: Path, tmp_path: Path) -> None:
    path = note(tmp_path)
    first = add(home, path)[0]
    before = everything(home / "corpus")
    again = add(home, path)[0]
    copy = add(home, note(tmp_path, "andere-naam.md"))[0]
    for report in (again, copy):
        assert report.status == "ongewijzigd" and report.id == first.id and "niets veranderd" in report.message
    other_file = add(home, note(tmp_path, "zelfde.txt", "Nota\n\nDe begeleiding duurt twee jaar."), MetaOptions(id="iets-anders"))[0]
    assert other_file.status == "ongewijzigd" and other_file.id == first.id, "the same words from another file"
    assert everything(home / "corpus") == before


def test_the_same_content_with_other_metadata_updates_that_document(home: Path, tmp_path: Path) -> None:
    path = note(tmp_path)
    add(home, path)
    report = add(home, path, MetaOptions(title="Betere titel", date="2025-01-02"))[0]
    assert report.status == "vervangen" and added_ids(home) == ["nota"]
    assert load_corpus(home).document("nota").meta.title == "Betere titel"


def test_other_content_under_an_id_in_use_needs_replace(home: Path, tmp_path: Path) -> None:
    add(home, note(tmp_path))
    other = note(tmp_path, "nota2.md", "# Nota\n\nDe begeleiding duurt drie jaar.\n")
    with pytest.raises(UsageError, match="--replace"):
        add(home, other, MetaOptions(id="nota"))
    assert "twee jaar" in load_corpus(home).document("nota").text
    assert add(home, other, MetaOptions(id="nota"), replace=True)[0].status == "vervangen"
    assert "drie jaar" in load_corpus(home).document("nota").text and added_ids(home) == ["nota"]


def test_a_bundled_document_can_not_be_replaced_or_removed(home: Path, tmp_path: Path) -> None:
    for name in sorted(bundled_ids()):
        with pytest.raises(UsageError, match="meegeleverd"):
            add(home, note(tmp_path), MetaOptions(id=name), replace=True)
        with pytest.raises(UsageError, match="meegeleverd"):
            remove(home, name)
    assert added_ids(home) == []


@pytest.mark.parametrize("bad", ["../buiten", "/etc/passwd", "A", "", "a/b", "..", "met spatie"])
def test_an_id_can_not_point_elsewhere(home: Path, tmp_path: Path, bad: str) -> None:
    add(home, note(tmp_path))
    before = everything(home / "corpus")
    with pytest.raises(UsageError):
        remove(home, bad)
    if bad:
        with pytest.raises(UsageError):
            add(home, note(tmp_path, "x.md", "# X\n\nAnders."), MetaOptions(id=bad))
    assert everything(home / "corpus") == before


def test_removing_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    for path in (note(tmp_path), write_pdf(tmp_path / "a.pdf", [subject_page(1)]), write_docx(tmp_path / "b.docx", [[("", "Tekst over iets.")]])):
        add(home, path)
    before = load_corpus(None).hash
    for name in added_ids(home):
        remove(home, name)
    assert added_ids(home) == [] and everything(home / "corpus") == {} and not (home / "corpus").exists()
    assert load_corpus(home).hash == before
    with pytest.raises(UsageError, match="geen toegevoegd document"):
        remove(home, "nota")


def test_a_damaged_document_is_found_and_can_be_removed(home: Path, tmp_path: Path) -> None:
    add(home, note(tmp_path))
    add(home, note(tmp_path, "tweede.md", "# Twee\n\nIets anders."))
    text = home / "corpus" / "nota" / "text.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("twee", "tien"), encoding="utf-8")
    (home / "corpus" / "tweede" / "original.md").write_text("# Twee\n\nVervalst.", encoding="utf-8")
    assert {p.document for p in verify_added(home)} == {"nota", "tweede"}
    (home / "corpus" / "nota" / "meta.json").write_text("{", encoding="utf-8")
    assert remove(home, "nota") is None and remove(home, "tweede") is not None


@pytest.mark.parametrize("name", ["leeg.txt", "latin.txt", "nep.pdf", "nep.docx", "beeld.png", "weg.txt"])
def test_a_bad_file_changes_nothing(home: Path, tmp_path: Path, name: str) -> None:
    add(home, note(tmp_path))
    before = everything(home)
    if name != "weg.txt":
        (tmp_path / name).write_bytes(b"" if name == "leeg.txt" else "één rommel".encode("latin-1"))
    with pytest.raises(CorpusError) as caught:
        add(home, tmp_path / name)
    assert name in caught.value.message and caught.value.remedy
    assert everything(home) == before and not (home / "corpus" / ".tmp").exists()


def test_a_folder_goes_on_after_a_bad_file_and_does_not_follow_links(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "map"
    (folder / "diep").mkdir(parents=True)
    outside = note(tmp_path, "geheim.md", "# Geheim\n\nNiet van jou.")
    note(folder, "a.md", "# A\n\nEerste tekst.")
    note(folder / "diep", "b.txt", "Tweede tekst.")
    (folder / "c.pdf").write_bytes(b"geen pdf")
    (folder / "d.xyz").write_bytes(b"x")
    (folder / "link.md").symlink_to(outside)
    (folder / "linkmap").symlink_to(tmp_path, target_is_directory=True)
    seen: list[tuple[int, int, str]] = []
    reports = add(home, folder, progress=lambda done, total, name: seen.append((done, total, name)))
    assert {r.path: r.status for r in reports} == {
        "a.md": "toegevoegd",
        "c.pdf": "mislukt",
        "d.xyz": "overgeslagen",
        "link.md": "overgeslagen",
        str(Path("diep/b.txt")): "toegevoegd",
    }
    assert [s[0] for s in seen] == list(range(5)) and all(s[1] == 5 for s in seen)
    assert added_ids(home) == ["document-a", "document-b"]
    with pytest.raises(UsageError, match="één bestand"):
        add(home, folder, MetaOptions(id="alles"))
    (tmp_path / "leeg").mkdir()
    with pytest.raises(CorpusError, match="geen bestand"):
        add(home, tmp_path / "leeg")


def test_metadata_are_taken_from_the_file_and_asked_for(home: Path, tmp_path: Path) -> None:
    law = "Besluit van de Vlaamse Regering van 3 februari 2024 over ballonnen\n\nArtikel 1. Dit besluit regelt ballonnen.\n\nArt. 2. Dit besluit treedt in werking.\n"
    report = add(home, note(tmp_path, "tekst.txt", law))[0]
    meta = load_corpus(home).document("tekst").meta
    assert (meta.kind, meta.authority, meta.text_status, str(meta.date)) == (Kind.BESLUIT, Authority.GELDEND_RECHT, TextStatus.VERBATIM, "2024-02-03")
    assert any("Soort 'besluit'" in n for n in report.notes) and any("03.02.2024" in n for n in report.notes)
    brochure = add(home, note(tmp_path, "uitleg-2025-06-07.md", "# Decreet in mensentaal\n\nZo werkt het.\n"))[0]
    meta = load_corpus(home).document(str(brochure.id)).meta
    assert meta.kind is Kind.PRAKTIJK and str(meta.date) == "2025-06-07", "a title alone does not make it law"
    asked: dict[str, str] = {}

    def ask(field: str, proposal: str) -> str:
        asked[field] = proposal
        return {"titel": "Mijn titel", "soort": "advies", "datum": "1 mei 2020"}[field]

    add(home, note(tmp_path, "vraag.md", "# Voorstel\n\nWij vinden iets.\n"), MetaOptions(id="vraag"), ask=ask)
    meta = load_corpus(home).document("vraag").meta
    assert asked["titel"] == "Voorstel" and (meta.title, meta.kind, str(meta.date)) == ("Mijn titel", Kind.ADVIES, "2020-05-01")


@pytest.mark.parametrize(("field", "value"), [("kind", "wet"), ("authority", "hoog"), ("date", "gisteren"), ("date", "2026-02-30"), ("text_status", "x"), ("id", "Ö")])
def test_a_wrong_option_names_what_is_accepted(home: Path, tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        add(home, note(tmp_path), MetaOptions(**{field: value}))
    assert caught.value.exit_code == 2 and caught.value.remedy
    assert added_ids(home) == []


def test_three_hundred_pages_in_three_formats_have_right_pages_and_offsets(home: Path, tmp_path: Path) -> None:
    write_pdf(tmp_path / "deel-1.pdf", [["Jaarboek", *subject_page(n), str(n)] for n in range(1, 151)])
    write_docx(tmp_path / "deel-2.docx", [[("Heading 1", f"Kapittel {n}"), ("", " ".join(subject_page(n)))] for n in range(151, 291)])
    html = "".join(f"<h2>Kapittel {n}</h2><p>{' '.join(subject_page(n))}</p>" for n in range(291, 301))
    (tmp_path / "deel-3.html").write_text(f"<html><body><h1>Deel drie</h1>{html}</body></html>", encoding="utf-8")
    pages = {n: add(home, tmp_path / name)[0].pages for n, name in ((1, "deel-1.pdf"), (2, "deel-2.docx"), (3, "deel-3.html"))}
    assert pages == {1: 150, 2: 140, 3: None}
    corpus = load_corpus(home)
    for number in range(1, 301):
        document = corpus.document("deel-1" if number < 151 else "deel-2" if number < 291 else "deel-3")
        (passage,) = (p for p in document.passages if f"code {number * 37 + 11}." in document.passage_text(p))
        text = document.passage_text(passage)
        at = document.text.index(f"code {number * 37 + 11}.")
        assert passage.start <= at < passage.end and f"onderwerp{number:03d}" in text
        if number < 291:
            assert passage.page == (number if number < 151 else number - 150)
            assert document.page_at(passage, at) == passage.page
        if number > 150:
            assert passage.heading == f"Kapittel {number}"
    assert verify_added(home) == []


# --- being killed ------------------------------------------------------------------------------------------------

_ADDER = """
import sys
from pathlib import Path
from corpus.added import add
from corpus.metadata import MetaOptions
home, folder = Path(sys.argv[1]), Path(sys.argv[2])
print("klaar", flush=True)
n = 0
while True:
    add(home, folder / ("a.md" if n % 2 else "b.md"), MetaOptions(id="doel", title="Doel", date="2026-01-01"), replace=True)
    n += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is of POSIX systems")
def test_killed_at_any_moment_the_old_or_the_new_stands_whole(home: Path, tmp_path: Path) -> None:
    texts = {}
    for name, word in (("a.md", "eerste"), ("b.md", "tweede")):
        note(tmp_path, name, f"# Kop\n\nDit is de {word} versie.\n\n" + f"Vulling van de {word} versie. " * 2000)
        texts[word] = name
    add(home, tmp_path / "a.md", MetaOptions(id="doel", title="Doel", date="2026-01-01"))
    rng = random.Random(7)
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", _ADDER, str(home), str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()})
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.08))
        process.kill()
        process.wait()
        process.stdout.close()
        # What a reader sees right now, before anybody has tidied up:
        document = load_added(home / "corpus" / "doel")
        assert sum(f"de {word} versie." in document.text for word in texts) == 1
        assert [d.id for d in load_corpus(home).documents.values() if d.meta.added] == ["doel"]
    add(home, note(tmp_path, "c.md", "# C\n\nIets anders."))
    assert not (home / "corpus" / ".tmp").exists() and verify_added(home) == []


def test_a_folder_moved_aside_by_a_killed_process_is_put_back(tmp_path: Path) -> None:
    store = tmp_path / "corpus"
    aside = store / ".tmp" / ".oud-doel"
    aside.mkdir(parents=True)
    (aside / "meta.json").write_text("{}", encoding="utf-8")
    (store / ".tmp" / "nieuw-1-x").mkdir()
    recover(store)
    assert (store / "doel" / "meta.json").is_file() and not (store / ".tmp").exists()


def test_without_exchange_the_folder_is_still_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.atomic._exchange", lambda one, other: False)
    store = tmp_path / "corpus"
    for word in ("oud", "nieuw"):
        with staged(store) as work:
            (work / "meta.json").write_text(word, encoding="utf-8")
            put(work, store / "doel")
    assert (store / "doel" / "meta.json").read_text(encoding="utf-8") == "nieuw" and not (store / ".tmp").exists()


def _add_many(home: str, folder: str, word: str) -> None:
    for n in range(5):
        path = note(Path(folder), f"{word}-{n}.md", f"# {word}\n\nTekst {n} van {word}.")
        add(Path(home), path)


def test_two_processes_add_at_once(home: Path, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_add_many, args=(str(home), str(tmp_path), word)) for word in ("links", "rechts")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert added_ids(home) == sorted(f"{w}-{n}" for w in ("links", "rechts") for n in range(5))
    assert verify_added(home) == []


def test_stored_rows_survive_odd_line_ends(home: Path, tmp_path: Path) -> None:
    add(home, note(tmp_path, "kop.md", "# Kop\u2028met\x85rare tekens\n\nEerste\u2028regel.\n"))
    document = load_corpus(home).document("kop")
    assert document.text == "Kop met rare tekens\n\nEerste regel."
    rows = (home / "corpus" / "kop" / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(r)["id"] for r in rows] == [p.id for p in document.passages]
