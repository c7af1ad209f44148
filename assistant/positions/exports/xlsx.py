"""Positions, matrix and comparison as an Excel workbook with filters and fixed headings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.positions.compare import Comparison
from assistant.positions.exports.build import agreement_header, agreement_rows, all_of, compare_lines, compare_table, legend, matrix_table, sources, topics_of
from assistant.positions.exports.colours import FILLS
from assistant.positions.exports.report import clean
from assistant.positions.exports.rows import Rows, outcome_rows, position_header, position_rows, question_rows
from assistant.positions.matrix import Matrix, Question
from assistant.positions.model import Position
from assistant.positions.search import Found
from assistant.positions.words import Words
from corpus.store import Corpus

_LONGEST = 32_000
"""Excel holds 32,767 characters a cell."""
_LINE = 15.0
_FONT = "Calibri"


@dataclass
class Sheet:
    """A sheet: header, rows, column widths in characters, stances by (row, column) for the fill, notes under it."""

    title: str
    header: Sequence[str]
    rows: Rows
    widths: Sequence[float]
    stances: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    filter: bool = True


def positions(found: Found, corpus: Corpus, w: Words) -> bytes:
    """What a search found, one position a row."""
    sheets = [_position_sheet(found.positions, w)]
    if found.reported:
        sheets.append(_position_sheet(found.reported, w, w("title_reported")))
    if found.further:
        rows = [[c.speaker or "", c.quote, c.label, c.passage] for c in found.further]
        sheets.append(Sheet(w("title_further"), (w("actor"), w("quote"), w("source"), w("passage")), rows, (22, 90, 40, 36)))
    sheets.append(_outcome_sheet(corpus, [t.id for t in found.topics] or topics_of(found, corpus), w))
    return workbook(sheets)


def matrix(own: Matrix, corpus: Corpus, w: Words) -> bytes:
    """The matrix, all its positions, questions, agreement and what became of it."""
    table = matrix_table(own, corpus, w)
    stances = {(i, j): c.stance for i, row in enumerate(table.rows) for j, c in enumerate(row) if c.stance}
    notes = (legend(w), w("counting"), w("agreement_note"), w("party_note"), sources(all_of(own), corpus, w))
    grid = [[c.text for c in row] for row in table.rows]
    every = [p for t in own.topics for p in own.positions(t)]
    sheets = [
        Sheet(w("title_matrix"), table.header, grid, (26, *([19] * len(own.actors))), stances, notes, filter=False),
        _position_sheet(every, w),
        _question_sheet([q for t in own.topics for q in own.questions[t]], w),
        Sheet(w("title_agreement"), agreement_header(w), agreement_rows(own, corpus, w), (30, 34, 40, 40, 40, 30), notes=(w("agreement_note"),)),
        _outcome_sheet(corpus, own.topics, w),
    ]
    return workbook(sheets)


def comparison(own: Comparison, corpus: Corpus, w: Words) -> bytes:
    """Actors side by side, then the same positions as rows."""
    table = compare_table(own, w)
    stances = {(i, j): c.stance for i, row in enumerate(table.rows) for j, c in enumerate(row) if c.stance}
    grid = [[c.text for c in row] for row in table.rows]
    every = [p for c in own.columns for p in c.positions]
    sheets = [
        Sheet(own.label, table.header, grid, (24, *([62] * len(own.columns))), stances, (*compare_lines(own, w), w("agreement_note")), filter=False),
        _position_sheet(every, w),
        _question_sheet(own.questions, w),
        _outcome_sheet(corpus, [own.topic], w),
    ]
    return workbook(sheets)


def _position_sheet(found: Iterable[Position], w: Words, title: str = "") -> Sheet:
    found = list(found)
    header = position_header(w)
    column = header.index(w("stance_label"))
    stances = {(i, column): p.stance for i, p in enumerate(found)}
    return Sheet(title or w("title_positions"), header, position_rows(found, w), (20, 18, 13, 14, 22, 18, 50, 60, 38, 34), stances, (w("party_note"),))


def _question_sheet(questions: Sequence[Question], w: Words) -> Sheet:
    return Sheet(w("title_questions"), (w("asks"), w("to"), w("summary"), w("answered_by")), question_rows(questions, w), (28, 26, 80, 60))


def _outcome_sheet(corpus: Corpus, topics: Sequence[str], w: Words) -> Sheet:
    header = (w("topic"), "nr.", w("title_outcome"), w("weight"), w("certain"), w("source"))
    return Sheet(w("title_outcome"), header, outcome_rows(corpus, topics, w), (28, 8, 80, 16, 18, 60), notes=(w("outcome_note"),))


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as the bytes of a .xlsx file; values are always text, never formulas."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write(book.create_sheet(_title(sheet.title, book.sheetnames)), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(title: str, taken: Sequence[str]) -> str:
    """At most 31 characters, none that Excel refuses, not twice the same."""
    safe = "".join(" " if c in "[]:*?/\\" else c for c in title)[:31].strip()
    return safe if safe not in taken else f"{safe[:28]} {len(taken)}"


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    line = Border(bottom=Side(style="thin", color="D5DCE2"), right=Side(style="thin", color="E6EAEE"))
    top = Alignment(wrap_text=True, vertical="top")
    for j, text in enumerate(sheet.header, 1):
        cell = _put(page, 1, j, text)
        cell.font, cell.fill = Font(name=_FONT, bold=True, color="1F3A4D"), PatternFill("solid", fgColor="DDE5EB")
        cell.alignment, cell.border = Alignment(wrap_text=True, vertical="center"), line
    page.row_dimensions[1].height = _height(sheet.header, sheet.widths)
    for i, row in enumerate(sheet.rows):
        for j, text in enumerate(row):
            cell = _put(page, i + 2, j + 1, text)
            cell.alignment, cell.border = top, line
            stance = sheet.stances.get((i, j), "")
            if stance == "niet_gezegd":
                cell.font = Font(name=_FONT, color="6B7680", italic=True, size=9)
            elif stance:
                cell.fill = PatternFill("solid", fgColor=FILLS[stance])
        if row:
            page.cell(i + 2, 1).font = Font(name=_FONT, bold=True)
        page.row_dimensions[i + 2].height = _height(row, sheet.widths)
    for j, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(j)].width = width
    page.freeze_panes = "B2"
    if sheet.filter and sheet.rows:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.header))}{len(sheet.rows) + 1}"
    for k, note in enumerate(n for n in sheet.notes if n):
        cell = _put(page, len(sheet.rows) + 3 + k, 1, note)
        cell.font = Font(name=_FONT, color="5F6B76", italic=True, size=9)
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.page_margins.left = page.page_margins.right = 0.4


def _put(page: Any, row: int, column: int, text: str) -> Any:
    cell = page.cell(row, column)
    cell.value = clean(text)[:_LONGEST]
    if text:
        cell.data_type = "s"
    return cell


def _height(row: Sequence[str], widths: Sequence[float]) -> float:
    """Points for the tallest cell: programs do not fit a row to wrapped text by themselves. Excel's limit is 409."""
    lines = max((sum(max(1, -(-len(part) // max(1, int(x * 1.05)))) for part in t.split("\n")) for t, x in zip(row, widths, strict=False)), default=1)
    return min(405.0, _LINE * lines + 3)
