"""Checks on a file before anything in it is read."""

from __future__ import annotations

import stat
from pathlib import Path

from corpus.errors import CorpusError
from corpus.readers.base import MEGABYTE, Limits


def check_file(path: Path, limits: Limits) -> int:
    """Return the size in bytes of a regular file that may be read.

    Raises:
        CorpusError: the file does not exist, is a link, a folder or a device, is empty, or too large.
    """
    try:
        info = path.lstat()
    except FileNotFoundError:
        raise CorpusError(f"Het bestand '{path.name}' bestaat niet.", "Controleer de naam en de map.") from None
    except OSError as error:
        raise CorpusError(f"Het bestand '{path.name}' kan niet bekeken worden: {error.strerror}.", "Controleer de rechten op het bestand.") from None
    if stat.S_ISLNK(info.st_mode):
        raise CorpusError(f"'{path.name}' is een snelkoppeling (symbolische link).", "Geef het bestand zelf op, niet de link ernaar.")
    if not stat.S_ISREG(info.st_mode):
        raise CorpusError(f"'{path.name}' is geen gewoon bestand.", "Geef een txt-, Markdown-, HTML-, PDF- of DOCX-bestand op.")
    if info.st_size == 0:
        raise CorpusError(f"Het bestand '{path.name}' is leeg.", "Controleer of het bestand volledig is opgeslagen.")
    if info.st_size > limits.file_bytes:
        raise CorpusError(
            f"Het bestand '{path.name}' is {info.st_size / MEGABYTE:.0f} MB groot; de grens is {limits.file_bytes / MEGABYTE:.0f} MB.",
            "Splits het document, of maak het kleiner door de beelden eruit te halen.",
        )
    return info.st_size


def read_bytes(path: Path, limits: Limits) -> bytes:
    """Read a checked file. Raises CorpusError as :func:`check_file`, or when it cannot be opened."""
    check_file(path, limits)
    try:
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"Het bestand '{path.name}' kan niet gelezen worden: {error.strerror}.", "Controleer de rechten op het bestand.") from None


def decode(data: bytes, name: str, declared: str = "") -> str:
    """Decode text strictly: by its byte-order mark, else by ``declared``, else as UTF-8.

    Raises:
        CorpusError: the bytes are not text in that encoding; nothing is guessed, because a wrong guess
            damages every accent and nobody notices.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            declared = encoding
            break
    else:
        if b"\x00" in data:
            raise CorpusError(f"'{name}' is geen tekstbestand (er staan nulbytes in).", "Sla het document op als tekst in UTF-8, of voeg het als PDF of DOCX toe.")
    try:
        return data.decode(declared or "utf-8")
    except LookupError:
        raise CorpusError(f"'{name}' noemt de onbekende codering '{declared}'.", "Sla het bestand op als UTF-8.") from None
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"'{name}' is geen geldige {(declared or 'utf-8').upper()} (byte {error.start}).",
            "Sla het bestand opnieuw op met de codering UTF-8.",
        ) from None
