"""Facts that a question states about somebody's own situation, in Dutch, French, English or German.

Only what is written is recognised: a place that is not in the list, an amount without a period, a year
without a day, a contract "per week" are left out and asked for instead. Nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.rules.explain import checked_language, shown_value, text
from assistant.rules.facts import parse_value
from assistant.rules.fields import Field, fields
from assistant.rules.places import pattern, places, plain
from corpus.errors import UsageError

MAX_LENGTH = 4_000


@dataclass(frozen=True)
class Recognition:
    """``facts``: recognised keys and values of the contract (without ``vraag``); ``vraag``: which question, or None;
    ``own_situation``: whether somebody's concrete case is asked about, rather than the rule in general."""

    facts: dict[str, Any] = field(default_factory=dict)
    vraag: str | None = None
    own_situation: bool = False


def recognise(text: str, today: date) -> Recognition:
    """The facts that ``text`` states, which question it asks, and whether it is about a concrete case.

    ``today`` is what "vandaag" means. Never raises; a text longer than 4,000 characters is read up to there.
    """
    original = text[:MAX_LENGTH]
    words = plain(original)
    facts: dict[str, Any] = {}
    for reader in (_places, _contract, _status, _recognition, _need, _employer, _support, _package, _amounts, _self_employed, _return, _company, _dates):
        for name, value in reader(words, today).items():
            facts.setdefault(name, value)
    question = _question(words, facts)
    if question == "recht_werkgever" and facts.get("hoedanigheid") == "zelfstandige":
        question = "recht_zelfstandige"
    return Recognition(facts, question, _own(original, words, facts))


YES = r"(?:ja|jawel|inderdaad|klopt|zeker|oui|yes|yep|jawohl)"
NO = r"(?:nee|neen|niet|nog niet|non|no|not yet|nein)"


def recognise_reply(text: str, name: str, today: date) -> dict[str, Any]:
    """The facts in a reply to the question for the field ``name``: whatever :func:`recognise` finds, and a short answer
    ("ja", "9.000 euro", "tot 31 december 2027", "in Gent", "een vzw") for that field. Empty when it answers nothing.

    Raises:
        UsageError: there is no such field.
    """
    field = fields().get(name)
    if field is None:
        raise UsageError(f"Er is geen veld {name!r}.", f"Velden: {', '.join(fields())}.")
    facts = recognise(text, today).facts
    words = plain(text[:MAX_LENGTH]).strip(" .!")
    value = None if name in facts else _short_answer(words, field)
    if value is not None:
        try:
            parse_value(field, value)
        except UsageError:
            return facts
        facts[name] = value
    return facts


def _short_answer(words: str, field: Field) -> Any:
    if field.kind == "ja_nee":
        match = re.match(rf"(?:({YES})|{NO})\b", words)
        return None if match is None else match[1] is not None
    if field.kind == "datum":
        day = re.search(DAY, words)
        return _iso(day) if day else None
    if field.kind == "keuze":
        return _choice(words, field)
    numbers = re.findall(rf"(?<![\d.,]){MONEY}", words)
    if len(numbers) != 1:
        ordinal = _ordinal(words, "kwartaal|trimestre|quarter|quartal|jaar|annee|year|jahr", 60) if field.kind == "geheel" else None
        return ordinal
    number = to_number(numbers[0])
    percent = re.search(r"\d ?(?:%|procent|pour cent|percent|prozent)", words)
    return round(number / 100, 4) if percent and field.kind == "breuk" else number


def _choice(words: str, field: Field) -> str | None:
    """The one choice whose name (in any of the languages) or place the reply gives; None when it gives none or several."""
    if field.name in ("woonplaats", "werkplaats"):
        match = re.fullmatch(rf"(?:{IN} )?{pattern()}", words)
        if match:
            region = places()[match["place"]]
            return region if field.name == "woonplaats" or region == "vlaams_gewest" else "elders"
    if field.name == "werkgever_type":
        kinds = [kind for kind, names in EMPLOYERS if re.search(rf"\b{names}\b", words)]
        if kinds:
            return kinds[0]
    found: dict[str, int] = {}
    for value, labels in field.values.items():
        for label in (*labels.values(), value.replace("_", " ")):
            if re.search(rf"\b{re.escape(plain(label))}\b", words):
                found[value] = max(len(label), found.get(value, 0))
    longest = max(found.values(), default=0)
    best = [value for value, length in found.items() if length == longest]
    return best[0] if len(best) == 1 else None


def describe(facts: dict[str, Any], language: str = "nl") -> str:
    """The recognised facts, shown back in ``language`` (nl, fr, en, de) so that the person can correct them."""
    checked_language(language)
    known = fields()
    lines = [f"- {known[n].label(language)}: {shown_value(known[n], v, language)}" for n, v in facts.items() if n in known and n != "vraag"]
    if not lines:
        return text("niets_herkend", language)
    return "\n".join([text("herkend", language), *lines, text("verbeter", language)])


# --- numbers and dates -------------------------------------------------------------------------------------------

NUMBER = r"(\d{1,3}(?:[ .]\d{3})+(?:,\d{1,2})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?!\d)"
MONEY = rf"(?:€ ?|eur ?)?{NUMBER}(?: ?(?:€|eur\b|euros?\b))?"
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari janvier january januar janner", "februari fevrier february februar", "maart mars march marz", "april avril", "mei mai may",
            "juni juin june", "juli juillet july", "augustus aout august", "september septembre", "oktober octobre october",
            "november novembre", "december decembre dezember",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
DAY = (
    r"(?:(?P<y1>\d{4}) (?P<m1>\d{2}) (?P<d1>\d{2})|(?P<d2>\d{1,2})[./ ](?P<m2>\d{1,2})[./ ](?P<y2>\d{4})"
    rf"|(?P<d3>\d{{1,2}})(?:er|e|st|nd|rd|th|\.)? (?P<m3>{'|'.join(MONTHS)}) (?P<y3>\d{{4}})|(?P<m4>{'|'.join(MONTHS)}) (?P<d4>\d{{1,2}}),? (?P<y4>\d{{4}}))"
)
NOT_QUARTERLY = r"(?! ?(?:bruto |brut )?(?:per|par|/|pro|a|op) ?(?:maand|mois|month|monat|jaar|an\b|year|jahr))"


