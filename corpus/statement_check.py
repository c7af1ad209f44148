"""Check statements against the words that carry them, and the four languages against each other.

Certain faults (``error``): a span outside its document or outside a passage of that speaker, a number,
percentage, date or article number that the source does not hold, a number that differs between the
languages, a missing language. Signs of a fault (``warning``): a name or abbreviation that the source or
a translation lacks, a negation that only some languages have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from corpus.model import LANGUAGES, Document, Passage, Statement

Severity = Literal["error", "warning"]

_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
}
_WORDS = {
    "nl": {
        0: "nul", 1: "een één eerste enige", 2: "twee tweede beide allebei tweemaal dubbel dubbele", 3: "drie derde driemaal", 4: "vier vierde", 5: "vijf vijfde",
        6: "zes zesde", 7: "zeven zevende", 8: "acht achtste", 9: "negen negende", 10: "tien tiende", 11: "elf elfde", 12: "twaalf twaalfde",
        13: "dertien", 14: "veertien", 15: "vijftien", 16: "zestien", 17: "zeventien", 18: "achttien", 19: "negentien", 20: "twintig", 30: "dertig",
        40: "veertig", 50: "vijftig half halve helft", 60: "zestig", 70: "zeventig", 80: "tachtig", 90: "negentig", 100: "honderd", 1000: "duizend",
    },
    "fr": {
        0: "zéro", 1: "un une premier première unique", 2: "deux deuxième second seconde double", 3: "trois troisième tiers", 4: "quatre quatrième quart",
        5: "cinq cinquième", 6: "six sixième", 7: "sept septième", 8: "huit huitième", 9: "neuf neuvième", 10: "dix dixième", 11: "onze onzième",
        12: "douze douzième", 13: "treize", 14: "quatorze", 15: "quinze quinzième", 16: "seize", 17: "dix-sept", 18: "dix-huit", 19: "dix-neuf", 20: "vingt vingtième",
        30: "trente", 40: "quarante", 50: "cinquante moitié demi demie", 60: "soixante", 70: "soixante-dix", 80: "quatre-vingts", 90: "quatre-vingt-dix",
        100: "cent cents", 1000: "mille",
    },
    "en": {
        0: "zero", 1: "one a an first single once", 2: "two second both twice double", 3: "three third thirds", 4: "four fourth quarter quarters", 5: "five fifth",
        6: "six sixth", 7: "seven seventh", 8: "eight eighth", 9: "nine ninth", 10: "ten tenth", 11: "eleven eleventh", 12: "twelve twelfth",
        13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty",
        40: "forty", 50: "fifty half", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred", 1000: "thousand",
    },
    "de": {
        0: "null", 1: "ein eine einen einem einer eines erste ersten erster einzige", 2: "zwei zweite zweiten zweiter beide beiden doppelt", 3: "drei dritte dritten drittel",
        4: "vier vierte vierten viertel", 5: "fünf fünfte fünften", 6: "sechs sechste sechsten", 7: "sieben siebte siebten", 8: "acht achte achten", 9: "neun neunte neunten",
        10: "zehn zehnte zehnten", 11: "elf elfte", 12: "zwölf zwölfte", 13: "dreizehn", 14: "vierzehn", 15: "fünfzehn", 16: "sechzehn", 17: "siebzehn",
        18: "achtzehn", 19: "neunzehn", 20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig halb halbe hälfte", 60: "sechzig", 70: "siebzig",
        80: "achtzig", 90: "neunzig", 100: "hundert", 1000: "tausend",
    },
}  # fmt: skip
_MONTH_OF = {lang: {name: n for n, name in enumerate(names.split(), 1)} for lang, names in _MONTHS.items()}
_NUMBER_OF = {lang: {w: n for n, words in table.items() for w in words.split()} for lang, table in _WORDS.items()}
_SPACE = "[ \u00a0\u202f]"
_NUMERAL = {
    "nl": re.compile(rf"\d{{1,3}}(?:(?:\.|{_SPACE})\d{{3}})+(?!\d)(?:,\d+)?|\d+(?:,\d+)?"),
    "fr": re.compile(rf"\d{{1,3}}(?:(?:\.|{_SPACE})\d{{3}})+(?!\d)(?:,\d+)?|\d+(?:,\d+)?"),
    "de": re.compile(rf"\d{{1,3}}(?:(?:\.|{_SPACE})\d{{3}})+(?!\d)(?:,\d+)?|\d+(?:,\d+)?"),
    "en": re.compile(rf"\d{{1,3}}(?:(?:,|{_SPACE})\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"),
}
# Reference numbers, addresses and numbers written wrongly in the source are names, the same in every language.
_LITERAL = re.compile(r"https?://\S+|(?<!\S)/\S*\d\S*|\d[\d.,]*(?:/\w+)+|\d+\.\d{4,}")
_DOTTED_DATE = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NEGATION = {
    "nl": r"niet|geen|nooit|niemand|niets|nergens|noch|zonder|evenmin|onvoldoende|weinig|buiten|los van|alleen nog|enkel nog|mist|missen|ontbre\w+|weiger\w*|verb[oi]d\w*"
    r"|verm[ei][jde]\w+|ontmoedig\w*|voorkom\w*|tegen|on(?!der|ze|s\b|middel|ge|tv|ts)\w{4,}",
    "fr": r"ne|n[’']\w+|non|pas|aucune?|jamais|sans|ni|rien|peu|hors|exclu\w*|dispens\w*|insuffi\w+|manqu\w+|refus\w+|interdi\w+|décourag\w*|évite\w*|empêch\w*|contre"
    r"|indépendamment|i(?:rr|ll|mp|n)(?!divi|itia|terv|stru|scri|forma|clusi|sert|téri|term|dem|dica)\w{5,}",
    "en": r"not|no|never|nobody|none|nothing|nor|neither|without|cannot|\w+n[’']t|little|only|outside|beyond|regardless|lack\w*|miss\w*|refus\w+|against|forbid\w*|exclud\w*"
    r"|exempt\w*|prevent\w*|discourag\w*|avoid\w*|insuff\w*|inadm\w*|impossib\w*|irr\w+|ill?eg\w+|un(?!d|i|l|t)\w{4,}",
    "de": r"nicht|kein\w*|nie|niemals|niemand\w*|nichts|nirgends|weder|noch|ohne|außer\w*|wenig\w*|ausge\w+|fehl\w+|vermiss\w*|verbot\w*|verm[ie]\w+|gegen|un(?!ter|d|s)\w{4,}",
}  # fmt: skip
_WIDE_NEGATION = {lang: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for lang, words in _NEGATION.items()}
# The plain words only: they decide whether a language negates; the wider list above excuses the others.
_PLAIN_NEGATION = {
    "nl": re.compile(r"\b(?:niet(?! alleen| enkel| zozeer)|geen|nooit|niemand|niets|nergens)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:ne\b|n[’'])(?!.{0,40}\bpas (?:seulement|uniquement))(?=.{0,60}\b(?:pas|aucune?|jamais|rien|personne)\b)", re.IGNORECASE),
    "en": re.compile(r"\b(?:not(?! only| just| so much| very certain)|never|nobody|none|nothing|cannot)\b|n[’']t\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:nicht(?! nur)|kein\w*|nie|niemals|niemand\w*|nichts|nirgends)\b", re.IGNORECASE),
}
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,}(?:-[A-Z]+)?\b")
_TRANSLATED_ACRONYMS = frozenset({"EU", "EER", "VN", "BTW", "RSZ", "BVR", "BTK", "FAQ", "RVA", "CAO", "VTE", "MB", "PC", "OCMW", "RIZIV", "EG", "ICF", "KMO", "NV", "AVG", "DNA"})
_NAME = re.compile(
    r"(?<![.!?…:“\"] )(?<!^)\b[A-ZÀ-Ý][a-zà-ÿ’'-]+(?: (?:(?:van|de|den|der) ){0,2}[A-ZÀ-Ý][a-zà-ÿ’'-]+)*"
)


@dataclass(frozen=True)
class Finding:
    """One fault or sign of a fault in one statement."""

    statement: str
    severity: Severity
    check: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def check_statements(
    document: Document, statements: Iterable[Statement] | None = None, known_names: Sequence[str] = (), glossary: Mapping[str, str] | None = None
) -> list[Finding]:
    """Check the statements of a document (by default its own).

    ``known_names``: names of people and organisations that must not be lost or changed in a translation.
    ``glossary``: abbreviations with what they stand for, which may stand in the source instead.
    """
    chosen = document.statements if statements is None else statements
    names = tuple(sorted({n for n in known_names if len(n) > 2}, key=len, reverse=True))
    return [finding for statement in chosen for finding in check_statement(document, statement, names, glossary or {})]


def check_statement(
    document: Document, statement: Statement, known_names: Sequence[str] = (), glossary: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Check one statement; see the module's text for what is an error and what a warning."""

    def found(severity: Severity, check: str, message: str) -> Finding:
        return Finding(statement.id, severity, check, message)

    passage = document.by_id.get(statement.passage)
    if passage is None:
        yield found("error", "passage", f"De passage '{statement.passage}' bestaat niet in {document.id}.")
        return
    if statement.document != document.id:
        yield found("error", "document", f"De uitspraak noemt document '{statement.document}'.")
    if not statement.spans:
        yield found("error", "citaat", "Er is geen citaat dat de uitspraak draagt.")
        return
    yield from _check_spans(document, statement, passage, found)
    missing = [lang for lang in LANGUAGES if not getattr(statement.texts, lang).strip()]
    if missing:
        yield found("error", "taal", f"Deze talen ontbreken: {', '.join(missing)}.")
    yield from _check_source(document, statement, passage, glossary or {}, found)
    yield from _check_languages(statement, known_names, found)


