"""Documents that an operator adds: put in, take out, list and verify.

One document is one folder ``<home>/corpus/<id>/``::

    meta.json        DocumentMeta, and the sha256 of the text
    original.<ext>   the file as it was given
    text.txt         the canonical text (UTF-8, no end-of-line conversion: offsets must hold)
    passages.jsonl   one Passage a line
    structure.json   outline, page starts, and where the original came from

The folder appears, changes and disappears in one step, under a lock (see ``corpus.atomic``).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from corpus.atomic import drop, put, recover, staged
from corpus.errors import CorpusError, MaatwerkwijzerError, UsageError
from corpus.metadata import Ask, MetaOptions, check_id, default_id, describe
from corpus.model import Document, DocumentMeta
from corpus.readers import ENDINGS, Limits, read_file, reader_for
from corpus.readers.guard import check_file, decode
from corpus.readers.plain import is_double_spaced
from corpus.store import BUNDLED, load_added
from corpus.structure import build_document

LOCK_SECONDS = 600.0
Progress = Callable[[int, int, str], None]
"""Told before each file: (how many are done, how many there are, the file's name)."""


@dataclass(frozen=True)
class AddedReport:
    """What became of one file. ``status``: toegevoegd, vervangen, ongewijzigd, overgeslagen or mislukt."""

    path: str
    status: str
    id: str | None = None
    title: str = ""
    kind: str = ""
    characters: int = 0
    passages: int = 0
    pages: int | None = None
    message: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """False when the file could not be added."""
        return self.status != "mislukt"

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Problem:
    """Something wrong with a stored document."""

    document: str
    message: str
    remedy: str = ""


def add(
    home: Path,
    path: Path,
    options: MetaOptions | None = None,
    progress: Progress | None = None,
    ask: Ask | None = None,
    limits: Limits | None = None,
    replace: bool = False,
) -> list[AddedReport]:
    """Add a file, or every file of a folder that a reader knows.

    The same content again changes nothing and says so. A file of a folder that fails is reported and the
    others go on; a single file that fails raises.

    Raises:
        CorpusError: the single file cannot be read, or the folder holds nothing that can be added.
        UsageError: an option has a wrong value, or the id belongs to another document.
    """
    options = options or MetaOptions()
    limits = limits or Limits()
    if not path.is_dir() or path.is_symlink():
        if progress:
            progress(0, 1, path.name)
        return [_add_file(home, path, options, ask, limits, replace)]
    if options.id or options.title:
        raise UsageError("Een id of titel geldt voor één bestand, niet voor een map.", "Voeg de bestanden één voor één toe, of laat --id en --title weg.")
    files = list(_files(path))
    if not files:
        raise CorpusError(f"In de map '{path.name}' staat geen bestand dat toegevoegd kan worden.", f"Gelezen worden: {', '.join(sorted(ENDINGS))}.")
    reports = []
    for done, file in enumerate(files):
        if progress:
            progress(done, len(files), file.name)
        reports.append(_add_one_of_many(home, path, file, options, ask, limits, replace))
    return reports


def _add_one_of_many(home: Path, folder: Path, file: Path, options: MetaOptions, ask: Ask | None, limits: Limits, replace: bool) -> AddedReport:
    name = str(file.relative_to(folder))
    if file.is_symlink():
        return AddedReport(name, "overgeslagen", message="Dit is een snelkoppeling (symbolische link).", remedy="Voeg het bestand zelf toe.")
    if file.suffix.lower() not in ENDINGS:
        return AddedReport(name, "overgeslagen", message=f"Het formaat '{file.suffix or 'zonder extensie'}' wordt niet gelezen.")
    try:
        report = _add_file(home, file, options, ask, limits, replace)
    except MaatwerkwijzerError as error:
        return AddedReport(name, "mislukt", message=error.message, remedy=error.remedy)
    return AddedReport(**{**asdict(report), "path": name})


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below ``folder`` in a fixed order; hidden ones, and folders behind a link, are left alone."""
    for root, names, files in os.walk(folder, followlinks=False):
        names[:] = sorted(n for n in names if not n.startswith("."))
        for name in sorted(files):
            if not name.startswith((".", "~$")):
                yield Path(root) / name


def _add_file(home: Path, path: Path, options: MetaOptions, ask: Ask | None, limits: Limits, replace: bool) -> AddedReport:
    if options.id:
        check_id(options.id)
        _refuse_bundled(options.id)
    reader = reader_for(path)
    check_file(path, limits)
    store = home / "corpus"
    with locked(home), staged(store) as work:
        # From here on only the copy is read: nobody can change it underneath.
        copy = work / "bron" / path.name
        copy.parent.mkdir()
        _copy(path, copy)
        digest = _sha256(copy)
        known = _same_original(store, digest)
        if known is not None and not _wants_other(store / known, options):
            return _unchanged(store / known, path)
        raw = read_file(copy, limits)
        described = describe(path, raw, _with_id(options, store, path, known, replace), frozenset(_ids(store)) | bundled_ids(), ask)
        plain = _plain_text(copy) if reader.name == "txt" else None
        document = build_document(described.meta, raw, plain)
        origin = {"name": path.name, "sha256": digest, "bytes": copy.stat().st_size, "reader": reader.name, "plain": plain is not None}
        os.rename(copy, work / f"original{path.suffix.lower()}")
        copy.parent.rmdir()
        status, stored_as = store_document(home, document, work, origin, replace=replace or known == document.id)
        if status == "ongewijzigd":
            return _unchanged(store / stored_as, path)
    return AddedReport(
        str(path),
        status,
        document.id,
        document.meta.title,
        document.meta.kind.value,
        len(document.text),
        len(document.passages),
        raw.pages,
        f"{len(document.passages)} passages" + (f" op {raw.pages} bladzijden" if raw.pages else "") + ".",
        notes=(*raw.warnings, *described.assumptions),
    )


def _with_id(options: MetaOptions, store: Path, path: Path, known: str | None, replace: bool) -> MetaOptions:
    """The same content keeps its id; ``replace`` without an id means the document that the file name stands for."""
    if options.id is None and known is not None:
        return dataclasses.replace(options, id=known)
    own = default_id(path)
    if options.id is None and replace and (store / own).is_dir():
        return dataclasses.replace(options, id=own)
    return options


def store_document(home: Path, document: Document, work: Path, origin: dict[str, Any], replace: bool = False) -> tuple[str, str]:
    """Write ``document`` into the staged folder ``work`` (which holds the original) and put it in its place.

    The caller holds the lock. Returns what happened ("toegevoegd", "vervangen", "ongewijzigd") and the id
    under which the text stands.

    Raises:
        UsageError: the id belongs to a bundled document, or to another added one and ``replace`` is False.
    """
    store = home / "corpus"
    _refuse_bundled(document.id)
    meta = {**document.meta.model_dump(mode="json"), "sha256": document.sha256}
    structure = {"outline": document.outline, "page_starts": document.page_starts, "original": origin}
    # ASCII only: some of the characters that JSON allows in a string are line ends to other programs.
    rows = [json.dumps(p.model_dump(mode="json", exclude_defaults=True), sort_keys=True) for p in document.passages]
    _write(work / "text.txt", document.text)
    _write(work / "passages.jsonl", "".join(row + "\n" for row in rows))
    _write(work / "structure.json", json.dumps(structure))
    _write(work / "meta.json", json.dumps(meta, indent=1, sort_keys=True))
    target = store / document.id
    old = _read_json(target / "meta.json")
    if target.exists():
        if old == meta and _read_text(target / "passages.jsonl") == _read_text(work / "passages.jsonl"):
            return "ongewijzigd", document.id
        if not replace:
            raise UsageError(f"Er is al een ander document met het id '{document.id}'.", "Kies een ander id met --id, of vervang het met --replace.")
    elif (twin := _same_text(store, document.sha256)) is not None:
        # The same text from another file, say the same PDF saved again.
        return "ongewijzigd", twin
    for extra in ("statements.jsonl", "views.jsonl"):
        # Statements and views belong to exactly this text.
        if old is not None and old.get("sha256") == document.sha256 and (target / extra).is_file():
            shutil.copyfile(target / extra, work / extra)
    replaced = target.exists()
    put(work, target)
    return ("vervangen" if replaced else "toegevoegd"), document.id


def _refuse_bundled(document_id: str) -> None:
    if document_id in bundled_ids():
        raise UsageError(f"'{document_id}' is een meegeleverd document en kan niet vervangen worden.", "Kies een ander id met --id.")


def remove(home: Path, document_id: str) -> DocumentMeta | None:
    """Remove an added document and everything that was stored of it; return its metadata when that was readable.

    Raises:
        UsageError: the document is not there, or comes with the package.
    """
    if document_id in bundled_ids():
        raise UsageError(f"'{document_id}' is een meegeleverd document en kan niet verwijderd worden.", "Alleen toegevoegde documenten kunnen weg.")
    check_id(document_id)
    with locked(home):
        target = home / "corpus" / document_id
        if not target.is_dir():
            known = ", ".join(_ids(home / "corpus")) or "geen"
            raise UsageError(f"Er is geen toegevoegd document '{document_id}'.", f"Toegevoegd zijn: {known}.")
        raw = _read_json(target / "meta.json")
        drop(target)
    if raw is not None:
        raw.pop("sha256", None)
    try:
        return DocumentMeta.model_validate(raw)
    except ValueError:
        return None


def added_ids(home: Path) -> list[str]:
    """Ids of the added documents, sorted."""
    return _ids(home / "corpus")


def verify_added(home: Path, reread: bool = True) -> list[Problem]:
    """Check every added document: files whole, text as it was, spans exact, ids its own.

    ``reread`` also reads the original again and compares: the text must follow from it.
    """
    problems: list[Problem] = []
    store = home / "corpus"
    for name in _ids(store):
        try:
            document = load_added(store / name)
        except MaatwerkwijzerError as error:
            problems.append(Problem(name, error.message, error.remedy))
            continue
        problems += check_document(document)
        if document.id != name:
            problems.append(Problem(name, f"De map heet '{name}', maar het document '{document.id}'."))
        if reread:
            problems += _check_original(store / name, document)
    return problems


def check_document(document: Document) -> list[Problem]:
    """Check the spans and ids of any document."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for passage in document.passages:
        text = document.text[passage.start : passage.end]
        if not (0 <= passage.start < passage.end <= len(document.text)):
            problems.append(Problem(document.id, f"Passage {passage.id} ligt buiten de tekst ({passage.start}:{passage.end})."))
        elif not text.strip() or text != text.strip():
            problems.append(Problem(document.id, f"Passage {passage.id} begint of eindigt met witruimte, of is leeg."))
        if passage.id in seen:
            problems.append(Problem(document.id, f"Passage {passage.id} komt twee keer voor."))
        if passage.document != document.id or not passage.id.startswith(f"{document.id}/"):
            problems.append(Problem(document.id, f"Passage {passage.id} hoort niet bij dit document."))
        seen.add(passage.id)
    return problems


def _check_original(folder: Path, document: Document) -> list[Problem]:
    structure = _read_json(folder / "structure.json") or {}
    origin = structure.get("original")
    files = sorted(folder.glob("original.*"))
    remedy = "Verwijder het document en voeg het opnieuw toe."
    if not isinstance(origin, dict) or len(files) != 1:
        return [Problem(document.id, "Het oorspronkelijke bestand ontbreekt.", remedy)]
    if _sha256(files[0]) != origin.get("sha256"):
        return [Problem(document.id, "Het oorspronkelijke bestand is veranderd sinds het werd toegevoegd.", remedy)]
    try:
        if origin.get("reader") == "codex":
            from corpus.fetch.act import document_from_payload

            again = document_from_payload(json.loads(files[0].read_text(encoding="utf-8")), document.meta.id)
        else:
            plain = _plain_text(files[0]) if origin.get("plain") else None
            again = build_document(document.meta, read_file(files[0]), plain)
    except MaatwerkwijzerError as error:
        return [Problem(document.id, error.message, error.remedy)]
    if again.text != document.text:
        # Not damage: a newer reader may do better. The stored text stays valid for its citations.
        return [Problem(document.id, "Deze versie van het programma leest het bestand anders dan toen het werd toegevoegd.", remedy)]
    return []


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the lock on the added documents; what a killed process left behind is put right first.

    Raises:
        CorpusError: another process holds it for too long, the disk is full, or the home cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(str(home / "corpus.lock"), timeout=LOCK_SECONDS):
            recover(home / "corpus")
            yield
    except Timeout:
        raise CorpusError("Een ander programma is bezig met de documenten.", "Wacht tot het klaar is en probeer opnieuw.") from None
    except OSError as error:
        raise CorpusError(f"In {home} kan niet geschreven worden: {error.strerror or error}.", "Maak plaats, geef schrijfrecht, of kies een andere --home.") from error


def bundled_ids() -> frozenset[str]:
    """Ids of the documents that come with the package."""
    return frozenset(p.name for p in BUNDLED.iterdir() if (p / "meta.yaml").is_file())


def _ids(store: Path) -> list[str]:
    if not store.is_dir():
        return []
    return sorted(p.name for p in store.iterdir() if p.is_dir() and not p.name.startswith("."))


def _unchanged(folder: Path, path: Path) -> AddedReport:
    document = load_added(folder)
    return AddedReport(
        str(path),
        "ongewijzigd",
        document.id,
        document.meta.title,
        document.meta.kind.value,
        len(document.text),
        len(document.passages),
        message=f"Deze inhoud staat er al, als document '{document.id}'. Er is niets veranderd.",
    )


def _wants_other(folder: Path, options: MetaOptions) -> bool:
    """True when the operator gives metadata that differ from those stored: then the document is described anew."""
    raw = _read_json(folder / "meta.json") or {}
    flat = {**raw, **(raw.get("source") or {})}
    return any(str(flat.get(key) or "") != value for key, value in options.given().items())


def _same_original(store: Path, digest: str) -> str | None:
    for name in _ids(store):
        origin = (_read_json(store / name / "structure.json") or {}).get("original")
        if isinstance(origin, dict) and origin.get("sha256") == digest:
            return name
    return None


def _same_text(store: Path, digest: str) -> str | None:
    return next((n for n in _ids(store) if (_read_json(store / n / "meta.json") or {}).get("sha256") == digest), None)


def _plain_text(path: Path) -> str | None:
    """The file's own text when it was taken out of a PDF, else None."""
    text = decode(path.read_bytes(), path.name)
    return text if is_double_spaced(text) else None


def _copy(source: Path, target: Path) -> None:
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(source, flags), "rb") as reading, target.open("wb") as writing:
            shutil.copyfileobj(reading, writing)
    except OSError as error:
        raise CorpusError(f"Het bestand '{source.name}' kan niet gekopieerd worden: {error.strerror}.", "Controleer de rechten en de vrije ruimte.") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _read_json(path: Path) -> dict[str, Any] | None:
    text = _read_text(path)
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
