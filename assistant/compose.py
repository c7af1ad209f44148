"""Make a short answer of statements: the one asked for first, each with the quote that carries it.

No model is needed. Law comes before what was said about the draft, each under a label of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Citation, StatementOut
from assistant.citations import cite
from assistant.evidence import Evidence, Selection, content_stems, similar, starts_dependent, weights
from assistant.facets import second_hand
from assistant.frames import frame
from assistant.rules.rule import MONTHS
from assistant.understand import QuestionType, Reading
from corpus.model import Authority, Kind, TextStatus
from corpus.store import Corpus

_SAYS_THE_SAME = 0.5
"""Shared content, over the shorter of two sentences, from which a digest and a statement of the report are about the same."""
_SAID_ALREADY = 0.72
"""Share of a sentence's content that another one has, from which it adds nothing."""
_GROUPS = ("official_label", "law_label", "practice_label", "document_label", "draft_label", "opinion_label", "hearing_label")


@dataclass
class Draft:
    """An answer in the making."""

    statements: list[StatementOut] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    text: str = ""
    used: list[Evidence] = field(default_factory=list)


def choose(reading: Reading, selection: Selection) -> list[Evidence]:
    """The statements of the answer, best first: at most a few, no two that say the same."""
    w = weights()["compose"]
    evidence = selection.evidence
    if not evidence:
        return []
    evidence = _law_first(reading, selection, _known_first(evidence, w["known_margin"]))
    if QuestionType.DATE in reading.types:
        evidence = _exact_first(evidence, w["known_margin"])
    evidence = _answer_first(reading, evidence)
    kind = reading.type
    if kind is QuestionType.COMPARISON and len(reading.actors) > 1:
        return _one_each(reading, evidence)
    best = evidence[0]
    listing = QuestionType.LIST in reading.types
    margin = w["list_margin"] if QuestionType.LIST in reading.types or QuestionType.ASKED in reading.types else w["margin"]
    limit = int(w["max_statements"]) + (1 if margin == w["list_margin"] else 0)
    chosen = _rest_of_fact(best, evidence, w["fact_characters"], reading.language)
    length = sum(len(e.text(reading.language)) for e in chosen)
    limit += len(chosen) - 1
    pool = [e for e in evidence[1:40] if e.score >= best.score - margin]
    if best.passage.status is not None and (also := _as_near(selection, best)):
        pool += [e for e in evidence[1:] if e.passage.id == also and e not in pool][:1]
    asked = content_stems(reading.text, reading.language)
    while pool and len(chosen) < limit:
        covered = set().union(*(content_stems(e.text(reading.language), reading.language) for e in chosen))
        # What the answer still lacks of the question's words comes first; else the next best.
        candidate = max(pool, key=lambda e: e.score + (w["same_passage"] if listing and e.passage.id == best.passage.id else 0.0) + w["coverage"] * _share(asked - covered, content_stems(e.text(reading.language), reading.language), asked))
        pool.remove(candidate)
        text = candidate.text(reading.language)
        if length + len(text) > w["max_characters"] or _same(candidate, chosen, reading.language):
            continue
        if (candidate.document.meta.kind is Kind.HOORZITTINGSVERSLAG) != (best.document.meta.kind is Kind.HOORZITTINGSVERSLAG) and candidate.score < best.score - margin / 2:
            continue
        chosen.append(candidate)
        length += len(text)
    return chosen + _next_in_passage(best, evidence, chosen, w["go_on"] - length, limit, reading.language)


def _next_in_passage(best: Evidence, evidence: Sequence[Evidence], chosen: Sequence[Evidence], room: float, limit: int, language: str) -> list[Evidence]:
    """What the speaker went on to say, where the answer is short: the reason or the condition often follows the claim."""
    if best.passage.status is not None:
        return []
    own = sorted((e for e in evidence if e.passage.id == best.passage.id and (e.statement.kind == "vraag") == (best.statement.kind == "vraag")), key=lambda e: e.statement.spans[0].start)
    out: list[Evidence] = []
    for e in own[own.index(best) + 1 :]:
        room -= len(e.text(language))
        if room < 0 or len(chosen) + len(out) >= limit or _same(e, [*chosen, *out], language):
            break
        out.append(e)
    return out


def _known_first(evidence: Sequence[Evidence], margin: float) -> list[Evidence]:
    """A fact goes before a note that something is not known or contested, when it is nearly as near.

    A digest of the hearing gives way to the words of the report that say the same: those have a speaker.
    """
    first = evidence[0]
    if second_hand(first.passage):
        digest = first.statement.texts.nl
        own = [e for e in evidence[1:40] if any(name and name in digest for name in (e.statement.speaker, e.statement.organisation))]
        said = [e for e in own if e.document.meta.kind is Kind.HOORZITTINGSVERSLAG and similar(e.statement.texts.nl, digest) >= _SAYS_THE_SAME]
        if said:
            return [said[0], *(x for x in evidence if x is not said[0])]
    if _is_note(first):
        for e in evidence[1:10]:
            if not _is_note(e) and e.score >= first.score - margin:
                return [e, *(x for x in evidence if x is not e)]
    return list(evidence)


