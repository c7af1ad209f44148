"""What became of a theme after the hearing: facts of the dossier, clearly apart, with certainty and source.

``outcomes.yaml`` only links themes to numbered facts; every word shown is the fact's own, so nothing
can be said here that the dossier does not hold.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.answer import Citation
from assistant.citations import cite
from corpus.errors import CorpusError
from corpus.store import Corpus


class OutcomeFact(BaseModel):
    """One fact: its text in the asked language, certainty (hoog, middel, laag), weight and source.

    ``also``: other facts of the dossier that say the same. ``warnings``: contradictions between sources.
    """

    model_config = ConfigDict(extra="forbid")

    number: str
    text: str
    certainty: str | None
    authority: str
    provision: str | None
    citation: Citation
    also: list[str]
    warnings: list[str]


class Outcome(BaseModel):
    """What the dossier knows of a theme after the hearing; no facts: it does not know."""

    model_config = ConfigDict(extra="forbid")

    topic: str
    facts: list[OutcomeFact]


@lru_cache(maxsize=1)
def links() -> dict[str, list[str]]:
    """Fact numbers by theme."""
    raw = (files("assistant.positions") / "outcomes.yaml").read_text(encoding="utf-8")
    data: dict[str, list[str]] = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


def outcome(corpus: Corpus, topic: str, language: str = "nl") -> Outcome:
    """What became of ``topic`` (its id).

    Raises:
        CorpusError: a linked fact is not in the corpus.
    """
    return Outcome(topic=topic, facts=[_fact(corpus, number, language) for number in links().get(topic, [])])


def _fact(corpus: Corpus, number: str, language: str) -> OutcomeFact:
    document, passage = corpus.fact(number)
    fact = corpus.facts_data.get(number)
    if fact is None:
        raise CorpusError(f"Van het feit '{number}' ontbreken de teksten.")
    same = {number, fact.same_as} - {None}
    also = sorted(n for n, f in corpus.facts_data.items() if n != number and (n in same or f.same_as in same))
    own = document.passage_text(passage)
    return OutcomeFact(
        number=number,
        text=own if language == "nl" else fact.texts.get(language) or own,
        certainty=passage.certainty.value if passage.certainty else None,
        authority=passage.authority.value,
        provision=passage.provision,
        citation=cite(corpus, passage.id),
        also=also,
        warnings=[corpus.contradictions[t].texts.get(language) for t in passage.contradicts if t in corpus.contradictions],
    )
