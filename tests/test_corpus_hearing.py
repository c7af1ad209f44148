"""The hearing report: every part and speaker found, words whole, and the parser fit for other reports."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from corpus_files import write_pdf
from hypothesis import given
from hypothesis import strategies as st

from corpus.added import add, check_document
from corpus.metadata import MetaOptions
from corpus.model import Authority, Document
from corpus.pdftext import Hyphen, unwrap
from corpus.readers import RawBlock
from corpus.store import BUNDLED, Corpus, load_corpus
from corpus.structure import printed_lines

HEARING = "hoorzitting-2021-09-23"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(None)


@pytest.fixture(scope="module")
def report(corpus: Corpus) -> Document:
    return corpus.document(HEARING)


@pytest.fixture(scope="module")
def raw() -> str:
    return (BUNDLED / HEARING / "original.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hyphens(raw: str) -> list[Hyphen]:
    return unwrap(raw)[1]


def test_all_parts_and_speakers_are_there(report: Document) -> None:
    assert {p.section for p in report.passages} == {"", "1.1", "1.2", "1.3", "1.4", "2", "3", "4", "slot", "afkortingen"}
    spoken = Counter((p.speaker, p.organisation) for p in report.passages if p.speech_act == "uiteenzetting" and p.speaker)
    assert {who for who, _ in spoken} == {"Dries Van Gool", "Stef De Cock", "Jan Van Passel", "Gorik Ooms"}
    assert ("Dries Van Gool", "VVSG") in spoken and ("Gorik Ooms", "HERWIN") in spoken
    members = {p.speaker for p in report.passages if p.role in ("parlementslid", "voorzitter")}
    assert members >= {"Imade Annouri", "Loes Vandromme", "Maurits Vande Reyde", "Ludwig Vandenhove", "Ilse Malfroot"}


def test_speakers_and_their_acts_agree(report: Document) -> None:
    for passage in report.passages:
        if passage.role == "spreker":
            assert passage.speech_act in ("uiteenzetting", "antwoord") and passage.organisation
        if passage.role == "parlementslid":
            assert passage.speech_act == "vraag" and passage.organisation is None
        assert passage.authority is Authority.STANDPUNT


def test_nobody_gets_words_that_open_with_another_name(report: Document, corpus: Corpus) -> None:
    names = {a.name for a in corpus.actors}
    for passage in report.passages:
        start = report.passage_text(passage)[:40]
        named = [n for n in names if start.startswith(n)]
        if named and passage.speaker:
            assert passage.speaker == named[0], passage.id


def test_spans_are_exact_and_cover_everything_but_headings(report: Document) -> None:
    assert check_document(report) == []
    headings = {offset: title for _, title, offset in report.outline}
    covered = bytearray(len(report.text))
    for passage in report.passages:
        assert not any(covered[passage.start : passage.end]), f"{passage.id} overlaps"
        covered[passage.start : passage.end] = b"\x01" * (passage.end - passage.start)
    for offset, title in headings.items():
        assert report.text[offset : offset + len(title)] == title
        covered[offset : offset + len(title)] = b"\x01" * len(title)
    rest = "".join(c for c, seen in zip(report.text, covered, strict=True) if not seen)
    assert rest.strip() == ""


def test_no_letter_of_the_original_is_lost_or_added(report: Document, raw: str) -> None:
    lines = [line for line in raw.splitlines() if not re.fullmatch(r"\s*https?://\S{60,}\s*", line)]
    letters = Counter(c for c in "".join(lines) if c.isalnum())
    kept = Counter(c for c in report.text if c.isalnum())
    assert sum(((letters - kept) + (kept - letters)).values()) <= 4, "only the diaeresis of a rejoined word may differ"


def test_pages_ascend_and_lie_within_the_report(report: Document) -> None:
    pages = [p.page for p in report.passages]
    assert None not in pages and pages == sorted(pages, key=lambda n: n or 0)
    numbers = [n for _, n in report.page_starts]
    assert numbers == list(range(1, len(numbers) + 1))
    for passage in report.passages:
        assert passage.page == report.page_at(passage, passage.start) and passage.page_end == report.page_at(passage, passage.end - 1)


def test_no_broken_word_is_left_and_none_wrongly_joined(report: Document, hyphens: list[Hyphen]) -> None:
    assert len(hyphens) > 150
    assert not re.search(r"\w-\s+(?!en\b|of\b)[a-zé]", report.text), "a word is still broken"
    # A joined word must be a word that the report itself uses elsewhere unbroken, or consist of parts that it uses.
    words = {w.lower() for w in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", report.text)}
    for hyphen in hyphens:
        half, rest = hyphen.left[:-1], hyphen.right
        if hyphen.kept:
            assert half.isupper(), hyphen
        else:
            assert not re.search(r"[A-Z]{2,}$", half), f"an abbreviation lost its hyphen: {hyphen}"
            assert rest[:1].islower() or not rest[:1].isalpha(), f"a name lost its hyphen: {hyphen}"
            assert re.sub(r"\W", "", hyphen.result).lower() and any(w in words for w in re.findall(r"[^\W\d_-]+", hyphen.result.lower()))


def test_the_hyphens_that_were_kept_and_a_sample_of_those_resolved(hyphens: list[Hyphen], report: Document) -> None:
    assert {h.result for h in hyphens if h.kept} == {"VN-verdrag", "ICF-indicering"}
    joined = {re.sub(r"\W+$", "", h.result) for h in hyphens if not h.kept}
    assert joined >= {"inschakeling", "continuüm", "creëren", "klaverbladfinanciering", "socialprofitinitiatieven", "ontslagbeperking", "remediëren"}
    own_hyphen = {w.lower().replace("-", "") for w in re.findall(r"\w+(?:-\w+)+", report.text)}
    assert not {w.lower() for w in joined} & own_hyphen, "a word that has a hyphen elsewhere was joined"


def test_glossary(corpus: Corpus) -> None:
    assert corpus.glossary["VOP"] == "Vlaamse ondersteuningspremie" and corpus.glossary["SINE"] == "sociale inschakelingseconomie"


# --- other reports -----------------------------------------------------------------------------------------------

OTHER = [
    [
        "De Commissie voor Proefballonnen hield op 3 maart 2020 een hoorzitting.",
        "1. Inleidende uiteenzettingen",
        "1.1. Ballonbond",
        "An Peeters, directeur van de Ballonbond, vindt dat ballonnen veilig moeten zijn.",
        "De Ballonbond vraagt een vergunning van twee jaar.",
    ],
    [
        "2. Tussenkomsten van de leden",
        "Tussenkomst van Jos Maes",
        "Jos Maes vraagt wat een vergunning kost.",
        "3. Antwoorden van de sprekers",
        "Antwoorden van An Peeters (Ballonbond)",
        "An Peeters antwoordt dat een vergunning 50 euro kost.",
    ],
]


def test_another_committee_report_is_read_with_speakers_and_pages(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "verslag.pdf", OTHER)
    options = MetaOptions(id="hoorzitting-ballon", title="Verslag van de hoorzitting over ballonnen", kind="hoorzittingsverslag", date="2020-03-03")
    add(tmp_path / "home", path, options)
    document = load_corpus(tmp_path / "home").document("hoorzitting-ballon")
    found = {p.id.removeprefix("hoorzitting-ballon/"): (p.speaker, p.speech_act, p.page) for p in document.passages}
    assert found["2/maes/p1"] == ("Jos Maes", "vraag", 2)
    assert found["3/peeters/p1"] == ("An Peeters", "antwoord", 2)
    assert found["1.1/p1"] == ("An Peeters", "uiteenzetting", 1)
    answer = document.by_id["hoorzitting-ballon/3/peeters/p1"]
    assert answer.organisation == "Ballonbond" and document.passage_text(answer) == "An Peeters antwoordt dat een vergunning 50 euro kost."


def test_a_report_of_another_build_is_read_as_any_document(tmp_path: Path) -> None:
    path = tmp_path / "verslag.md"
    path.write_text("# Verslag\n\n## Spreker een\n\nAn Peeters vindt ballonnen mooi.\n", encoding="utf-8")
    add(tmp_path / "home", path, MetaOptions(id="verslag", kind="hoorzittingsverslag", date="2020-01-01"))
    (passage,) = load_corpus(tmp_path / "home").document("verslag").passages
    assert (passage.id, passage.speaker, passage.authority) == ("verslag/verslag.spreker-een/p1", None, Authority.STANDPUNT)


def test_the_report_itself_added_again_is_read_alike(tmp_path: Path, report: Document) -> None:
    path = tmp_path / "verslag.txt"
    path.write_bytes((BUNDLED / HEARING / "original.txt").read_bytes())
    add(tmp_path / "home", path, MetaOptions(id="kopie", title="Kopie", kind="hoorzittingsverslag", date="2021-09-23"))
    copy = load_corpus(tmp_path / "home").document("kopie")
    assert copy.text == report.text
    assert [(p.start, p.end, p.speaker, p.page) for p in copy.passages] == [(p.start, p.end, p.speaker, p.page) for p in report.passages]


# --- laws --------------------------------------------------------------------------------------------------------

PARAGRAPH = st.lists(st.sampled_from(["de", "commissie", "hoort", "een", "spreker", "over", "werk", "en", "begeleiding"]), min_size=1, max_size=40).map(" ".join)


@given(st.lists(st.tuples(PARAGRAPH, st.integers(0, 1)), min_size=1, max_size=15))
def test_blocks_written_as_printed_lines_are_read_back(rows: list[tuple[str, int]]) -> None:
    page, blocks = 1, []
    for n, (text, turn) in enumerate(rows):
        page += turn if n else 0
        blocks.append(RawBlock("paragraph", text, 0, page))
    read, broken = unwrap(printed_lines(blocks))
    assert [(b.text, b.page) for b in read] == [(b.text, b.page) for b in blocks] and broken == []


@given(PARAGRAPH, st.integers(10, 60))
def test_wrapped_lines_join_to_the_same_paragraph(text: str, width: int) -> None:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    printed = "\n\n".join([f" {lines[0]} " if lines else f" {line}  ", *(f"{x} " for x in lines[1:]), *([f"{line}  "] if lines else [])])
    blocks, _ = unwrap(printed)
    assert [b.text for b in blocks] == [text]