_WANTS_ANSWER = re.compile(
    r"\b(antwoord\w*|reactie\w*|reageer\w+|kreeg (?:hij|zij|ze)|kregen (?:zij|ze)|répon\w+|réagi\w*|réaction|answer\w*|repl(?:y|ied)|respon\w+|react\w+|antwort\w*|reagier\w+|erwider\w*)\b",
    re.IGNORECASE,
)
_PUT = 3
_TOLD = 3
"""Among the first this many statements the question is looked for that was put, and so many answers go with it."""


def _answer_first(reading: Reading, evidence: list[Evidence]) -> list[Evidence]:
    """``Wat antwoordde X op de vraag van Y?``: what was answered goes before the question that was put, which follows it."""
    put = [e for e in evidence[:_PUT] if e.statement.kind == "vraag"]
    if not put or put[0] is not evidence[0] or not _WANTS_ANSWER.search(reading.text):
        return evidence
    passages = {e.passage.id for e in put}
    others = {a.name for a in reading.actors} - {e.statement.speaker for e in put}
    told = [e for e in evidence if passages & set(e.statement.answers) and (not others or e.statement.speaker in others)]
    if not told:
        return evidence
    # Everybody who answered has a say before anybody has two.
    before = [sum(other.statement.speaker == e.statement.speaker for other in told[:n]) for n, e in enumerate(told)]
    told = [e for _, e in sorted(zip(before, told, strict=True), key=lambda pair: pair[0])][:_TOLD]
    rest = [e for e in evidence if e not in told and e is not put[0]]
    first, *more = (replace(e, score=put[0].score) for e in told)
    return [first, put[0], *more, *rest]


_MONTH = re.compile(rf"(?<!\d )\b(?:{'|'.join(MONTHS)}) \d{{4}}\b")


def _exact_first(evidence: list[Evidence], margin: float) -> list[Evidence]:
    """Of two that tell the same month the one that also tells the day goes first, when it is nearly as near."""
    first = evidence[0]
    months = _MONTH.findall(first.statement.texts.nl)
    if not months:
        return evidence
    day = re.compile(rf"\d (?:{'|'.join(months)})\b")
    exact = next((e for e in evidence[1:10] if e.score >= first.score - margin and day.search(e.statement.texts.nl)), None)
    return evidence if exact is None else [exact, *(e for e in evidence if e is not exact)]


def _law_first(reading: Reading, selection: Selection, evidence: list[Evidence]) -> list[Evidence]:
    """Who asks for no opinion gets the rule before a digest of an opinion, when the rule is among the passages found first."""
    first = evidence[0]
    asked = bool(reading.actors) or reading.hearing or reading.draft or QuestionType.POSITION in reading.types
    if asked or first.passage.status is None or first.passage.authority is not Authority.STANDPUNT:
        return evidence
    found = {h.passage.id for h in selection.hits[:3]}
    rule = next((e for e in evidence[1:20] if e.passage.id in found and e.passage.authority in (Authority.GELDEND_RECHT, Authority.PRAKTIJK) and not _is_note(e)), None)
    return evidence if rule is None else [rule, *(e for e in evidence if e is not rule)]


def _is_note(e: Evidence) -> bool:
    """A note, or a digest of what the hearing report says in its own words, with the page and the speaker."""
    return e.passage.status is not None and (e.statement.kind == "onbekend" or e.passage.section == "tegenspraak" or second_hand(e.passage))


def _as_near(selection: Selection, best: Evidence) -> str:
    """A fact on the same subject that is nearly as near as the best one: a question may take two to answer."""
    margin = weights()["compose"]["twin_margin"]
    near = [h for h in selection.hits[:3] if h.passage.id != best.passage.id and h.passage.status is not None and h.passage.section == best.passage.section]
    own = next((h.score for h in selection.hits if h.passage.id == best.passage.id), None)
    return near[0].passage.id if near and own is not None and abs(own - near[0].score) < margin else ""


def _share(lacking: set[str], own: set[str], asked: set[str]) -> float:
    return len(lacking & own) / max(1, len(asked))


def _rest_of_fact(best: Evidence, evidence: Sequence[Evidence], budget: float, language: str) -> list[Evidence]:
    """The other sentences of the same digest fact, best first, as far as they fit: a fact is one thing, said whole."""
    if best.passage.status is None:
        return [best]
    chosen, length = [best], len(best.text(language))
    own = [e for e in evidence if e.passage.id == best.passage.id and e is not best]
    for e in own:
        if length + len(e.text(language)) <= budget:
            chosen.append(e)
            length += len(e.text(language))
    return sorted(chosen, key=lambda e: e.statement.spans[0].start) if len(chosen) > 1 else chosen


def _one_each(reading: Reading, evidence: Sequence[Evidence]) -> list[Evidence]:
    chosen: list[Evidence] = []
    for round_ in range(2):
        for actor in reading.actors:
            own = [e for e in evidence if e.statement.speaker == actor.name and e not in chosen and not _same(e, chosen, reading.language)]
            if own and len(chosen) < 4 and (round_ == 0 or own[0].score > evidence[0].score - 2.0):
                chosen.append(own[0])
    order = [a.name for a in reading.actors]
    return sorted(chosen, key=lambda e: order.index(e.statement.speaker or order[0]))


