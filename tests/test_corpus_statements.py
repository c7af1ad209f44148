"""The statement checker: the shipped statements pass, and a spoiled one is caught."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from holds import small_bundle, use_bundle

from corpus.errors import CorpusError
from corpus.model import Authority, Document, DocumentMeta, Kind, Passage, Span, Statement, Texts, TextStatus
from corpus.statement_check import Finding, articles, check_statement, check_statements, figures
from corpus.store import Corpus, load_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(None)


@pytest.fixture(scope="module")
def names(corpus: Corpus) -> list[str]:
    return [a.name for a in corpus.actors] + [a.organisation for a in corpus.actors if a.organisation]


def test_every_shipped_statement_passes(corpus: Corpus, names: list[str]) -> None:
    wrong = [f for d in corpus.documents.values() for f in check_statements(d, known_names=names, glossary=corpus.glossary) if f.severity == "error"]
    assert wrong == []
    assert len(corpus.statements) > 600


def spoiled(corpus: Corpus, language: str, pattern: str, by: str) -> tuple[int, int]:
    """Change the first match in one language of every statement that has one: (caught, tried)."""
    caught = tried = 0
    for document in corpus.documents.values():
        for statement in document.statements:
            text = getattr(statement.texts, language)
            changed = re.sub(pattern, by, text, count=1)
            if changed == text:
                continue
            tried += 1
            bad = statement.model_copy(update={"texts": statement.texts.model_copy(update={language: changed})})
            caught += bool(list(check_statement(document, bad)))
    return caught, tried


def test_a_changed_number_is_always_caught(corpus: Corpus) -> None:
    for language in ("nl", "fr", "en", "de"):
        caught, tried = spoiled(corpus, language, r"(?<![\d.,/\w])([2-9]\d)(?![\d.,/\w])", r"1\1")
        assert tried > 20 and caught == tried


def test_a_changed_month_is_always_caught(corpus: Corpus) -> None:
    for language, month, other in (("nl", "juli", "juni"), ("fr", "juillet", "juin"), ("en", "July", "June"), ("de", "Juli", "Juni")):
        caught, tried = spoiled(corpus, language, rf"\b{month}\b(?= \d{{4}})", other)
        assert tried > 10 and caught == tried


def test_a_lost_negation_is_nearly_always_caught(corpus: Corpus) -> None:
    for language, pattern in (("nl", r" (?:niet|geen)\b"), ("fr", r"(?:\bne |\bn[’'])(\w+) (?:pas|plus|aucune?)\b"), ("en", r" not\b"), ("de", r" (?:nicht|keine?)\b")):
        caught, tried = spoiled(corpus, language, pattern, r"\1" if language == "fr" else "")
        assert tried > 30 and caught >= 0.6 * tried, (language, caught, tried)


# --- single checks -----------------------------------------------------------------------------------------------

TEXT = "Peeters: de premie bedraagt 1.200 euro sinds 1 juli 2023, volgens artikel 13.\n\nMaes: dat klopt niet."


def make(texts: Texts, start: int = 0, end: int = 78, speaker: str = "An Peeters") -> list[Finding]:
    meta = DocumentMeta(id="proef", title="Proef", kind=Kind.ADVIES, authority=Authority.STANDPUNT, text_status=TextStatus.VERBATIM, date=date(2024, 1, 1))
    split = TEXT.index("\n\n")
    passages = (
        Passage(id="proef/p1", document="proef", start=0, end=split, speaker="An Peeters", authority=Authority.STANDPUNT),
        Passage(id="proef/p2", document="proef", start=split + 2, end=len(TEXT), speaker="Jos Maes", authority=Authority.STANDPUNT),
    )
    document = Document(meta=meta, text=TEXT, passages=passages)
    spans = (Span(start=start, end=min(end, len(TEXT))),)
    return list(check_statement(document, Statement(id="proef/p1#1", document="proef", passage="proef/p1", spans=spans, texts=texts, speaker=speaker)))


GOOD = Texts(
    nl="De premie bedraagt 1.200 euro sinds 1 juli 2023 (artikel 13).",
    fr="La prime s'élève à 1 200 euros depuis le 1er juillet 2023 (article 13).",
    en="The premium has been 1,200 euros since 1 July 2023 (article 13).",
    de="Die Prämie beträgt seit dem 1. Juli 2023 1.200 Euro (Artikel 13).",
)
SPLIT = TEXT.index("\n\n")


def test_a_good_statement_has_no_findings() -> None:
    assert make(GOOD, end=SPLIT) == []


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"nl": "De premie bedraagt 1.300 euro sinds 1 juli 2023 (artikel 13)."}, "getal"),
        ({"nl": "De premie bedraagt 1.200 euro sinds 2 juli 2023 (artikel 13)."}, "getal"),
        ({"nl": "De premie bedraagt 1.200 euro sinds 1 juli 2023 (artikel 14)."}, "artikel"),
        ({"fr": "La prime s'élève à 1,200 euros depuis le 1er juillet 2023 (article 13)."}, "getal"),
        ({"en": "The premium has been 1,200 euros since 1 July 2024 (article 13)."}, "getal"),
        ({"de": "Die Prämie beträgt seit dem 1. Juli 2023 1.200 Euro (Artikel 31)."}, "artikel"),
        ({"en": ""}, "taal"),
    ],
)
def test_each_kind_of_error_is_named(change: dict[str, str], check: str) -> None:
    found = make(GOOD.model_copy(update=change), end=SPLIT)
    assert check in {f.check for f in found if f.severity == "error"}


def test_words_of_another_speaker_do_not_carry_a_statement() -> None:
    assert {f.check for f in make(GOOD, start=SPLIT + 2, end=len(TEXT))} >= {"spreker"}
    assert {f.check for f in make(GOOD, start=0, end=len(TEXT))} >= {"citaat"}
    assert {f.check for f in make(GOOD, end=SPLIT, speaker="Jos Maes")} >= {"spreker"}


def test_negation_and_names_are_warnings() -> None:
    found = make(GOOD.model_copy(update={"nl": "De premie van HERWIN bedraagt niet 1.200 euro sinds 1 juli 2023 (artikel 13)."}), end=SPLIT)
    assert {(f.severity, f.check) for f in found} == {("warning", "ontkenning"), ("warning", "naam")}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("nl", "1.200,50 euro en 45,0 procent", {"1200.5", "45"}),
        ("fr", "1\u202f200,50 euros et 45 %", {"1200.5", "45"}),
        ("en", "1,200.50 euros and 45 %", {"1200.5", "45"}),
        ("nl", "op 23 september 2021, of 23.09.2021", {"d2021-09-23"}),
        ("fr", "le 1er juillet 2023", {"d2023-07-01"}),
        ("de", "am 1. Juli 2023 und im März 2024", {"d2023-07-01", "m2024-03"}),
        ("en", "18,000 people in 2021", {"18000", "2021"}),
        ("nl", "18 000 personen", {"18000"}),
        ("en", "advice 74.244/1/V", {"x74.244/1/V"}),
    ],
)
def test_figures_have_one_notation(language: str, text: str, expected: set[str]) -> None:
    assert figures(text, language) == expected


def test_article_numbers() -> None:
    assert articles("artikel 5/1 en 6, artikelen 7, 8 tot 10") == {"5/1", "6", "7", "8", "10"}
    assert articles("Article 3 et 4") == {"3", "4"} and articles("Artikeln 3 und 4") == {"3", "4"}


def test_questions_of_a_statement_that_is_gone_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = use_bundle(monkeypatch, small_bundle(tmp_path))
    path = next(bundle.glob("*/views.jsonl"))
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"statement": "nergens/p1#9", "nl": ["Wie zei dat?"]}) + "\n")
    with pytest.raises(CorpusError, match="nergens/p1#9"):
        load_corpus(None)