def to_number(written: str) -> int | float:
    """``9.500`` , ``9 500``, ``9,500`` and ``9500`` are the same; ``0,8`` and ``0.8`` too."""
    if re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+(?:,\d{1,2})?", written):
        written = written.replace(" ", "").replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", written):
        written = written.replace(",", "")
    number = float(written.replace(",", "."))
    return int(number) if number.is_integer() else number


def _iso(match: re.Match[str]) -> str | None:
    """The date of a DAY match as JJJJ-MM-DD; None when it does not exist."""
    for n in "1234":
        if match[f"y{n}"]:
            month = MONTHS.get(match[f"m{n}"]) or int(match[f"m{n}"])
            try:
                return date(int(match[f"y{n}"]), month, int(match[f"d{n}"])).isoformat()
            except ValueError:
                return None
    return None


def _after(words: str, before: str) -> str | None:
    """The date right after ``before`` (a regular expression), or None."""
    for match in re.finditer(rf"{before} {DAY}", words):
        return _iso(match)
    return None


def _says(words: str, expression: str, negated: str = r"(?:niet|geen|nooit|pas|plus|not|no|never|nicht|kein|keine|ne)") -> bool | None:
    """True when the expression occurs, False when it occurs right after a negation, None when it does not occur or is only asked.

    A clause that asks whether something must be so ("moet ... erkend zijn") states nothing.
    """
    for match in re.finditer(expression, words):
        clause = re.split(r"[.;:?!,]", words[: match.start()])[-1]
        if re.search(r"\b(?:moet|moeten|mag|doit|doivent|faut|must|should|muss|mussen|als|si|if|wenn|indien|of|whether|ob)\b", clause):
            continue
        return not re.search(rf"\b{negated}\b", clause[-25:] + match[0])
    return None


# --- where -------------------------------------------------------------------------------------------------------

LIVE = r"(?:woon|woont|wonen|wonend|wonende|woonachtig|j'habite|habite|habitons|habitant|i live|live|lives|living|wohne|wohnt|wohnen|wohnhaft)"
WORK = r"(?:werk|werkt|werken|werkend|travaille|travaillons|travaillant|work|works|working|arbeite|arbeitet|arbeiten)"
IN = r"(?:in|te|a|au|aux|en|dans|at)"
FILL = r"(?:(?!\b(?:woon|woont|werk|werkt|habite|live|lives|wohne|wohnt|niet|pas|not|nicht)\b)[\w'&]+ ){0,6}?"


