"""Every reader on every kind of bytes: a document or a message for people, nothing else, and nothing outside its file.

The soak part does 60,000 inputs; the fast part a few hundred.
"""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_files import write_docx, write_pdf
from fuzzing import NASTY, TEXT, few, many, only_inside
from hypothesis import given
from hypothesis import strategies as st

from corpus.added import add, check_document, verify_added
from corpus.errors import CorpusError, MaatwerkwijzerError
from corpus.metadata import MetaOptions
from corpus.model import Authority, DocumentMeta, Kind, TextStatus
from corpus.readers import Limits, read_file
from corpus.readers.base import RawDocument
from corpus.structure import build_document

SMALL = Limits(file_bytes=300_000, unpacked_bytes=2_000_000, parts=200, pages=50, characters=200_000)
SECONDS = 20.0
"""Far above what any input of these sizes takes: only a hang reaches it."""

MARKUP = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "<li>", "<ul>", "<h1>", "</h1>", "<h9>", "<!--", "-->", "<script>", "</script>", "<style>", "<![CDATA[", "]]>", "<main>", "<article", "hidden>", "<a", "href=javascript:x>", "&amp;", "&#0;", "&#xD800;", "&#1114112;", "&lt;script&gt;", "<meta", "charset=utf-7>", "<title>", "<br>", "<pre>", "<ol", "start=99999999999>", "<base", "href=//x>", "<svg/onload=x>", "<time", "datetime=x>", "<", ">", "</"]
)
MARKDOWN = st.sampled_from(
    ["# ", "## ", "- ", "1. ", "999999999999. ", "> ", "| a | b |\n|---|---|\n", "```\n", "***", "[x](javascript:y)", "<b>", "---\n", "title: ", "![", "\t", "\n\n", "    ", "a" * 300]
)
LINES = st.sampled_from(["HOOFDSTUK I", "Art. 3. ", "§ 1. ", "1° ", "a) ", "\f", "\n", "\n\n", "- 12 -", "pagina 3 van 9", "woord-\n", "De begeleiding duurt twee jaar.", "\t", " \n \n"])


