"""What is exported opens, is complete, and keeps quote, source and passage together."""

from __future__ import annotations

import csv as csv_module
import io
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.positions.compare import Comparison, compare_positions
from assistant.positions.exports import build, csv, docx, heatmap, json, md, rows, table, xlsx
from assistant.positions.exports.colours import FILLS, SIGNS
from assistant.positions.exports.report import Entry, Line, Report, Section
from assistant.positions.matrix import Matrix, matrix
from assistant.positions.model import roster
from assistant.positions.resolve import resolve_actors
from assistant.positions.search import Found, Query, search
from assistant.positions.words import Words
from corpus.errors import UsageError
from corpus.model import LANGUAGES
from corpus.store import Corpus, load_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> Found:
    return search(corpus, Query(actors=("Vandenhove", "Claes"), topics=("uitzendarbeid",)))


@pytest.fixture(scope="module")
def small(corpus: Corpus) -> Matrix:
    return matrix(corpus, (), ["brussel", "uitzendarbeid", "terugkeergarantie"])


@pytest.fixture(scope="module")
def pair(corpus: Corpus) -> Comparison:
    actors = [resolve_actors(n, roster(corpus))[0] for n in ("VVSG", "HERWIN")]
    return compare_positions(corpus, actors, "klaverbladfinanciering")


QUOTE = "Het lid vindt uitzendarbeid voor individueel maatwerk geen optie."
SOURCE = "Verslag hoorzitting 23.09.2021, § 2, Ludwig Vandenhove, p. 9 [hoorzitting-2021-09-23/2/vandenhove/p8]"


def test_text_keeps_quote_and_source_on_lines_of_their_own(corpus: Corpus, found: Found) -> None:
    lines = [line.strip() for line in table.render(build.positions_report(found, corpus, Words())).splitlines()]
    at = lines.index(f"“{QUOTE}”")
    assert lines[at + 1] == SOURCE


def test_what_became_of_it_stands_apart_with_certainty(corpus: Corpus, found: Found) -> None:
    text = table.render(build.positions_report(found, corpus, Words()))
    hearing, _, later = text.partition("Wat ervan geworden is")
    assert "B-027" in later and "zekerheid hoog" in later and "niet de officiële tekst" in later
    assert "B-027" not in hearing and QUOTE not in later


def test_a_theme_without_known_outcome_says_so(corpus: Corpus) -> None:
    text = table.render(build.positions_report(search(corpus, Query(topics=("verdringing",))), corpus, Words()))
    assert "Het dossier weet niet wat hier later van geworden is." in text


def test_markdown_keeps_quote_and_source(corpus: Corpus, found: Found) -> None:
    text = md.render(build.positions_report(found, corpus, Words()))
    assert f"> “{QUOTE}”\n>\n> {SOURCE}" in text


@given(st.text(max_size=60))
def test_markdown_escapes_everything_that_could_be_markup(text: str) -> None:
    escaped = md.escape(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_<>|#]", escaped)
    assert "](" not in escaped and not re.search(r"&(?!amp;)", escaped)


def test_markdown_does_not_let_a_document_write_markup() -> None:
    hostile = "<script>alert(1)</script> [klik](http://x) | ![b](y)"
    out = md.render(Report("t", [], [Section("s", [Entry(hostile, (Line(hostile),), ((hostile, hostile),))])]))
    assert "<script" not in out.replace("\\<", "") and "](" not in out.replace("]\\(", "")


def test_positions_sharing_quotes_share_an_entry_and_none_is_lost(corpus: Corpus) -> None:
    positions = search(corpus, Query(actors=("HERWIN",))).positions
    entries = build.entries(positions, Words())
    assert len(entries) < len(positions)
    assert sum(len(e.lines) for e in entries) == len(positions)


def test_json_has_the_fields_of_the_contract(found: Found) -> None:
    data = json.positions(found.positions)
    assert data
    for row in data:
        assert {"person", "organisation", "party", "role", "topic", "stance", "summary", "citations"} <= set(row)
        assert all({"n", "document", "passage", "start", "end", "quote", "label"} <= set(c) for c in row["citations"])


def test_csv_reads_back_whole(found: Found) -> None:
    text = csv.dump(rows.POSITION_KEYS, rows.position_data(found.positions))
    back = list(csv_module.DictReader(io.StringIO(text)))
    assert [r["id"] for r in back] == [p.id for p in found.positions]
    assert any(r["quote"] == QUOTE and r["passage"] == "hoorzitting-2021-09-23/2/vandenhove/p8" for r in back)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=4))
