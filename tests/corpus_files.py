"""Makes small PDF, DOCX and HTML files for the tests of the readers."""

from __future__ import annotations

from pathlib import Path


def write_pdf(path: Path, pages: list[list[str]], outline: list[tuple[str, int]] | None = None, title: str = "") -> Path:
    """Write a PDF with one text line per string; ``outline``: (title, page index)."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    catalog, tree, font = add(b""), add(b""), add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        drawn = [b"BT /F1 11 Tf 14 TL 50 780 Td"]
        for line in lines:
            raw = line.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            drawn.append(b"(" + raw + b") Tj T*")
        drawn.append(b"ET")
        stream = b"\n".join(drawn)
        content = add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(
            add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>" % (tree, content, font))
        )
    objects[tree - 1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % k for k in kids))
    extra = b""
    if outline:
        root = add(b"")
        first = len(objects) + 1
        for n, (name, page) in enumerate(outline):
            links = b""
            if n:
                links += b" /Prev %d 0 R" % (first + n - 1)
            if n + 1 < len(outline):
                links += b" /Next %d 0 R" % (first + n + 1)
            add(b"<< /Title (%s) /Parent %d 0 R /Dest [%d 0 R /Fit]%s >>" % (name.encode("cp1252"), root, kids[page], links))
        objects[root - 1] = b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (first, len(objects), len(outline))
        extra = b" /Outlines %d 0 R" % root
    objects[catalog - 1] = b"<< /Type /Catalog /Pages %d 0 R%s >>" % (tree, extra)
    info = add(b"<< /Title (%s) /CreationDate (D:20240229120000Z) >>" % title.encode("cp1252"))
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, catalog, info, start)
    path.write_bytes(bytes(out))
    return path


def write_docx(path: Path, pages: list[list[tuple[str, str]]], title: str = "") -> Path:
    """Write a DOCX; a page is a list of (style, text), pages are parted by a hard page break."""
    import docx
    from docx.enum.text import WD_BREAK

    document = docx.Document()
    document.core_properties.title = title
    for number, page in enumerate(pages):
        for n, (style, text) in enumerate(page):
            paragraph = document.add_paragraph(style=style or None)
            if number and n == 0:
                paragraph.add_run().add_break(WD_BREAK.PAGE)
            paragraph.add_run(text)
    document.save(str(path))
    return path


def subject_page(number: int) -> list[str]:
    """The lines of one page about a made-up subject that occurs on that page only."""
    return [
        f"Op deze bladzijde gaat het over onderwerp{number:03d} en over niets anders dat elders",
        f"staat. Het kenmerk van onderwerp{number:03d} is code {number * 37 + 11}.",
        f"Een tweede alinea van bladzijde {number} sluit af.",
    ]