def _same(candidate: Evidence, chosen: Sequence[Evidence], language: str) -> bool:
    """Whether it adds nothing to one of those; a sentence that has all of another and more does add something."""
    own = content_stems(candidate.text(language), language)
    for other in chosen:
        if candidate.statement.id == other.statement.id:
            return True
        if {candidate.passage.same_as, other.passage.same_as} & {candidate.passage.id.rsplit("/", 1)[-1], other.passage.id.rsplit("/", 1)[-1]}:
            return True
        if len(own & content_stems(other.text(language), language)) > _SAID_ALREADY * len(own):
            return True
    return False


def with_lead(corpus: Corpus, chosen: Sequence[Evidence]) -> list[Evidence]:
    """Put the sentence before a dependent one (``Daarvoor geldt …``) in front of it, from the same fact."""
    out: list[Evidence] = []
    have = {e.statement.id for e in chosen}
    for e in chosen:
        own = corpus.statements_of.get(e.statement.passage, [])
        position = next((i for i, s in enumerate(own) if s.id == e.statement.id), 0)
        if e.passage.status is not None and position > 0 and starts_dependent(e.statement.texts.nl):
            lead = own[position - 1]
            if lead.id not in have:
                out.append(Evidence(lead, e.document, e.passage, e.score, e.cosine, e.lexical))
                have.add(lead.id)
        out.append(e)
    return out


def group_of(e: Evidence) -> str:
    """The label under which a statement belongs."""
    if e.document.meta.kind is Kind.HOORZITTINGSVERSLAG:
        return "hearing_label"
    if e.document.meta.text_status is TextStatus.VERBATIM and e.passage.authority is not Authority.STANDPUNT:
        return "document_label"
    if e.passage.authority is Authority.GELDEND_RECHT:
        return "official_label" if e.document.meta.text_status is TextStatus.OFFICIEEL else "law_label"
    return {Authority.PRAKTIJK: "practice_label", Authority.ONTWERP: "draft_label"}.get(e.passage.authority, "opinion_label")


def compose(corpus: Corpus, reading: Reading, chosen: Sequence[Evidence], opening: str = "", first: int = 1) -> Draft:
    """Write the chosen statements as markdown, by label, with their citations numbered from ``first``.

    Law is put before opinion; within a label the order of ``chosen`` stays.
    """
    draft = Draft(used=list(chosen))
    blocks: list[str] = [opening] if opening else []
    number = first
    labels = sorted({group_of(e) for e in chosen}, key=_GROUPS.index)
    for label in labels:
        lines = []
        for run in _runs([e for e in chosen if group_of(e) == label]):
            markers = []
            numbers = []
            for start, end in _spans(run):
                e = run[0]
                known = next((c for c in draft.citations if (c.document, c.start, c.end) == (e.document.id, start, end)), None)
                if known is None:
                    known = cite(corpus, e.passage.id, start, end, number)
                    draft.citations.append(known)
                    number += 1
                markers.append(f"[{known.n}]")
                numbers.append(known.n)
            text = " ".join(attributed(e, reading.language) for e in run)
            draft.statements.append(StatementOut(text=text, citations=numbers, authority=run[0].passage.authority))
            lines.append(f"{text} {''.join(markers)}")
        blocks.append(f"*{frame(label, reading.language)}* " + " ".join(lines))
    draft.text = "\n\n".join(blocks)
    return draft


def _runs(chosen: Sequence[Evidence]) -> list[list[Evidence]]:
    """Sentences of one digest fact that follow each other are one statement with one quote."""
    runs: list[list[Evidence]] = []
    for e in chosen:
        last = runs[-1][-1] if runs else None
        if last and e.passage.status is not None and last.passage.id == e.passage.id and 0 <= e.statement.spans[0].start - last.statement.spans[-1].end <= 2:
            runs[-1].append(e)
        else:
            runs.append([e])
    return runs


def _spans(run: Sequence[Evidence]) -> list[tuple[int, int]]:
    if len(run) == 1:
        return [(span.start, span.end) for span in run[0].statement.spans]
    return [(run[0].statement.spans[0].start, run[-1].statement.spans[-1].end)]


def attributed(e: Evidence, language: str) -> str:
    """The statement's sentence; speaker and organisation are added where the sentence does not name them."""
    text = e.text(language).strip()
    who = [name for name in (e.statement.speaker, e.statement.organisation) if name and name not in text]
    if not who:
        return text
    if e.statement.speaker and e.statement.speaker in text:
        who = []
        if e.statement.organisation and e.statement.organisation not in text:
            return text.replace(e.statement.speaker, f"{e.statement.speaker} ({e.statement.organisation})", 1)
    return f"{text[:-1]} ({', '.join(who)})." if text.endswith(".") else f"{text} ({', '.join(who)})"
