"""A report as plain text for a terminal or a mail."""

from __future__ import annotations

import textwrap

from assistant.positions.exports.colours import SIGNS
from assistant.positions.exports.report import Entry, Paragraph, Report, Table, clean

WIDTH = 110
_NARROWEST = 24


def render(report: Report) -> str:
    """The report; a table too wide for columns is written row by row."""
    lines = [report.title, "=" * len(report.title), *(line for n in report.notes for line in textwrap.wrap(n, WIDTH)), ""]
    for section in report.sections:
        lines += [section.title, ("~" if section.apart else "-") * len(section.title)]
        for block in section.blocks:
            if isinstance(block, Entry):
                lines += [*_entry(block), ""]
            elif isinstance(block, Table):
                lines += _table(block)
            else:
                lines += [*_wrapped(block), ""]
        lines.append("")
    return clean("\n".join(lines)).rstrip() + "\n"


def _wrapped(block: Paragraph) -> list[str]:
    return textwrap.wrap(block.text, WIDTH) or [""]


def _entry(block: Entry) -> list[str]:
    lines = [block.head]
    for own in block.lines:
        sign = f"[{SIGNS[own.stance]}] " if own.stance else ""
        label = f"{own.label}: " if own.label else ""
        lines += textwrap.wrap(f"{sign}{label}{own.text}", WIDTH, initial_indent="  ", subsequent_indent="      " if sign else "  ")
    for quote, where in block.quotes:
        # Quotes and sources are not wrapped: what is pasted must stay the exact words.
        lines += [f"    {quote}", f"    {where}"] if where else [f"    {quote}"]
    return lines


def _table(block: Table) -> list[str]:
    total = sum(block.widths)
    widths = [int((WIDTH - 3 * len(block.widths)) * x / total) for x in block.widths]
    if min(widths[1:], default=_NARROWEST) < _NARROWEST:
        return _row_by_row(block)
    out = [*_line([h for h in block.header], widths), "-+-".join("-" * x for x in widths)]
    for row in block.rows:
        out += [*_line([c.text for c in row], widths), ""]
    return out


def _line(texts: list[str], widths: list[int]) -> list[str]:
    columns = [[line for part in t.split("\n") for line in (textwrap.wrap(part, x) or [""])] for t, x in zip(texts, widths, strict=True)]
    height = max(len(c) for c in columns)
    rows = ([c[i] if i < len(c) else "" for c in columns] for i in range(height))
    return [" | ".join(t.ljust(x) for t, x in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row_by_row(block: Table) -> list[str]:
    """Each row as a heading with one line a column; columns with the same muted text share a line."""
    names = [h.replace("\n", ", ") for h in block.header[1:]]
    pad = max(len(n) for n in names) + 2
    out = []
    for row in block.rows:
        out.append(row[0].text.replace("\n", " "))
        empty: dict[str, list[str]] = {}
        for name, cell in zip(names, row[1:], strict=True):
            if not cell.text:
                continue
            if cell.muted:
                empty.setdefault(cell.text, []).append(name)
            else:
                sign = SIGNS.get(cell.stance, "")
                out.append(f"  {name.ljust(pad)}{sign.ljust(4)}{cell.text.replace(chr(10), ', ')}")
        out += [
            line for text, who in empty.items() for line in textwrap.wrap(f"{text}: {'; '.join(who)}", WIDTH - 2, initial_indent="  ", subsequent_indent="    ")
        ]
        out.append("")
    return out
