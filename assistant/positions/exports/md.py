"""A report as Markdown; everything that comes from a document is escaped."""

from __future__ import annotations

import re

from assistant.positions.exports.colours import SIGNS
from assistant.positions.exports.report import Cell, Entry, Paragraph, Report, Table, clean

_SPECIAL = re.compile(r"([\\`*_<>|#])")


def escape(text: str) -> str:
    """So that nothing in the text becomes markup; brackets stay readable because no link can follow them."""
    return _SPECIAL.sub(r"\\\1", clean(text)).replace("](", "]\\(").replace("![", "!\\[").replace("&", "&amp;")


def render(report: Report) -> str:
    """The report as Markdown."""
    out = [f"# {escape(report.title)}", "", *(f"_{escape(n)}_  " for n in report.notes), ""]
    for section in report.sections:
        out += [f"{'#' * section.level} {escape(section.title)}", ""]
        for block in section.blocks:
            if isinstance(block, Entry):
                out += _entry(block)
            elif isinstance(block, Table):
                out += _table(block)
            else:
                out += _paragraph(block)
    return "\n".join(out).rstrip() + "\n"


def _paragraph(block: Paragraph) -> list[str]:
    text = escape(block.text)
    return [f"_{text}_" if block.muted else f"**{text}**", ""]


def _entry(block: Entry) -> list[str]:
    lines = [f"**{escape(block.head)}**", ""]
    for own in block.lines:
        label = f"**{escape(own.label)}**: " if own.label else ""
        sign = f"`{SIGNS[own.stance]}` " if own.stance else ""
        lines.append(f"- {sign}{label}{escape(own.text)}")
    if block.lines:
        lines.append("")
    for quote, where in block.quotes:
        # Paragraphs inside a passage must not end the quotation.
        lines += [f"> {escape(line)}" if line.strip() else ">" for line in quote.splitlines()]
        lines += [">", f"> {escape(where)}", ""] if where else [""]
    return lines


def _table(block: Table) -> list[str]:
    header = "| " + " | ".join(_cell(Cell(h)) for h in block.header) + " |"
    rule = "|" + " --- |" * len(block.header)
    return [header, rule, *("| " + " | ".join(_cell(c) for c in row) + " |" for row in block.rows), ""]


def _cell(cell: Cell) -> str:
    text = "<br>".join(escape(line) for line in cell.text.splitlines())
    return f"_{text}_" if cell.muted and text else text
