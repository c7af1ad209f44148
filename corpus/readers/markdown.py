"""Markdown: headings, paragraphs, lists and tables; raw HTML inside it is left out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from corpus.readers.base import Limits, RawBlock, RawDocument
from corpus.readers.guard import decode, read_bytes
from corpus.readers.normalise import clean

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


class MarkdownReader:
    """Reads ``.md``."""

    name = "markdown"

    def read(self, path: Path, limits: Limits | None = None) -> RawDocument:
        """Read the file. Raises CorpusError when it is not UTF-8."""
        from markdown_it import MarkdownIt

        text = decode(read_bytes(path, limits or Limits()), path.name).replace("\r\n", "\n").replace("\r", "\n")
        fields: dict[str, str] = {}
        if match := _FRONT_MATTER.match(text):
            text = text[match.end() :]
            fields = {m[1].lower(): m[2].strip("\"' ") for m in re.finditer(r"^(\w+):[ \t]*(.+)$", match[1], re.MULTILINE)}
        blocks: list[RawBlock] = []
        lists: list[int | None] = []
        level, prefix = 0, ""
        cells: list[str] | None = None
        for token in MarkdownIt("commonmark").enable("table").parse(text):
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "bullet_list_open":
                lists.append(None)
            elif token.type == "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                lists.pop()
            elif token.type == "list_item_open":
                number = lists[-1]
                prefix = "- " if number is None else f"{number}. "
                if number is not None:
                    lists[-1] = number + 1
            elif token.type == "tr_open":
                cells = []
            elif token.type == "tr_close":
                row = " | ".join(c for c in cells or [] if c)
                cells = None
                if row:
                    blocks.append(RawBlock("list", row))
            elif token.type == "inline":
                content = clean("".join(_inline(child) for child in token.children or []))
                if cells is not None:
                    cells.append(content)
                elif content:
                    kind = "heading" if level else ("list" if lists else "paragraph")
                    blocks.append(RawBlock(kind, prefix + content, level))  # type: ignore[arg-type]
                    prefix = ""
            elif token.type == "heading_close":
                level = 0
            elif token.type in ("fence", "code_block") and clean(token.content):
                blocks.append(RawBlock("list" if lists else "paragraph", prefix + clean(token.content)))
                prefix = ""
        title = fields.get("title") or next((b.text for b in blocks if b.kind == "heading" and b.level == 1), "")
        return RawDocument(tuple(blocks), title=clean(title), date=_date(fields.get("date", "")), language=fields.get("lang", "")[:2].lower())


def _inline(token: object) -> str:
    kind, content = getattr(token, "type", ""), getattr(token, "content", "")
    if kind in ("text", "code_inline"):
        return str(content)
    if kind in ("softbreak", "hardbreak"):
        return " "
    return str(content) if kind == "image" else ""


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
