"""Badges in words: what weight a text has, whether it is the text itself, how sure we are."""

from __future__ import annotations

from assistant.web.markup import Safe, tag
from assistant.web.texts import Words


def badges(words: Words, authority: str, text_status: str | None = None, certainty: str | None = None) -> Safe:
    """The badges of a passage or document."""
    return tag(
        "span",
        tag("span", words.name("authority", authority), cls=f"mw-badge mw-b-{authority}", title=words.name("authority_help", authority)),
        text_status and tag("span", words.name("text_status", text_status), cls="mw-badge mw-b-plain"),
        certainty and tag("span", words.name("certainty", certainty), cls=f"mw-badge mw-b-{certainty}"),
        cls="mw-badges",
    )
