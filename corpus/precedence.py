"""The official text goes before our digest of the same provision.

A digest passage names its provision ("decreet 14.01.2022, art. 32"). When the corpus holds an official document
of that act (fetched from the Codex: same numac), the passage of that article is the one to cite.
"""

from __future__ import annotations

import re
from datetime import date

from corpus.model import Document, Passage, TextStatus
from corpus.provision import Reference, parse_references
from corpus.store import Corpus


def official_for(corpus: Corpus, passage: Passage, as_of: date | None = None) -> Passage | None:
    """The official passage of the (first) provision that a digest passage summarises, or None.

    The passage that fits best is given: the same lid or point where the digest names one, else the article's
    first passage, in the version in force on ``as_of`` (default today).
    """
    found = officials_for(corpus, passage, as_of)
    return found[0] if found else None


def officials_for(corpus: Corpus, passage: Passage, as_of: date | None = None) -> list[Passage]:
    """The official passages of every provision that a digest passage names, in that order."""
    if not passage.provision or corpus.documents[passage.document].meta.text_status is TextStatus.OFFICIEEL:
        return []
    out: list[Passage] = []
    for reference in parse_references(passage.provision):
        document = official_document(corpus, reference)
        if document is not None and (match := _article(document, reference, as_of or date.today())) is not None and match not in out:
            out.append(match)
    return out


def digests_of(corpus: Corpus, official: Passage) -> list[Passage]:
    """The digest passages that summarise an official passage's article."""
    stem = _stem(official.id)
    return [
        p for d, p in corpus.passages() if d.meta.text_status is TextStatus.SAMENVATTING and any(_stem(o.id) == stem for o in officials_for(corpus, p))
    ]


def official_document(corpus: Corpus, reference: Reference) -> Document | None:
    """The official document of the act that a reference names: by the numac known for that kind and date."""
    official = [d for d in corpus.documents.values() if d.meta.text_status is TextStatus.OFFICIEEL]
    if not official:
        return None
    same_act = [d for d in corpus.documents.values() if d.meta.kind.value == reference.kind and d.meta.date == reference.day]
    numacs = {d.meta.source.numac for d in same_act if d.meta.source.numac}
    # Two acts of one kind may bear one date: then the date does not tell which is meant.
    if len(numacs) != 1:
        return None
    return next((d for d in official if d.meta.source.numac in numacs), None)


def _article(document: Document, reference: Reference, as_of: date) -> Passage | None:
    wanted = f"art_{reference.provision.article.replace('/', '-').lower()}"
    own = [p for p in document.passages if re.fullmatch(rf"{re.escape(wanted)}(?:@[\w-]+)?", _stem(p.id).split("/", 1)[-1])]
    if not own:
        return None
    now = [p for p in own if (p.valid_from is None or p.valid_from <= as_of) and (p.valid_to is None or p.valid_to >= as_of)]
    candidates = now or own
    return max(candidates, key=lambda p: (_fit(p, reference), -p.start))


def _fit(passage: Passage, reference: Reference) -> int:
    """How many parts of the reference (§, lid, point) the passage's id agrees with; a conflict counts against it."""
    parts = dict(part.split("_", 1) for part in reversed(passage.id.split("/", 1)[1].split("__")[1:]) if "_" in part)
    wanted = reference.provision
    score = 0
    for key, value in (("para", wanted.para), ("al", str(wanted.lid) if wanted.lid else None)):
        if value is not None and key in parts:
            score += 2 if parts[key] == value else -2
    if wanted.points and "point" in parts:
        score += 2 if _holds(parts["point"], wanted.points[0]) else -2
    return score


def _holds(label: str, point: str) -> bool:
    first, _, last = label.partition("-")
    if first.isdigit() and last.isdigit() and point.isdigit():
        return int(first) <= int(point) <= int(last)
    return point in (first, last)


def _stem(passage_id: str) -> str:
    """Document and article (with its version) of an official passage's id."""
    return passage_id.split("__", 1)[0]
