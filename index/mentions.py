"""Which actors a text names: by name, surname, organisation, party or misspelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from corpus.store import Actor
from index.text import fold, words

# Aliases that are ordinary words too: only counted with a capital, or in a fixed phrase.
_AMBIGUOUS = frozenset({"groen", "vooruit", "ooms", "de koepel", "steden en gemeenten", "voorzitter van de commissie", "commissievoorzitter"})


@lru_cache(maxsize=4096)
def _pattern(alias: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"[\s-]*".join(re.escape(w) for w in re.split(r"[\s-]+", fold(alias))) + r"(?!\w)")


@lru_cache(maxsize=4096)
def _as_written(alias: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + re.escape(alias) + r"(?!\w)", re.IGNORECASE)


def names_of(actor: Actor) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every name of an actor and the pattern that finds it in a text as it is written, the longest first."""
    return ((alias, _as_written(alias)) for alias in sorted((actor.name, *actor.aliases), key=len, reverse=True))


def mentioned(text: str, actors: Sequence[Actor]) -> list[Actor]:
    """The actors that ``text`` names, in the order of the text; a surname may be misspelt a little."""
    folded = fold(text)
    found: dict[str, int] = {}
    for actor in actors:
        for alias in (actor.name, *actor.aliases):
            match = _pattern(alias).search(folded)
            if match and fold(alias) in ("groen", "vooruit") and not re.search(r"(?<!^)(?<![.?!] )\b" + alias + r"\b", text):
                continue
            if match:
                found[actor.key] = min(found.get(actor.key, len(folded)), match.start())
    if not found:
        found = _misspelt(folded, actors)
    by_key = {a.key: a for a in actors}
    return [by_key[k] for k, _ in sorted(found.items(), key=lambda item: item[1])]


def _misspelt(folded: str, actors: Sequence[Actor]) -> dict[str, int]:
    """Names of one to three words within one or two letters of a name; never a word of the language."""
    tokens = words(folded)
    found: dict[str, int] = {}
    for actor in actors:
        names = {fold(actor.name), fold(actor.name).split(" ", 1)[-1], fold(actor.organisation or actor.name)}
        for name in names:
            n = len(name.split())
            if len(name) < 6:
                continue
            for i in range(len(tokens) - n + 1):
                candidate = " ".join(tokens[i : i + n])
                if abs(len(candidate) - len(name)) <= 2 and candidate[0] == name[0] and fuzz.ratio(candidate, name) >= 82:
                    found[actor.key] = folded.find(tokens[i])
    return found