def _places(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    place = pattern()
    both = re.search(rf"\b{LIVE} (?:en|et|and|und) (?:je )?{WORK} {IN} {place}", words)
    verbs = (
        ("woonplaats", LIVE, "", r"(?:woon|woont|wonen|wohne|wohnt|wohnen)"),
        ("werkplaats", WORK, FILL, r"(?:werk|werkt|werken|arbeite|arbeitet|arbeiten)"),
    )
    for name, verb, fill, last in verbs:
        match = both or re.search(rf"\b{verb} {fill}{IN} {place}", words) or re.search(rf"\b(?:in|te) {place} {last}\b", words)
        if match is None or (not both and _negated(words, match)):
            continue
        region = places()[match["place"]]
        found[name] = region if name == "woonplaats" or region == "vlaams_gewest" else "elders"
    if re.search(
        r"\b(?:kom|komt|keer|keert|ga|gaat) (?:\w+ )?(?:elke|iedere|minstens elke|minstens iedere) (?:avond|dag|week|weekend) (?:\w+ ){0,3}?(?:thuis|terug|naar huis)"
        r"|\b(?:keer|keert|kom|komt) (?:minstens )?(?:wekelijks|dagelijks) (?:\w+ ){0,3}?(?:terug|thuis|naar huis)"
        r"|\b(?:rentre|revient|reviens) (?:\w+ ){0,3}?(?:chaque|tous les|toutes les) (?:soirs?|jours?|semaines?)"
        r"|\b(?:comes?|returns?|go|goes|come) (?:back )?(?:home )?every (?:evening|day|week|night|weekend)"
        r"|\b(?:kehre|kehrt|komme|kommt) (?:jeden|jede) (?:abend|tag|woche) (?:\w+ ){0,3}?(?:zuruck|nach hause|heim)",
        words,
    ):
        found["keert_wekelijks_terug"] = True
    return found


def _negated(words: str, match: re.Match[str]) -> bool:
    around = words[max(0, match.start() - 4) : match.end()]
    return bool(re.search(r"\b(?:niet|pas|not|nicht|don't|doesn't)\b", around))


# --- contract and status ------------------------------------------------------------------------------------------

HOURS = r"(\d+(?:[.,]\d+)?) ?(?:uur|uren|u|heures|heure|h|hours?|stunden|stunde)\b"
PER_WEEK = (
    r"(?! ?(?:per|par|/|a|pro|in de|op een|each|every|wekelijks|weekly|wochentlich|la|die|over|verspreid|gespreid|reparties|spread|uber|sur|verteilt)\b)"
    r"(?! ?/)(?!week)"
)


def _contract(words: str, today: date) -> dict[str, Any]:
    kind = r"(?:contract|contractje|overeenkomst|arbeidsovereenkomst|arbeidscontract|contrat|contrat de travail|vertrag|arbeitsvertrag|employment contract)"
    for expression in (
        rf"\b{kind} (?:\w+ ){{0,2}}?(?:van|voor|de|of|for|von|uber|duurt|dure|lasts) (?:\w+ )?{HOURS}{PER_WEEK}",
        rf"\b{HOURS}{PER_WEEK} {kind}\b",
    ):
        match = re.search(expression, words)
        if match:
            return {"overeenkomst_uren": to_number(match[1])}
    if re.search(rf"\b(?:geen|zonder|pas de|sans|no|without|keinen|ohne) (?:\w+ )?{kind}\b", words):
        return {"overeenkomst_uren": 0}
    return {}


def _status(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    me = r"(?:ik ben|ben ik|ik was|je suis|i am|i'm|ich bin|hij is|zij is|ze is|is|est|ist)"
    filler = r"(?:een |al |nog |un |une |a |an |ein |eine |als |net |sinds kort |actuellement |currently |derzeit |)"
    if re.search(rf"\b{me} {filler}{filler}(?:zelfstandige?|independante?|self employed|freelancer|selb(?:st)?standige?r?)\b(?! ondernem)", words) or re.search(
        r"\b(?:als zelfstandige|comme independante?|as a self employed|as self employed|als selb(?:st)?standiger?)\b|\bzelfstandige in (?:hoofd|bij)beroep\b",
        words,
    ):
        found["hoedanigheid"] = "zelfstandige"
    elif re.search(
        rf"\b{me} {filler}{filler}(?:werkzoekende?|werkloos|demandeuse? d'emploi|demandeur d'emploi|au chomage|sans emploi|unemployed|job seeker|jobseeker|looking for work|"
        r"arbeitslos|arbeits?suchend)\b",
        words,
    ):
        found["hoedanigheid"] = "werkzoekende"
    elif re.search(
        rf"\b{me} {filler}{filler}(?:werknemer|werkneemster|bediende|arbeider|salariee?|employee?|ouvriere?|an employee|employee|arbeitnehmer|arbeitnehmerin|angestellte?r?)\b",
        words,
    ) or re.search(
        r"\b(?:mijn|onze|een van onze|notre|mon|my|our|mein|unser|unserem|unseren) (?:\w+ )?(?:werknemer|werkneemster|bediende|medewerker|medewerkster|travailleur|employe|"
        r"employee|worker|arbeitnehmer|mitarbeiter|angestellter?)\b",
        words,
    ):
        found["hoedanigheid"] = "werknemer"
    gone = r"(?:niet (?:meer |langer )?in dienst|uit dienst|plus en service|pas en service|no longer employed|not employed|nicht (?:mehr )?(?:beschaftigt|angestellt))"
    there = r"(?:(?:is|ben|al|nog|reeds) (?:\w+ )?in dienst|en service|is (?:still |already )?employed by|(?:ist|bin) (?:\w+ ){0,2}?(?:beschaftigt|angestellt))"
    on_date = r"(?! ?(?:op|sinds|le|depuis|on|since|seit|am) 30 )"
    if re.search(rf"\b{gone}\b|\b(?:contract|overeenkomst) (?:is )?(?:al )?(?:afgelopen|liep af)", words):
        found["in_dienst"] = False
    elif re.search(rf"\b{there}\b{on_date}", words) and not re.search(
        r"\b(?:moet|must|doit|muss)\b[^.?!]*\b(?:in dienst|en service|employed|beschaftigt)", words
    ):
        found["in_dienst"] = True
    fraction = re.search(
        r"\b(?:deeltijds|deeltijd|tewerkgesteld (?:voor|aan)|temps partiel|part time|teilzeit|teilzeit zu|werk|werkt|travaille|works?|arbeite|arbeitet)"
        r"(?: (?:van|aan|voor|a|at|voor ongeveer|zu|mit))? (\d{1,3}(?:[.,]\d)?) ?(?:%|procent|pour cent|percent|prozent)"
        r"|\b(\d{1,3}) ?(?:%|procent|pour cent|percent|prozent) (?:deeltijds|tewerkgesteld|werk\b|temps partiel|part time|teilzeit)",
        words,
    )
    share = float((fraction[1] or fraction[2]).replace(",", ".")) / 100 if fraction else 0
    if 0 < share <= 1:
        found["tewerkstellingsbreuk"] = round(share, 4)
    elif re.search(r"\b(?:halftijds|halftijdse|mi temps|half time|halbtags)\b", words):
        found["tewerkstellingsbreuk"] = 0.5
    elif re.search(r"\b(?:voltijds|voltijdse|temps plein|full time|vollzeit)\b", words):
        found["tewerkstellingsbreuk"] = 1
    return found


# --- VDAB ---------------------------------------------------------------------------------------------------------


def _recognition(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    expression = (
        r"\berkend (?:door|bij) (?:de )?vdab\b|\bvdab (?:heeft|erkende|erkent) (?:\w+ ){0,6}?(?:erkend|arbeidsbeperking)\b|\bvdab (?:\w+ )?erkenning\b"
        r"|\berkende arbeidsbeperking\b|\barbeidsbeperking (?:is|werd) (?:\w+ )?erkend\b|\breconnue?s? par le vdab\b|\ble vdab a reconnu\b"
        r"|\brecogni[sz]ed by (?:the )?vdab\b|\bvdab has recogni[sz]ed\b|\bvom vdab anerkannt|\bvdab hat (?:\w+ ){0,4}?anerkannt"
    )
    state = _says(words, expression)
    if state is not None:
        if re.search(
            r"\bvdab (?:heeft|erkent) (?:\w+ ){0,4}?niet erkend|\bniet (?:\w+ )?erkend (?:door|bij)|\barbeidsbeperking (?:is|werd) (?:nog )?niet", words
        ):
            state = False
        # The person wonders whether it was recognised: not a fact.
        if not re.search(r"\b(?:heeft|is|was|werd) (?:\w+ )?(?:vdab|arbeidsbeperking)[^.!?]*\?\s*$", words) or re.search(
            r"\b(?:ik|mijn|onze|hij|zij)\b", words
        ):
            found["vdab_erkenning"] = state
    until = _after(
        words,
        r"\b(?:erkenning|vaststelling|erkend|indicering|reconnaissance|reconnue?|decision|recognition|recogni[sz]ed|anerkennung|anerkannt|feststellung)[^.?!]{0,60}?"
        r"\b(?:tot en met|t/m|tot|jusqu'au|jusqu'a|until|bis zum|bis)",
    )
    if until:
        found["vdab_erkenning_tot"] = until
        found.setdefault("vdab_erkenning", True)
    since = _after(
        words,
        r"\b(?:erkenning|erkend|reconnaissance|reconnue?|recognition|recogni[sz]ed|anerkennung|anerkannt)[^.?!]{0,40}?\b(?:sinds|sedert|van|depuis le|depuis|since|seit dem|seit)",
    )
    if since:
        found["erkenning_sinds"] = since
    advice = _says(words, r"\b(?:heb|heeft|met|hebben|a|avec|have|has|with|habe|hat|mit) (?:\w+ )?(?:advies collectief maatwerk|advies voor collectief maatwerk|"
                          r"avis travail adapte collectif|avis pour le travail adapte collectif|advice for collective maatwerk)")  # fmt: skip
    if advice is not None:
        found["advies_collectief_maatwerk"] = advice
    vulnerable = _says(
        words, r"\b(?:ben|is|als|suis|est|am|bin|ist) (?:\w+ ){0,2}?(?:uiterst kwetsbaar|uiterst kwetsbare persoon|gravement defavorisee?|extremely vulnerable)"
    )
    if vulnerable is not None:
        found["uiterst_kwetsbaar"] = vulnerable
    return found


def _need(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wage = r"(?:loonpremie|prime salariale|wage premium|lohnpramie)"
    guide = r"(?:begeleiding|begeleidingspremie|(?:hoge|lage|gemiddelde) begeleiding|accompagnement|prime d'accompagnement|guidance|guidance premium|begleitung|begleitpramie)"
    link = r"(?: (?:en|et|and|und|\+|met|plus) (?:\w+ ){0,2}?| ?\+ ?)"
    verb_before = r"(?:stelde|heeft|kende|bepaalde|a constate|a fixe|constate|established|set|granted|hat|stellte)"
    verb_after = r"(?:vast|vastgesteld|toegekend|bepaald|toe|constatee?s?|festgestellt|zuerkannt|fest|established)"
    both = rf"\bvdab {verb_before} (?:[\w']+ ){{0,4}}?{wage}{link}{guide}|\b{wage}{link}{guide}[^.?!]{{0,25}}\b{verb_after}\b"
    only = rf"\bvdab {verb_before} (?:[\w']+ ){{0,5}}?{wage}\b|\b{wage}[^.?!]{{0,25}}\b{verb_after}\b"
    none = r"\bvdab (?:\w+ ){0,3}?(?:geen|aucun|no|keinen) (?:\w+ )?(?:behoefte|besoin|need|bedarf)\b|\bgeen behoefte (?:\w+ )?(?:vastgesteld|vast)\b"
    asking = re.search(r"\b(?:hoeveel|hoe|wanneer|wat|how|when|combien|wie viel|heeft vdab|has vdab)\b[^.?!,;]*$", re.split(wage, words)[0]) is not None
    if re.search(none, words):
        found["vdab_behoefte"] = "geen"
    elif re.search(both, words) and not asking:
        found["vdab_behoefte"] = "loonpremie_en_begeleiding"
    elif re.search(only, words) and not asking:
        found["vdab_behoefte"] = "loonpremie"
    levels = {
        "laag": r"lage|laag|faible|low|niedrig\w*|geringe\w*",
        "gemiddeld": r"gemiddelde|gemiddeld|moyen|medium|mittler\w*|mittel",
        "hoog": r"hoge|hoog|eleve|high|hohe\w*|hoch",
    }
    for level, word in levels.items():
        if re.search(
            rf"\b(?:{word}) (?:begeleiding|begeleidingsnood|guidance need|need for guidance|begleitbedarf)\b|\bbegeleidingsnood (?:is |van |= |: ?)?(?:{word})\b"
            rf"|\bbesoin d'accompagnement (?:est |: ?)?(?:{word})\b|\bguidance need (?:is |: ?)?(?:{word})\b|\bbegleitbedarf (?:ist |: ?)?(?:{word})\b",
            words,
        ):
            found["begeleidingsnood"] = level
    return found


# --- employer and support ------------------------------------------------------------------------------------------

EMPLOYERS = (
    ("maatwerkbedrijf", r"(?:maatwerkbedrijf|entreprise de travail adapte|maatwerk company|maatwerkbetrieb)"),
    ("uitzendkantoor", r"(?:uitzendkantoor|uitzendbureau|interimkantoor|interimbureau|agence d'interim|temp agency|temporary employment agency|zeitarbeitsfirma)"),
    ("andere_overheid", r"(?:(?:vlaams |federaal )?ministerie|federale overheid|vlaamse overheid|vlaamse administratie|federale overheidsdienst|fod|ministere|spf|ministry|"
                        r"federal government|ministerium|bundesbehorde)"),
    ("school", r"(?:school|basisschool|ecole|schule)"),
    ("lokaal_bestuur", r"(?:gemeente|gemeentebestuur|stadsbestuur|ocmw|lokaal bestuur|commune|cpas|administration communale|municipality|local authority|gemeinde)"),
    ("buitenlandse_werkgever", r"(?:buitenlandse werkgever|buitenlands bedrijf|employeur etranger|foreign employer|foreign company|auslandischer arbeitgeber|auslandischen arbeitgeber)"),
    ("natuurlijk_persoon", r"(?:eenmanszaak|natuurlijke persoon|natuurlijk persoon|personne physique|sole trader|natural person|einzelunternehmen)"),
    ("privaat_rechtspersoon", r"(?:vzw|bvba|bv|nv|kmo|privebedrijf|privaat bedrijf|privefirma|asbl|srl|entreprise privee|non profit|private company|vog|gmbh|privatunternehmen)"),
)  # fmt: skip


def _employer(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    context = (
        r"(?:(?:werk|werkt|werken|in dienst|travaille|travaillons|work|works|arbeite|arbeitet|angestellt|beschaftigt) (?:\w+ ){0,3}?(?:bij|voor|in|op|chez|pour|dans|for|at|bei|fur)"
        r"|mijn werkgever is|de werkgever is|werkgever:|wij zijn|we zijn|ik ben|onze|ons|mijn|mon employeur est|l'employeur est|nous sommes|notre|my employer is|the employer is|"
        r"we are|our|my|mein arbeitgeber ist|der arbeitgeber ist|wir sind|unsere|unser)"
    )
    article = r"(?: (?:een|de|het|un|une|la|le|l'|a|an|the|ein|eine|einem|einer|einen|der|die|kleine|grote|lokale|vlaamse|stad|privaat|private))*"
    for kind, names in EMPLOYERS:
        if re.search(rf"\b{context}{article} {names}\b", words):
            found["werkgever_type"] = kind
            break
    trouble = r"(?:onderneming |bedrijf |firma |werkgever )?in (?:financiele )?moeilijkheden|en difficulte|in (?:financial )?difficult(?:y|ies)|in (?:finanziellen )?schwierigkeiten"
    match = re.search(rf"\b(?:{trouble})\b", words)
    if match and re.search(
        r"\b(?:is|zit|zitten|verkeert|verkeren|zijn|est|sommes|are|ist|sind|geen|niet|steckt)\b", words[max(0, match.start() - 45) : match.start()]
    ):
        clause = re.split(r"[.;:?!,]", words[: match.start()])[-1]
        if not re.search(r"\b(?:wat|wanneer|what|when|qu'est|was|wann|als|if|si|wenn|of)\b", clause):
            found["in_moeilijkheden"] = not re.search(r"\b(?:niet|geen|pas|not|no|nicht|kein|keine)\b", clause)
    return found


def _support(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    have = r"(?:heb|heeft|had|hebben|krijg|krijgt|krijgen|kreeg|met|via|loopt|lopende|ai|a|avons|avec|recois|recoit|have|has|with|receive|receives|habe|hat|haben|mit|erhalte|bekomme)"
    own = re.search(r"\b(?:ik|mijn|wij|we|onze|ons|zij|hij|werknemer|medewerker|j'ai|je|nous|notre|mon|i|my|our|he|she|ich|mein\w*|wir|unser\w*)\b", words)
    if own:
        for value, names in (
            ("wop_collectief", r"(?:wop collectief maatwerk|wop cm|collectief wop)"),
            ("lde_vergoeding", r"(?:lde vergoeding|tijdelijke lde vergoeding|indemnite lde|lde compensation|lde vergutung)"),
            ("vop", r"(?:vop)"),
            ("sine", r"(?:sine|sine premie|sine contract|sine statuut)"),
        ):
            if re.search(rf"\b{have} (?:\w+ ){{0,2}}?{names}\b", words) and not re.search(rf"\b(?:geen|nieuwe|aucune?|no|keine) (?:\w+ )?{names}\b", words):
                found["lopende_steun"] = value
                break
        if re.search(r"\b(?:geen|aucune|no|keine) (?:andere |autre |other |andere )?(?:lopende steun|steun|aide|support|unterstutzung)\b", words):
            found["lopende_steun"] = "geen"
    if re.search(r"\bvop\b", words):
        if re.search(
            r"\b(?:verleng\w*|verhoog\w*|verhogen|verhoging|prolong\w*|major\w*|augment\w*|extend|extension|increase|raise|verlanger\w*|erhoh\w*)\b", words
        ):
            found["vop_vraag"] = "verlengen_of_verhogen"
        elif re.search(r"\b(?:nieuwe|nouvelle|new|neue) vop\b", words):
            found["vop_vraag"] = "nieuw"
        elif re.search(
            r"\b(?:lopende|huidige|bestaande) vop\b|\bvop (?:\w+ ){0,2}?loopt\b|\bvop en cours\b|\b(?:running|current|existing) vop\b|\blaufende vop\b", words
        ):
            found["vop_vraag"] = "lopend"
    if re.search(r"\bsine\b", words):
        since = _after(words, r"\b(?:sinds|depuis le|depuis|since|seit dem|seit)")
        if since:
            found["sine_in_dienst_sinds"] = since
        stayed = re.search(
            r"\b(niet )?(?:ononderbroken|zonder onderbreking|sans interruption|without interruption|continuously|ununterbrochen|ohne unterbrechung)\b", words
        )
        if stayed:
            found["sine_ononderbroken"] = stayed[1] is None
    if re.search(r"\blde\b|lokale diensteneconomie", words):
        choice = re.search(
            r"\b(?:koos|kozen|gekozen|keuze|choisi|choix|chose|chosen|choice|wahlte|gewahlt)\b[^.?!]{0,30}?\b(individueel|collectief|individuel|collectif|individual|collective|individuelle|kollektive)\b",
            words,
        ) or re.search(r"\b(imw)\b[^.?!]{0,15}\bgekozen\b|\bkoos (?:voor )?(imw)\b", words)
        if choice:
            word = next(g for g in choice.groups() if g)
            found["lde_keuze"] = "collectief" if word.startswith(("coll", "koll")) else "individueel"
    june = r"(?:30 juni 2023|30 juin 2023|30 june 2023|june 30,? 2023|30\. juni 2023|30/0?6/2023)"
    present = re.search(
        rf"\b(?:op|le|on|am) {june}[^.?!]{{0,20}}?\b(niet |pas |not |nicht )?(?:al |deja |already |schon )?(?:in dienst|en service|employed|beschaftigt|angestellt)\b",
        words,
    ) or (re.search(rf"\b(niet |pas |not |nicht )?(?:in dienst|en service|employed|beschaftigt)\b (?:op|le|on|am) {june}", words))
    if present:
        found["in_dienst_op_2023_06_30"] = present[1] is None
    return found


# --- package, quarter, wage -----------------------------------------------------------------------------------------

ORDINALS = {
    word: number
    for number, row in enumerate(
        (
            "eerste premier premiere first erste ersten erstes", "tweede deuxieme seconde second zweite zweiten zweites", "derde troisieme third dritte dritten drittes",
            "vierde quatrieme fourth vierte vierten viertes", "vijfde cinquieme fifth funfte funften funftes", "zesde sixieme sixth sechste sechsten sechstes",
            "zevende septieme seventh siebte siebten siebtes", "achtste huitieme eighth achte achten achtes", "negende neuvieme ninth neunte neunten neuntes",
            "tiende dixieme tenth zehnte zehnten zehntes", "elfde onzieme eleventh elfte elften", "twaalfde douzieme twelfth zwolfte zwolften",
            "dertiende treizieme thirteenth", "veertiende quatorzieme fourteenth", "vijftiende quinzieme fifteenth", "zestiende seizieme sixteenth",
            "zeventiende seventeenth", "achttiende eighteenth", "negentiende nineteenth", "twintigste vingtieme twentieth",
        ),
        1,
    )
    for word in row.split()
}  # fmt: skip
ORDINAL = rf"(?P<word>{'|'.join(ORDINALS)})|(?P<digits>\d{{1,2}})(?: ?(?:e|de|ste|eme|er|re|th|st|nd|rd)|\.)"
CALENDAR = r"(?! (?:van |de |of |von |des jahres |)?(?:het jaar |l'annee |)?(?:19|20)\d\d)"


def _ordinal(words: str, nouns: str, highest: int) -> int | None:
    """``kwartaal 9``, ``9e kwartaal``, ``negende kwartaal``; None for a calendar quarter ("tweede kwartaal van 2025")."""
    for match in re.finditer(rf"\b(?:{ORDINAL}) (?:{nouns})\b{CALENDAR}", words):
        number = ORDINALS[match["word"]] if match["word"] else int(match["digits"])
        if 1 <= number <= highest:
            return number
    for match in re.finditer(rf"\b(?:{nouns})(?: nr\.?| nummer| numero| number)? (?P<n>\d{{1,3}})(?![\d.,/%]\d|\d| (?:van|of|de) 20)", words):
        if 1 <= int(match["n"]) <= highest:
            return int(match["n"])
    return None


def _package(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    quarter = _ordinal(words, "kwartaal|trimestre|quarter|quartal", 60)
    if quarter is not None:
        found["kwartaal_nr"] = quarter
    year = _ordinal(words, "jaar|annee|year|jahr", 30)
    if year is not None and not re.search(r"\bkwartaal van het\b", words):
        found["jaar_nr"] = year
    two = r"(?:2|twee|deux|two|zwei)"
    five = r"(?:5|vijf|cinq|five|funf)"
    years = r"(?:jaar|ans|years?|jahre?n?|jarig)"
    kind = r"(?:pakket|startpakket|premie|loonpremie|wop|paquet|prime|package|premium|paket|pramie|lohnpramie)"
    near = rf"(?:\b{kind} (?:\w+ ){{0,2}}?%s ?{years}\b|\b%s ?(?:{years}|jarig) (?:\w+ )?{kind}\b)"
    if re.search(
        r"\b(?:verhoogde loonpremie|verhoogd pakket|pakket verhoogd|(?:5 jaar|vijf jaar) verhoogd|prime (?:salariale )?majoree|increased (?:wage )?premium|erhohte (?:lohn)?pramie)\b",
        words,
    ):
        found["pakket"] = "5_jaar_verhoogd"
    elif re.search(r"\bmaatwerkbedrijf\b", words) and re.search(r"\bpakket (?:van )?45 ?%|\badvies (?:collectief maatwerk )?(?:van )?45 ?%", words):
        found["pakket"] = "5_jaar_mwb_45"
    elif re.search(near % (five, five) + r"[^.?!]{0,20}?\b(?:gewoon|gewone|ordinaire|ordinary|gewohnlich\w*)\b", words) or re.search(
        rf"\b(?:gewone loonpremie|gewoon pakket|prime (?:salariale )?ordinaire|ordinary (?:wage )?premium|gewohnliche lohnpramie|{five} {years},? \(?(?:gewoon|gewone|ordinaire|ordinary))\b",
        words,
    ):
        found["pakket"] = "5_jaar_gewoon"
    elif re.search(near % (two, two), words) or re.search(r"\b(?:tweejarig|2 jarig|zweijahriges|zweijahrige) ", words):
        found["pakket"] = "2_jaar"
    after = re.search(
        r"\b(?:na (?:de |een )?evaluatie|apres (?:l'|une )?evaluation|after (?:the |an )?evaluation|nach (?:der |einer )?evaluation)[^.?!]{0,25}?\b(\d{1,2}(?:[.,]\d)?) ?(?:%|procent|percent|prozent)"
        r"|\b(\d{1,2}(?:[.,]\d)?) ?(?:%|procent|percent|prozent) (?:na (?:de |een )?evaluatie|apres (?:l'|une )?evaluation|after (?:the |an )?evaluation|nach (?:der |einer )?evaluation)",
        words,
    )
    if after:
        found["percentage_na_evaluatie"] = to_number(after[1] or after[2])
    return found


def _money(words: str, names: str, quarterly: bool) -> int | float | None:
    """An amount that follows one of the names; with ``quarterly`` the text must say that it is for a quarter."""
    of = r"(?:(?:van|is|bedraagt|was|=|:|de|est|s'eleve a|of|von|ist|betragt|per kwartaal|par trimestre|per quarter|pro quartal|in het kwartaal|mijn) ?){0,3}"
    for match in re.finditer(rf"\b(?:{names}):? {of}{MONEY}{NOT_QUARTERLY}", words):
        if quarterly and not re.search(r"\b(?:kwartaal|trimestre|quarter|quartal)\b", words):
            continue
        if re.match(r" ?(?:€|euros?)? ?(?:per|par|/|pro|a) ?(?:maand|mois|month|monat|jaar|an\b|year|jahr|week|semaine)| ?%", words[match.end() :]):
            continue
        return to_number(match[1])
    return None


def _amounts(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, names, quarterly in (
        ("referteloon_kwartaal", r"referteloon|refertelonen|salaire de reference|reference wage|reference salary|referenzlohn", False),
        ("brutoloon_kwartaal", r"brutoloon|bruto loon|salaire brut|gross wage|gross salary|bruttolohn", True),
        ("werkgeversbijdragen_kwartaal", r"werkgeversbijdragen?|cotisations patronales|employer contributions?|arbeitgeberbeitrage", True),
        ("verminderingen_kwartaal", r"verminderingen?|reductions?|ermassigungen?", True),
    ):
        value = _money(words, names, quarterly)
        if value is not None:
            found[name] = value
    return found


# --- self-employed, return, company, date ---------------------------------------------------------------------------


def _self_employed(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    income = r"(?:(?:belastbaar |belastbare |netto |jaar)?inkomen|jaarinkomen|revenus?(?: imposables?| annuels?)*|(?:taxable )?income|einkommen|jahreseinkommen|verdiende|verdien|gagne|earned|verdiente)"
    of = r"(?:(?:van|is|bedraagt|was|=|:|de|est|of|von|ist|betragt|ik|als zelfstandige|belastbaar|in (?P<year0>20\d\d)|en (?P<year1>20\d\d)) ?){0,4}"
    match = re.search(
        rf"\b{income}:? {of}{MONEY}(?:[^.?!\d]{{0,25}}?\b(?:in|en|voor|van|pour|for|fur|im jahr|de) (?:het jaar |l'annee )?(?P<year2>20\d\d))?", words
    )
    if match and not re.match(r" ?(?:€|euros?)? ?(?:per|par|/|pro|a) ?(?:maand|mois|month|monat|kwartaal|trimestre|quarter|quartal)", words[match.end() :]):
        amount = next(g for g in match.groups() if g and g not in (match["year0"], match["year1"], match["year2"]))
        if not (re.fullmatch(r"20\d\d", amount) and "euro" not in match[0] and "€" not in match[0]):
            found["inkomen"] = to_number(amount)
            year = match["year0"] or match["year1"] or match["year2"]
            if year:
                found["inkomensjaar"] = int(year)
    if "inkomensjaar" not in found:
        year_match = re.search(rf"\b(?:in|en) (20\d\d) (?:[\w']+ ){{0,4}}?{income}\b", words) or re.search(
            r"\b(?:inkomen|inkomsten|revenus?|income|einkommen) (?:in|van|uit|de|en|of|from|von|aus|im jahr) (20\d\d)\b", words
        )
        if year_match:
            found["inkomensjaar"] = int(year_match[1])
    if re.search(
        r"\b(?:niet het hele jaar|niet heel het jaar|onvolledig jaar|pas toute l'annee|annee incomplete|not all year|not the whole year|nicht das ganze jahr)\b",
        words,
    ) or re.search(
        r"\b(?:\d|1[01]|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf) (?:maanden?|mois|months?|monate?) (?:lang )?(?:actief|zelfstandige?|ziek|actifs?|malade|active|ill|aktiv|krank)\b",
        words,
    ):
        found["volledig_jaar"] = False
    elif re.search(
        r"\b(?:heel het jaar|het hele jaar|het volledige jaar|volledig jaar|toute l'annee|all year|the whole year|full year|das ganze jahr)\b", words
    ):
        found["volledig_jaar"] = True
    since = _after(
        words,
        r"\b(?:zelfstandige?|independante?|self employed|selb(?:st)?standig)(?: in (?:hoofd|bij)beroep)? (?:sinds|sedert|depuis le|depuis|since|seit dem|seit)",
    )
    if since:
        found["zelfstandig_sinds"] = since
    if re.search(
        r"\b(?:heb|met|via|avec|j'ai|have|with|habe|mit) (?:\w+ ){0,3}?(?:attest van vlaio|vlaio attest|attestation de vlaio|vlaio attestation)", words
    ):
        found["bewijsstuk"] = "vlaio_attest"
    elif re.search(
        r"\b(?:heb|met|via|avec|j'ai|have|with|habe|mit) (?:[\w']+ ){0,3}?(?:aanslagbiljet|avertissement extrait de role|tax assessment|steuerbescheid)", words
    ):
        found["bewijsstuk"] = (
            "geen"
            if re.search(r"\b(?:geen|nog niet|pas|no|kein\w*) (?:\w+ )?(?:aanslagbiljet|avertissement|tax assessment|steuerbescheid)", words)
            else "aanslagbiljet"
        )
        if found["bewijsstuk"] == "geen":  # without an assessment there may still be another proof: that is asked
            del found["bewijsstuk"]
    elif re.search(r"\b(?:heb|met|avec|j'ai|have|with) (?:\w+ ){0,4}?attest (?:van|over) (?:\w+ ){0,3}?sociale bijdragen", words):
        found["bewijsstuk"] = "sociale_bijdragen"
    return found


def _return(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    context = r"(?:ontslagen|ontslag|gestopt|stopt|stopte|eindig\w*|verloor|verlies|baan|job|werk|emploi|licenci\w*|dismissed|fired|lost|ended|entlassen|stelle|verloren|endet\w*)"
    match = re.search(r"\b(?:na|apres|after|nach) (\d{1,3}(?:[.,]5)?) (?:maanden|maand|mois|months?|monaten?)\b", words) or re.search(
        r"\b(?:baan|job|emploi|stelle)\b[^.?!]{0,25}\b(?:duurde|a dure|lasted|dauerte) (\d{1,3}(?:[.,]5)?) (?:maanden|mois|months|monate)\b", words
    )
    if match and re.search(rf"\b{context}\b", words):
        found["maanden_in_gewone_baan"] = to_number(match[1])
    evaluation = re.search(r"\b(niet |geen |pas |not |keine |)(positieve|negatieve|positive|negative) (?:doorstroomevaluatie|evaluatie|transition evaluation|ubergangsevaluation)\b"
                           r"|\b(?:doorstroomevaluatie|evaluation de transition|transition evaluation) (?:van vdab |du vdab |by vdab )?(?:was|is|etait) (niet |pas |not |)(positief|negatief|positive|negative)\b", words)  # fmt: skip
    if evaluation:
        word = evaluation[2] or evaluation[4]
        found["doorstroomevaluatie_positief"] = word.startswith("pos") and not (evaluation[1] or evaluation[3])
    if re.search(r"\b(?:zelf ontslag|zelf opgestapt|zelf gestopt|zelf weggegaan|nam ontslag|demissionne|resigned|quit|selbst gekundigt)\b", words):
        found["einde_buiten_wil"] = False
    elif re.search(
        r"\b(?:ontslagen|buiten (?:mijn|zijn|haar|de|hun) wil|niet verlengd|licenciee?|dismissed|fired|laid off|against (?:my|his|her) will|entlassen|gekundigt worden)\b",
        words,
    ) and re.search(r"\b(?:maatwerk\w*|terug|gewone? (?:baan|job|bedrijf)|doorstroom\w*|retour\w*|return|back|zuruck|regulier\w*)\b", words):
        found["einde_buiten_wil"] = True
    return found


def _company(words: str, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    # A threshold that is asked about ("minstens 20 VTE?") is no fact; "wij hebben 18 VTE" is.
    match = re.search(
        r"(?<!minstens )(?<!minimum )(?<!minimaal )(?<!at least )(?<!au moins )(?<!mindestens )(?<![\d.,])(\d{1,4}(?:[.,]\d{1,2})?) (?:vte|etp|fte|vza|voltijdse equivalenten)\b",
        words,
    )
    if match and re.search(r"\b(?:wij|we|ons|onze|ik|maatwerkbedrijf|heeft|hebben|tellen|telt|nous|notre|avons|our|have|has|wir|unser\w*|haben|hat)\b", words):
        found["vte_doelgroep"] = to_number(match[1])
    share = re.search(r"(?<!minstens )(?<!at least )(?<!au moins )(?<!mindestens )(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|procent|pour cent|percent|prozent) (?:van (?:het|ons) personeel (?:is )?)?"
                      r"(?:is )?(?:doelgroep\w*|(?:travailleurs )?(?:du )?groupe cible|target group|zielgruppe\w*)"
                      r"|\baandeel (?:doelgroepwerknemers |van )*(?:is |van |: ?)?(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|procent)", words)  # fmt: skip
    if share:
        value = float((share[1] or share[2]).replace(",", ".")) / 100
        if value <= 1:
            found["aandeel_doelgroep"] = round(value, 4)
    since = _after(words, r"\berkend als maatwerkbedrijf (?:sinds|sedert)")
    if since:
        found["erkend_sinds"] = since
    return found


def _dates(words: str, today: date) -> dict[str, Any]:
    june = re.search(r"\bin dienst\b", words)
    for match in re.finditer(rf"(?<!dienst )\b(?:op|le|on|am|datum:?|date:?) {DAY}", words):
        day = _iso(match)
        if day is not None and not (june and day == "2023-06-30"):
            return {"datum": day}
    if re.search(r"\b(?:vandaag|aujourd'hui|today|heute)\b", words):
        return {"datum": today.isoformat()}
    return {}


# --- which question, whose case -------------------------------------------------------------------------------------

QUESTIONS = (
    ("wedertewerkstelling", r"wedertewerkstelling|terugkeergarantie|terug(?:keren)? (?:naar|in) (?:het |een |mijn )?(?:oude |vroegere )?maatwerkbedrijf|"
                            r"retourner dans (?:l'|une )?entreprise de travail adapte|(?:go|come|return) (?:back )?to (?:the |a |my )?maatwerk|zuruck in (?:den|einen) maatwerkbetrieb"),
    ("erkenning_maatwerkbedrijf", r"erkend (?:worden |blijven )?als maatwerkbedrijf|erkenning (?:als|van (?:het|een|ons)) maatwerkbedrijf|drempels? (?:voor|van) (?:een )?maatwerkbedrij|"
                                  r"agree comme (?:maatwerkbedrijf|entreprise de travail adapte)|recogni[sz]ed as a maatwerk|als maatwerkbetrieb anerkannt"),
    ("overgang_sine", r"\bsine\b"),
    ("overgang_lde", r"\blde\b|lokale diensteneconomie"),
    ("overgang_vop", r"\bvop\b"),
    ("begeleidingspremie", r"\b(?:hoeveel|bedrag|hoe hoog|hoe groot|combien|montant|how much|amount|wie viel|wie hoch)\b.*(?:begeleidingspremie|prime d'accompagnement|guidance premium|begleitpramie)|"
                           r"(?:begeleidingspremie|prime d'accompagnement|guidance premium|begleitpramie)[^.?!]*\b(?:hoeveel|bedraagt|combien|montant|how much|wie viel|wie hoch)"),
    ("loonpremie", r"\b(?:hoeveel|bedrag|hoe hoog|hoe groot|combien|montant|how much|amount|wie viel|wie hoch|welk percentage)\b.*(?:loonpremie|premie\b|prime\b|premium|pramie|krijg|recois|get|bekomme)|"
                   r"(?:loonpremie|prime salariale|wage premium|lohnpramie)[^.?!]*\b(?:hoeveel|bedraagt|combien|montant|how much|wie viel|wie hoch)|"
                   r"\b(?:bereken|calculez|calculate|berechne\w*) (?:\w+ ){0,3}?(?:loonpremie|premie|prime|premium|pramie)"),
    ("verlenging", r"\bverleng\w*|\bprolong\w*|\bextend\b|\bextension\b|\bverlanger\w*"),
    ("aanpassing", r"\b(?:aanpassing|aanpassen|aangepast|verhoging|verhogen|herziening|adaptation|adapter|adjust\w*|anpass\w*)\b"),
    ("duur", r"\bhoe ?lang\b|\bhoeveel kwartalen\b|\bcombien de (?:temps|trimestres)\b|\bhow (?:long|many quarters)\b|\bwie (?:lange|viele quartale)\b"),
    ("recht_werkgever", r"\brecht\b|in aanmerking|\bkan (?:ik|dat|mijn|onze|hij|zij|het)\b|\bkunnen (?:wij|we)\b|\bkrijg(?:t|en)? (?:ik|wij|we|mijn|onze|hij|zij)\b|\bdroit\b|\beligible\b|"
                        r"\bentitled\b|\bpuis je\b|\bpouvons nous\b|\bcan (?:i|we|my|he|she)\b|\bdo (?:i|we) qualify\b|\banspruch\b|\bkann (?:ich|mein\w*)\b|\bkonnen wir\b"),
)  # fmt: skip


def _question(words: str, facts: dict[str, Any]) -> str | None:
    for name, expression in QUESTIONS:
        if re.search(expression, words):
            return name
    if "maanden_in_gewone_baan" in facts and "doorstroomevaluatie_positief" in facts:
        return "wedertewerkstelling"
    if {"vte_doelgroep", "aandeel_doelgroep"} <= set(facts):
        return "erkenning_maatwerkbedrijf"
    if "referteloon_kwartaal" in facts and ("kwartaal_nr" in facts or "pakket" in facts):
        return "loonpremie"
    return None


CONCRETE = frozenset(
    ("woonplaats", "werkplaats", "overeenkomst_uren", "referteloon_kwartaal", "brutoloon_kwartaal", "inkomen", "kwartaal_nr", "maanden_in_gewone_baan",
     "vte_doelgroep", "aandeel_doelgroep", "vdab_erkenning_tot", "tewerkstellingsbreuk")
)  # fmt: skip
FIRST_PERSON = (
    r"\b(?:ik|mij|mijn|wij|onze|ons|j'ai|j'habite|j'etais|je (?:suis|travaille|veux|peux|recois|gagne|viens|vis|n'ai|n'habite)|puis je|ai je|mon|ma|mes|nous|notre|nos|"
    r"my|our|we|ich|mein\w*|wir|unser\w*)\b"
)
ASKS_FOR_SELF = (
    r"\b(?:heb ik recht|hebben wij recht|hebben we recht|kom ik in aanmerking|komen wij in aanmerking|krijg ik|kan ik (?:\w+ )?(?:nog )?(?:een |de )?(?:premie|loonpremie|verlenging|ondersteuningspremie)|"
    r"ai je droit|avons nous droit|am i (?:eligible|entitled)|do i qualify|are we (?:eligible|entitled)|habe ich anspruch|haben wir anspruch)\b"
)


def _own(original: str, words: str, facts: dict[str, Any]) -> bool:
    """A concrete case: somebody speaks of themselves and states a fact or asks for themselves, or two concrete facts stand together."""
    stated = set(facts) - {"datum", "vop_vraag"}
    first_person = re.search(FIRST_PERSON, words) is not None or re.search(r"\bI(?:'m|'ve)?\b", original) is not None
    if re.search(ASKS_FOR_SELF, words):
        return True
    if first_person and stated:
        return True
    return len(stated & CONCRETE) >= 2
