"""The corpus: the documents that come with the package and those that an operator added.

A bundled document is a folder ``corpus/documents/<id>/`` with ``meta.yaml`` and either
``original.txt`` (read by the hearing parser) or ``facts.jsonl`` (a digest: one passage a fact).
Beside them may lie ``statements.jsonl`` and ``views.jsonl``. An added document is a folder
``<home>/corpus/<id>/`` with its metadata, original, canonical text and passages.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from corpus.digest import Fact, digest_document
from corpus.errors import CorpusError, UsageError
from corpus.hearing import read_hearing
from corpus.model import LANGUAGES, Document, DocumentMeta, Passage, Span, Statement, Texts

BUNDLED = Path(str(files("corpus"))) / "documents"
_FACT_ID = re.compile(r"^[A-Z]-\d{2,3}$")


@dataclass(frozen=True)
class Actor:
    """Somebody who speaks in a hearing; ``party`` is of the year of the hearing and from outside the report."""

    name: str
    key: str
    role: str
    organisation: str | None = None
    organisation_full: str | None = None
    function: str | None = None
    party: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """A theme on which actors take positions: labels in four languages, a definition and lay synonyms."""

    id: str
    labels: Texts
    definition: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """A contradiction between sources (T-…) or something that is not known (U-…)."""

    id: str
    texts: Texts
    facts: tuple[str, ...]
    passage: str
    keywords: tuple[str, ...] = ()


@dataclass
class Corpus:
    """All documents, with look-ups by document, passage and fact number."""

    documents: dict[str, Document]
    actors: list[Actor]
    topics: dict[str, Topic]
    glossary: dict[str, str]
    facts_data: dict[str, Fact] = field(default_factory=dict)

    def document(self, document_id: str) -> Document:
        """Return the document. Raises UsageError when there is none with this id."""
        try:
            return self.documents[document_id]
        except KeyError:
            known = ", ".join(sorted(self.documents))
            raise UsageError(f"Het document '{document_id}' bestaat niet.", f"Wel aanwezig: {known}.") from None

    def passage(self, passage_id: str) -> tuple[Document, Passage]:
        """Return a passage with its document. Raises UsageError when there is none with this id."""
        try:
            return self._passages[passage_id]
        except KeyError:
            raise UsageError(
                f"De passage '{passage_id}' bestaat niet.", "Zie 'maatwerkwijzer corpus show DOCUMENT' voor de passages van een document."
            ) from None

    def fact(self, number: str) -> tuple[Document, Passage]:
        """Return the passage of a dossier fact such as ``B-022``. Raises CorpusError when it is not held."""
        try:
            return self._passages[self._facts[number]]
        except KeyError:
            raise CorpusError(f"Het feit '{number}' staat niet in het corpus.") from None

    def has_fact(self, number: str) -> bool:
        """True when the corpus holds the fact."""
        return number in self._facts

    def passages(self) -> Iterator[tuple[Document, Passage]]:
        """Every passage with its document, in a fixed order."""
        yield from self._passages.values()

    @cached_property
    def _passages(self) -> dict[str, tuple[Document, Passage]]:
        return {p.id: (d, p) for d in self.documents.values() for p in d.passages}

    @cached_property
    def _facts(self) -> dict[str, str]:
        return {last: pid for pid in self._passages if _FACT_ID.match(last := pid.rsplit("/", 1)[-1])}

    @cached_property
    def statements(self) -> list[Statement]:
        """Every statement of every document."""
        return [s for d in self.documents.values() for s in d.statements]

    @cached_property
    def statements_of(self) -> dict[str, list[Statement]]:
        """Statements by passage id."""
        out: dict[str, list[Statement]] = {}
        for s in self.statements:
            out.setdefault(s.passage, []).append(s)
        return out

    @cached_property
    def contradictions(self) -> dict[str, Note]:
        """Contradictions between sources, by number (T-01)."""
        return self._notes("T-")

    @cached_property
    def unknowns(self) -> dict[str, Note]:
        """What the sources do not say, by number (U-01)."""
        return self._notes("U-")

    def _notes(self, prefix: str) -> dict[str, Note]:
        out = {}
        for number, fact in self.facts_data.items():
            if number.startswith(prefix):
                out[number] = Note(number, fact.texts, fact.facts, self._facts[number], fact.keywords)
        return out

    @cached_property
    def hash(self) -> str:
        """Hash of everything that can change an answer: texts, passages, statements and views."""
        digest = hashlib.sha256()
        for document in sorted(self.documents.values(), key=lambda d: d.id):
            digest.update(document.model_dump_json().encode("utf-8"))
        return digest.hexdigest()[:16]


def load_corpus(home: Path | None = None) -> Corpus:
    """Load the bundled documents, and those added under ``home/corpus``.

    Raises:
        CorpusError: a file is missing or does not fit its schema; the message names file and field.
    """
    documents: dict[str, Document] = {}
    facts: dict[str, Fact] = {}
    glossary: dict[str, str] = {}
    for folder in sorted(BUNDLED.iterdir()):
        if not (folder / "meta.yaml").is_file():
            continue
        meta = _meta(folder / "meta.yaml")
        if (folder / "facts.jsonl").is_file():
            own = [_parse(Fact, row, folder / "facts.jsonl", n) for n, row in _jsonl(folder / "facts.jsonl")]
            facts.update({f.id: f for f in own})
            document = digest_document(meta, own)
        else:
            reading = read_hearing(meta, _read(folder / "original.txt"))
            document, glossary = reading.document, {**glossary, **reading.glossary}
        documents[document.id] = _with_extras(document, folder)
    if home is not None and (home / "corpus").is_dir():
        for folder in sorted((home / "corpus").iterdir()):
            if (folder / "meta.json").is_file():
                document = load_added(folder)
                documents[document.id] = document
    root = BUNDLED.parent
    actors = [Actor(**{**row, "aliases": tuple(row.get("aliases", ()))}) for row in _yaml(root / "actors.yaml")]
    topics = {key: Topic(key, Texts(**row["labels"]), row["definition"], tuple(row.get("synonyms", ()))) for key, row in _yaml(root / "topics.yaml").items()}
    return Corpus(documents, actors, topics, glossary, facts)


def load_added(folder: Path) -> Document:
    """Load one added document from its folder and prove that its text is the one that was stored.

    Raises:
        CorpusError: a file is missing, damaged or changed after it was added.
    """
    try:
        raw = json.loads(_read(folder / "meta.json"))
        expected = raw.pop("sha256")
        meta = DocumentMeta.model_validate(raw)
        passages = tuple(_parse(Passage, row, folder / "passages.jsonl", n) for n, row in _jsonl(folder / "passages.jsonl"))
        extra = json.loads(_read(folder / "structure.json"))
        document = Document(
            meta=meta,
            text=_read(folder / "text.txt"),
            passages=passages,
            outline=tuple(tuple(o) for o in extra["outline"]),
            page_starts=tuple(tuple(p) for p in extra["page_starts"]),
        )
        if not passages:
            raise ValueError("het heeft geen passages")
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CorpusError(f"Het toegevoegde document in {folder.name} is beschadigd: {str(error)[:200]}.", "Verwijder het en voeg het opnieuw toe.") from None
    if document.sha256 != expected:
        raise CorpusError(f"De tekst van '{meta.id}' is niet meer dezelfde als toen hij werd toegevoegd.", "Verwijder het document en voeg het opnieuw toe.")
    return _with_extras(document, folder)


def _with_extras(document: Document, folder: Path) -> Document:
    update: dict[str, Any] = {}
    path = folder / "statements.jsonl"
    if path.is_file():
        statements = [_statement(document, row, path, n) for n, row in _jsonl(path)]
        counts: dict[str, int] = {}
        numbered = []
        for s in statements:
            counts[s.passage] = counts.get(s.passage, 0) + 1
            numbered.append(s.model_copy(update={"id": f"{s.passage}#{counts[s.passage]}"}))
        update["statements"] = tuple(numbered)
    path = folder / "views.jsonl"
    if path.is_file():
        rows = [row for _, row in _jsonl(path)]
        update["views"] = {row["passage"]: tuple(row["keys"]) for row in rows if "passage" in row}
        asked = {row["statement"]: {k: tuple(row[k]) for k in LANGUAGES if row.get(k)} for row in rows if "statement" in row}
        own = update.get("statements", document.statements)
        if strange := next(iter(asked.keys() - {s.id for s in own}), None):
            raise CorpusError(f"{folder.name}/{path.name}: de uitspraak '{strange}' bestaat niet.", "Haal die regel weg, of geef ze het nieuwe nummer.")
        update["statements"] = tuple(s.model_copy(update={"questions": asked[s.id]}) if s.id in asked else s for s in own)
    return document.model_copy(update=update) if update else document


def _statement(document: Document, row: dict[str, Any], path: Path, line: int) -> Statement:
    """Build a statement from its stored form: quotes are words of the passage, spans are computed."""
    where = f"{path.parent.name}/{path.name}, regel {line}"
    passage = document.by_id.get(row.get("passage", ""))
    if passage is None:
        raise CorpusError(f"{where}: de passage '{row.get('passage')}' bestaat niet.")
    text = document.passage_text(passage)
    spans = []
    for quote in row.get("quotes", []):
        at = text.find(quote)
        if at < 0:
            raise CorpusError(f"{where}: het citaat staat niet letterlijk in {passage.id}: '{quote[:60]}…'.")
        spans.append(Span(start=passage.start + at, end=passage.start + at + len(quote)))
    data: dict[str, Any] = {
        "id": f"{passage.id}#0",
        "document": document.id,
        "passage": passage.id,
        "spans": tuple(spans),
        "texts": {k: row.get(k, "") for k in ("nl", "fr", "en", "de")},
        "speaker": passage.speaker,
        "organisation": passage.organisation,
        **{k: row[k] for k in ("on_behalf_of", "kind", "topics", "stance", "addressed_to", "answers") if k in row},
    }
    return _parse(Statement, data, path, line)


def _parse(model: type[Any], row: dict[str, Any], path: Path, line: int) -> Any:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "?"
        raise CorpusError(f"{path.parent.name}/{path.name}, regel {line}, veld '{name}': {first['msg']}.") from None


def _meta(path: Path) -> DocumentMeta:
    meta: DocumentMeta = _parse(DocumentMeta, _yaml(path), path, 1)
    return meta


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CorpusError(f"Het bestand {path.parent.name}/{path.name} ontbreekt.", "Installeer het pakket opnieuw.") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"Het bestand {path.parent.name}/{path.name} is geen UTF-8 (byte {error.start}).") from None
    except OSError as error:
        raise CorpusError(f"Het bestand {path.parent.name}/{path.name} kan niet gelezen worden: {error.strerror}.", "Kijk de rechten en de schijf na.") from None


def _jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_read(path).splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise CorpusError(f"{path.parent.name}/{path.name}, regel {number}: geen geldige JSON ({error}).") from None


def _yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(_read(path), Loader=loader)
    except yaml.YAMLError as error:
        raise CorpusError(f"{path.name}: geen geldige YAML ({error}).") from None
