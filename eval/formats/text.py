"""Reading text for all formats: UTF-8 with or without BOM, with clear errors."""

from __future__ import annotations

from pathlib import Path

from eval.errors import DataError


def read_text(path: Path) -> str:
    """The file's text without BOM. Raises :class:`DataError` when it is missing or not UTF-8 (with the line)."""
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise DataError(path, None, None, f"kan niet gelezen worden ({exc.strerror or exc}).", "Kijk het pad na.") from exc
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise DataError(path, line, None, f"is geen UTF-8 (byte 0x{raw[exc.start]:02x}).", "Bewaar het bestand als UTF-8.") from exc


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 without BOM and with unchanged line ends, making the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
