"""What the service is and is not, on which documents it rests, how good it is, and what becomes of what you type."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from assistant.engine import Assistant, versions
from assistant.web.dates import long_date
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import Words


def evaluation() -> dict[str, Any] | None:
    """The latest evaluation table that came with the package: ``title``, ``date``, ``note``, ``columns``, ``rows``."""
    path = files("assistant.web") / "evaluation.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def about(assistant: Assistant, words: Words) -> Safe:
    """The page."""
    settings = assistant.settings
    privacy = list(words.get("over.privacy_list"))
    if settings.feedback:
        privacy.append(words("over.privacy_feedback", days=settings.feedback_days))
    return tag(
        "div",
        tag("h3", words("over.what")),
        tag("p", words("over.what_text")),
        tag("h3", words("over.not")),
        tag("ul", [tag("li", x) for x in words.get("over.not_list")]),
        tag("h3", words("over.how")),
        tag("ol", [tag("li", x) for x in words.get("over.how_list")]),
        tag("p", words("over.model", model=settings.llm) if settings.llm else words("over.no_model")),
        tag("h3", words("over.documents")),
        _documents(assistant, words),
        tag("h3", words("over.good")),
        _evaluation(words),
        tag("h3", words("over.privacy")),
        tag("ul", [tag("li", x) for x in privacy]),
        tag("h3", words("over.accessibility")),
        tag("p", words("over.accessibility_text")),
        tag("h3", words("over.report")),
        tag("p", words("over.report_text")),
        tag("h3", words("over.register")),
        tag("table", tag("tbody", [tag("tr", tag("th", k, scope="row"), tag("td", v)) for k, v in words.get("over.register_rows")]), cls="mw-table"),
        tag("h3", words("over.programs")),
        tag("p", words("over.programs_text")),
        tag("p", words("over.version", version=versions().get("maatwerkwijzer", "0"), hash=assistant.corpus.hash), cls="mw-hint"),
        cls="mw-about",
    )


def _documents(assistant: Assistant, words: Words) -> Safe:
    head = [words("documents.title"), words("documents.authority"), words("documents.status"), words("documents.date"), words("documents.hash")]
    rows = [
        tag(
            "tr",
            tag("th", d.meta.title, scope="row", lang=d.meta.language),
            tag("td", words.name("authority", d.meta.authority)),
            tag("td", words.name("text_status", d.meta.text_status)),
            tag("td", long_date(d.meta.date, words.language)),
            tag("td", tag("code", d.sha256)),
        )
        for d in assistant.corpus.documents.values()
    ]
    return _table(head, rows, words("over.documents"))


def _table(head: list[str], rows: list[Safe], title: str) -> Safe:
    table = tag(
        "table", tag("caption", title, cls="mw-sr"), tag("thead", tag("tr", [tag("th", h, scope="col") for h in head])), tag("tbody", rows), cls="mw-table"
    )
    return tag("div", table, cls="mw-scroll", tabindex="0", role="region", aria_label=title)


def _evaluation(words: Words) -> Safe:
    data = evaluation()
    if data is None:
        return tag("p", words("over.good_none"))
    rows = [tag("tr", tag("th", row[0], scope="row"), [tag("td", cell) for cell in row[1:]]) for row in data["rows"]]
    note = " ".join(str(data[key]) for key in ("title", "date", "note") if data.get(key))
    return join(tag("p", note, lang="nl"), _table([str(c) for c in data["columns"]], rows, words("over.good")))
