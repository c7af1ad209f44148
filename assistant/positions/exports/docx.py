"""A report as a Word document: calm, printable, landscape where a table is wide."""

from __future__ import annotations

import io
from typing import Any

from assistant.positions.exports.colours import FILLS, SIGNS
from assistant.positions.exports.report import Entry, Paragraph, Report, Table, clean

_FONT = "Calibri"
_INK, _GREY = "222222", "5F6B76"
_MANY = 7
"""From so many columns a table is set in a smaller size."""


def render(report: Report) -> bytes:
    """The document as the bytes of a .docx file."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = (Cm(29.7), Cm(21)) if report.wide else (Cm(21), Cm(29.7))
    page.orientation = WD_ORIENT.LANDSCAPE if report.wide else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = Cm(1.5 if report.wide else 2.2)
    page.top_margin = page.bottom_margin = Cm(1.6)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    normal.font.color.rgb = RGBColor.from_string(_INK)
    normal.paragraph_format.space_after = Pt(4)
    for level, size in ((1, 20), (2, 14), (3, 12)):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), level > 1
        style.font.color.rgb = RGBColor.from_string("1F3A4D")
        _set_font(style, _FONT)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12 if level > 1 else 0), Pt(4)
    document.core_properties.title = clean(report.title)
    document.core_properties.author = "Maatwerkwijzer"
    document.add_heading(clean(report.title), level=1)
    for note in report.notes:
        _run(document.add_paragraph(), note, grey=True, size=9)
    for section in report.sections:
        document.add_heading(clean(section.title), level=section.level)
        for block in section.blocks:
            if isinstance(block, Entry):
                _entry(document, block, section.apart)
            elif isinstance(block, Table):
                _table(document, block, page)
            else:
                _paragraph(document, block)
    _page_number(page)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_font(style: Any, name: str) -> None:
    """Heading styles name theme fonts, which win over ``font.name`` unless they are taken away."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        if "Theme" in key:
            del fonts.attrib[key]
    for key in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(key), name)


def _run(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, grey: bool = False, size: float = 0) -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(clean(text))
    run.bold, run.italic = bold or None, italic or None
    if grey:
        run.font.color.rgb = RGBColor.from_string(_GREY)
    if size:
        run.font.size = Pt(size)
    return run


def _paragraph(document: Any, block: Paragraph) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = not block.muted
    _run(paragraph, block.text, bold=not block.muted, grey=block.muted, size=9 if block.muted else 0)


def _entry(document: Any, block: Entry, apart: bool) -> None:
    from docx.shared import Cm, Pt

    head = document.add_paragraph()
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(8), Pt(1)
    _run(head, block.head, bold=True)
    for own in block.lines:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = bool(block.quotes)
        if own.stance:
            _shade(_run(paragraph, f" {SIGNS[own.stance]} {own.label} "), FILLS[own.stance])
            _run(paragraph, "  ")
        _run(paragraph, own.text)
    for quote, where in block.quotes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(0.6)
        paragraph.paragraph_format.keep_together = True
        _border(paragraph, "B9C4CE")
        # What stands apart is a digest and its source, not anybody's words.
        _run(paragraph, quote, italic=not apart, grey=apart, size=9 if apart else 0)
        if where:
            paragraph.add_run().add_break()
            _run(paragraph, where, grey=True, size=8.5)


def _table(document: Any, block: Table, page: Any) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Emu

    many = len(block.header) >= _MANY
    size = 7.0 if many else 9.0
    table = document.add_table(rows=1, cols=len(block.header))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    usable = page.page_width - page.left_margin - page.right_margin
    widths = [Emu(int(usable * w / sum(block.widths))) for w in block.widths]
    _grid(table, widths)
    for cell, text, width in zip(table.rows[0].cells, block.header, widths, strict=True):
        _fill(cell, text, size, width, bold=True, shade="DDE5EB")
    _row_property(table.rows[0], "w:tblHeader")
    for row in block.rows:
        cells = table.add_row().cells
        if many:
            _row_property(table.rows[-1], "w:cantSplit")
        for i, (cell, own, width) in enumerate(zip(cells, row, widths, strict=True)):
            _fill(
                cell,
                own.text,
                size - (0.5 if own.muted and many else 0),
                width,
                bold=i == 0 and len(block.header) > 4,
                shade=FILLS.get(own.stance, ""),
                grey=own.muted,
            )
    document.add_paragraph()


def _fill(cell: Any, text: str, size: float, width: Any, *, bold: bool = False, shade: str = "", grey: bool = False) -> None:
    from docx.shared import Pt

    cell.width = width
    lines = text.split("\n")
    for i, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        origin = line.endswith("]") and i > 0
        _run(paragraph, line, bold=bold, italic=line.startswith("“"), grey=grey or origin, size=size - 1 if origin else size)
    if shade and shade != "FFFFFF":
        cell._tc.get_or_add_tcPr().append(_element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": shade}))


def _element(tag: str, attributes: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element


def _grid(table: Any, widths: list[Any]) -> None:
    """Column widths where LibreOffice reads them, and little padding."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    margins = _element("w:tblCellMar", {})
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", {"w:w": "55", "w:type": "dxa"}))
    table._tbl.tblPr.append(margins)
    borders = _element("w:tblBorders", {})
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", {"w:val": "single", "w:sz": "4", "w:color": "C5CED6"}))
    table._tbl.tblPr.append(borders)


def _row_property(row: Any, tag: str) -> None:
    row._tr.get_or_add_trPr().append(_element(tag, {"w:val": "true"}))


def _shade(run: Any, fill: str) -> None:
    run._r.get_or_add_rPr().append(_element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}))


def _border(paragraph: Any, colour: str) -> None:
    borders = _element("w:pBdr", {})
    borders.append(_element("w:left", {"w:val": "single", "w:sz": "12", "w:space": "8", "w:color": colour}))
    # The schema wants the border before spacing and indent.
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr"
    )


def _page_number(page: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = page.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = _element("w:fldSimple", {"w:instr": "PAGE"})
    paragraph._p.append(field)