def test_csv_never_holds_a_formula_and_loses_nothing(values: list[str]) -> None:
    (back,) = list(csv_module.reader(io.StringIO(csv.dump(["x"] * len(values), [values])), strict=True))[1:] or [[]]
    for original, stored in zip(values, back or [""], strict=True):
        assert not stored.startswith(("=", "+", "-", "@"))
        assert stored.removeprefix("'") == original.removeprefix("'")


def test_the_matrix_as_csv_has_a_row_for_every_cell_empty_ones_too(corpus: Corpus, small: Matrix) -> None:
    data = rows.matrix_data(small, corpus, Words())
    assert len(data) == len(small.actors) * len(small.topics)
    empty = [r for r in data if r[0] == "brussel" and r[2] == "Dries Van Gool"]
    assert empty[0][5] == "niet gezegd in dit verslag"


def test_the_matrix_as_json_resolves_every_position_that_a_cell_names(corpus: Corpus, small: Matrix) -> None:
    data = json.matrix(small, corpus)
    known = {p["id"] for p in data["positions"]}
    assert all(set(c["positions"]) | set(c["aside"]) <= known for c in data["cells"])
    assert [t["topic"] for t in data["topics"]] == small.topics
    returned = next(t for t in data["topics"] if t["topic"] == "terugkeergarantie")
    assert any("Gorik Ooms (HERWIN)" in q["answered_by"] for q in returned["questions"])
    assert {f["number"] for f in returned["outcome"]} >= {"B-120", "B-121"}


def document_text(data: bytes) -> tuple[object, str]:
    from docx import Document

    opened = Document(io.BytesIO(data))
    cells = [p.text for t in opened.tables for r in t.rows for c in r.cells for p in c.paragraphs]
    return opened, "\n".join([*(p.text for p in opened.paragraphs), *cells])


def test_word_holds_quotes_sources_and_outcome(corpus: Corpus, found: Found) -> None:
    _, text = document_text(docx.render(build.positions_report(found, corpus, Words())))
    assert f"“{QUOTE}”" in text and SOURCE in text and "B-027" in text


def test_the_matrix_in_word_is_landscape_with_a_repeated_heading(corpus: Corpus, small: Matrix) -> None:
    opened, text = document_text(docx.render(build.matrix_report(small, corpus, Words())))
    page = opened.sections[0]  # type: ignore[attr-defined]
    assert page.page_width > page.page_height
    first = opened.tables[0]  # type: ignore[attr-defined]
    assert "tblHeader" in first.rows[0]._tr.xml and len(first.columns) == 12
    assert "niet gezegd in dit verslag" in text and QUOTE in text and "antwoord van" in text


def test_word_survives_characters_that_xml_cannot_hold(corpus: Corpus) -> None:
    odd = "a\u0000b\u000bc\ufffe\ud800"
    _, text = document_text(docx.render(Report(odd, [odd], [Section(odd, [Entry(odd, (Line(odd, odd, "steunt"),), ((odd, odd),))])])))
    assert "abc" in text


def test_excel_has_a_sheet_for_each_part_and_text_only(corpus: Corpus, small: Matrix) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(xlsx.matrix(small, corpus, Words())))
    assert book.sheetnames == [
        "Wie zegt wat over welk thema",
        "Standpunten",
        "Wie vroeg wat, en wie antwoordde"[:31],
        "Eens en oneens",
        "Wat ervan geworden is",
    ]
    grid = book.worksheets[0]
    assert grid.max_column == 12 and grid.freeze_panes == "B2" and grid.page_setup.orientation == "landscape"
    assert any(c.value == QUOTE for row in book["Standpunten"].iter_rows() for c in row)
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None}
    assert kinds <= {"s", "inlineStr"}, "text, never a formula"