def _check_spans(document: Document, statement: Statement, passage: Passage, found: Any) -> Iterator[Finding]:
    for span in statement.spans:
        if span.end > len(document.text):
            yield found("error", "citaat", f"Het citaat {span.start}:{span.end} ligt buiten de tekst.")
            continue
        if passage.start <= span.start and span.end <= passage.end:
            continue
        holder = next((p for p in document.passages if p.start <= span.start and span.end <= p.end), None)
        if holder is None:
            yield found("error", "citaat", f"Het citaat {span.start}:{span.end} ligt niet binnen één passage.")
        elif holder.speaker != statement.speaker:
            yield found("error", "spreker", f"Het citaat staat in {holder.id}, woorden van {holder.speaker or 'niemand'}, niet van {statement.speaker or 'niemand'}.")
    if statement.speaker != passage.speaker:
        yield found("error", "spreker", f"De uitspraak is van {statement.speaker or 'niemand'}, de passage van {passage.speaker or 'niemand'}.")


def _check_source(document: Document, statement: Statement, passage: Passage, glossary: Mapping[str, str], found: Any) -> Iterator[Finding]:
    """Everything exact in the Dutch sentence stands in the quoted words, or in what is known of the passage."""
    quoted = " ".join(document.text[s.start : s.end] for s in statement.spans)
    metadata = " ".join(
        str(v)
        for v in (
            passage.heading, passage.provision, passage.speaker, passage.organisation, statement.on_behalf_of, document.meta.title, document.meta.short,
            document.meta.date.strftime("%d.%m.%Y"), passage.valid_from and passage.valid_from.strftime("%d.%m.%Y"),
            passage.valid_to and passage.valid_to.strftime("%d.%m.%Y"), *statement.addressed_to,
        )
        if v
    )  # fmt: skip
    sentence = statement.texts.nl
    allowed = figures(quoted, "nl") | worded(quoted, "nl") | figures(metadata, "nl")
    for value in sorted(figures(sentence, "nl") - allowed):
        yield found("error", "getal", f"'{_shown(value)}' staat in de zin, maar niet in het citaat.")
    for value in sorted((worded(sentence, "nl") - {"1", "50", "2"}) - allowed):
        yield found("warning", "getal", f"Het getalwoord voor {value} staat in de zin, maar niet in het citaat.")
    for article in sorted(articles(sentence) - articles(quoted) - articles(metadata)):
        yield found("error", "artikel", f"Artikel {article} staat in de zin, maar niet in het citaat.")
    context = f"{quoted} {metadata} {document.text[passage.start : passage.end]}".lower()
    for acronym in sorted(set(_ACRONYM.findall(sentence))):
        if acronym.lower() not in context and glossary.get(acronym.split("-")[0], acronym).lower() not in context:
            yield found("warning", "naam", f"'{acronym}' staat in de zin, maar niet in de passage.")
    for name in sorted(set(_NAME.findall(sentence))):
        if name.lower() not in context and name.split()[-1].lower() not in context:
            yield found("warning", "naam", f"'{name}' staat in de zin, maar niet in de passage.")


