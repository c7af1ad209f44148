"""Search positions by actor, organisation, party, role, theme, stance and free words, combined and ranked.

Filters are complete: without free words every position that fits is returned. Free words rank by
retrieval over statements and passages, so that a paraphrase finds a position too. Apart from the
positions the result names further passages that speak of the same and that no returned position
cites, and what others reported as the view of the actors asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.answer import Citation
from assistant.citations import cite
from assistant.language import detect
from assistant.positions.model import STANCE_ORDER, Holder, Position, holders, position, roster
from assistant.positions.resolve import (
    resolve_actors,
    resolve_organisation,
    resolve_party,
    resolve_role,
    resolve_stance,
    resolve_topics,
    topic_names,
    topics_in,
)
from assistant.understand import expansion_of
from corpus.errors import UsageError
from corpus.model import Stance
from corpus.store import Actor, Corpus, Topic
from index.retriever import Retriever
from index.text import fold

LIMIT = 25
"""How many positions free words return at most, unless told otherwise."""
FURTHER = 8
"""How many further passages are shown."""
_NEAR = 1.25
"""A further passage scores at least so many standard deviations above the mean of what was spoken."""
# Weight of the words beside the meaning of a statement and of its passage, tried on paraphrases of the hearing (flat from 0.8);
# a theme named in the question counts as much as one standard deviation of similarity.
_WORDS, _TOPIC = 1.0, 1.0
# A position is kept when it scores this share of the best one, and at least this many standard deviations.
_SHARE, _FLOOR = 0.4, 3.0


@dataclass(frozen=True)
class Query:
    """What is asked for, as typed; empty means: all."""

    actors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    stances: tuple[str, ...] = ()
    text: str = ""


@dataclass
class Found:
    """Positions, best first, and what belongs beside them.

    ``reported``: the view of the actors asked for, as told by somebody else. ``further``: passages that no
    position of the list cites. ``actors`` and ``topics``: how the question was read. ``left_out``: how many
    positions were ranked too low to be shown. ``absent``: who was asked for but did not speak.
    """

    positions: list[Position]
    reported: list[Position] = field(default_factory=list)
    further: list[Citation] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    left_out: int = 0
    absent: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Wanted:
    actors: frozenset[str] | None
    roles: frozenset[str]
    topics: frozenset[str]
    stances: frozenset[Stance]

    def fits(self, holder: Holder) -> bool:
        return (self.actors is None or holder.actor.name in self.actors) and self.fits_apart_from_actor(holder)

    def fits_apart_from_actor(self, holder: Holder) -> bool:
        return (
            (not self.roles or holder.role in self.roles)
            and (not self.topics or bool(self.topics.intersection(holder.statement.topics)))
            and (not self.stances or holder.stance in self.stances)
        )


def search(corpus: Corpus, query: Query, retriever: Retriever | None = None, language: str = "nl", limit: int | None = None) -> Found:
    """Positions that fit every part of ``query``; within one part any value fits.

    Args:
        retriever: needed for free words; it also widens the further passages.
        language: of summaries and labels (nl, fr, en, de).
        limit: at most so many positions; None: all, or 25 with free words and no theme; 0: all.

    Raises:
        UsageError: an actor, organisation, party, role, theme or stance does not exist, or free words without a retriever.
    """
    if query.text.strip() and retriever is None:
        raise UsageError("Vrij zoeken vraagt de zoekindex.", "Geef een retriever mee of laat de vrije woorden weg.")
    people = roster(corpus)
    actors, absent = _actors(corpus, query, people)
    topics = list({t.id: t for name in query.topics for t in resolve_topics(name, corpus)}.values())
    wanted = _Wanted(
        None if actors is None else frozenset(a.name for a in actors),
        frozenset(resolve_role(r) for r in query.roles),
        frozenset(t.id for t in topics),
        frozenset(resolve_stance(s) for s in query.stances),
    )
    everyone = list(holders(corpus))
    own = [h for h in everyone if wanted.fits(h)]
    left_out = 0
    if query.text.strip() and retriever is not None:
        own, left_out = _by_words(own, query.text, retriever, corpus, cut=not topics, limit=limit)
    else:
        own = _in_order(own, wanted, people, corpus)
        if limit:
            left_out, own = max(0, len(own) - limit), own[:limit]
    reported = [h for h in everyone if wanted.fits_apart_from_actor(h) and _reports(h, actors or [], absent)]
    found = Found([position(corpus, h, language) for h in own], actors=actors or [], topics=topics, left_out=left_out, absent=absent)
    shown = {p.id for p in found.positions}
    found.reported = [position(corpus, h, language) for h in reported if h.statement.id not in shown]
    if query.text.strip() or topics:
        found.further = _further(corpus, query, found, wanted, retriever)
    return found


def _actors(corpus: Corpus, query: Query, people: Sequence[Actor]) -> tuple[list[Actor] | None, list[str]]:
    """Who is asked for (None: everybody), and names of people who did not speak but whose view is reported."""
    absent: list[str] = []
    groups: list[list[Actor]] = []
    if query.actors:
        named: list[Actor] = []
        for name in query.actors:
            try:
                named += resolve_actors(name, people)
            except UsageError:
                if not any(fold(name) in fold(s.on_behalf_of or "") for s in corpus.statements):
                    raise
                absent.append(name)
        groups.append(named)
    if query.organisations:
        groups.append([a for name in query.organisations for a in resolve_organisation(name, people)])
    if query.parties:
        groups.append([a for name in query.parties for a in resolve_party(name, people)])
    if not groups:
        return None, absent
    keep = [{a.name for a in group} for group in groups]
    return [a for a in people if all(a.name in names for names in keep)], absent


def _reports(holder: Holder, actors: Sequence[Actor], absent: Sequence[str]) -> bool:
    """True when somebody else's view is told that belongs to one of the actors asked for."""
    whose = fold(holder.statement.on_behalf_of or "")
    if not whose:
        return False
    others = [a for a in actors if a.name != holder.actor.name]
    names = [fold(n) for a in others for n in (a.organisation, a.name) if n]
    return any(re.search(rf"(?<!\w){re.escape(n)}(?!\w)", whose) for n in (*names, *map(fold, absent)))


