"""The Gradio app of one language: five tabs. Nothing of a visitor stays on the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from assistant.answer import Answer
from assistant.api.errors import ApiError
from assistant.api.service import Service
from assistant.web import conversation, links
from assistant.web.about_html import about
from assistant.web.answer_html import turn
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import LANGUAGES, NAMES, Words
from assistant.web.views import render
from corpus.errors import MaatwerkwijzerError

SLOW = 1.2
"""Seconds after which the page says what else is being done."""
TABS = ("vraag", "check", "standpunten", "documenten", "over")
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}


def header(words: Words) -> Safe:
    """Name, what it is, and the switches for language and colours."""
    switch = [
        tag(
            "li",
            tag("a", NAMES[code], href=f"/?lang={code}", lang=code, hreflang=code, aria_current="true" if code == words.language else None, data_lang=code),
        )
        for code in LANGUAGES
    ]
    return tag(
        "div",
        tag("a", words("skip"), href="#mw-main", cls="mw-skip"),
        tag("div", tag("h1", words("title")), tag("p", words("subtitle")), cls="mw-brand"),
        tag(
            "div",
            tag("nav", tag("ul", switch), aria_label=words("language_switch"), cls="mw-languages"),
            tag("button", words("theme_dark"), type="button", cls="mw-action", id="mw-theme", data_dark=words("theme_dark"), data_light=words("theme_light")),
            cls="mw-tools",
        ),
        cls="mw-header",
        data_copied=words("ask.copied"),
        data_copy_failed=words("ask.copy_failed"),
        data_close=words("close"),
    )


def heading(words: Words, tab: str) -> Safe:
    """The heading of a tab."""
    key = {"vraag": "ask", "check": "check", "standpunten": "positions", "documenten": "documents", "over": "over"}[tab]
    return tag("h2", words(f"{key}.heading"), cls="mw-h2", id="mw-main" if tab == "vraag" else None, tabindex="-1" if tab == "vraag" else None)


def examples(words: Words) -> Safe:
    """Example questions for each audience."""
    groups = []
    for group in words.get("audiences").values():
        items = [tag("li", tag("a", q, href=links.question(words.language, q), data_ask=q)) for q in group["questions"]]
        groups.append(tag("section", tag("h3", group["title"]), tag("ul", items), cls="mw-audience"))
    return tag("div", tag("div", groups, cls="mw-audiences"), cls="mw-examples")


def conversation_tools(words: Words) -> Safe:
    """Export and print, for the whole conversation."""
    buttons = [tag("button", words(f"ask.export_{kind}"), type="button", cls="mw-action", data_export=kind) for kind in ("md", "docx", "json")]
    return tag(
        "div",
        tag("span", words("ask.export"), cls="mw-hint", id="mw-export-label"),
        buttons,
        tag("button", words("ask.print"), type="button", cls="mw-action", data_print=True),
        cls="mw-actions mw-conversation-tools",
        role="group",
        aria_labelledby="mw-export-label",
    )


def turns(answers: list[Answer], words: Words, service: Service, pending: Safe | None = None) -> Safe:
    """The whole conversation; ``pending`` is a question that is being answered."""
    feedback = service.assistant.settings.feedback
    shown = [turn(a, n, words, service.corpus, feedback) for n, a in enumerate(answers, 1)]
    if not shown and pending is None:
        return join(tag("p", words("ask.intro"), cls="mw-intro"))
    tools = conversation_tools(words) if shown and pending is None else None
    return tag("div", shown, pending, tools, cls="mw-conversation", role="region", aria_label=words("ask.conversation"))


def waiting(question: str, message: str, words: Words) -> Safe:
    """A question with what is being done about it."""
    return tag(
        "article",
        tag("h3", tag("span", words("ask.you"), cls="mw-sr"), tag("span", question), cls="mw-question"),
        tag("p", tag("span", cls="mw-dots", aria_hidden="true"), message, cls="mw-working"),
        cls="mw-turn mw-pending",
        data_pending=True,
    )


def failed(question: str, message: str, words: Words) -> Safe:
    """A question that could not be answered now, and what to do."""
    return tag(
        "article",
        tag("h3", tag("span", words("ask.you"), cls="mw-sr"), tag("span", question), cls="mw-question"),
        tag("p", message, cls="mw-warning", role="alert"),
        cls="mw-turn mw-failed",
        data_question=question,
    )


def explain(error: ApiError | MaatwerkwijzerError, words: Words) -> str:
    """What a visitor is told when there is no answer now."""
    if not isinstance(error, ApiError):
        return words("errors.failed")
    if error.code == "too_many_requests":
        return words("errors.too_many", seconds=error.retry_after or 60)
    return words("errors.busy")


def visitor(request: gr.Request) -> str:
    """The address for the limits."""
    return request.client.host if request.client else "unknown"


def make_page(service: Service, language: str) -> Any:
    """The Blocks of one language."""
    words = Words(language)
    told_of = service.corpus.hash

    def status(message: str) -> Safe:
        return tag("p", message, role="status", aria_live="polite", cls="mw-live")

    async def ask(question: str, memory: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        answers = conversation.parse(memory, service.corpus)
        question = (question or "").strip()
        if not question:
            yield gr.skip(), status(words("ask.empty")), gr.skip(), gr.skip(), gr.skip()
            return
        yield turns(answers, words, service, waiting(question, words("ask.working"), words)), status(words("ask.working")), "", gr.skip(), ""
        work = asyncio.ensure_future(service.ask(question, answers, visitor(request), "web"))
        try:
            done, _ = await asyncio.wait({work}, timeout=SLOW)
            if not done:
                slow = waiting(question, words("ask.checking"), words)
                yield turns(answers, words, service, slow), status(words("ask.checking")), gr.skip(), gr.skip(), gr.skip()
            answer = await work
        except (ApiError, MaatwerkwijzerError) as error:
            message = explain(error, words)
            yield turns(answers, words, service, failed(question, message, words)), status(message), question, gr.skip(), gr.skip()
            return
        finally:
            work.cancel()
        answers = [*answers, answer][-conversation.MOST_TURNS :]
        yield turns(answers, words, service), status(words("ask.done")), "", conversation.serialise(answers), ""

    async def retry(question: str, memory: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        answers = conversation.parse(memory, service.corpus)
        again = (question or "").strip()
        if not again and answers:
            again = answers[-1].question
            memory = conversation.serialise(answers[:-1])
        async for step in ask(again, memory, request):
            yield step

    def clear() -> tuple[Any, ...]:
        return turns([], words, service), status(""), "", "[]", examples(words)

    def restore(memory: str) -> tuple[Any, ...]:
        answers = conversation.parse(memory, service.corpus)
        if not answers:
            return (gr.skip(),) * 3
        return turns(answers, words, service), "", conversation.serialise(answers)

    async def go(query: str, request: gr.Request) -> tuple[Any, ...]:
        pairs = parse_qsl((query or "").partition("#")[0].lstrip("?"), keep_blank_values=False, max_num_fields=100)
        tab = dict(pairs).get("tab", "")
        try:
            shown: Any = await render(service, tab, pairs, words, request.request, visitor(request))
        except ApiError as error:
            shown = tag("p", error.message, cls="mw-warning", role="alert")
        return tuple(shown if tab == name else gr.skip() for name in ("check", "standpunten", "documenten"))

    async def opened(request: gr.Request) -> tuple[Any, ...]:
        """What a link asks for when the page opens."""
        pairs = list(request.request.query_params.multi_items()) if request.request else []
        query = dict(pairs)
        tab = "documenten" if query.get("doc") and "tab" not in query else query.get("tab", "")
        assistant = service.assistant
        # The page was made with the documents of then.
        over = gr.skip() if assistant.corpus.hash == told_of else about(assistant, words)
        if tab not in TABS:
            return *(gr.skip(),) * 4, over
        if tab in ("check", "standpunten", "documenten"):
            shown = await render(service, tab, pairs, words, request.request, visitor(request))
            return gr.Tabs(selected=tab), *(shown if tab == name else gr.skip() for name in ("check", "standpunten", "documenten")), over
        return gr.Tabs(selected=tab), *(gr.skip(),) * 3, over

    later = tag("p", words("loading"), cls="mw-lazy")
    with gr.Blocks(title=words("title"), analytics_enabled=False, fill_width=True) as demo:
        gr.HTML(header(words), apply_default_css=False, js_on_load="", elem_classes="mw-top")
        with gr.Tabs(elem_id="mw-tabs", overflow_behavior="wrap") as tabs:
            with gr.Tab(words("tabs.vraag"), id="vraag", elem_id="mw-tab-vraag"):
                gr.HTML(heading(words, "vraag"), **_plain())
                talk = gr.HTML(turns([], words, service), elem_id="mw-talk", **_plain())
                live = gr.HTML(status(""), elem_id="mw-live", **_plain())
                with gr.Row(elem_id="mw-ask", equal_height=False):
                    box = gr.Textbox(
                        label=words("ask.label"), placeholder=words("ask.placeholder"), lines=1, max_lines=6, scale=8, elem_id="mw-question", max_length=20_000
                    )
                    send = gr.Button(words("ask.send"), variant="primary", scale=0, min_width=150, elem_id="mw-send")
                with gr.Row(elem_id="mw-ask-tools"):
                    again = gr.Button(words("ask.retry"), size="sm", scale=0, min_width=120, elem_id="mw-retry")
                    wipe = gr.Button(words("ask.clear"), size="sm", scale=0, min_width=120, elem_id="mw-clear")
                gr.HTML(tag("p", words("notice"), cls="mw-notice"), **_plain())
                ideas = gr.HTML(examples(words), elem_id="mw-ideas", **_plain())
            panes = {}
            for name in ("check", "standpunten", "documenten"):
                with gr.Tab(words(f"tabs.{name}"), id=name, elem_id=f"mw-tab-{name}"):
                    gr.HTML(heading(words, name), **_plain())
                    panes[name] = gr.HTML(later, elem_id=f"mw-pane-{name}", **_plain())
            with gr.Tab(words("tabs.over"), id="over", elem_id="mw-tab-over"):
                gr.HTML(heading(words, "over"), **_plain())
                over = gr.HTML(about(service.assistant, words), **_plain())
        memory = gr.Textbox(visible="hidden", elem_id="mw-memory", label="memory", max_length=700_000)
        where = gr.Textbox(visible="hidden", elem_id="mw-go", label="go", max_length=5_000)

        outputs = [talk, live, box, memory, ideas]
        gr.on([send.click, box.submit], ask, [box, memory], outputs, trigger_mode="once", **_PRIVATE)
        again.click(retry, [box, memory], outputs, trigger_mode="once", **_PRIVATE)
        wipe.click(clear, None, outputs, **_PRIVATE)
        memory.submit(restore, [memory], [talk, ideas, memory], **_PRIVATE)
        three = list(panes.values())
        where.submit(go, [where], three, trigger_mode="always_last", **_PRIVATE)
        demo.load(opened, None, [tabs, *three, over], **_PRIVATE)
    demo.queue(max_size=service.assistant.settings.max_queue + service.assistant.settings.max_concurrent, api_open=False)
    return demo


def _plain() -> dict[str, Any]:
    """HTML of our own: no style, script or click handler of Gradio on it."""
    return {"apply_default_css": False, "js_on_load": "", "padding": False}
