"""One turn of the conversation: the answer first, then the passages that carry it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from assistant.answer import Answer, Citation, Status
from assistant.web import links
from assistant.web.badges import badges
from assistant.web.dates import long_date
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import Words
from corpus.store import Corpus

_INLINE = re.compile(r"(\*\*[^*\n]+\*\*|\*[^*\n]+\*|\[\d{1,3}\])")
_LABEL = re.compile(r"^\*([^*\n]+)\*\s*(.*)$", re.DOTALL)
_PLAIN_STATUS = (Status.ANSWERED,)
FOLLOW_UPS = 3


def turn(answer: Answer, number: int, words: Words, corpus: Corpus, feedback: bool) -> Safe:
    """A question with its answer. ``number`` counts the turns of the conversation from 1."""
    cited = {c.n: c for c in answer.citations}
    head = f"t{number}"
    return tag(
        "article",
        tag("h3", tag("span", words("ask.you"), cls="mw-sr"), tag("span", answer.question), cls="mw-question", id=f"{head}-q"),
        answer.follow_up_of and tag("p", words("ask.follow_up_of", question=answer.follow_up_of), cls="mw-follow-up-of"),
        tag(
            "div",
            answer.status not in _PLAIN_STATUS and tag("p", words.name("status", answer.status), cls=f"mw-status mw-s-{answer.status}"),
            tag("div", prose(answer.answer, cited, words, number), cls="mw-prose", lang=answer.language),
            _next_step(answer, words),
            _warnings(answer, words),
            cls="mw-answer",
        ),
        _sources(answer.citations, words, number),
        _follow_ups(answer, words, corpus),
        _actions(answer, words, number, feedback),
        cls="mw-turn",
        id=head,
        aria_labelledby=f"{head}-q",
        data_answer=json.dumps(answer.model_dump(mode="json", exclude={"retrieved", "timings_ms", "versions"}), ensure_ascii=False),
    )


def prose(markdown: str, cited: dict[int, Citation], words: Words, number: int) -> Safe:
    """The answer's few marks of markdown as HTML: paragraphs under their label, lists, emphasis, and markers as links."""
    blocks = []
    for paragraph in re.split(r"\n{2,}", markdown.strip()):
        labelled = _LABEL.match(paragraph)
        label, body = (labelled.group(1), labelled.group(2)) if labelled and labelled.group(2).strip() else ("", paragraph)
        first = re.search(r"\[(\d{1,3})\]", body)
        source = cited.get(int(first.group(1))) if first else None
        inside = _lines(body, cited, words, number)
        if label:
            kind = f"mw-group mw-g-{source.authority}" if source else "mw-group"
            blocks.append(tag("section", tag("p", label, cls="mw-group-label"), inside, cls=kind))
        else:
            blocks.append(inside)
    return join(blocks)


def _lines(body: str, cited: dict[int, Citation], words: Words, number: int) -> Safe:
    out: list[Safe] = []
    items: list[Safe] = []
    running: list[str] = []

    def flush() -> None:
        if items:
            out.append(tag("ul", list(items)))
            items.clear()
        if running:
            out.append(tag("p", _inline(" ".join(running), cited, words, number)))
            running.clear()

    for line in body.split("\n"):
        if re.match(r"^\s*[-*] ", line):
            if running:
                flush()
            items.append(tag("li", _inline(re.sub(r"^\s*[-*] ", "", line), cited, words, number)))
        elif line.strip():
            if items:
                flush()
            running.append(line.strip())
    flush()
    return join(out)


def _inline(line: str, cited: dict[int, Citation], words: Words, number: int) -> Safe:
    out: list[object] = []
    for part in _INLINE.split(line):
        if part.startswith("**"):
            out.append(tag("strong", part[2:-2]))
        elif part.startswith("*"):
            out.append(tag("em", part[1:-1]))
        elif re.fullmatch(r"\[\d{1,3}\]", part) and int(part[1:-1]) in cited:
            out.append(_marker(cited[int(part[1:-1])], words))
        else:
            out.append(part)
    return join(out)


def _marker(cited: Citation, words: Words) -> Safe:
    name = words("ask.marker", n=cited.n, label=cited.label)
    return tag("a", f"[{cited.n}]", cls="mw-marker", href=links.citation(words.language, cited), aria_label=name, title=cited.label, data_panel=True)


def _sources(citations: Sequence[Citation], words: Words, number: int) -> Safe | None:
    if not citations:
        return None
    return tag(
        "section",
        tag("h4", words("ask.sources")),
        tag("ol", [_source(c, words, number) for c in citations], cls="mw-sources"),
        cls="mw-evidence",
    )


def _source(c: Citation, words: Words, number: int) -> Safe:
    return tag(
        "li",
        tag("div", tag("span", f"[{c.n}]", cls="mw-n"), tag("span", c.label, cls="mw-label"), cls="mw-source-head"),
        badges(words, c.authority, c.text_status, c.certainty),
        tag("blockquote", c.quote, lang="nl"),
        tag(
            "p",
            tag("a", words("ask.open"), tag("span", f" [{c.n}]", cls="mw-sr"), href=links.citation(words.language, c), data_panel=True, cls="mw-open"),
            web_sources(c.sources, words),
            cls="mw-source-foot",
        ),
        id=f"t{number}-s{c.n}",
        cls=f"mw-source mw-g-{c.authority}",
    )


