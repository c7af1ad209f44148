"""Parts of the web app by themselves: markup, words, links, limits, feedback, the reader's cuts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.errors import ApiError
from assistant.api.limits import RateLimit, visitor_key
from assistant.api.visitor import parse_networks
from assistant.feedback import Feedback, erase, erase_old, read, store
from assistant.web.check_html import facts_of
from assistant.web.dates import euro, long_date
from assistant.web.export import markdown
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import LANGUAGES, Words, choose
from corpus.errors import SettingsError
from corpus.store import load_corpus

pytest_plugins = ["web_fixtures"]
TEXT = st.text(max_size=80) | st.sampled_from(["<script>alert(1)</script>", '" onclick="x', "&amp;", "javascript:x", "</p><img src=x onerror=y>"])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.data = ""

    def handle_starttag(self, element: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((element, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.data += data


def parsed(markup: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader


@given(TEXT, TEXT)
def test_no_text_becomes_markup(content: str, title: str) -> None:
    made = parsed(tag("p", content, title=title))
    assert [e for e, _ in made.elements] == ["p"]
    assert set(made.elements[0][1]) == {"title"}
    visible = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", content)
    assert made.data.replace("\r", "\n") == visible.replace("\r", "\n")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example.org", " javascript:x", "JAVASCRIPT:x", "vbscript:x"])
def test_only_addresses_become_links(address: str) -> None:
    assert "href" not in parsed(tag("a", "x", href=address)).elements[0][1]


def test_event_attributes_cannot_be_made() -> None:
    with pytest.raises(ValueError):
        tag("a", "x", onclick="y")
    with pytest.raises(ValueError):
        tag("script src=x", "y")


def test_safe_passes_and_plain_is_escaped() -> None:
    assert join(Safe("<b>a</b>"), "<b>", None, [Safe("<i></i>"), 3]) == "<b>a</b>&lt;b&gt;<i></i>3"


def _keys(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        out: dict[str, Any] = {}
        for key, inner in value.items():
            assert isinstance(key, str), f"{path}{key}: yaml made a {type(key).__name__} of it"
            out |= _keys(inner, f"{path}{key}.")
        return out
    return {path: value}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_places(language: str) -> None:
    dutch, own = _keys(Words("nl")._data), _keys(Words(language)._data)
    assert set(own) == set(dutch)
    for key, text in own.items():
        assert isinstance(text, type(dutch[key])), key
        if isinstance(text, str):
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", dutch[key])), key
            assert bool(text.strip()) == bool(dutch[key].strip()), key
        else:
            assert len(text) == len(dutch[key]) and all(isinstance(t, str | list) for t in text), key


def test_examples_are_answered_in_their_language(web_assistant: Any) -> None:
    unanswered = []
    for language in LANGUAGES:
        for audience in Words(language).get("audiences").values():
            for question in audience["questions"]:
                answer = web_assistant.ask(question)
                if answer.language != language or answer.status not in ("answered", "partial", "clarify"):
                    unanswered.append((question, answer.language, answer.status.value))
    assert not unanswered


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        (None, "fr-BE,fr;q=0.9,en;q=0.8", "fr"),
        (None, "pl,de;q=0.4,en;q=0.7", "en"),
        (None, "pl", "nl"),
        (None, "", "nl"),
        ("de", "fr", "de"),
        ("xx", "fr", "fr"),
        (None, "fr;q=0, en;q=x, de;q=0.1", "de"),
    ],
)
def test_language_of_a_visitor(asked: str | None, accept: str, language: str) -> None:
    assert choose(asked, accept) == language


def test_dates_and_amounts() -> None:
    assert long_date("2021-09-23", "nl") == "23 september 2021"
    assert long_date("2021-09-01", "fr") == "1er septembre 2021"
    assert long_date("2021-09-23", "de") == "23. September 2021"
    assert euro(1234.5, "nl") == "1.234,50\u00a0euro" and euro(1234.5, "en") == "1,234.50\u00a0euro"


def test_form_values_are_typed() -> None:
    facts = facts_of(
        {
            "vraag": "loonpremie",
            "referteloon_kwartaal": "6.000,50 €",
            "in_dienst": "true",
            "kwartaal_nr": "3",
            "datum": "",
            "lang": "nl",
            "onbekend": "x",
            "pakket": "zomaar",
        }
    )
    assert facts == {"vraag": "loonpremie", "referteloon_kwartaal": 6000.5, "in_dienst": True, "kwartaal_nr": 3, "pakket": "zomaar"}


def test_rate_limit_window() -> None:
    now = [0.0]
    limit = RateLimit(2, clock=lambda: now[0])
    limit.take("192.0.2.1")
    now[0] = 30
    limit.take("192.0.2.1")
    with pytest.raises(ApiError) as caught:
        limit.take("192.0.2.1")
    assert caught.value.retry_after == 30
    limit.take("192.0.2.2")
    now[0] = 60.5
    limit.take("192.0.2.1")


def test_one_household_is_one_visitor() -> None:
    assert visitor_key("2001:db8::1") == visitor_key("2001:db8::ffff:2") != visitor_key("2001:db8:0:1::1")
    assert visitor_key("::ffff:192.0.2.1") == "192.0.2.1"


def test_a_wrong_proxy_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="proxy-1"):
        parse_networks("127.0.0.1, proxy-1")


def test_feedback_is_erased_after_its_time(tmp_path: Path) -> None:
    given_ = Feedback(answer="a1", question="Bel 0470 12 34 56 of jan@example.org", status="answered", thumb="up")
    store(tmp_path, given_, 30)
    store(tmp_path, given_.model_copy(update={"answer": "a2"}), 30)
    kept = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8")
    assert "0470" not in kept and "example.org" not in kept
    old = (datetime.now(UTC).date() - timedelta(days=31)).isoformat()
    (tmp_path / "feedback.jsonl").write_text(re.sub(r'"date": "[^"]+"', f'"date": "{old}"', kept, count=1) + "{kapot\n", encoding="utf-8")
    assert erase_old(tmp_path, 30) == 1
    assert [r["answer"] for r in read(tmp_path)] == ["a2"]
    assert erase(tmp_path, "a2") == 1 and read(tmp_path) == [] and erase(tmp_path) == 0


def test_every_span_of_a_document_can_be_marked() -> None:
    """What stands between <mark> and </mark> is the span, whatever pages begin inside it."""
    from assistant.web.reader import Place, excerpt, find_hits

    corpus = load_corpus()
    words = Words("nl")
    document = corpus.documents["hoorzitting-2021-09-23"]
    for passage in document.passages[::9]:
        start, end = passage.start + 1, max(passage.start + 2, passage.end - 2)
        shown = excerpt(corpus, Place(document.id, passage.id, start, end), words)
        marks = re.findall(r"<mark[^>]*>(.*?)</mark>", shown, flags=re.DOTALL)
        assert parsed("".join(marks)).data == document.text[start:end]
    for start, end in find_hits(document, "één"):
        assert document.text[start:end].lower() in ("één", "een", "eén", "eèn", "éen")


def test_a_span_outside_its_passage_is_not_marked() -> None:
    from assistant.web.reader import Place, excerpt

    corpus = load_corpus()
    document = corpus.documents["hoorzitting-2021-09-23"]
    passage = document.passages[3]
    for start, end in ((0, 5), (passage.start, passage.end + 1), (passage.end, passage.start), (10**8, 10**8 + 1)):
        assert "<mark" not in excerpt(corpus, Place(document.id, passage.id, start, end), Words("nl"))


def test_markdown_export_cannot_smuggle_markup(web_assistant: Any) -> None:
    answer = web_assistant.ask("Hoe hoog is de loonpremie?").model_copy(update={"question": "<script>x</script> `a` # kop"})
    made = markdown([answer], Words("nl"))
    assert "<script>" not in made and "\\<script\\>" in made


def test_reference_of_settings_is_in_the_operators_manual() -> None:
    from assistant.web.reference import reference

    manual = (Path(__file__).parents[1] / "docs" / "OPERATORS.md").read_text(encoding="utf-8")
    assert reference() in manual, "run: python -m assistant.web.reference docs/OPERATORS.md"
