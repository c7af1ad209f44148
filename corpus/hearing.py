"""Read a committee report of the Flemish Parliament: who says what, in which part, on which page.

The report is reported speech with a fixed build: an introduction, the opening statements (one
numbered section a speaker), the members' interventions (``Tussenkomst van …``), the answers
(``Antwoorden van … (organisation)``), further questions in which every paragraph names its speaker,
the signatures and a list of abbreviations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.errors import CorpusError
from corpus.model import Authority, Document, DocumentMeta, Passage
from corpus.pdftext import BULLET, Block, Hyphen, unwrap

PART = re.compile(r"(\d)\. ([A-Z].{3,60})")
SUBPART = re.compile(r"(\d\.\d)\. (.+)")
MEMBER = re.compile(r"Tussenkomst van (.+)")
ANSWER = re.compile(r"Antwoorden? van ([^()]+?)(?: \((.+)\))?")
ABBREVIATIONS = re.compile(r"Gebruikte afkortingen")
SIGNATURE = re.compile(r"([A-Z]\S+ [A-Z' ]{3,}), (voorzitter|verslaggever)")
_HEADINGS = (PART, SUBPART, MEMBER, ANSWER, ABBREVIATIONS)
_GLOSSARY_LINE = re.compile(r"\s*([A-Z][A-Z0-9]{1,9}) (\S.*\S)\s*")


@dataclass(frozen=True)
class Actor:
    """Somebody who speaks in the report."""

    name: str
    organisation: str | None
    role: str

    @property
    def key(self) -> str:
        """Surname in lower case without spaces, as used in passage ids (``vandereyde``)."""
        first_name_dropped = self.name.split(" ", 1)[-1]
        return re.sub(r"[^a-z]", "", first_name_dropped.lower())


@dataclass(frozen=True)
class Reading:
    """The parsed report: the document, what became of each line-end hyphen, and the glossary."""

    document: Document
    hyphens: tuple[Hyphen, ...]
    glossary: dict[str, str]


def read_hearing(meta: DocumentMeta, raw: str) -> Reading:
    """Parse the report ``raw`` (as taken out of the PDF) into a document with one passage a paragraph.

    Raises:
        CorpusError: the text has none of the parts that a committee report has.
    """
    body, _, glossary_raw = raw.partition("Gebruikte afkortingen")
    blocks, hyphens = unwrap(body, _HEADINGS)
    if not any(PART.fullmatch(b.text) for b in blocks):
        raise CorpusError(f"{meta.id}: no numbered part was found.", "Is this the report of a committee hearing?")
    builder = _Builder(meta)
    for block in blocks:
        builder.take(block)
    glossary = builder.glossary(glossary_raw, blocks[-1].page + 1)
    return Reading(builder.document(), tuple(hyphens), glossary)


class _Builder:
    def __init__(self, meta: DocumentMeta) -> None:
        self.meta = meta
        self.text = ""
        self.passages: list[Passage] = []
        self.outline: list[tuple[int, str, int]] = []
        self.page_starts: list[tuple[int, int]] = [(0, 1)]
        self.actors: dict[str, Actor] = {}
        self.section, self.heading, self.key = "", "Inleiding", "inleiding"
        self.part_heading = ""
        self.actor: Actor | None = None
        self.act: str | None = None
        self.counter: dict[str, int] = {}
        self.organisation: str | None = None

    def take(self, block: Block) -> None:
        text = block.text
        if m := SUBPART.fullmatch(text):
            self._head(2, text, block)
            self.section = self.key = m[1]
            self.organisation, self.actor, self.act = m[2], None, "uiteenzetting"
        elif m := PART.fullmatch(text):
            self._head(1, text, block)
            self.section = self.key = m[1]
            self.part_heading, self.actor, self.act, self.organisation = text, None, None, None
        elif m := MEMBER.fullmatch(text):
            self._head(2, text, block)
            self._speaker(Actor(m[1], None, "parlementslid"), "vraag")
        elif m := ANSWER.fullmatch(text):
            self._head(2, text, block)
            known = self.actors.get(m[1])
            self._speaker(known or Actor(m[1], m[2], "spreker"), "antwoord")
        elif text.startswith(BULLET) and self.passages:
            start = self._append("\n", block)
            last = self.passages[-1]
            self.passages[-1] = last.model_copy(update={"end": start + len(text), "page_end": self._page_end(block)})
        elif m := SIGNATURE.fullmatch(text):
            self.section, self.heading, self.key = "slot", "Ondertekening", "slot"
            self.actor, self.act = None, None
            self._passage(block)
        else:
            self._paragraph(block)

    def _speaker(self, actor: Actor, act: str) -> None:
        self.actors[actor.name] = self.actor = actor
        self.act = act
        self.key = f"{self.section}/{actor.key}"

    def _paragraph(self, block: Block) -> None:
        if (self.section and self.actor is None) or self.section == "4":
            self._named_speaker(block.text)
        self._passage(block)

    def _named_speaker(self, text: str) -> None:
        """Set the speaker of a paragraph that names him or her in its first words."""
        start = text[:60]
        for actor in self.actors.values():
            if actor.name in start:
                self.actor = actor
                self.act = "vraag" if actor.role == "parlementslid" else "antwoord"
                return
        if self.organisation and (m := re.match(r"((?:[A-Z][\w’'-]+ )(?:[A-Z][\w’'-]+,? ?){1,3})", text)):
            name = m[1].strip().rstrip(",")
            self.actor = self.actors[name] = Actor(name, _short_name(self.organisation, text), "spreker")

    def _head(self, level: int, text: str, block: Block) -> None:
        start = self._append("\n\n", block)
        self.outline.append((level, text, start))
        self.heading = text

    def _append(self, separator: str, block: Block) -> int:
        if self.text:
            self.text += separator
        start = len(self.text)
        if block.page > self.page_starts[-1][1]:
            self.page_starts.append((start, block.page))
        self.page_starts += [(start + offset, page) for offset, page in block.page_starts]
        self.text += block.text
        return start

    @staticmethod
    def _page_end(block: Block) -> int:
        return block.page_starts[-1][1] if block.page_starts else block.page

    def _passage(self, block: Block) -> None:
        start = self._append("\n\n", block)
        number = self.counter[self.key] = self.counter.get(self.key, 0) + 1
        actor = self.actor
        self.passages.append(
            Passage(
                id=f"{self.meta.id}/{self.key}/p{number}",
                document=self.meta.id,
                start=start,
                end=len(self.text),
                section=self.section,
                heading=self.heading,
                page=block.page,
                page_end=self._page_end(block),
                speaker=actor.name if actor else None,
                organisation=actor.organisation if actor else None,
                role=self._role(actor),
                speech_act=self.act,
                authority=self.meta.authority,
            )
        )

    @staticmethod
    def _role(actor: Actor | None) -> str | None:
        return actor.role if actor else None

    def glossary(self, raw: str, page: int) -> dict[str, str]:
        entries: dict[str, str] = {}
        lines = [m for line in raw.splitlines() if (m := _GLOSSARY_LINE.fullmatch(line))]
        if not lines:
            return entries
        self.heading, self.section, self.actor, self.act = "Gebruikte afkortingen", "afkortingen", None, None
        self._head(1, "Gebruikte afkortingen", Block("Gebruikte afkortingen", page))
        for m in lines:
            entries[m[1]] = m[2]
            start = self._append("\n", Block(f"{m[1]} {m[2]}", page))
            self.passages.append(
                Passage(
                    id=f"{self.meta.id}/afkortingen/{m[1].lower()}",
                    document=self.meta.id,
                    start=start,
                    end=len(self.text),
                    section="afkortingen",
                    heading=self.heading,
                    page=page,
                    page_end=page,
                    authority=Authority.STANDPUNT if self.meta.authority is Authority.STANDPUNT else self.meta.authority,
                )
            )
        return entries

    def document(self) -> Document:
        chair = re.search(r"([A-Z]\S+) ([A-Z' ]{3,}), voorzitter", self.text)
        chair_name = f"{chair[1]} {chair[2].title()}" if chair else ""
        passages = [p.model_copy(update={"role": "voorzitter"}) if p.speaker and p.speaker.lower() == chair_name.lower() else p for p in self.passages]
        return Document(
            meta=self.meta,
            text=self.text,
            passages=tuple(passages),
            outline=tuple(self.outline),
            page_starts=tuple(self.page_starts),
        )


def _short_name(organisation: str, text: str) -> str:
    """The name by which the paragraph itself calls the organisation (VVSG for its full name)."""
    abbreviation = "".join(w[0] for w in organisation.split() if w[0].isupper())
    for candidate in (abbreviation, "VVSG"):
        if len(candidate) > 2 and re.search(rf"\b{candidate}\b", text):
            return candidate
    return organisation
