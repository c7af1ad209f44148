"""One spelling for text that is compared: case, accents, percent, numbers, number words and dates.

Gold wordings and answers go through the same function, so a figure never depends on whether somebody wrote
``55 %`` or ``55 procent``, ``1.200`` or ``1 200``, ``vijfentwintig`` or ``25``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_QUOTES = str.maketrans({c: "'" for c in "‘’‛′`´"} | {c: '"' for c in "“”„«»″"} | {c: "-" for c in "‐‑‒–—−"} | {"\u00ad": ""})
_MARKER = re.compile(r"\[\d+\]")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_PERCENT = re.compile(r"(?:\bprocent\b|\bpour\s+cent\b|\bper\s+cent\b|\bpercent\b|\bprozent\b|%)")
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?![\d])(?![.,]\d{3})")
_DECIMAL = re.compile(r"(?<![\w.,])(\d+)[.,](\d{1,2})(?!\d)(?![.,]\d)")
_TOKEN = re.compile(r"(?<![.\d])\d+\.\d+(?!\.?\d)|\w+")

_MONTHS = {
    name: number
    for names in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
        "januar februar marz april mai juni juli august september oktober november dezember",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"maerz": 3}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE_WORDS = re.compile(rf"\b(\d{{1,2}})(?:\.|er|e|st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\s+(\d{{4}})\b")
_DATE_US = re.compile(rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b")
_DATE_DIGITS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_DATE_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


@lru_cache(maxsize=8)
def number_words(language: str) -> dict[str, int]:
    """Number words of one word (or one hyphenated word), 0 to 99 and the round ones, without accents.

    ``een``, ``un``, ``ein`` are articles and are left out; ``één``, ``one``, ``eins`` are in. ``één`` is marked
    as ``een=`` because accents are gone by then.
    """
    words: dict[str, int] = {}
    if language == "nl":
        units = "nul een= twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien"
        words |= {w: n for n, w in enumerate(units.split())}
        tens = dict(zip(["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"], range(20, 100, 10), strict=True))
        stems = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"]
        for ten, value in tens.items():
            words[ten] = value
            words |= {f"{stem}en{ten}": value + n for n, stem in enumerate(stems, start=1)}
        below = {w: n for w, n in words.items() if n > 1}
        for n, stem in enumerate(["", *stems[1:]], start=1):
            words[f"{stem}honderd"] = 100 * n
            words |= {f"{stem}honderd{w}": 100 * n + v for w, v in below.items()}
            words[f"{stem}duizend"] = 1000 * n
        words |= {f"{w}duizend": 1000 * v for w, v in below.items()}
    elif language == "de":
        units = "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn"
        words |= {w: n for n, w in enumerate(units.split())}
        tens = dict(zip(["zwanzig", "dreissig", "vierzig", "funfzig", "sechzig", "siebzig", "achtzig", "neunzig"], range(20, 100, 10), strict=True))
        stems = ["ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"]
        for ten, value in tens.items():
            words[ten] = value
            words |= {f"{stem}und{ten}": value + n for n, stem in enumerate(stems, start=1)}
        below = {w: n for w, n in words.items() if n > 1}
        for n, stem in enumerate(stems, start=1):
            words[f"{stem}hundert"] = 100 * n
            words |= {f"{stem}hundert{w}": 100 * n + v for w, v in below.items()}
            words[f"{stem}tausend"] = 1000 * n
        words |= {"hundert": 100, "tausend": 1000}
    elif language == "fr":
        units = "zero _ deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf"
        words |= {w: n for n, w in enumerate(units.split()) if w != "_"}
        base = list(units.split())
        for ten, value in zip(["vingt", "trente", "quarante", "cinquante", "soixante"], range(20, 70, 10), strict=True):
            words[ten] = value
            words[f"{ten}-et-un"] = value + 1
            words |= {f"{ten}-{base[n]}": value + n for n in range(2, 10)}
        words |= {f"soixante-{base[n]}": 60 + n for n in range(10, 20)} | {"soixante-et-onze": 71, "quatre-vingts": 80, "quatre-vingt-un": 81}
        words |= {f"quatre-vingt-{base[n]}": 80 + n for n in range(2, 20)}
        words |= {"cent": 100, "cents": 100, "mille": 1000}
    elif language == "en":
        units = (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
        )
        base = units.split()
        words |= {w: n for n, w in enumerate(base)}
        for ten, value in zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True):
            words[ten] = value
            words |= {f"{ten}-{base[n]}": value + n for n in range(1, 10)}
        words |= {"hundred": 100, "thousand": 1000}
    return words


_SCALES = {"hundred": 100, "cent": 100, "cents": 100, "duizend": 1000, "mille": 1000, "thousand": 1000, "tausend": 1000} | dict.fromkeys(
    ("miljoen", "million", "millions", "millionen"), 1_000_000
)
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+=?(?:-[^\W\d_]+)*")


def _spell_out(text: str, language: str) -> str:
    """Replace number words (and digits before a scale word, ``1.5 miljoen``) by digits."""
    words = number_words(language)
    out: list[str] = []
    position = 0
    pending: float | None = None

    def flush() -> None:
        nonlocal pending
        if pending is not None:
            out.append(str(int(pending)) if pending == int(pending) else f"{pending:.10g}")
            pending = None

    for match in _WORD.finditer(text):
        word = match.group()
        gap = text[position : match.start()]
        value: float | None = words.get(word)
        if (value is None and word[0].isdigit() and "." in word) or (value is None and word.isdigit() and (len(word) == 1 or word[0] != "0")):
            value = float(word)
        scale = _SCALES.get(word)
        if pending is not None and gap == " " and scale and pending < scale:
            pending *= scale
        elif pending is not None and gap == " " and value is not None and pending % 100 == 0 and 0 < value < 100 <= pending and word in words:
            pending += value
        else:
            flush()
            out.append(gap)
            if value is not None:
                pending = value
            else:
                out.append(word)
        position = match.end()
    flush()
    out.append(text[position:])
    return "".join(out)


def _strip_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def plain(text: str) -> str:
    """Text without citation markers, link targets and markdown signs."""
    return re.sub(r"[*_#>|~]+", " ", _LINK.sub(r"\1", _MARKER.sub(" ", text)))


def _prepare(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower().replace("ß", "ss")
    text = re.sub(r"\b(?:één|eén|éen)\b", "een=", text)
    text = _strip_accents(plain(text))
    return re.sub(r"\s+", " ", text)


def _tokens(text: str, language: str) -> str:
    text = _PERCENT.sub(" procent ", text)
    text = _THOUSANDS.sub(lambda m: re.sub(r"[.,' ]", "", m.group()), text)
    text = _DECIMAL.sub(lambda m: f"{m.group(1)}.{m.group(2)}", text)
    text = re.sub(r"(?:€|\beur\b|\beuro's\b|\beuros\b)", " euro ", text)
    text = re.sub(r"\beuro\s+(\d[\d.]*\d|\d)(?!\s+euro)", r"\1 euro", text)
    text = re.sub(r"\s+", " ", text)
    if language == "en":
        text = re.sub(r"\b(hundred|thousand) and (?=[a-z])", r"\1 ", text)
    text = _spell_out(text, language).replace("een=", "1")
    out = []
    for token in _TOKEN.findall(text):
        if token.isdigit():
            token = token.lstrip("0") or "0"
        elif re.fullmatch(r"\d+\.\d+", token):
            whole, part = token.split(".")
            part = part.rstrip("0") if len(part) == 2 else part
            token = f"{whole.lstrip('0') or '0'}" + (f".{part}" if part else "")
        out.append("artikel" if token in ("art", "artikelen", "article", "artikels") else token)
    return " ".join(out)


def _dates(text: str) -> str:
    def words(match: re.Match[str]) -> str:
        return f" datum{match.group(3)}{_MONTHS[match.group(2)]:02d}{int(match.group(1)):02d} "

    def american(match: re.Match[str]) -> str:
        return f" datum{match.group(3)}{_MONTHS[match.group(1)]:02d}{int(match.group(2)):02d} "

    text = _DATE_US.sub(american, _DATE_WORDS.sub(words, text))
    text = _DATE_DIGITS.sub(lambda m: f" datum{m.group(3)}{int(m.group(2)):02d}{int(m.group(1)):02d} ", text)
    return _DATE_ISO.sub(lambda m: f" datum{m.group(1)}{m.group(2)}{m.group(3)} ", text)


@lru_cache(maxsize=65536)
def normalise(text: str, language: str = "nl") -> str:
    """Tokens of ``text`` in their one spelling, joined by single spaces."""
    return _tokens(_prepare(text), language)


@lru_cache(maxsize=65536)
def normalise_dates(text: str, language: str = "nl") -> str:
    """The same with every full date as one token (``datum20230701``)."""
    return _tokens(_dates(_prepare(text)), language)


def numbers(text: str, language: str = "nl") -> list[str]:
    """The numbers of a text in their one spelling, dates taken apart, in order."""
    return re.findall(r"(?<![^ ])\d+(?:\.\d+)?(?![^ ])", normalise(text, language))
