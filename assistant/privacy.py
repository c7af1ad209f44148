"""Personal data in a question: found, masked before anything is logged, stored or sent to a model.

Searching is done in a plain copy of the text (other digits as ASCII digits, every dash as ``-``, every space
as a space, invisible characters left out), so that no way of typing a number hides it; what is found is
replaced in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

Found = tuple[int, int, str]

_SEPARATOR = r"[ .,/_\-\n\t]{0,3}"
_NATIONAL_NUMBER = re.compile(rf"(?<!\d)(?=(\d(?:{_SEPARATOR}\d){{10}})(?!\d))")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,256} ?(?:@|\(at\)|\[at\]) ?[\w-]{1,63}(?:\.[\w-]{1,63})+", re.IGNORECASE)
_IBAN_PLAIN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?\d{4}){3,7}\b")
_IBAN_ANY = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)
_IBAN_LENGTHS = {"BE": 16, "DE": 22, "FR": 27, "LU": 20, "NL": 18}
_GAP = r"[ ./()\-]{0,3}"
_PHONE = re.compile(rf"(?<![\d.,])(?:\(?(?:\+|00){_GAP}[1-9](?:{_GAP}\d){{7,13}}|\(?0{_GAP}[1-9](?:{_GAP}\d){{7,8}})(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}(?!\d)|(?:19|20)\d{2}-\d{2}-\d{2}")
_DECIMAL = re.compile(r"0\.\d+")


def is_national_number(digits: str) -> bool:
    """True when 11 digits are a Belgian national register number: 97 minus the first nine digits modulo 97.

    For people born in 2000 or later a 2 is put before the nine digits. Bis numbers (month + 20 or + 40) count.
    """
    if len(digits) != 11 or not digits.isdigit():
        return False
    month = int(digits[2:4]) % 20
    if month > 12 or int(digits[4:6]) > 31:
        return False
    body, check = int(digits[:9]), int(digits[9:])
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def mask(text: str) -> tuple[str, list[str]]:
    """Replace personal data by ``[rijksregisternummer]``, ``[e-mailadres]``, ``[telefoonnummer]``, ``[rekeningnummer]``.

    Returns the masked text and the kinds that were found. Amounts, dates and years are left alone.
    """
    kinds: list[str] = []
    while True:
        # Again, because what stood glued to something that is masked now may be recognised on its own.
        text, found = _mask_once(text)
        if not found:
            return text, list(dict.fromkeys(kinds))
        kinds += found


def _mask_once(text: str) -> tuple[str, list[str]]:
    plain, places = _plain(text)
    finders = (_national_numbers, _emails, _accounts, _phones)
    found = sorted((start, end, rank, kind) for rank, finder in enumerate(finders) for start, end, kind in finder(plain))
    merged: list[tuple[int, int, int, str]] = []
    for start, end, rank, kind in found:
        if merged and start < merged[-1][1]:
            # One inside or across another: the whole is masked, and named after what matters most.
            before = merged[-1]
            merged[-1] = (before[0], max(end, before[1]), *min(before[2:], (rank, kind)))
        else:
            merged.append((start, end, rank, kind))
    out, at = [], 0
    for start, end, _, kind in merged:
        first, last = places[start], places[end - 1] + 1
        out += [text[at : max(first, at)], f"[{kind}]"]
        at = last
    return "".join([*out, text[at:]]), [kind for *_, kind in merged]


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as it is searched, and for each of its characters the position in ``text`` that it comes from."""
    if text.isascii():
        return text, list(range(len(text)))
    characters: list[str] = []
    places: list[int] = []
    for n, character in enumerate(text):
        category = unicodedata.category(character)
        if category == "Nd":
            plain = str(unicodedata.decimal(character))
        elif category == "Pd" or character in "\u2212\u2043":
            plain = "-"
        elif category in ("Cf", "Cs", "Mn", "Me") or character == "\u115f":
            plain = ""
        elif category == "Zs":
            plain = " "
        elif category in ("Zl", "Zp"):
            plain = "\n"
        else:
            plain = unicodedata.normalize("NFKC", character)
        characters.append(plain)
        places += [n] * len(plain)
    return "".join(characters), places


def _national_numbers(text: str) -> Iterator[Found]:
    end = 0
    for match in _NATIONAL_NUMBER.finditer(text):
        if match.start() >= end and is_national_number(re.sub(r"\D", "", match[1])):
            end = match.end(1)
            yield match.start(1), end, "rijksregisternummer"


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield *match.span(), "e-mailadres"


def _accounts(text: str) -> Iterator[Found]:
    for match in _IBAN_PLAIN.finditer(text):
        yield *match.span(), "rekeningnummer"
    for match in _IBAN_ANY.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        ends = [n for n, c in enumerate(match[0], 1) if c != " "]
        if 0 < length <= len(ends) and _is_account(match[0][: ends[length - 1]]):
            yield match.start(), match.start() + ends[length - 1], "rekeningnummer"


def _is_account(text: str) -> bool:
    """ISO 7064: the letters as numbers (A is 10), the first four characters last, modulo 97 is 1."""
    compact = text.replace(" ", "").upper()
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _phones(text: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        if not _DAY.search(match[0]) and not _DECIMAL.fullmatch(match[0]):
            yield *match.span(), "telefoonnummer"