def _check_languages(statement: Statement, known_names: Sequence[str], found: Any) -> Iterator[Finding]:
    dutch = statement.texts.nl
    mine, mine_worded, mine_articles = figures(dutch, "nl"), worded(dutch, "nl"), articles(dutch)
    for lang in LANGUAGES[1:]:
        text = getattr(statement.texts, lang)
        if not text.strip():
            continue
        theirs, theirs_worded = figures(text, lang), worded(text, lang)
        for value in sorted(mine - theirs - theirs_worded):
            yield found("error", "getal", f"'{_shown(value)}' ontbreekt in het {_LANGUAGE[lang]}.")
        for value in sorted(theirs - mine - mine_worded):
            yield found("error", "getal", f"'{_shown(value)}' staat alleen in het {_LANGUAGE[lang]}.")
        if mine_articles != articles(text):
            yield found("error", "artikel", f"De artikelnummers in het {_LANGUAGE[lang]} zijn anders.")
        for acronym in sorted(set(_ACRONYM.findall(dutch)) - _TRANSLATED_ACRONYMS):
            if acronym.split("-")[0] not in text:
                yield found("warning", "naam", f"'{acronym}' ontbreekt in het {_LANGUAGE[lang]}.")
        for name in known_names:
            if re.search(rf"\b{re.escape(name)}\b", dutch) and name not in text:
                yield found("warning", "naam", f"'{name}' ontbreekt in het {_LANGUAGE[lang]}.")
    yield from _check_negation(statement, found)