def web_sources(sources: Sequence[str], words: Words) -> Safe | None:
    """Links to the pages behind a digest; what is no address stands as text."""
    if not sources:
        return None
    items = [tag("li", external(s, words)) for s in sources]
    return tag("details", tag("summary", words("ask.web_sources", n=len(items))), tag("ul", items), cls="mw-web")


def external(address: str, words: Words) -> Safe:
    """A link to another website, which learns nothing about the visitor."""
    if not address.startswith(("https://", "http://")):
        return tag("span", address)
    shown = urlsplit(address).netloc.removeprefix("www.") + urlsplit(address).path.rstrip("/")
    return tag("a", shown, tag("span", f" ({words('opens_elsewhere')})", cls="mw-sr"), href=address, rel="noreferrer noopener external", target="_blank")


def _warnings(answer: Answer, words: Words) -> Safe | None:
    if not answer.warnings:
        return None
    items = [tag("li", w) for w in answer.warnings]
    return tag("div", tag("p", tag("strong", words("ask.warnings"))), tag("ul", items), cls="mw-warning", lang=answer.language)


def _next_step(answer: Answer, words: Words) -> Safe | None:
    advice = words.name("next", answer.status)
    if not advice:
        return None
    search = None
    if answer.status in (Status.NO_EVIDENCE, Status.PARTIAL):
        where = links.page(words.language, {"tab": "documenten", "zoek": answer.question})
        search = join(" ", tag("a", words("search_documents"), href=where, data_go="documenten"), ".")
    return tag("p", advice, search, cls="mw-next")


def _follow_ups(answer: Answer, words: Words, corpus: Corpus) -> Safe | None:
    questions = follow_ups(answer, words, corpus)
    if not questions:
        return None
    items = [tag("li", tag("a", q, href=links.question(words.language, q), data_ask=q, cls="mw-chip")) for q in questions]
    return tag("div", tag("p", words("ask.follow_ups"), cls="mw-follow-title"), tag("ul", items, cls="mw-chips"), cls="mw-follow")


def follow_ups(answer: Answer, words: Words, corpus: Corpus) -> list[str]:
    """Questions that go on from an answer, made of the themes and speakers of what it cites."""
    out: list[str] = []
    seen = {(c.speaker or "") for c in answer.citations}
    for c in answer.citations:
        own = [s for s in corpus.statements_of.get(c.passage, []) if any(span.start == c.start for span in s.spans)]
        topics = [t for s in own for t in s.topics if t in corpus.topics]
        for topic in topics[:2]:
            label = corpus.topics[topic].labels.get(words.language)
            label = label if words.language == "de" else label[:1].lower() + label[1:]
            other = next((s for s in corpus.statements if topic in s.topics[:1] and s.stance and s.speaker not in seen and s.organisation), None)
            if other is not None:
                out.append(words("follow_up.others", who=other.organisation, topic=label))
            if c.speaker is None:
                out.append(words("follow_up.law", topic=label))
    return [q for q in dict.fromkeys(out) if q.lower() != answer.question.lower()][:FOLLOW_UPS]


def _actions(answer: Answer, words: Words, number: int, feedback: bool) -> Safe:
    kept = answer.question and tag("a", words("ask.permalink"), href=links.question(words.language, answer.question), cls="mw-action", data_copy_link=True)
    return tag(
        "div",
        tag("button", words("ask.copy"), type="button", cls="mw-action", data_copy=number, data_plain=as_plain(answer)),
        kept,
        tag("span", words("ask.as_of", day=long_date(answer.as_of, words.language)), cls="mw-as-of"),
        feedback and _thumbs(answer, words, number),
        cls="mw-actions",
        role="group",
        aria_label=words("ask.actions"),
    )


def _thumbs(answer: Answer, words: Words, number: int) -> Safe:
    reasons = [tag("option", label, value=key) for key, label in words.get("feedback.reasons").items()]
    return tag(
        "form",
        tag("span", words("feedback.question"), id=f"t{number}-f"),
        tag("button", words("feedback.up"), type="submit", cls="mw-action", value="up"),
        tag(
            "details",
            tag("summary", words("feedback.down"), cls="mw-action"),
            tag("label", words("feedback.reason"), " ", tag("select", reasons, name="reason")),
            tag("button", words("feedback.send"), type="submit", cls="mw-action", value="down"),
        ),
        cls="mw-feedback",
        data_feedback=json.dumps({"answer": answer.id, "question": answer.question, "status": answer.status, "language": answer.language}, ensure_ascii=False),
        data_thanks=words("feedback.thanks"),
        data_failed=words("feedback.failed"),
        aria_labelledby=f"t{number}-f",
    )


def as_plain(answer: Answer) -> str:
    """The answer with its citations as text, to paste somewhere."""
    lines = [answer.question, "", answer.answer.replace("*", "")]
    if answer.citations:
        lines += ["", *(f'[{c.n}] {c.label}: "{c.quote}"' for c in answer.citations)]
    lines += [f"! {w}" for w in answer.warnings]
    return "\n".join(lines)
