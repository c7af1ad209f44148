"""Files that a service sends: what kind they are, and adding them as any other file."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path

from corpus.added import AddedReport, add
from corpus.errors import CorpusError
from corpus.fetch.http import PoliteClient
from corpus.metadata import Ask, MetaOptions


@dataclass(frozen=True)
class FetchedFile:
    """A file as a service sent it."""

    url: str
    name: str
    body: bytes


def fetched_file(client: PoliteClient, url: str, name: str) -> FetchedFile:
    """Fetch a file and tell by its first bytes what it is.

    Raises:
        CorpusError: it is neither PDF nor DOCX (for instance a web page that says that something is wrong).
    """
    reply = client.get(url, accept="application/pdf, application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    if reply.body[:1024].lstrip().startswith(b"%PDF-"):
        ending = ".pdf"
    elif reply.body.startswith(b"PK\x03\x04"):
        ending = ".docx"
    else:
        client.forget(url)
        raise CorpusError(f"{url} gaf geen PDF of DOCX, maar {reply.content_type or 'iets onbekends'}.", "Controleer het nummer.")
    return FetchedFile(url, name + ending, reply.body)


def add_fetched(home: Path, file: FetchedFile, options: MetaOptions, publisher: str, ask: Ask | None = None) -> AddedReport:
    """Add a fetched file; publisher and address are filled in unless the operator gave them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.body)
        filled = dataclasses.replace(options, publisher=options.publisher or publisher, url=options.url or file.url)
        report = add(home, path, filled, ask=ask)[0]
    return dataclasses.replace(report, path=file.url)