def _check_negation(statement: Statement, found: Any) -> Iterator[Finding]:
    texts = {lang: getattr(statement.texts, lang) for lang in LANGUAGES if getattr(statement.texts, lang).strip()}
    negated = {lang: bool(_PLAIN_NEGATION[lang].search(text)) for lang, text in texts.items()}
    if not any(negated.values()) or all(negated.values()):
        return
    # One language may say "without" or "insufficient" where another says "not".
    lost = [lang for lang, is_negated in negated.items() if not is_negated and not _WIDE_NEGATION[lang].search(texts[lang])]
    if lost:
        having = ", ".join(_LANGUAGE[lang] for lang, is_negated in negated.items() if is_negated)
        yield found("warning", "ontkenning", f"Ontkennend in het {having}, maar niet in het {', '.join(_LANGUAGE[lang] for lang in lost)}.")


_LANGUAGE = {"nl": "Nederlands", "fr": "Frans", "en": "Engels", "de": "Duits"}


def figures(text: str, language: str) -> set[str]:
    """Every number and date written in figures, in one notation: ``1234.5``, ``d2021-09-23``,
    ``m2021-09``, or ``x74.244/1/V`` for what is the same in every language.

    Month names count only beside a day or a year.
    """
    out: set[str] = set()
    rest = text
    for pattern, order in ((_DOTTED_DATE, (3, 2, 1)), (_ISO_DATE, (1, 2, 3))):
        for match in pattern.finditer(rest):
            year, month, day = (int(match[i]) for i in order)
            if 1 <= month <= 12 and 1 <= day <= 31:
                out.add(f"d{year:04d}-{month:02d}-{day:02d}")
                rest = rest.replace(match.group(), " " * len(match.group()), 1)
    for match in _LITERAL.finditer(rest):
        out.add("x" + match.group().rstrip(".,;)"))
    rest = _LITERAL.sub(lambda m: " " * len(m.group()), rest)
    months = "|".join(_MONTH_OF[language])
    written = re.compile(rf"\b(\d{{1,2}})(?:\.|er|st|nd|rd|th)? (?:of )?({months})(?:,? (\d{{4}}))?\b|\b({months}) (\d{{4}})\b", re.IGNORECASE)
    for match in written.finditer(rest):
        month = _MONTH_OF[language][(match[2] or match[4]).lower()]
        if match[2]:
            out.add(f"d{match[3] or '0000'}-{month:02d}-{int(match[1]):02d}")
        else:
            out.add(f"m{match[5]}-{month:02d}")
    rest = written.sub(lambda m: " " * len(m.group()), rest)
    for match in _NUMERAL[language].finditer(rest):
        out.add(_canonical(match.group(), language))
    return out


def worded(text: str, language: str) -> set[str]:
    """Numbers written as a word."""
    table = _NUMBER_OF[language]
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower())
    return {str(table[w]) for w in words if w in table}


def articles(text: str) -> set[str]:
    """Article numbers named in a sentence in any of the four languages."""
    out: set[str] = set()
    for match in re.finditer(r"(?:\b\w*artikel(?:en|s|n)?|\barticles?|\bart\.)\s+(\d+(?:/\d+)?)((?:(?:,| en| et| and| und| tot| à| to| bis)\s+\d+(?:/\d+)?)*)", text, re.IGNORECASE):
        out.add(match[1])
        out.update(re.findall(r"\d+(?:/\d+)?", match[2]))
    return out


def _canonical(numeral: str, language: str) -> str:
    decimal = "." if language == "en" else ","
    whole, _, fraction = numeral.partition(decimal)
    whole = re.sub(r"\D", "", whole).lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _shown(value: str) -> str:
    if value.startswith("d"):
        year, month, day = value[1:].split("-")
        return f"{int(day)}.{month}.{year}" if year != "0000" else f"{int(day)}.{month}"
    return value[1:] if value[0] in "mx" else value
