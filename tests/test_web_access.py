"""Everybody can use it: axe-core, keyboard only, phone, zoom, dark, print, languages, and no request elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from web_fixtures import Visitor

pytest_plugins = ["web_fixtures"]
pytestmark = pytest.mark.browser
Visit = Callable[..., "Visitor"]
AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READER = "/?doc=hoorzitting-2021-09-23&passage=hoorzitting-2021-09-23/3/ooms/p3&start=45019&end=45072"
PAGES = {
    "start": ("/", ".mw-audience"),
    "antwoord": ("/?q=Hoe+hoog+is+de+loonpremie%3F", ".mw-marker"),
    "check": ("/?tab=check&vraag=recht_werkgever", ".mw-verdict"),
    "uitkomst": ("/?tab=check&vraag=duur&pakket=2_jaar", ".mw-verdict"),
    "standpunten": ("/?tab=standpunten&thema=terugkeergarantie", ".mw-position-list"),
    "vergelijking": ("/?tab=standpunten&thema=terugkeergarantie&met=Gorik+Ooms&met=Allessia+Claes", ".mw-compare"),
    "documenten": ("/?tab=documenten&zoek=premie", ".mw-timeline"),
    "lezer": (READER, "#mw-mark"),
    "samenvatting": ("/?doc=besluit-2022-07-15&zoek=premie", ".mw-hit"),
    "over": ("/?tab=over", ".mw-about"),
}


def violations(page: object) -> list[str]:
    """What axe-core finds, as lines to read."""
    page.evaluate(AXE)  # type: ignore[attr-defined]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)  # type: ignore[attr-defined]
    return [f"{v['id']}: {n['target']} {n['html'][:140]}" for v in found["violations"] for n in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing(visit: Visit, name: str, scheme: str) -> None:
    someone = visit(color_scheme=scheme, bypass_csp=True)
    page = someone.open(*PAGES[name])
    page.wait_for_timeout(400)
    assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
    assert violations(page) == []
    if name == "antwoord":
        page.locator(".mw-marker").first.click()
        page.wait_for_selector("#mw-panel[open]")
        assert violations(page) == []


def test_axe_finds_nothing_on_a_phone(visit: Visit) -> None:
    page = visit(viewport={"width": 360, "height": 780}, bypass_csp=True).open(*PAGES["antwoord"])
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize("name", list(PAGES))
def test_nothing_is_wider_than_a_phone_or_400_percent_zoom(visit: Visit, name: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 640}).open(*PAGES[name])
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_phone_opens_a_passage_over_the_whole_screen(visit: Visit) -> None:
    page = visit(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True).open(*PAGES["antwoord"])
    page.locator(".mw-marker").first.tap()
    page.wait_for_selector("#mw-panel[open]")
    assert page.locator("#mw-panel").bounding_box()["width"] == 360
    page.locator(".mw-close").tap()
    page.wait_for_selector("#mw-panel", state="hidden")


def test_keyboard_only(visit: Visit) -> None:
    page = visit().open()

    def focused(what: str) -> bool:
        return bool(page.evaluate("s => !!document.activeElement && document.activeElement.matches(s)", what))

    def tab_to(what: str, most: int = 60) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if focused(what):
                return
        raise AssertionError(f"the keyboard does not reach {what}")

    page.keyboard.press("Tab")
    assert focused(".mw-skip")
    tab_to("#mw-question textarea")
    page.keyboard.type("Wat vindt HERWIN van de terugkeergarantie?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".mw-marker", timeout=20_000)
    page.evaluate("document.querySelector('#mw-main').focus()")
    tab_to(".mw-marker")
    page.keyboard.press("Enter")
    page.wait_for_selector("#mw-panel[open]")
    assert page.evaluate("document.querySelector('#mw-panel').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.wait_for_selector("#mw-panel", state="hidden")
    assert focused(".mw-marker")
    page.evaluate("document.querySelector('.mw-header a').focus()")
    tab_to('button[role=tab][data-tab-id="check"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("#mw-check-vraag")
    tab_to("#mw-check-vraag")
    page.keyboard.type("duur")
    tab_to(".mw-check-form button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".mw-verdict")
    tab_to(".mw-check-form input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert page.locator(".mw-given li").count() == 0, "passing over a choice with the arrows must not send it"


@pytest.mark.parametrize(
    ("locale", "language", "label"),
    [("fr-BE", "fr", "Votre question"), ("de-DE", "de", "Ihre Frage"), ("en-GB", "en", "Your question"), ("pl-PL", "nl", "Uw vraag")],
)
def test_the_browser_chooses_the_language(visit: Visit, locale: str, language: str, label: str) -> None:
    page = visit(locale=locale).open()
    assert page.locator("html").get_attribute("lang") == language
    assert page.get_by_label(label, exact=True).count() == 1


def test_language_by_hand_wins_and_keeps_the_place(visit: Visit) -> None:
    page = visit(locale="fr-BE").open("/?tab=check&vraag=duur", ".mw-verdict")
    page.locator(".mw-languages a[lang=nl]").click()
    page.wait_for_selector("html[lang=nl].mw-ready")
    page.wait_for_selector(".mw-verdict")
    assert page.locator("#mw-check-vraag").input_value() == "duur"


def test_french_browser_gets_a_french_answer(visit: Visit) -> None:
    someone = visit(locale="fr-BE")
    page = someone.open()
    someone.ask("Quel est le montant de la prime salariale ?")
    assert page.locator(".mw-prose").first.get_attribute("lang") == "fr"
    assert page.locator(".mw-source blockquote").first.get_attribute("lang") == "nl"
    assert not someone.elsewhere and not someone.problems


@pytest.mark.parametrize("name", list(PAGES))
def test_no_request_leaves_the_machine(visit: Visit, name: str) -> None:
    someone = visit()
    page = someone.open(*PAGES[name])
    page.wait_for_timeout(500)
    assert someone.elsewhere == []
    assert someone.problems == []
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert all(name.startswith((someone.server, "data:", "blob:")) for name in loaded)


def test_colours_can_be_switched_by_hand(visit: Visit) -> None:
    page = visit(color_scheme="light").open()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Donker").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    page.wait_for_selector("html.mw-ready")
    assert page.evaluate("document.body.classList.contains('dark')")


def test_print_shows_the_answer_and_not_the_controls(visit: Visit) -> None:
    page = visit().open(*PAGES["antwoord"])
    page.emulate_media(media="print")
    assert page.locator(".mw-answer").first.is_visible() and page.locator("blockquote").first.is_visible()
    assert not page.locator("#mw-ask").is_visible()
    assert not page.locator(".mw-actions").first.is_visible()


def test_status_is_said_to_screen_readers(visit: Visit) -> None:
    someone = visit()
    page = someone.open()
    assert page.locator(".mw-live[role=status][aria-live=polite]").count() == 1
    someone.ask("Hoe hoog is de loonpremie?")
    page.wait_for_function("document.querySelector('.mw-live').textContent.includes('klaar')")
