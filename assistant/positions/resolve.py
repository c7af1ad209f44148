"""From what somebody types to actors, parties, roles, themes and stances; an error lists what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from assistant.positions.words import Words
from corpus.errors import UsageError
from corpus.model import LANGUAGES, Stance
from corpus.store import Actor, Corpus, Topic
from index.mentions import mentioned
from index.text import fold

# Similarity (0..100) from which a name or theme counts as misspelt; short names as VVSG need the lower one.
_NAME_LIKE = 74
_TOPIC_LIKE = 82
ROLES = ("spreker", "parlementslid", "voorzitter")
_MORE_ROLES = {
    "sprekers": "spreker",
    "organisatie": "spreker",
    "organisaties": "spreker",
    "parlementsleden": "parlementslid",
    "lid": "parlementslid",
    "leden": "parlementslid",
    "volksvertegenwoordiger": "parlementslid",
    "volksvertegenwoordigers": "parlementslid",
    "commissievoorzitter": "voorzitter",
}


def _plain(text: str) -> str:
    """Folded, with every run of other characters as one space."""
    return re.sub(r"[^\w&]+", " ", fold(text).replace("_", " ")).strip()


def _names(actor: Actor) -> set[str]:
    surname = actor.name.split(" ", 1)[-1]
    return {_plain(n) for n in (actor.name, actor.key, surname, actor.organisation, actor.organisation_full, *actor.aliases) if n}


def resolve_actors(text: str, actors: Sequence[Actor]) -> list[Actor]:
    """The actors that ``text`` names: by name, surname, organisation, party alias or a misspelling of these.

    Raises:
        UsageError: nobody fits; the message lists who spoke.
    """
    wanted = _plain(text)
    exact = [a for a in actors if wanted in _names(a)]
    if exact:
        return exact
    named = mentioned(text, actors)
    if named:
        return named
    inside = [a for a in actors if len(wanted) >= 4 and any(re.search(rf"\b{re.escape(wanted)}\b", n) for n in _names(a))]
    if inside:
        return inside
    scored = sorted(((max(fuzz.ratio(wanted, n) for n in _names(a)), a) for a in actors), key=lambda pair: -pair[0]) if wanted else []
    if scored and scored[0][0] >= _NAME_LIKE:
        return [a for score, a in scored if score == scored[0][0]]
    raise UsageError(f"'{text}' sprak niet op de hoorzitting.", f"Wel: {', '.join(_who(a) for a in actors)}.")


def _who(actor: Actor) -> str:
    group = actor.organisation or actor.party
    return f"{actor.name} ({group})" if group else actor.name


def resolve_organisation(text: str, actors: Sequence[Actor]) -> list[Actor]:
    """The actors that speak for the organisation.

    Raises:
        UsageError: no organisation fits; the message lists them.
    """
    speaking = [a for a in actors if a.organisation]
    try:
        return resolve_actors(text, speaking)
    except UsageError:
        raise UsageError(f"De organisatie '{text}' sprak niet op de hoorzitting.", f"Wel: {', '.join(str(a.organisation) for a in speaking)}.") from None


def resolve_party(text: str, actors: Sequence[Actor]) -> list[Actor]:
    """The members of the party (that of 2021, known from outside the report).

    Raises:
        UsageError: no party fits; the message lists them.
    """
    members = [a for a in actors if a.party]
    exact = [a for a in members if _squeezed(a.party) == _squeezed(text)]
    if exact:
        return exact
    parties = sorted({str(a.party) for a in members})
    try:
        found = {a.party for a in resolve_actors(text, members)}
    except UsageError:
        raise UsageError(f"De partij '{text}' is niet bekend.", f"Wel (partij in 2021): {', '.join(parties)}.") from None
    return [a for a in members if a.party in found]


def _squeezed(text: str | None) -> str:
    return re.sub(r"[^\w]+", "", fold(text or ""))


def resolve_role(text: str) -> str:
    """spreker, parlementslid or voorzitter, also in the plural and in French, English or German.

    Raises:
        UsageError: another role.
    """
    wanted = _plain(text)
    if wanted in _MORE_ROLES:
        return _MORE_ROLES[wanted]
    for role in ROLES:
        if wanted in {_plain(Words(code).of("role", role)) for code in LANGUAGES}:
            return role
    raise UsageError(f"De rol '{text}' bestaat niet.", f"Kies uit: {', '.join(ROLES)}.")


def resolve_stance(text: str) -> Stance:
    """The stance by its name or its words in one of the four languages.

    Raises:
        UsageError: another stance; the message lists them.
    """
    wanted = _plain(text)
    for stance in Stance:
        if wanted in {_plain(stance.value), *(_plain(Words(code).stance(stance.value)) for code in LANGUAGES)}:
            return stance
    raise UsageError(f"De houding '{text}' bestaat niet.", f"Kies uit: {', '.join(s.value for s in Stance)}.")


def topic_names(topic: Topic) -> list[str]:
    """Everything by which a theme can be asked for."""
    labels = [topic.labels.get(code) for code in LANGUAGES]
    return list(dict.fromkeys([topic.id.replace("_", " "), *labels, *topic.synonyms]))


def resolve_topics(text: str, corpus: Corpus) -> list[Topic]:
    """The themes that ``text`` names: by id, by label in four languages, by synonym or misspelt.

    The first kind of match that finds anything decides, so that an exact label is never diluted by
    synonyms of other themes.

    Raises:
        UsageError: no theme fits; the message lists them.
    """
    wanted = _plain(text)
    topics = list(corpus.topics.values())
    kinds: tuple[list[Topic], ...] = (
        [t for t in topics if wanted in {_plain(n) for n in (t.id, *(t.labels.get(c) for c in LANGUAGES))}],
        [t for t in topics if wanted in {_plain(n) for n in t.synonyms}],
        topics_in(text, topics),
        [t for t in topics if len(wanted) >= 4 and any(re.search(rf"\b{re.escape(wanted)}", _plain(n)) for n in topic_names(t))],
        _like(wanted, topics),
    )
    for found in kinds:
        if found and wanted:
            return found
    raise UsageError(f"Het thema '{text}' staat niet in de lijst.", f"Kies uit: {', '.join(t.id for t in topics)}. Of zoek vrij met --query.")


def topics_in(text: str, topics: Iterable[Topic]) -> list[Topic]:
    """The themes of which a name stands as whole words in ``text``."""
    words = f" {_plain(text)} "
    return [t for t in topics if any(f" {_plain(n)} " in words for n in topic_names(t))]


def _like(wanted: str, topics: Sequence[Topic]) -> list[Topic]:
    scored = [(max(fuzz.ratio(wanted, _plain(n)) for n in topic_names(t)), t) for t in topics]
    best = max((s for s, _ in scored), default=0)
    return [t for s, t in scored if s == best] if best >= _TOPIC_LIKE else []