def test_excel_never_takes_a_text_for_a_formula() -> None:
    from openpyxl import load_workbook

    page = load_workbook(io.BytesIO(xlsx.workbook([xlsx.Sheet("a/b", ["kop"], [["=1+1"], ["+32"], ["x\u0000y"]], [20])]))).worksheets[0]
    assert page["A2"].data_type == "s" and page["A2"].value == "=1+1"
    assert page["A4"].value == "xy"


def test_sheet_titles_fit_excel_and_differ() -> None:
    from openpyxl import load_workbook

    sheets = [xlsx.Sheet("een heel lange naam [met] tekens: die niet mag", ["k"], [["v"]], [10]) for _ in range(3)]
    names = load_workbook(io.BytesIO(xlsx.workbook(sheets))).sheetnames
    assert len(set(names)) == 3 and all(len(n) <= 31 for n in names)


def test_the_comparison_shows_both_side_by_side(corpus: Corpus, pair: Comparison) -> None:
    from openpyxl import load_workbook

    text = table.render(build.compare_report(pair, corpus, Words()))
    assert "VVSG" in text and "HERWIN" in text and " | " in text
    page = load_workbook(io.BytesIO(xlsx.comparison(pair, corpus, Words()))).worksheets[0]
    assert [c.value for c in page[1]][1:] == ["VVSG\nDries Van Gool", "HERWIN\nGorik Ooms"]
    data = json.comparison(pair, corpus)
    assert len(data["actors"]) == 2 and data["outcome"]


def test_the_picture_says_every_stance_in_words_and_tooltips(corpus: Corpus, small: Matrix) -> None:
    svg = heatmap.svg(small, corpus, Words())
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    cells = [r for r in root.iter(f"{space}rect") if r.find(f"{space}title") is not None]
    assert len(cells) == len(small.actors) * len(small.topics)
    text = " ".join(t.text or "" for t in root.iter(f"{space}text"))
    assert "- tegen" in text and "? vraagt" in text and "niet gezegd" in text
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', ""), "nothing from elsewhere"


def test_the_png_is_an_image_of_twice_the_drawing(corpus: Corpus, small: Matrix) -> None:
    from PIL import Image

    picture = Image.open(io.BytesIO(heatmap.png(small, corpus, Words())))
    drawing = heatmap.drawing(small, corpus, Words())
    assert picture.format == "PNG" and picture.size == (drawing.width * 2, drawing.height * 2)
    seen = {colour for _, colour in picture.getcolors(1_000_000) or []}
    assert tuple(bytes.fromhex(FILLS["tegen"])) in seen


def test_the_figure_for_the_web_has_the_same_cells(corpus: Corpus, small: Matrix) -> None:
    heat = heatmap.figure(small, corpus, Words()).data[0]
    assert len(heat.y) == len(small.topics) and len(heat.x) == len(small.actors)
    kinds = list(FILLS)
    row = small.topics.index("uitzendarbeid")
    column = [a.name for a in small.actors].index("Ludwig Vandenhove")
    assert kinds[heat.z[row][column]] == "tegen" and "tegen 1" in heat.hovertext[row][column]


def contrast(fill: str, ink: str = "222222") -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    a, b = sorted((light(fill), light(ink)))
    return (b + 0.05) / (a + 0.05)


def test_every_stance_has_a_readable_fill_and_its_own_sign() -> None:
    assert all(contrast(fill) >= 7 for fill in FILLS.values())
    assert len(set(SIGNS.values())) == len(SIGNS) == len(FILLS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_and_can_export(corpus: Corpus, language: str, small: Matrix) -> None:
    from assistant.positions.words import _texts

    def keys(value: object) -> object:
        return {k: keys(v) for k, v in value.items()} if isinstance(value, dict) else None

    assert keys(_texts()[language]) == keys(_texts()["nl"])
    w = Words(language)
    own = matrix(corpus, (), ["brussel"], language)
    assert w.stance("niet_gezegd") in table.render(build.matrix_report(own, corpus, w))
    assert w("title_outcome") in md.render(build.matrix_report(own, corpus, w))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="nl, fr, en, de"):
        Words("es")
