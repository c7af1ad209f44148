"""A position: what one actor says on a theme, with its stance and its exact quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Citation
from assistant.citations import cite
from corpus.model import Stance, Statement
from corpus.store import Actor, Corpus
from index.text import fold

FOR = (Stance.STEUNT, Stance.STEUNT_ONDER_VOORWAARDE)
AGAINST = (Stance.BEZORGD, Stance.TEGEN)
TAKING_SIDES = (*FOR, *AGAINST)
STANCE_ORDER = (
    Stance.STEUNT,
    Stance.STEUNT_ONDER_VOORWAARDE,
    Stance.STELT_VOOR,
    Stance.BEZORGD,
    Stance.TEGEN,
    Stance.VRAAGT,
    Stance.STELT_VAST,
)
PARTY_NOTE = "partij in 2021, van buiten het verslag"
_STANCE_OF_KIND = {"vraag": Stance.VRAAGT, "voorstel": Stance.STELT_VOOR}


class Position(BaseModel):
    """One position, as ``positions --format json`` prints it.

    ``party`` is that of the year of the hearing and comes from outside the report. ``topic`` is the
    main theme, ``topics`` all of them. ``on_behalf_of`` names for whom the speaker says it, and
    ``reported`` is true when that is somebody else's view and not the speaker's own. ``answers`` are the ids of the question passages that this position answers.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    person: str
    organisation: str | None
    party: str | None
    party_note: str | None = None
    role: str
    topic: str
    topic_label: str
    topics: list[str]
    stance: str
    summary: str
    citations: list[Citation]
    kind: str
    on_behalf_of: str | None = None
    reported: bool = False
    addressed_to: list[str] = Field(default_factory=list)
    answers: list[str] = Field(default_factory=list)

    @property
    def passage(self) -> str:
        """Id of the passage that carries it."""
        return self.id.rsplit("#", 1)[0]

    @property
    def who(self) -> str:
        """Person with organisation or party, as a note-taker would write it."""
        group = self.organisation or self.party
        return f"{self.person} ({group})" if group else self.person


@dataclass(frozen=True)
class Holder:
    """A statement that is a position, with its actor and stance; cheap, no citation is built yet."""

    statement: Statement
    actor: Actor
    role: str
    stance: Stance
    order: int = field(compare=False)

    @property
    def topic(self) -> str:
        """The main theme."""
        return self.statement.topics[0] if self.statement.topics else ""

    @property
    def reported(self) -> bool:
        """True when the speaker tells somebody else's view: neither his or her own nor that of the own organisation or party."""
        whose = fold(self.statement.on_behalf_of or "")
        own = (self.actor.name, self.actor.organisation, self.actor.party)
        return bool(whose) and not whose.startswith("alle ") and not any(fold(n) in whose for n in own if n)


def stance_of(statement: Statement) -> Stance | None:
    """The stance of a statement; a question or proposal without one has that of its kind; None: no position."""
    return statement.stance or _STANCE_OF_KIND.get(statement.kind)


def roster(corpus: Corpus) -> list[Actor]:
    """Who can be asked for: the known actors, then speakers of other reports that are not among them."""
    actors = list(corpus.actors)
    known = {a.name for a in actors}
    for document in corpus.documents.values():
        for p in document.passages:
            if p.speaker and p.speaker not in known:
                known.add(p.speaker)
                key = "".join(c for c in p.speaker.split(" ", 1)[-1].lower() if c.isalpha())
                aliases = (p.organisation,) if p.organisation else ()
                actors.append(Actor(p.speaker, key, p.role or "", p.organisation, aliases=aliases))
    return actors


def holders(corpus: Corpus) -> Iterator[Holder]:
    """Every position of the corpus, in the order of the documents."""
    actors = {a.name: a for a in roster(corpus)}
    for order, statement in enumerate(corpus.statements):
        stance = stance_of(statement)
        if stance is None or statement.speaker is None:
            continue
        actor = actors[statement.speaker]
        passage = corpus.passage(statement.passage)[1]
        yield Holder(statement, actor, passage.role or actor.role, stance, order)


def position(corpus: Corpus, holder: Holder, language: str = "nl") -> Position:
    """The position in full: summary in ``language``, quotes in the language of the document.

    Raises:
        CorpusError: a span does not lie inside its passage.
    """
    s = holder.statement
    citations = [cite(corpus, s.passage, span.start, span.end, n) for n, span in enumerate(s.spans, 1)]
    return Position(
        id=s.id,
        person=holder.actor.name,
        organisation=holder.actor.organisation or s.organisation,
        party=holder.actor.party,
        party_note=PARTY_NOTE if holder.actor.party else None,
        role=holder.role,
        topic=holder.topic,
        topic_label=topic_label(corpus, holder.topic, language),
        topics=list(s.topics),
        stance=holder.stance.value,
        summary=s.texts.get(language),
        citations=citations,
        kind=s.kind,
        on_behalf_of=s.on_behalf_of,
        reported=holder.reported,
        addressed_to=list(s.addressed_to),
        answers=list(s.answers),
    )


def topic_label(corpus: Corpus, topic: str, language: str = "nl") -> str:
    """The label of a theme; its id when the list of themes does not have it."""
    known = corpus.topics.get(topic)
    return known.labels.get(language) if known else topic


def topics_in_order(corpus: Corpus, used: Sequence[str]) -> list[str]:
    """``used`` in the order of the list of themes, unknown ones last."""
    rank = {t: i for i, t in enumerate(corpus.topics)}
    return sorted(dict.fromkeys(used), key=lambda t: (rank.get(t, len(rank)), t))
