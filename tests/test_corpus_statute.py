"""The statute parser: provisions are found, cited as lawyers do, and nothing of the text is lost. All texts are made up."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from corpus_files import write_docx, write_pdf
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.model import Authority, Document, DocumentMeta, Kind, TextStatus
from corpus.provision import ORDINALS, Provision, parse_references
from corpus.readers import RawBlock, RawDocument, read_file
from corpus.statute import looks_like_statute, statute_document
from corpus.structure import build_document

META = DocumentMeta(
    id="decreet-proef", title="Decreet", kind=Kind.DECREET, authority=Authority.GELDEND_RECHT, text_status=TextStatus.VERBATIM, date=date(2022, 1, 14)
)
LONG = "De vergunning wordt aangevraagd bij de dienst, die binnen een redelijke termijn beslist over elke aanvraag die volledig is. "

TEXT = f"""Decreet over proefballonnen

De Vlaamse Regering heeft voorgesteld wat volgt.

HOOFDSTUK 1. Algemene bepalingen

Artikel 1. Dit decreet regelt een gewestaangelegenheid.

Art. 2. In dit decreet wordt verstaan onder:

1° ballon: een voorwerp dat stijgt;

2° piloot: een persoon die:

a) een ballon bestuurt;

b) een vergunning heeft;

3° dienst: de bevoegde dienst.

HOOFDSTUK 2. Vergunningen

Afdeling 1. Aanvraag

Art. 3. § 1. {LONG * 3}

De aanvraag bevat een van de volgende gegevens:

1° de naam;

2° het adres.

De Vlaamse Regering bepaalt de nadere regels. {LONG}

§ 2. {LONG * 2}

Afdeling 2. Wijziging

Art. 4. In het decreet van 1 januari 2000 wordt een artikel 3/1 ingevoegd, dat luidt als volgt:

“Art. 3/1. § 1. Een ingevoegd lid. {LONG * 3}

§ 2. Nog een ingevoegd lid. {LONG * 2}”.

Art. 5/1. Artikel 3 van hetzelfde decreet wordt opgeheven.

Art. 12bis. Dit decreet treedt in werking op 1 juli 2023.

Kondigen dit decreet af, bevelen dat het in het Belgisch Staatsblad zal worden bekendgemaakt.

Brussel, 14 januari 2022.

Bijlage 1. Kleuren

