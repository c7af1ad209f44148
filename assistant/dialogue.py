"""Follow-up questions: made to stand on their own with what the conversation was about. No model.

A follow-up either names something new in the place of something old (``En voor LDE?``), or asks
something else about the same (``Waarom?``, ``Wie zei dat?``, ``En volgens het decreet?``). In both cases
the words of the earlier question that still count are put beside the new ones; a question that stands
on its own is left as it is, so a change of subject is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.understand import QuestionType, question_types
from corpus.store import Corpus
from index.mentions import mentioned, names_of
from index.text import STOPWORDS, content_words, fold, words


@dataclass(frozen=True)
class Turn:
    """One earlier question of the same conversation, as it was understood, and what was answered."""

    question: str
    query: str = ""
    language: str = "nl"
    passages: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    vraag: str | None = None
    asked: str | None = None

    @property
    def standing(self) -> str:
        """The question as it stood on its own."""
        return self.query or self.question


@dataclass(frozen=True)
class FollowUp:
    """A question made to stand on its own: the words to search for, and with the ``conversation`` before it, for its meaning.

    ``same_subject``: it asks something else about what was answered in the turn that it follows.
    """

    query: str
    rewritten: bool = False
    conversation: str = ""
    same_subject: bool = False
    types: tuple[QuestionType, ...] = ()
    drop_actors: bool = False
    law: bool = False


def in_context(question: str, earlier: Sequence[str]) -> str:
    """The text that is embedded for a follow-up: the question, then the (at most two) questions before it, the last one first."""
    return " | ".join((question, *reversed(earlier[-2:])))


_OPENING = re.compile(r"^(en|of|maar|dus|et|mais|ou|and|but|or|so|what about|how about|und|aber|oder|was ist mit|wat met|quid de|wat dan met|en wat met|en hoe zit het)\b", re.IGNORECASE)
_ANAPHOR = re.compile(
    r"\b(hij|zij|ze|hem|haar|hun|hen|dat|die|dit|deze|daar\w*|er\w{2,}|diezelfde|zelfde|hetzelfde|die persoon|dat bedrag|die premie|il|elle|ils|elles|cela|ça|celui\w*|celle\w*|leur|he|she|it|they|them|that|this|those|these|their|his|"
    r"er|sie|es|das|dies\w*|davon|dazu|darüber|jene\w*)\b",
    re.IGNORECASE,
)
_SOURCE_ONLY = re.compile(r"^(en |et |and |und )?(volgens|selon|according to|laut)\b", re.IGNORECASE)
_LAW_SOURCE = re.compile(
    r"\b(volgens (het|de) (decreet\w*|wet|besluit\w*)|decreettekst|in het decreet|(wat|hoe) (is|geldt|staat) .{0,25}(nu|vandaag|wet|decreet)|nu geregeld|selon le décret|dans le décret|according to the (decree|law)|laut (dem )?(dekret|gesetz))\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"\b(wie (zei|zegt|beweert|vond|stelde|heeft)|van wie|qui (a dit|dit|disait)|who (said|says)|wer (sagt|sagte|hat))\b", re.IGNORECASE)
# Things of one kind: naming one in a follow-up replaces the other of the earlier question.
_KINDS: tuple[tuple[str, ...], ...] = (
    ("vop", "sine", "lde", "mwa", "maatwerkafdeling", "maatwerkafdelingen", "lokale diensteneconomie", "vlaamse ondersteuningspremie"),
    ("loonpremie", "begeleidingspremie", "ondersteuningspremie", "prime salariale", "prime d'accompagnement", "wage premium", "guidance premium", "lohnprämie", "begleitprämie"),
    ("werkgever", "werknemer", "zelfstandige", "werkzoekende", "werkgevers", "werknemers", "zelfstandigen", "werkzoekenden", "employer", "employee", "self-employed", "employeur", "indépendant", "arbeitgeber", "selbstständige"),
    ("individueel maatwerk", "collectief maatwerk"),
    ("2 jaar", "twee jaar", "5 jaar", "vijf jaar", "tweejarig", "vijfjarig"),
    ("laag", "gemiddeld", "hoog"),
    ("school", "gemeente", "lokaal bestuur", "uitzendkantoor", "vzw", "vlaamse overheid", "federale overheid"),
    ("brussel", "wallonië", "nederland", "vlaanderen"),
    ("gent", "antwerpen"),
)


@dataclass(frozen=True)
class Clues:
    """What in the words of a question tells whether it leans on the one before it."""

    opening: bool
    anaphor: bool
    law: bool
    complete: bool
    words: int
    named: int

    @property
    def follows(self) -> bool:
        """A rule of thumb."""
        if self.named <= 5 and (self.opening or self.law):
            return True
        return (self.anaphor and self.named <= 4) or (self.named <= 2 and self.words <= 6 and not self.complete)

    @property
    def alone(self) -> bool:
        """It names its subject, and nothing in it points back."""
        return self.complete and not (self.opening or self.anaphor or self.law)

    def values(self) -> list[float]:
        """As numbers of about 0 to 1, for the learned rule."""
        return [float(self.opening), float(self.anaphor), float(self.law), float(self.complete), min(self.words, 16) / 16, min(self.named, 8) / 8, float(self.follows)]


def clues(question: str, language: str, corpus: Corpus) -> Clues:
    """Read them."""
    actors = mentioned(question, corpus.actors)
    named = [w for w in content_words(question, language) if not _names_actor(w, actors)]
    return Clues(
        opening=bool(_OPENING.match(question.strip())),
        anaphor=bool(_ANAPHOR.search(question)),
        law=bool(_LAW_SOURCE.search(question)),
        complete=_complete(question, named, actors),
        words=len(words(question)),
        named=len(named),
    )


def stand_alone(question: str, history: Sequence[Turn], corpus: Corpus, follows: bool | None = None) -> FollowUp:
    """The question with what it leaves out filled in from the last turn; unchanged when it stands on its own.

    ``follows``: whether it does lean on the last turn; by default a rule of thumb says so.
    """
    if not history:
        return FollowUp(question)
    # A turn that got no answer (another subject, say) is not what the next one follows.
    last = next((turn for turn in reversed(history) if turn.passages or turn.vraag), history[-1])
    if follows is None:
        follows = clues(question, last.language, corpus).follows
    if not follows:
        return FollowUp(question)
    actors, law = mentioned(question, corpus.actors), bool(_LAW_SOURCE.search(question))
    rest = _OPENING.sub("", question.strip()).strip(" ,?") or question
    if law:
        # The source is asked for, not a passage that has its name.
        rest = _LAW_SOURCE.sub("", rest).strip(" ,?")
    types: tuple[QuestionType, ...] = tuple(t for t in question_types(rest) if t is not QuestionType.YES_NO)
    if not types or types == (QuestionType.OPEN,):
        types = question_types(last.standing)
    conversation = in_context(question, [turn.question for turn in history if turn.passages or turn.vraag])
    replaced, whole = _replace(rest, last.standing, last.language, corpus)
    if replaced:
        # A whole question stands on its own, in its meaning too.
        return FollowUp(replaced, True, "" if whole else conversation, types=types)
    drop = bool(_WHO.search(question)) or bool(_SOURCE_ONLY.match(question)) or law
    kept = " ".join(w for w in content_words(last.standing, last.language) if not (drop and _names_actor(w, mentioned(last.standing, corpus.actors))))
    who = "" if drop or actors else " ".join(a.name for a in mentioned(last.standing, corpus.actors))
    same_subject = bool(last.passages) and not (_SOURCE_ONLY.match(question) or actors or law)
    return FollowUp(f"{rest} {kept} {who}".strip(), True, conversation, same_subject, types, drop, law)


def _complete(question: str, named: Sequence[str], actors: Sequence[Any]) -> bool:
    """A short question that names its subject (``Wat is de VOP?``), or a person and what is asked of them (``Hoe oud is …?``), needs no help."""
    if named and actors:
        return True
    return len(named) >= 1 and question_types(question)[0] in (QuestionType.DEFINITION, QuestionType.NUMBER, QuestionType.POSITION, QuestionType.COMPARISON, QuestionType.PERSON, QuestionType.DATE)


def _names_actor(word: str, actors: Sequence[Any]) -> bool:
    folded = fold(word)
    return any(folded in fold(alias).split() for a in actors for alias in (a.name, *a.aliases))


def _replace(rest: str, standing: str, language: str, corpus: Corpus) -> tuple[str, bool]:
    """The earlier question with one thing replaced by the new one of the same kind, or an empty string; and whether it is a whole question."""
    new_actors, old_actors = mentioned(rest, corpus.actors), mentioned(standing, corpus.actors)
    if new_actors and old_actors and len(content_words(rest)) <= 4:
        new, old = new_actors[0], old_actors[0]
        for _, pattern in names_of(old):
            if pattern.search(standing):
                return pattern.sub(new.organisation or new.name, standing), True
        return f"{new.organisation or new.name} {' '.join(content_words(standing))}", False
    folded_rest, folded_old = fold(rest), fold(standing)
    for kind in _KINDS:
        new_words = [w for w in kind if _has(folded_rest, w)]
        old_words = [w for w in kind if _has(folded_old, w)]
        if new_words and old_words and new_words[0] != old_words[0]:
            pattern = re.compile(r"(?<!\w)" + re.escape(max(old_words, key=len)) + r"(?!\w)", re.IGNORECASE)
            if pattern.search(standing):
                extra = [w for w in content_words(rest, language) if fold(w) not in fold(max(new_words, key=len)) and w not in STOPWORDS["nl"]]
                return (pattern.sub(max(new_words, key=len), standing).rstrip("? ") + " " + " ".join(extra)).strip() + "?", True
    return "", False


def _has(folded: str, word: str) -> bool:
    return bool(re.search(r"(?<!\w)" + re.escape(fold(word)) + r"(?!\w)", folded))
