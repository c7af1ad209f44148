"""HTML: the words that a visitor sees, without scripts, menus and hidden parts."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from corpus.readers.base import STARTER, Limits, RawBlock, RawDocument, is_list_item
from corpus.readers.guard import decode, read_bytes
from corpus.readers.normalise import clean

_DROP = frozenset(
    ["script", "style", "noscript", "template", "svg", "math", "canvas", "iframe", "object", "embed", "applet", "audio", "video", "map", "head", "title", "meta", "link", "base", "button", "input", "select", "textarea", "option", "dialog"]
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_AROUND = frozenset({"nav", "aside", "footer", "header", "form"})
_BLOCK = frozenset(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"]
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DATE_NAMES = ("dcterms.date", "dcterms.issued", "dc.date", "dc.date.issued", "date", "article:published_time", "publicationdate")


class HtmlReader:
    """Reads ``.html``."""

    name = "html"

    def read(self, path: Path, limits: Limits | None = None) -> RawDocument:
        """Read the file. Raises CorpusError when its bytes are not in the encoding that it names (UTF-8 when it names none)."""
        data = read_bytes(path, limits or Limits())
        match = _CHARSET.search(data[:4096])
        return read_html(decode(data, path.name, match[1].decode("ascii") if match else ""))


def read_html(text: str) -> RawDocument:
    """Return the visible text of a page as blocks."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    root = _main(soup)
    blocks = _blocks(root, around=root.name in ("main", "article"))
    if not blocks:
        blocks = _blocks(soup, around=True)
    title = clean(soup.title.get_text()) if soup.title else ""
    first = next((b.text for b in blocks if b.kind == "heading" and b.level == 1), "")
    html = soup.find("html")
    language = str(html.get("lang") or "")[:2].lower() if html is not None else ""
    return RawDocument(tuple(blocks), title=first or title, date=_date(soup), language=language)


def html_blocks(text: str) -> list[RawBlock]:
    """Blocks of a fragment of HTML or plain text in which each line break begins a new block (legislation)."""
    from bs4 import BeautifulSoup

    if "<" not in text:
        text = re.sub(r"\r\n|\r|\n", "<br/>", text)
    return _blocks(BeautifulSoup(text, "html.parser"), around=True, every_break=True)


def _main(soup: Any) -> Any:
    """The part of the page that holds its subject: ``main`` or the only ``article``, if it has most of the words."""
    body = soup.body or soup
    candidates = soup.find_all("main") or soup.find_all("article")
    if len(candidates) == 1 and len(candidates[0].get_text()) > 0.3 * len(body.get_text()):
        return candidates[0]
    return body


def _blocks(root: Any, around: bool, every_break: bool = False) -> list[RawBlock]:
    """Walk the tree without recursion (a page may be nested a hundred thousand deep) and collect its blocks."""
    from bs4.element import NavigableString, Tag

    out: list[RawBlock] = []
    buffer: list[str] = []
    open_tags: list[str] = []
    depth: Counter[str] = Counter()
    counters: list[int | None] = []
    prefix = ""

    def flush() -> None:
        nonlocal prefix
        for piece in _pieces("".join(buffer), every_break or depth["pre"] > 0):
            heading = next((t for t in _HEADINGS if depth[t]), None)
            in_list = depth["li"] + depth["tr"] + depth["dd"] > 0
            if heading:
                out.append(RawBlock("heading", piece, int(heading[1])))
            else:
                item = in_list or is_list_item(piece)
                out.append(RawBlock("list" if item else "paragraph", prefix + piece))
                prefix = ""
        buffer.clear()

    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):  # the end of a block
            flush()
            depth[open_tags.pop()] -= 1
            if node in ("ol", "ul"):
                counters.pop()
            if node == "li":
                prefix = ""
        elif type(node) is NavigableString:
            text = str(node)
            buffer.append(text if depth["pre"] else re.sub(r"\s", " ", text))
        elif isinstance(node, Tag):
            name = node.name.lower()
            if name == "br":
                buffer.append("\n")
            elif name in _DROP or (name in _AROUND and not around) or _hidden(node):
                continue
            elif name in ("td", "th"):
                if "".join(buffer).strip():
                    buffer.append(" | ")
                todo.extend(reversed(node.contents))
            elif name in _BLOCK:
                flush()
                open_tags.append(name)
                depth[name] += 1
                if name in ("ol", "ul"):
                    counters.append(_start(node) if name == "ol" else None)
                elif name == "li":
                    number = counters[-1] if counters else None
                    prefix = "- " if number is None else f"{number}. "
                    if number is not None:
                        counters[-1] = number + 1
                todo.append(name)
                todo.extend(reversed(node.contents))
            else:
                todo.extend(reversed(node.contents))
    flush()
    return out


def _pieces(text: str, every_break: bool) -> list[str]:
    """Cut at an empty line, and at a line break before something that begins a provision or list item."""
    if every_break:
        return [c for line in text.split("\n") if (c := clean(line))]
    pieces: list[str] = []
    current = ""
    for line in text.split("\n"):
        line = clean(line)
        if not line or STARTER.match(line):
            pieces.append(current)
            current = line
        else:
            current = f"{current} {line}".strip()
    pieces.append(current)
    return [p for p in pieces if p]


def _hidden(node: Any) -> bool:
    """True for what a visitor does not see: text hidden in a page must not become a source."""
    return node.has_attr("hidden") or str(node.get("aria-hidden", "")).lower() == "true" or bool(_HIDDEN_STYLE.search(str(node.get("style") or "")))


def _start(node: Any) -> int:
    value = str(node.get("start") or "1")
    return int(value) if re.fullmatch(r"\d{1,6}", value) else 1


def _date(soup: Any) -> date | None:
    found = {str(m.get("name") or m.get("property") or "").lower(): str(m.get("content") or "") for m in soup.find_all("meta")}
    values = [found[n] for n in _DATE_NAMES if n in found] + [str(t.get("datetime")) for t in soup.find_all("time", limit=1)]
    for value in values:
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            continue
    return None