Rood en blauw.
"""


def parse(text: str, folder: Path, kind: Kind = Kind.DECREET) -> Document:
    path = folder / "decreet.txt"
    path.write_text(text, encoding="utf-8")
    return build_document(META.model_copy(update={"kind": kind}), read_file(path))


def test_provisions_ids_and_citations(tmp_path: Path) -> None:
    document = parse(TEXT, tmp_path)
    cited = {p.id.removeprefix("decreet-proef/"): p.provision for p in document.passages}
    assert cited == {
        "aanhef/p1": None,
        "aanhef/p2": None,
        "art_1": "decreet 14.01.2022, art. 1",
        "art_2": "decreet 14.01.2022, art. 2",
        "art_3__para_1__al_1": "decreet 14.01.2022, art. 3, § 1, eerste lid",
        "art_3__para_1__al_2": "decreet 14.01.2022, art. 3, § 1, tweede lid",
        "art_3__para_1__al_3": "decreet 14.01.2022, art. 3, § 1, derde lid",
        "art_3__para_2": "decreet 14.01.2022, art. 3, § 2",
        "art_4": "decreet 14.01.2022, art. 4",
        "art_5-1": "decreet 14.01.2022, art. 5/1",
        "art_12bis": "decreet 14.01.2022, art. 12bis",
        "slot/p1": None,
        "slot/p2": None,
        "bijlage_1/p1": None,
    }
    second = document.by_id["decreet-proef/art_3__para_1__al_2"]
    assert document.passage_text(second) == "De aanvraag bevat een van de volgende gegevens:\n1° de naam;\n2° het adres."
    assert second.section == "hfdst_2__afd_1" and second.heading == "HOOFDSTUK 2. Vergunningen > Afdeling 1. Aanvraag"
    assert second.authority is Authority.GELDEND_RECHT and second.status == "decreet"


def test_text_that_an_amending_act_inserts_stays_with_the_article_that_inserts_it(tmp_path: Path) -> None:
    document = parse(TEXT, tmp_path)
    inserted = next(p for p in document.passages if "Nog een ingevoegd lid" in document.passage_text(p))
    assert inserted.provision is not None and inserted.provision.startswith("decreet 14.01.2022, art. 4")
    assert not any(p.id.endswith("art_3-1") for p in document.passages)


def test_a_quotation_left_open_does_not_swallow_the_next_article(tmp_path: Path) -> None:
    document = parse("Art. 1. Het woord “ballon wordt vervangen.\n\nArt. 2. Een ander artikel.\n\nArt. 3. Slot.", tmp_path)
    assert [p.provision for p in document.passages] == [f"decreet 14.01.2022, art. {n}" for n in (1, 2, 3)]


def test_definitions_are_cited_by_point_when_the_list_is_long(tmp_path: Path) -> None:
    points = "\n\n".join(f"{n}° begrip{n}: {LONG * 3}" for n in range(1, 9))
    document = parse(f"Art. 1. Begin.\n\nArt. 2. In dit decreet wordt verstaan onder:\n\n{points}", tmp_path)
    found = next(p for p in document.passages if "begrip5:" in document.passage_text(p))
    assert found.provision == "decreet 14.01.2022, art. 2, 5°" and found.id == "decreet-proef/art_2__point_5"
    first = next(p for p in document.passages if "begrip1:" in document.passage_text(p))
    assert document.passage_text(first).startswith("Art. 2. In dit decreet wordt verstaan onder:")
    short = "\n\n".join(f"{n}° begrip{n}: {'korte omschrijving van een paar woorden ' * 3};" for n in range(1, 13))
    document = parse(f"Art. 1. Begin.\n\nArt. 2. In dit decreet wordt verstaan onder:\n\n{short}", tmp_path)
    group = next(p for p in document.passages if "begrip7:" in document.passage_text(p))
    assert re.fullmatch(r"decreet 14\.01\.2022, art\. 2, \d° tot en met \d+°", group.provision or "")


def test_paragraphs_in_one_block_are_taken_apart(tmp_path: Path) -> None:
    document = parse(f"Art. 1. Begin.\n\nArt. 2. § 1. {LONG * 3} § 2. {LONG * 3} § 3. Slot van dit artikel. {LONG}", tmp_path)
    assert [p.id.split("/")[1] for p in document.passages] == ["art_1", "art_2__para_1", "art_2__para_2", "art_2__para_3"]


def test_article_number_on_its_own_line_and_chapter_title_on_the_next(tmp_path: Path) -> None:
    text = "# Besluit\n\n## Hoofdstuk 1\n\n## Toepassing\n\n### Artikel 1.\n\nHet eerste lid.\n\n### Artikel 2.\n\nHet tweede artikel."
    path = tmp_path / "besluit.md"
    path.write_text(text, encoding="utf-8")
    document = build_document(META.model_copy(update={"kind": Kind.BESLUIT}), read_file(path))
    assert [(p.provision, document.passage_text(p)) for p in document.passages] == [
        ("besluit 14.01.2022, art. 1", "Het eerste lid."),
        ("besluit 14.01.2022, art. 2", "Het tweede artikel."),
    ]
    assert document.passages[0].heading == "Hoofdstuk 1 Toepassing" and document.passages[0].section == "hfdst_1"


def test_a_reference_at_the_start_of_a_lid_is_not_an_article(tmp_path: Path) -> None:
    document = parse("Art. 1. Eerste lid.\n\nArtikel 5 van het decreet is van toepassing.\n\nArt. 2. Slot.", tmp_path)
    assert [p.provision for p in document.passages] == ["decreet 14.01.2022, art. 1", "decreet 14.01.2022, art. 2"]


def test_statutes_are_recognised_in_pdf_and_docx(tmp_path: Path) -> None:
    lines = ["Artikel 1. Dit decreet regelt een gewestaangelegenheid.", "Art. 2. § 1. De dienst geeft de vergunning aan wie", "erom vraagt.", "§ 2. De dienst beslist snel."]
    pdf = build_document(META, read_file(write_pdf(tmp_path / "a.pdf", [lines, ["Art. 3. Dit decreet treedt in werking."]])))
    assert [(p.provision, p.page) for p in pdf.passages] == [
        ("decreet 14.01.2022, art. 1", 1),
        ("decreet 14.01.2022, art. 2", 1),
        ("decreet 14.01.2022, art. 3", 2),
    ]
    assert "vergunning aan wie erom vraagt." in pdf.text
    word = read_file(write_docx(tmp_path / "a.docx", [[("Heading 1", "Hoofdstuk 1. Begin"), ("", lines[0]), ("", lines[1])]]))
    assert build_document(META, word).passages[1].provision == "decreet 14.01.2022, art. 2"


def test_ordinary_prose_is_no_statute() -> None:
    raw = RawDocument((RawBlock("paragraph", "Artikel 5 gaat over premies."), RawBlock("paragraph", "Art. 7. Zo begint een zin.")))
    assert not looks_like_statute(raw)
    assert [p.id for p in build_document(META, raw).passages] == ["decreet-proef/begin/p1", "decreet-proef/begin/p2"]


@pytest.mark.parametrize(
    ("provision", "cited", "eid"),
    [
        (Provision("5", "1", 1, ("2",)), "art. 5, § 1, eerste lid, 2°", "art_5__para_1__al_1__point_2"),
        (Provision("5/1", None, 3, ("2", "a")), "art. 5/1, derde lid, 2°, a)", "art_5-1__al_3__point_2__point_a"),
        (Provision("12bis"), "art. 12bis", "art_12bis"),
        (Provision("2", None, None, ("1",), "4"), "art. 2, 1° tot en met 4°", "art_2__point_1-4"),
        (Provision("2", "3", 31), "art. 2, § 3, 31ste lid", "art_2__para_3__al_31"),
    ],
)
def test_citation_and_id_name_the_same_place(provision: Provision, cited: str, eid: str) -> None:
    assert provision.cite() == cited and provision.eid() == eid


PROVISIONS = st.builds(
    lambda article, para, lid, point, letter: Provision(article, para, lid, tuple(p for p in (point, letter if point else None) if p)),
    st.from_regex(r"[1-9][0-9]{0,2}(/[1-9])?", fullmatch=True),
    st.none() | st.from_regex(r"[1-9](/1)?", fullmatch=True),
    st.none() | st.integers(1, len(ORDINALS)),
    st.none() | st.integers(1, 40).map(str),
    st.none() | st.sampled_from("abcde"),
)


@given(PROVISIONS, st.sampled_from(["decreet", "besluit"]), st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_what_is_cited_is_read_back(provision: Provision, kind: str, day: date) -> None:
    (reference,) = parse_references(f"{kind} {day:%d.%m.%Y}, {provision.cite()}")
    assert (reference.kind, reference.day, reference.provision) == (kind, day, provision)


def test_references_that_are_not_sure_are_left_out() -> None:
    assert [r.provision.article for r in parse_references("decreet 14.01.2022, art. 19, 23 en 24; BVR art. niet gezien")] == ["19", "23", "24"]
    for text in ("art. niet gezien", "decreet 14.01.2022, art. 13 (volgens HERWIN)", "vergelijk decreet 14.01.2022, art. 23", "decreet 14.01.2022, opschrift"):
        assert parse_references(text) == []
    (reference,) = parse_references("decreet 14.01.2022, art. 2, 1°")
    assert reference.provision == Provision("2", None, None, ("1",))


# --- laws --------------------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["de", "dienst", "geeft", "een", "vergunning", "aan", "elke", "persoon", "die", "aan", "de", "voorwaarden", "voldoet"]), min_size=2, max_size=60).map(
    lambda words: " ".join(words).capitalize() + "."
)
LEDEN = st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=12)), min_size=1, max_size=4)
ARTICLES = st.lists(st.tuples(st.booleans(), st.lists(LEDEN, min_size=1, max_size=3)), min_size=2, max_size=5)


@settings(max_examples=60, deadline=None)
@given(ARTICLES)
def test_a_statute_written_out_is_read_back(articles: list[tuple[bool, list[list[tuple[str, list[str]]]]]]) -> None:
    blocks: list[RawBlock] = []
    where: dict[str, tuple[int, int | None, int | None]] = {}
    for number, (with_paras, paras) in enumerate(articles, 1):
        leden = paras if with_paras else [paras[0]]
        for para, lid_list in enumerate(leden, 1):
            for lid, (words, points) in enumerate(lid_list, 1):
                mark = f"kenmerk{len(where)}x"
                where[mark] = (number, para if with_paras else None, lid if len(lid_list) > 1 else None)
                start = (f"Art. {number}. " if para == lid == 1 else "") + (f"§ {para}. " if with_paras and lid == 1 else "")
                blocks.append(RawBlock("paragraph", f"{start}Over {mark} {words}"))
                blocks += [RawBlock("list", f"{n}° {point}") for n, point in enumerate(points, 1)]
    document = statute_document(META, RawDocument(tuple(blocks)))
    carried = "".join(document.passage_text(p) for p in document.passages)
    assert "".join(carried.split()) == "".join("".join(b.text.split()) for b in blocks)
    assert len({p.id for p in document.passages}) == len(document.passages)
    for mark, (article, in_para, in_lid) in where.items():
        passage = next(p for p in document.passages if mark in document.passage_text(p))
        assert passage.provision is not None
        (reference,) = parse_references(passage.provision.split(" tot en met ")[0])
        got = reference.provision
        assert got.article == str(article)
        if "__" in passage.id:
            assert (got.para, got.lid) == (str(in_para) if in_para else None, in_lid)
