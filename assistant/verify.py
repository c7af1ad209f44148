"""Does a sentence say what its citations say, no more and no less? Decided by rules, always the same way.

A sentence that a chat model wrote is compared, word by word and in order, with the sentences that the
citations carry: the statements in the language of the answer and, in Dutch, the quotes themselves. It
may differ in articles, in the form of a word, in words listed as the same (``verify.yaml``), in how the
speaker is named, and it may join sentences of one speaker by "and". Anything else fails: a soft measure of likeness
cannot tell "20 % in the ninth quarter" from "30 % in the ninth quarter", or an employer from an
employee, and a reader of legal information cannot afford that. Failing costs little, since the
statement itself then takes the place of the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import yaml

from assistant.answer import Citation
from corpus.sentences import sentences

LONGEST_SENTENCE = 700  # characters; the longest statement of the bundled documents has 664 in Dutch
_MOST_JOINED = 3


class Reason(StrEnum):
    """Why a sentence does not pass."""

    MARKER = "marker"
    MARKUP = "markup"
    LENGTH = "length"
    QUOTE = "quote"
    NUMBER = "number"
    NAME = "name"
    NEGATION = "negation"
    MODALITY = "modality"
    LIMIT = "limit"
    ATTRIBUTION = "attribution"
    AUTHORITY = "authority"
    QUESTION = "question"
    ORDER = "order"
    CONTENT = "content"


@dataclass(frozen=True)
class Check:
    """The outcome: ``matched`` holds the sentences of the sources that together say the same; empty when not ``ok``."""

    ok: bool
    reasons: tuple[Reason, ...] = ()
    matched: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Words:
    """The word lists of one language."""

    ignored: frozenset[str]
    group: dict[str, str]
    joins: frozenset[str]
    negation: frozenset[str]
    modality: frozenset[str]
    limits: frozenset[str]
    said: tuple[str, ...]
    according: tuple[str, ...]
    leaning: frozenset[str]


@lru_cache(maxsize=4)
def _words(language: str) -> _Words:
    data = yaml.safe_load((files("assistant") / "verify.yaml").read_text(encoding="utf-8"))
    own = data.get(language, data["nl"])
    return _Words(
        ignored=frozenset(own["ignored"]),
        group={word: group[0] for group in own["same"] for word in group},
        joins=frozenset(own["joins"]),
        negation=frozenset(own["negation"]),
        modality=frozenset(own["modality"]),
        limits=frozenset(own["limits"]),
        said=tuple(own["said"]),
        according=tuple(own["according"]),
        leaning=frozenset(own.get("leaning", ())),
    )


@dataclass(frozen=True)
class _Token:
    """A word, a number or a sign that counts."""

    surface: str  # case folded
    group: str
    capital: bool
    first: bool
    critical: bool

    def same(self, other: _Token) -> bool:
        """The same word, a listed equivalent, or another form of it."""
        if self.surface == other.surface or self.group == other.group:
            return True
        if self.critical or other.critical or not (self.surface.isalpha() and other.surface.isalpha()):
            return False
        # A name has no other forms; a capital at the start of a sentence need not be one, beside a small letter.
        if (self.capital and other.capital) or (self.capital and not self.first) or (other.capital and not other.first):
            return False
        return _inflected(self.surface, other.surface)


_ENDINGS = frozenset(["", "s", "e", "n", "en", "t", "es"])
_TOKEN = re.compile(r"(?<![^\s(])[-–](?=\d)|\d+(?:[.,/]\d+)*[^\W\d_]*|[^\W\d_]+|[%€§°+=÷×≈]")


def _inflected(a: str, b: str) -> bool:
    """True for two forms of one word, by their endings. ``-t`` and ``-te(n)`` are present and past, so they are not."""
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if at < 4 or a[at:] not in _ENDINGS or b[at:] not in _ENDINGS:
        return False
    return not (a[:at].endswith("t") and {a[at:], b[at:]} & {"e", "en"})


def _tokens(text: str, language: str) -> list[_Token]:
    """The words that count, in order; signs and numbers as they are written."""
    words = _words(language)
    text = re.sub(r"\bpour cent\b", "%", text, flags=re.IGNORECASE)
    out = []
    starts = True
    at = 0
    for match in _TOKEN.finditer(text):
        starts = starts or bool(re.search(r"[.!?:]\s", text[at : match.start()]))
        at = match.end()
        word = match.group()
        surface = word.casefold()
        if surface in words.ignored and not (word.isupper() and len(word) > 1):
            starts = False
            continue
        critical = surface in words.negation or surface in words.modality or surface in words.limits
        shouted = sum(c.isupper() for c in word) > 1
        out.append(_Token(surface, words.group.get(surface, surface), word[0].isupper(), starts and not shouted, critical))
        starts = False
    return out


# -- form ---------------------------------------------------------------------------------------------

_MARKERS = re.compile(r"\[([^\[\]]*)\]")
_MARKER = re.compile(r"\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*")
_SIGNS = frozenset(" .,;:!?'\"’‘“”„«»()%€/&+-–—§°…=÷×≈´@")
_ENTITY = re.compile(r"&#?\w+;")
_LINK = re.compile(r"\]\(|https?:|www\.|javascript:|data:\w", re.IGNORECASE)


def split_markers(sentence: str) -> tuple[str, list[int], bool]:
    """A sentence without its markers, the numbers in them, and whether every bracket was a marker."""
    numbers: dict[int, None] = {}
    clean = True
    for inside in _MARKERS.findall(sentence):
        if not _MARKER.fullmatch(inside):
            clean = False
            continue
        numbers.update(dict.fromkeys(int(n) for n in inside.split(",")))
    text = _MARKERS.sub(" ", sentence)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s+([.,;!?])", r"\1", text), list(numbers), clean


def plain(text: str) -> bool:
    """True when the text is ordinary prose: Latin letters, digits and punctuation; no markup, link, entity or invisible character."""
    if _ENTITY.search(text) or _LINK.search(text):
        return False
    for c in text:
        if c in _SIGNS or c in "0123456789":
            continue
        if not (c.isalpha() and unicodedata.name(c, "").startswith("LATIN ")):
            return False
    return True


_QUOTED = re.compile(r"\"([^\"]+)\"|“([^“”„]+)[”“]|„([^“”„]+)[”“]|«\s*([^«»]+?)\s*»|(?<!\w)[‘']([^‘’']{12,})[’'](?!\w)|”([^”]+)”")


def quotations(text: str) -> list[str]:
    """What stands between quotation marks."""
    return [next(g for g in m.groups() if g is not None).strip(" .,;") for m in _QUOTED.finditer(text)]


def _quotes_exactly(text: str, quotes: Sequence[str], statements: Sequence[str]) -> bool:
    """True when all between quotation marks is word for word in a quote, or between quotation marks in a statement."""
    if text.count('"') % 2 or text.count("«") != text.count("»") or sum(text.count(c) for c in "“”„") % 2:
        return False
    allowed = [_folded(q) for q in quotes] + [_folded(q) for s in statements for q in quotations(s)]
    return all(any(_folded(q) in own for own in allowed) for q in quotations(text))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).replace("’", "'").replace("‘", "'")


# -- who says it --------------------------------------------------------------------------------------


def _names(cited: Iterable[Citation]) -> list[str]:
    """How the speaker of the citations may be named: in full, by surname, by organisation; the longest first."""
    out: dict[str, None] = {}
    for c in cited:
        for name in (c.speaker, c.organisation):
            if name:
                out[name] = None
        if c.speaker and " " in c.speaker:
            out[c.speaker.split(" ", 1)[1]] = None
    return sorted(out, key=len, reverse=True)


def _unattributed(text: str, names: Sequence[str], language: str) -> str:
    """The sentence without its naming of the cited speaker: ``Volgens X …``, ``X zegt dat …``, ``… (X, Y).``"""
    if not names:
        return text
    words = _words(language)
    name = "(?:" + "|".join(re.escape(n) for n in names) + ")"
    article = r"(?:(?:de|het|la|le|les|the|die|der|das) |l['’])?"
    named = rf"{article}{name}(?: ?\({name}\)|(?:,)? (?:van|de|of|from|von|der|des) {article}{name})?"
    text = re.sub(rf"\s*\({name}(?:, ?{name})*\)(?=[.!?]?$)", "", text)
    text = re.sub(rf"({name}) ?\({name}\)", r"\1", text)
    that = r"(?:dat |que |qu['’]|that |dass )"
    lead = rf"^(?:(?:{'|'.join(words.according)}) {named},? |{named} (?:{'|'.join(words.said)}),? {that})"
    return re.sub(lead, "", text, count=1, flags=re.IGNORECASE)


def names_speaker(text: str, cited: Iterable[Citation]) -> bool:
    """True when the text names each cited speaker, in full, by surname or by organisation."""
    return all(any(re.search(rf"(?<!\w){re.escape(n)}(?!\w)", text) for n in _names([c])) for c in cited if c.speaker or c.organisation)


# -- the check ----------------------------------------------------------------------------------------


def supported(sentence: str, language: str, citations: Sequence[Citation], statement_texts: Sequence[str] = ()) -> Check:
    """Check one sentence, markers included, against the citations that it names.

    Args:
        sentence: for instance ``De loonpremie bedraagt 40 %. [1]``.
        language: nl, fr, en or de.
        citations: all citations of the answer; their ``quote`` must already have been proved exact.
        statement_texts: for each citation the statements that it carries, in ``language``, one a line; may be
            left out, and then a Dutch sentence is held against the quotes and one in another language fails.

    Raises:
        ValueError: there are texts, but not one for each citation.
    """
    texts = list(statement_texts) or [""] * len(citations)
    if len(texts) != len(citations):
        raise ValueError(f"{len(texts)} statement texts for {len(citations)} citations")
    sentence = unicodedata.normalize("NFC", sentence)
    text, numbers, clean = split_markers(sentence)
    known = {c.n: (c, t) for c, t in zip(citations, texts, strict=True)}
    reasons: dict[Reason, None] = {}
    if not clean or not plain(text):
        reasons[Reason.MARKUP] = None
    if not numbers or any(n not in known for n in numbers):
        reasons[Reason.MARKER] = None
    if not text or len(text) > LONGEST_SENTENCE:
        reasons[Reason.LENGTH] = None
    if reasons:
        return Check(False, tuple(reasons))
    cited = [known[n][0] for n in numbers]
    if len({(c.authority, c.speaker is not None) for c in cited}) > 1:
        reasons[Reason.AUTHORITY] = None
    if not names_speaker(text, cited):
        reasons[Reason.ATTRIBUTION] = None
    if not _quotes_exactly(text, [c.quote for c in cited], [known[n][1] for n in numbers]):
        reasons[Reason.QUOTE] = None
    if reasons:
        return Check(False, tuple(reasons))
    references = _references(language, {n: known[n] for n in numbers})
    return _match(text, language, cited, numbers, references)


@dataclass(frozen=True)
class _Reference:
    """A sentence of the sources, with the markers that stand for it."""

    text: str
    markers: frozenset[int]
    tokens: tuple[_Token, ...]


def _references(language: str, cited: dict[int, tuple[Citation, str]]) -> list[_Reference]:
    names = _names(c for c, _ in cited.values())
    found: dict[str, set[int]] = {}
    for n, (citation, statements) in cited.items():
        own = [line.strip() for line in statements.split("\n") if line.strip()]
        if language == "nl":
            own += [q for q in _quote_sentences(citation.quote)]
        for line in own:
            found.setdefault(unicodedata.normalize("NFC", line), set()).add(n)
    out = []
    for line, markers in found.items():
        tokens = tuple(_tokens(_unattributed(line, names, language), language))
        if tokens:
            out.append(_Reference(line, frozenset(markers), tokens))
    return out


def _quote_sentences(quote: str) -> list[str]:
    """The sentences of a Dutch quote that can stand alone, and the quote itself when it can."""
    words = _words("nl")
    folded = re.sub(r"\s+", " ", quote).strip()
    pieces = dict.fromkeys([folded, *(folded[a:b] for a, b in sentences(folded))])
    return [p for p in pieces if p.endswith((".", "?", "!")) and p[0].isupper() and not words.leaning & {w.casefold() for w in re.findall(r"[^\W\d_]+", p)}]


def _match(text: str, language: str, cited: Sequence[Citation], numbers: Sequence[int], references: Sequence[_Reference]) -> Check:
    tokens = _tokens(_unattributed(text, _names(cited), language), language)
    words = _words(language)
    asks = text.rstrip("\"”’») ").endswith("?")
    joinable = len({(c.speaker, c.organisation, c.document) for c in cited}) == 1
    usable = [r for r in references if r.text.rstrip("\"”’») ").endswith("?") == asks]
    for chosen in _ways(tokens, usable, words.joins, _MOST_JOINED if joinable else 1):
        if set(numbers) <= set().union(*(r.markers for r in chosen)):
            return Check(True, (), tuple(r.text for r in chosen))
    return Check(False, _difference(tokens, text, references, language))


def _ways(tokens: Sequence[_Token], references: Sequence[_Reference], joins: frozenset[str], most: int) -> Iterator[tuple[_Reference, ...]]:
    """Every way in which the tokens are those of one to ``most`` references, one after the other, with at most one joining word between two."""
    for reference in references:
        part = reference.tokens
        if len(part) > len(tokens) or not all(a.same(b) for a, b in zip(tokens, part, strict=False)):
            continue
        rest = tokens[len(part) :]
        if not rest:
            yield (reference,)
        elif most > 1:
            others = [r for r in references if r is not reference]
            starts = [rest, rest[1:]] if rest[0].surface in joins else [rest]
            for start in starts:
                for tail in _ways(start, others, joins, most - 1) if start else ():
                    yield (reference, *tail)


def _difference(tokens: Sequence[_Token], text: str, references: Sequence[_Reference], language: str) -> tuple[Reason, ...]:
    """What was added to, or lost from, the sentence of the sources that it is most like."""
    words = _words(language)
    own = Counter(t.group for t in tokens)
    if not references:
        return (Reason.CONTENT,)
    nearest = max(references, key=lambda r: sum((own & Counter(t.group for t in r.tokens)).values()) / max(len(tokens), len(r.tokens)))
    other = Counter(t.group for t in nearest.tokens)
    changed = (own - other) + (other - own)
    if not changed:
        return (Reason.QUESTION,) if ("?" in text) != ("?" in nearest.text) else (Reason.ORDER,)
    reasons: dict[Reason, None] = {}
    for token in [*tokens, *nearest.tokens]:
        if token.group not in changed:
            continue
        if any(c.isdigit() for c in token.surface) or token.surface in "%€§°":
            reasons[Reason.NUMBER] = None
        elif token.surface in words.negation:
            reasons[Reason.NEGATION] = None
        elif token.surface in words.modality:
            reasons[Reason.MODALITY] = None
        elif token.surface in words.limits:
            reasons[Reason.LIMIT] = None
        elif token.capital and not token.first:
            reasons[Reason.NAME] = None
        else:
            reasons[Reason.CONTENT] = None
    return tuple(reasons)