def mixed(parts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Text made of telling parts and any other text, as UTF-8 where that is possible; or with a byte-order mark; or any bytes."""
    text = st.lists(st.one_of(parts, TEXT), max_size=30).map("".join)
    return st.one_of(
        text.map(lambda t: t.encode("utf-8", "surrogatepass")), text.map(lambda t: t.encode("utf-8", "replace")), text.map(lambda t: b"\xff\xfe" + t.encode("utf-16-le", "replace")), st.binary(max_size=400)
    )


def check_reader(folder: Path, name: str, data: bytes) -> None:
    """Read the bytes as a file of that name. A message is fine; any other exception, a long time or a stray file is not."""
    path = folder / name
    path.write_bytes(data)
    started = time.monotonic()
    with only_inside():
        try:
            raw = read_file(path, SMALL)
        except MaatwerkwijzerError as error:
            assert error.message and error.remedy and "Traceback" not in error.message
            assert len(error.message) < 1000
            raw = None
    assert time.monotonic() - started < SECONDS
    if raw is not None:
        check_blocks(raw)


def check_blocks(raw: RawDocument) -> None:
    """Blocks are clean text, and make a document whose passages are exact."""
    for block in raw.blocks:
        assert block.text == block.text.strip() and block.text
        block.text.encode("utf-8")
        assert not set(block.text) & set("\x00\n\r\u202e\u200b\ufeff")
    meta = DocumentMeta(id="fuzz", title="Fuzz", kind=Kind.PRAKTIJK, authority=Authority.PRAKTIJK, text_status=TextStatus.VERBATIM, date="2026-01-01")  # type: ignore[arg-type]
    try:
        document = build_document(meta, raw, None)
    except MaatwerkwijzerError:
        return
    assert check_document(document) == []


def seeds(folder: Path) -> dict[str, bytes]:
    """A good PDF and a good DOCX to damage."""
    write_pdf(folder / "a.pdf", [["Eerste bladzijde over begeleiding en premies.", "1. Inleiding"], ["Tweede bladzijde."]], [("Inleiding", 0)], "Titel")
    write_docx(folder / "a.docx", [[("Heading 1", "Kop"), ("", "De begeleiding duurt twee jaar.")], [("List Bullet", "een"), ("", "twee")]], "Titel")
    return {"pdf": (folder / "a.pdf").read_bytes(), "docx": (folder / "a.docx").read_bytes()}


def damaged(seed: bytes, draw: random.Random) -> bytes:
    """Change a few things in a file as damage or malice would."""
    data = bytearray(seed)
    for _ in range(draw.randrange(1, 6)):
        at = draw.randrange(len(data))
        kind = draw.randrange(6)
        if kind == 0:
            data[at] = draw.randrange(256)
        elif kind == 1:
            del data[at : at + draw.randrange(1, 200)]
        elif kind == 2:
            data[at:at] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 50)))
        elif kind == 3:
            data = data[: at + 1]
        elif kind == 4:
            data[at : at + 8] = draw.choice([b"99999999", b"-1 0 obj", b"endobj\n\n", b"<<<<<<<<", b"/Length ", b"[[[[[[[["])
        else:
            piece = bytes(data[at : at + draw.randrange(1, 300)])
            data[at:at] = piece
        if not data:
            data = bytearray(b"x")
    return bytes(data)


XML_PARTS = ("word/document.xml", "word/styles.xml", "word/numbering.xml", "[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels", "docProps/core.xml")


def damaged_docx(seed: bytes, draw: random.Random) -> bytes:
    """A whole zip with one part of its XML damaged: that gets past the zip's own checks."""
    out = io.BytesIO()
    victim = draw.choice(XML_PARTS)
    with zipfile.ZipFile(io.BytesIO(seed)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == victim:
                text = data.decode("utf-8")
                for _ in range(draw.randrange(1, 4)):
                    at = draw.randrange(len(text) + 1)
                    kind = draw.randrange(5)
                    if kind == 0:
                        text = text.replace(draw.choice(["w:p", "w:t", "w:r", "w:val", "w:body", "Heading1", "w:tbl"]), draw.choice(["w:x", "w:sectPr", "w:tc", "", "w:outlineLvl"]), draw.randrange(1, 5))
                    elif kind == 1:
                        text = text[:at] + draw.choice(['<w:outlineLvl w:val="x"/>', "<w:tbl><w:tr/></w:tbl>", '<w:br w:type="page"/>', "&lol;", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<w:sdt/>", "]]>", *NASTY[5:8]]) + text[at:]
                    elif kind == 2:
                        text = text[:at] + text[at + draw.randrange(1, 80) :]
                    elif kind == 3:
                        text = text[:at] + text[at : at + 500] * 3 + text[at:]
                    else:
                        text = text.replace(">", f">{draw.choice(['x', '🧑', '&#0;', '&#55296;'])}", draw.randrange(1, 9))
                data = text.encode("utf-8", "replace")
            target.writestr(part.filename, data)
    return out.getvalue()


TEXTUAL: dict[str, st.SearchStrategy[bytes]] = {"a.txt": mixed(LINES), "a.md": mixed(MARKDOWN), "a.html": mixed(MARKUP)}


@pytest.mark.parametrize("name", TEXTUAL)
def test_text_formats(tmp_path: Path, name: str) -> None:
    few(120)(given(TEXTUAL[name])(lambda data: check_reader(tmp_path, name, data)))()


DAMAGERS: dict[str, Callable[[bytes, random.Random], bytes]] = {"pdf": damaged, "docx": damaged, "docx parts": damaged_docx}


@pytest.mark.parametrize("kind", DAMAGERS)
def test_damaged_binary_formats(tmp_path: Path, kind: str) -> None:
    ending, draw = kind.split()[0], random.Random(kind)
    seed = seeds(tmp_path)[ending]
    for n in range(80):
        check_reader(tmp_path, f"b{n}.{ending}", DAMAGERS[kind](seed, draw))


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", TEXTUAL)
def test_text_formats_at_length(tmp_path: Path, name: str) -> None:
    many(14_000)(given(TEXTUAL[name])(lambda data: check_reader(tmp_path, name, data)))()


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", DAMAGERS)
def test_damaged_binary_formats_at_length(tmp_path: Path, kind: str) -> None:
    ending, start = kind.split()[0], random.SystemRandom().randrange(2**32)
    seed = seeds(tmp_path)[ending]
    for n in range(6_000):
        data = DAMAGERS[kind](seed, random.Random(start + n))
        try:
            check_reader(tmp_path, f"b.{ending}", data)
        except BaseException:
            print(f"seed of the failing input: {start + n}")
            raise


@pytest.mark.parametrize("name", ["b.txt", "b.md", "b.html"])
@pytest.mark.parametrize(
    "data",
    [b"<" * 250_000, b"[" * 250_000, b"- " * 120_000, b">" * 250_000, b"*" * 250_000, b"`" * 250_000, b"a\n" * 120_000, b"<div>" * 50_000, b"|a" * 120_000, b"#" * 250_000, b"_a_" * 80_000, b"![](" * 60_000, b"&" * 250_000, ("é" * 120_000).encode()],
    ids=lambda d: repr(d[:5]),
)
def test_repetition_up_to_the_limit_does_not_hang(tmp_path: Path, name: str, data: bytes) -> None:
    check_reader(tmp_path, name, data)


@pytest.mark.parametrize("name", ["c.txt", "c.md", "c.html", "c.pdf", "c.docx"])
def test_at_and_past_the_size_limit(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"a" * (SMALL.file_bytes + 1))
    with pytest.raises(CorpusError, match="grens"):
        read_file(path, SMALL)


@few(60)
@given(TEXT, st.sampled_from(["--id", "title", "kind", "date", "url", "language", "publisher"]))
def test_metadata_of_every_kind(tmp_path_factory: pytest.TempPathFactory, value: str, name: str) -> None:
    folder = tmp_path_factory.mktemp("meta")
    (folder / "nota.md").write_text("# Nota\n\nEen zin over begeleiding.\n", encoding="utf-8")
    options = MetaOptions(**{name.removeprefix("--"): value})
    with only_inside(folder):
        try:
            reports = add(folder / "home", folder / "nota.md", options)
        except MaatwerkwijzerError as error:
            assert error.message
        else:
            assert all(r.ok for r in reports)
    assert verify_added(folder / "home") == []
    assert {p.name for p in folder.iterdir()} <= {"nota.md", "home"}


@few(60)
@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=6)), min_size=1, max_size=4).map("".join), st.sampled_from([".md", ".txt", ".html"]))
def test_file_names_of_every_kind(tmp_path_factory: pytest.TempPathFactory, name: str, ending: str) -> None:
    folder = tmp_path_factory.mktemp("naam")
    try:
        path = folder / (name.replace("/", "_") + ending)
        path.write_text("Een zin over begeleiding.\n", encoding="utf-8")
    except (OSError, ValueError):
        return
    with only_inside(folder):
        try:
            add(folder / "home", path)
        except MaatwerkwijzerError as error:
            assert error.message
    assert verify_added(folder / "home") == []
    assert {p.name for p in folder.iterdir()} <= {path.name, "home"}
