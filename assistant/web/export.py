"""A conversation as a file: Markdown, DOCX or JSON, each with its citations."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence

from assistant.answer import Answer
from assistant.web.dates import long_date
from assistant.web.texts import Words

MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]")


def conversation(answers: Sequence[Answer], kind: str, words: Words) -> bytes:
    """The conversation in the format ``kind`` (a key of :data:`MEDIA`)."""
    if kind == "json":
        return json.dumps([a.model_dump(mode="json") for a in answers], ensure_ascii=False, indent=2).encode()
    return markdown(answers, words).encode() if kind == "md" else docx(answers, words)


def _escaped(text: str) -> str:
    """Text of a user or document that must not become markup in a Markdown viewer."""
    return re.sub(r"([\\`<>#|~])", r"\\\1", text)


def _plain(text: str) -> str:
    return _CONTROL.sub("", text)


def badge_line(words: Words, answer: Answer, n: int) -> str:
    """What weight citation ``n`` has, in words."""
    c = answer.citations[n]
    parts = [words.name("authority", c.authority), words.name("text_status", c.text_status), words.name("certainty", c.certainty)]
    return ", ".join(p for p in parts if p)


def markdown(answers: Sequence[Answer], words: Words) -> str:
    """As Markdown."""
    out = [f"# {words('title')}", "", words("notice"), ""]
    for a in answers:
        out += [f"## {_escaped(a.question)}", "", a.answer, ""]
        for n, c in enumerate(a.citations):
            out += [f"- [{c.n}] {c.label} ({badge_line(words, a, n)})", f"  > {_escaped(c.quote)}", ""]
        out += [f"> {words('ask.warnings')}: {_escaped(w)}" for w in a.warnings]
        out += ["", f"*{words('ask.as_of', day=long_date(a.as_of, words.language))}*", ""]
    return "\n".join(out)


def docx(answers: Sequence[Answer], words: Words) -> bytes:
    """As a Word document."""
    from docx import Document

    document = Document()
    document.core_properties.title = words("title")
    document.core_properties.author = words("title")
    document.add_heading(words("title"), 1)
    document.add_paragraph(words("notice"))
    for a in answers:
        document.add_heading(_plain(a.question), 2)
        for paragraph in a.answer.split("\n\n"):
            document.add_paragraph(_plain(paragraph.replace("*", "")))
        for n, c in enumerate(a.citations):
            document.add_paragraph(_plain(f"[{c.n}] {c.label} ({badge_line(words, a, n)})"), style="List Bullet")
            document.add_paragraph(_plain(c.quote), style="Intense Quote")
        for w in a.warnings:
            document.add_paragraph(_plain(f"{words('ask.warnings')}: {w}"))
        document.add_paragraph(words("ask.as_of", day=long_date(a.as_of, words.language)))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
