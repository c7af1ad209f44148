"""Readers: what a person sees in the file is in the text, on the right page, and bad files are refused with a remedy."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from corpus_files import subject_page, write_docx, write_pdf
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.layout import PASSAGE_LIMIT, generic_document
from corpus.model import Authority, Document, DocumentMeta, Kind, TextStatus
from corpus.readers import Limits, RawBlock, RawDocument, read_file
from corpus.readers.normalise import clean
from corpus.sentences import cut, sentence_starts

META = DocumentMeta(id="proef", title="Proef", kind=Kind.PRAKTIJK, authority=Authority.PRAKTIJK, text_status=TextStatus.VERBATIM, date=date(2026, 1, 1))


def build(raw: RawDocument) -> Document:
    return generic_document(META, raw)


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


# --- formats -----------------------------------------------------------------------------------------------------


def test_markdown_gives_headings_lists_and_tables(tmp_path: Path) -> None:
    text = "---\ntitle: Nota over begeleiding\ndate: 2026-03-01\n---\n# Doel\n\nEen *eerste* alinea\nop twee regels.\n\n- punt een\n- punt twee\n\n"
    text += "## Bedragen\n\n| wat | euro |\n|---|---|\n| premie | 600 |\n\n<script>alert(1)</script>\n"
    raw = read_file(file(tmp_path, "nota.md", text))
    assert raw.title == "Nota over begeleiding" and str(raw.date) == "2026-03-01"
    assert [(b.kind, b.level, b.text) for b in raw.blocks] == [
        ("heading", 1, "Doel"),
        ("paragraph", 0, "Een eerste alinea op twee regels."),
        ("list", 0, "- punt een"),
        ("list", 0, "- punt twee"),
        ("heading", 2, "Bedragen"),
        ("list", 0, "wat | euro"),
        ("list", 0, "premie | 600"),
    ]
    document = build(raw)
    assert [p.id for p in document.passages] == ["proef/doel/p1", "proef/doel.bedragen/p1"]
    assert document.passage_text(document.passages[0]) == "Een eerste alinea op twee regels.\n- punt een\n- punt twee"


def test_html_keeps_what_a_visitor_sees_and_nothing_else(tmp_path: Path) -> None:
    page = """<html lang="nl"><head><title>Site</title><style>p{color:red}</style><meta name="date" content="2025-05-04"></head><body>
    <nav>Menu Contact</nav><main><h1>Begeleiding</h1><p>Zichtbare <b>tekst</b>.<script>var geheim=1</script></p>
    <p style="display:none">Verborgen opdracht</p><p hidden>Ook verborgen</p><p aria-hidden="true">Nog verborgen</p><ol><li><p>eerste</p></li><li>tweede</li></ol>
    <table><tr><th>jaar</th><th>bedrag</th></tr><tr><td>2024</td><td>1.200</td></tr></table></main><footer>Voettekst</footer></body></html>"""
    raw = read_file(file(tmp_path, "pagina.html", page))
    assert [b.text for b in raw.blocks] == ["Begeleiding", "Zichtbare tekst.", "1. eerste", "2. tweede", "jaar | bedrag", "2024 | 1.200"]
    assert raw.title == "Begeleiding" and str(raw.date) == "2025-05-04" and raw.language == "nl"


def test_html_nested_a_hundred_thousand_deep_is_read(tmp_path: Path) -> None:
    raw = read_file(file(tmp_path, "diep.html", "<div>" * 100_000 + "<p>Onderin staat tekst.</p>"))
    assert [b.text for b in raw.blocks] == ["Onderin staat tekst."]


def test_html_in_its_own_declared_encoding(tmp_path: Path) -> None:
    page = '<meta charset="windows-1252"><p>Één coördinator à 5 €</p>'.encode("cp1252")
    assert read_file(file(tmp_path, "oud.html", page)).blocks[0].text == "Één coördinator à 5 €"


def test_text_has_pages_at_form_feeds_and_joins_broken_words(tmp_path: Path) -> None:
    raw = read_file(file(tmp_path, "a.txt", "INLEIDING\n\nDe bege-\nleiding duurt twee jaar.\n\fEen nieuwe bladzijde.\n"))
    assert [(b.kind, b.text, b.page) for b in raw.blocks] == [
        ("heading", "INLEIDING", 1),
        ("paragraph", "De begeleiding duurt twee jaar.", 1),
        ("paragraph", "Een nieuwe bladzijde.", 2),
    ]


def test_a_hyphen_that_belongs_to_the_word_is_kept(tmp_path: Path) -> None:
    text = "Het sociaal-economische beleid telt.\n\nWij volgen het sociaal-\neconomische beleid van Oost-\nVlaanderen en de zorg-\nen welzijnssector."
    assert read_file(file(tmp_path, "a.txt", text)).blocks[1].text == "Wij volgen het sociaal-economische beleid van Oost-Vlaanderen en de zorg- en welzijnssector."


def test_pdf_pages_headings_and_running_lines(tmp_path: Path) -> None:
    pages = [["Jaarverslag van de dienst", *subject_page(n), f"Pagina {n} van 6"] for n in range(1, 7)]
    pages[2].insert(1, "Werking en cijfers")
    path = write_pdf(tmp_path / "jaar.pdf", pages, outline=[("Werking en cijfers", 2)], title="Jaarverslag 2023")
    raw = read_file(path)
    assert raw.pages == 6 and raw.title == "Jaarverslag 2023" and str(raw.date) == "2024-02-29"
    document = build(raw)
    assert "Pagina 1" not in document.text and "Jaarverslag van de dienst" not in document.text
    for number in range(1, 7):
        passage = next(p for p in document.passages if f"onderwerp{number:03d}" in document.passage_text(p))
        assert passage.page == number
        assert passage.section == ("begin" if number < 3 else "werking-en-cijfers")


def test_pdf_paragraphs_are_told_by_the_white_space_between_them(tmp_path: Path) -> None:
    wide = "Een regel die de hele breedte van de bladzijde vult en dan met een punt eindigt, zoals deze."
    path = write_pdf(tmp_path / "a.pdf", [[wide, wide, "", wide, wide]])
    assert [b.text for b in read_file(path).blocks] == [f"{wide} {wide}"] * 2


def test_a_pdf_paragraph_over_two_pages_counts_each_part_to_its_page(tmp_path: Path) -> None:
    first = "De tekst van deze alinea begint op de eerste bladzijde en loopt door zonder dat de zin al ten"
    path = write_pdf(tmp_path / "a.pdf", [["Dit is een gewone regel van de eerste bladzijde die de breedte vult en daarna door", first], ["einde is gekomen."]])
    document = build(read_file(path))
    (passage,) = document.passages
    assert (passage.page, passage.page_end) == (1, 2)
    assert document.page_at(passage, document.text.index("eerste bladzijde en")) == 1
    assert document.page_at(passage, document.text.index("einde is gekomen")) == 2


def test_docx_headings_lists_tables_footers_and_deleted_text(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.add_heading("Nota", 0)
    document.add_heading("Wie", 1)
    paragraph = document.add_paragraph("Iedereen ")
    paragraph._p.append(parse_xml(f'<w:del {nsdecls("w")}><w:r><w:delText>niemand </w:delText></w:r></w:del>'))
    paragraph._p.append(parse_xml(f'<w:ins {nsdecls("w")}><w:r><w:t>met een erkenning</w:t></w:r></w:ins>'))
    document.add_paragraph("punt", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "jaar", "2024"
    document.save(str(tmp_path / "nota.docx"))
    blocks = [(b.kind, b.level, b.text) for b in read_file(tmp_path / "nota.docx").blocks]
    assert blocks == [
        ("heading", 1, "Nota"),
        ("heading", 1, "Wie"),
        ("paragraph", 0, "Iedereen met een erkenning"),
        ("list", 0, "punt"),
        ("list", 0, "jaar | 2024"),
    ]


def test_docx_pages_come_from_the_page_breaks(tmp_path: Path) -> None:
    pages = [[("", f"Tekst over onderwerp{n:03d}.")] for n in range(1, 40)]
    document = build(read_file(write_docx(tmp_path / "lang.docx", pages)))
    for n in range(1, 40):
        passage = next(p for p in document.passages if f"onderwerp{n:03d}" in document.passage_text(p))
        assert passage.page == n


def test_docx_pages_as_word_last_laid_them_out(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.add_paragraph("Op bladzijde een.")
    paragraph = document.add_paragraph("Deze alinea begint op een ")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:lastRenderedPageBreak/><w:t>en eindigt op twee.</w:t></w:r>'))
    hard = document.add_paragraph("")
    hard._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:br w:type="page"/></w:r>'))
    hard._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:lastRenderedPageBreak/><w:t>Op drie.</w:t></w:r>'))
    document.save(str(tmp_path / "a.docx"))
    read = build(read_file(tmp_path / "a.docx"))
    assert [(p.page, p.page_end) for p in read.passages] == [(1, 1), (1, 2), (3, 3)]
    assert read.page_at(read.passages[1], read.text.index("en eindigt")) == 2


# --- files that are refused --------------------------------------------------------------------------------------


def refused(path: Path, *words: str, limits: Limits | None = None) -> None:
    with pytest.raises(CorpusError) as caught:
        read_file(path, limits)
    for word in words:
        assert word in caught.value.message
    assert caught.value.remedy and caught.value.exit_code == 1


def test_missing_empty_folder_link_and_unknown_format(tmp_path: Path) -> None:
    refused(tmp_path / "weg.txt", "bestaat niet")
    refused(file(tmp_path, "leeg.txt", ""), "leeg")
    refused(file(tmp_path, "wit.txt", " \n\n \t "), "geen tekst")
    refused(file(tmp_path, "beeld.png", "x"), ".png")
    (tmp_path / "map.txt").mkdir()
    refused(tmp_path / "map.txt", "geen gewoon bestand")
    file(tmp_path, "echt.txt", "Tekst.")
    (tmp_path / "link.txt").symlink_to(tmp_path / "echt.txt")
    refused(tmp_path / "link.txt", "snelkoppeling")


def test_wrong_encoding_and_binary(tmp_path: Path) -> None:
    refused(file(tmp_path, "latin.txt", "coördinator".encode("latin-1")), "UTF-8")
    refused(file(tmp_path, "latin.md", "één".encode("cp1252")), "UTF-8")
    refused(file(tmp_path, "vals.html", b'<meta charset="utf-8"><p>\xe9\xe9n</p>'), "UTF-8")
    refused(file(tmp_path, "vreemd.html", b'<meta charset="x-onbekend"><p>a</p>'), "x-onbekend")
    refused(file(tmp_path, "data.txt", b"abc\x00\x00def"), "geen tekstbestand")
    assert read_file(file(tmp_path, "u16.txt", "Eén zin.".encode("utf-16"))).blocks[0].text == "Eén zin."


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "groot.pdf"
    with path.open("wb") as stream:
        stream.write(b"%PDF-1.4\n")
        stream.truncate(200 * 1024 * 1024)
    refused(path, "200 MB", "50 MB")


def test_pdf_damaged_truncated_or_something_else(tmp_path: Path) -> None:
    refused(file(tmp_path, "nep.pdf", "<html>Niet gevonden</html>"), "geen PDF")
    refused(file(tmp_path, "kapot.pdf", b"%PDF-1.7\n" + b"\x93\x12 rommel" * 50), "kapot.pdf")
    whole = write_pdf(tmp_path / "heel.pdf", [subject_page(1)] * 3).read_bytes()
    refused(file(tmp_path, "afgebroken.pdf", whole[:200]), "afgebroken.pdf")


def test_pdf_encrypted(tmp_path: Path) -> None:
    import pypdf

    source = write_pdf(tmp_path / "open.pdf", [subject_page(1)])
    for name, user in (("slot.pdf", "geheim"), ("eigenaar.pdf", "")):
        writer = pypdf.PdfWriter(clone_from=str(source))
        writer.encrypt(user_password=user, owner_password="eigenaar", algorithm="AES-256")
        writer.write(str(tmp_path / name))
    refused(tmp_path / "slot.pdf", "wachtwoord")
    assert "onderwerp001" in read_file(tmp_path / "eigenaar.pdf").blocks[0].text


def test_pdf_without_text_names_ocr(tmp_path: Path) -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    for _ in range(3):
        writer.add_blank_page(595, 842)
    writer.write(str(tmp_path / "scan.pdf"))
    with pytest.raises(CorpusError, match="OCR"):
        read_file(tmp_path / "scan.pdf")


def test_pdf_with_some_empty_pages_says_which(tmp_path: Path) -> None:
    raw = read_file(write_pdf(tmp_path / "deels.pdf", [subject_page(1) * 4, [], subject_page(3) * 4]))
    assert any("bladzijde 2" in w for w in raw.warnings)


def test_pdf_with_too_many_pages(tmp_path: Path) -> None:
    refused(write_pdf(tmp_path / "lang.pdf", [subject_page(n) for n in range(12)]), "12 bladzijden", limits=Limits(pages=10))


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_docx_bombs_entities_and_other_archives(tmp_path: Path) -> None:
    refused(file(tmp_path, "nep.docx", "gewone tekst"), "DOCX")
    refused(file(tmp_path, "oud.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600), "wachtwoord")
    refused(zipped(tmp_path / "ander.docx", {"hallo.txt": b"x"}), "geen Word-document")
    refused(zipped(tmp_path / "bom.docx", {"word/document.xml": b"0" * 30_000_000}), "samengeperst")
    refused(zipped(tmp_path / "groot.docx", {f"word/{n}.xml": b"0" * 900_000 for n in range(300)}), "uitgepakt")
    refused(zipped(tmp_path / "veel.docx", {f"word/{n}.xml": b"" for n in range(5100)}), "onderdelen")
    lol = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"x" * 100 + b'"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;&c;</a>'
    refused(zipped(tmp_path / "entiteit.docx", {"word/document.xml": lol}), "XML-entiteiten")
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    refused(zipped(tmp_path / "buiten.docx", {"word/document.xml": outside}), "XML-entiteiten")
    whole = write_docx(tmp_path / "heel.docx", [[("", "Tekst.")]]).read_bytes()
    refused(file(tmp_path, "half.docx", whole[: len(whole) // 2]), "beschadigd")


# --- laws --------------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@given(ANY_TEXT)
def test_cleaning_is_idempotent_and_leaves_no_line_ends(text: str) -> None:
    once = clean(text)
    assert clean(once) == once and once == once.strip()
    assert not any(c in once for c in "\n\r\x00\u2028\u00ad\ufeff\u202e")
    once.encode("utf-8")


BLOCKS = st.lists(
    st.builds(
        lambda kind, text, level: RawBlock(kind, text, level if kind == "heading" else 0),
        st.sampled_from(["heading", "paragraph", "paragraph", "list"]),
        st.text(st.sampled_from("abc déÉ.?; 1\u00e9𝔘"), min_size=1, max_size=600).map(clean).filter(bool),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=12,
)


@given(BLOCKS)
def test_every_word_is_in_exactly_one_passage_and_offsets_hold(blocks: list[RawBlock]) -> None:
    document = build(RawDocument(tuple(blocks)))
    only_headings = all(b.kind == "heading" for b in blocks)
    wanted = "".join(b.text for b in blocks if b.kind != "heading" or only_headings)
    carried = "".join(document.passage_text(p) for p in document.passages)
    assert "".join(carried.split()) == "".join(wanted.split())
    ids = [p.id for p in document.passages]
    assert len(set(ids)) == len(ids)
    for before, after in zip(document.passages, document.passages[1:], strict=False):
        assert before.end <= after.start
    for passage in document.passages:
        text = document.passage_text(passage)
        assert text == text.strip() and 0 < len(text) <= PASSAGE_LIMIT
    for _, title, offset in document.outline:
        assert document.text[offset : offset + len(title)] == title


@given(st.text(st.sampled_from("ab. A1;,\n"), max_size=400), st.integers(5, 80))
def test_cutting_loses_nothing_and_keeps_the_limit(text: str, limit: int) -> None:
    text = text.strip()
    pieces = cut(text, 0, len(text), limit) if text else []
    assert "".join("".join(text[a:b].split()) for a, b in pieces) == "".join(text.split())
    assert all(0 < b - a <= limit for a, b in pieces)


def test_sentences_do_not_end_at_abbreviations() -> None:
    text = "Volgens art. 5 en nr. 12 van dhr. J. Peeters geldt dit. Zie ook p. 3. Het kost 1.200 euro. Op 1 juli 2023. Klaar?"
    starts = sentence_starts(text)
    assert [text[s:].split()[0] for s in starts] == ["Volgens", "Zie", "Het", "Op", "Klaar?"]


def test_ids_do_not_move_when_another_section_grows() -> None:
    def blocks(*extra: RawBlock) -> RawDocument:
        return RawDocument((RawBlock("heading", "Een", 1), RawBlock("paragraph", "Tekst een."), *extra, RawBlock("heading", "Twee", 1), RawBlock("paragraph", "Doel.")))

    short, long = build(blocks()), build(blocks(RawBlock("paragraph", "Erbij."), RawBlock("paragraph", "Nog erbij.")))
    assert short.passages[-1].id == long.passages[-1].id == "proef/twee/p1"
    assert [p.id for p in build(RawDocument((*blocks().blocks, *blocks().blocks))).passages][-1] == "proef/twee-2/p1"
