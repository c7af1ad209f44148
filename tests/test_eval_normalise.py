"""One spelling for numbers, dates, percentages and accents, and how gold wordings are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.matching import contains
from eval.normalise import normalise, number_words, numbers


@pytest.mark.parametrize(
    ("text", "wording", "language"),
    [
        ("Dat is **55 %** [1].", "55 procent", "nl"),
        ("55 pour cent des personnes", "55 %", "fr"),
        ("per cent: 55 per cent", "55%", "en"),
        ("vijfentwintig mensen", "25", "nl"),
        ("Fünfundzwanzig Personen", "25", "de"),
        ("quatre-vingt-dix-sept personnes", "97", "fr"),
        ("twenty-five people", "25", "en"),
        ("two hundred and fifty people", "250", "en"),
        ("tweehonderdvijftig plaatsen", "250", "nl"),
        ("één begeleider", "1 begeleider", "nl"),
        ("€ 1.200 per kwartaal", "1200 euro", "nl"),
        ("1 200 euros par trimestre", "1.200 euro", "fr"),
        ("4,059.76 euros", "4.059,76 euro", "en"),
        ("1,5 miljoen euro", "1.500.000 euro", "nl"),
        ("op 01.07.2023", "1 juli 2023", "nl"),
        ("à partir du 1er juillet 2023", "01/07/2023", "fr"),
        ("on July 1, 2023", "2023-07-01", "en"),
        ("vanaf 1 juli 2023", "juli 2023", "nl"),
        ("de geïndiceerde persoon", "geindiceerde persoon", "nl"),
        ("art. 73 van het besluit", "artikel 73", "nl"),
        ("vier evaluaties", "evaluatie*", "nl"),
        ("twee begeleiders", "begeleider", "nl"),
        ("de ‘terugkeergarantie’", "terugkeergarantie", "nl"),
    ],
)
def test_wording_is_found(text: str, wording: str, language: str) -> None:
    assert contains(text, wording, language)


@pytest.mark.parametrize(
    ("text", "wording", "language"),
    [
        ("155 procent", "55 procent", "nl"),
        ("hij neemt dat mee", "nee", "nl"),
        ("onze mensen", "11 mensen", "nl"),
        ("een begeleider", "1 begeleider", "nl"),
        ("12,5 procent", "2,5 procent", "nl"),
        ("artikel 730", "artikel 73", "nl"),
        ("[45] staat er", "45", "nl"),
        ("op 11 juli 2023", "1 juli 2023", "nl"),
        ("10 minuten", "ten", "nl"),
    ],
)
def test_wording_is_not_found(text: str, wording: str, language: str) -> None:
    assert not contains(text, wording, language)


def test_numbers_in_their_one_spelling() -> None:
    assert numbers("In 2021 kregen 1.200 mensen 45,50 % en drie premies.") == ["2021", "1200", "45.5", "3"]


@given(st.integers(2, 99), st.sampled_from(["nl", "fr", "en", "de"]))
def test_every_number_below_a_hundred_has_a_word(value: int, language: str) -> None:
    spelled = [w for w, v in number_words(language).items() if v == value]
    assert spelled
    assert all(normalise(w, language) == str(value) for w in spelled)


@given(st.integers(1000, 10**9))
def test_thousand_separators_do_not_matter(value: int) -> None:
    grouped = f"{value:,}"
    assert {normalise(grouped.replace(",", mark)) for mark in (",", ".", " ", "\u00a0", "\u202f")} == {str(value)}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(["nl", "fr", "en", "de"]))
def test_normalising_never_fails_and_leaves_single_spaces(text: str, language: str) -> None:
    out = normalise(text, language)
    assert out == " ".join(out.split())