def _in_order(found: list[Holder], wanted: _Wanted, people: Sequence[Actor], corpus: Corpus) -> list[Holder]:
    """Main theme before side theme; then by actor, theme, stance and place in the report."""
    who = {a.name: i for i, a in enumerate(people)}
    theme = {t: i for i, t in enumerate(corpus.topics)}
    stance = {s: i for i, s in enumerate(STANCE_ORDER)}
    return sorted(
        found,
        key=lambda h: (bool(wanted.topics) and h.topic not in wanted.topics, who[h.actor.name], theme.get(h.topic, len(theme)), stance[h.stance], h.order),
    )


def _by_words(own: list[Holder], text: str, retriever: Retriever, corpus: Corpus, cut: bool, limit: int | None) -> tuple[list[Holder], int]:
    """Rank by meaning and words of the statement and by the retrieval score of its passage."""
    if not own:
        return own, 0
    language = detect(text)
    expansion = expansion_of(text) if language == "nl" else ""
    cosines, words = retriever.statement_scores(text, language, expansion)
    passages = retriever.scores(text, language=language, expansion=expansion)[retriever.statement_position]
    all_rows = np.array([h.order for h in holders(corpus)])
    total = _spread(cosines, all_rows) + _WORDS * _spread(words, all_rows) + _spread(passages, all_rows)
    named = {t.id for t in topics_in(text, corpus.topics.values())}
    scores = {h.order: float(total[h.order]) + _TOPIC * ((h.topic in named) + bool(named.intersection(h.statement.topics))) for h in own}
    ranked = sorted(own, key=lambda h: (-scores[h.order], h.order))
    if limit == 0:
        return ranked, 0
    near = ranked
    if cut:
        # A theme that is named is shown whole when nothing else is asked, and is never cut by likeness.
        only = {t for t in named if _is_name(text, corpus.topics[t])}
        floor = max(_FLOOR, _SHARE * scores[ranked[0].order])
        near = [h for h in ranked if scores[h.order] >= floor or named.intersection(h.statement.topics)]
        whole = [h for h in near if only.intersection(h.statement.topics)]
        near = whole or near[:LIMIT]
    near = near[:limit] if limit else near
    return near, len(ranked) - len(near)


def _is_name(text: str, topic: Topic) -> bool:
    """True when ``text`` is nothing but a name of the theme."""
    return fold(text).strip(" ?.!") in {fold(n) for n in topic_names(topic)}


def _spread(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Values in standard deviations from the mean of ``rows``; all zero when they do not differ."""
    spread = float(values[rows].std())
    return (values - float(values[rows].mean())) / spread if spread > 1e-9 else np.zeros_like(values)


def _further(corpus: Corpus, query: Query, found: Found, wanted: _Wanted, retriever: Retriever | None) -> list[Citation]:
    """Passages of the same actors about the same that no shown position cites: those that name the theme, then what retrieval finds."""
    cited = {c.passage for p in (*found.positions, *found.reported) for c in p.citations}
    spoken = [p for d in corpus.documents.values() if d.statements for p in d.passages if p.speaker and p.id not in cited]
    if wanted.actors is not None:
        spoken = [p for p in spoken if p.speaker in wanted.actors]
    if wanted.roles:
        spoken = [p for p in spoken if p.role in wanted.roles]
    allowed = {p.id for p in spoken}
    ids: dict[str, None] = {}
    if found.topics and not query.text.strip() and not query.stances:
        for p in spoken:
            if topics_in(corpus.documents[p.document].passage_text(p), found.topics):
                ids[p.id] = None
    if retriever is not None and allowed:
        text = query.text.strip() or " ".join(n for t in found.topics for n in topic_names(t))
        language = detect(text)
        scores = retriever.scores(text, language=language, expansion=expansion_of(text) if language == "nl" else "")
        rows = np.array([retriever.position[p.id] for d in corpus.documents.values() if d.statements for p in d.passages if p.speaker])
        near = _spread(scores, rows)
        ranked = sorted(allowed, key=lambda pid: (-near[retriever.position[pid]], pid))
        ids.update({pid: None for pid in ranked if near[retriever.position[pid]] >= _NEAR})
    return [cite(corpus, pid, n=n) for n, pid in enumerate(list(ids)[:FURTHER], 1)]
