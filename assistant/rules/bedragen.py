"""How much? Wage premium and guidance premium for one quarter. (R-30 to R-37)

The premise of an amount is that the premium was granted: the package is known, and whether there is a
right is another question (``recht_werkgever``). Facts that exclude the right give a warning here; facts
that say which premiums were granted (no need, no guidance, work outside Flanders) decide.

The cap of a date without a known minimum wage (GGMMI). The last known value is never used in silence.
After it, a reference wage *below* the last known cap gives its amount, with a warning: the cap can only
matter there if the minimum wage fell, and the dossier knows only steps up (B-061). A reference wage above
it gives ``onvoldoende_informatie``. Before the first known value nothing can be said. When the GGMMI
changes within the quarter, the dossier does not say which one counts (B-062): both are shown as a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.rules.ontvankelijkheid import reden
from assistant.rules.rule import Case, Finding, cents, met, missing, nl_date, nl_euro, nl_number, refused, rule, unsure
from assistant.rules.values import Dated, dated

TOPIC = "bedragen"
PACKAGES = ("2_jaar", "5_jaar_gewoon", "5_jaar_verhoogd", "5_jaar_mwb_45")
COMPONENTS = ("brutoloon_kwartaal", "werkgeversbijdragen_kwartaal", "verminderingen_kwartaal")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Reach:
    """The quarters of the package that are still possible; empty when the two keys contradict each other."""

    quarters: tuple[int, ...]
    given: bool


def quarter_count(package: str) -> int:
    """How many quarters ``package`` lasts. Source: B-077, B-086."""
    return dated("kwartalen_2_jaar" if package == "2_jaar" else "kwartalen_5_jaar").only.whole


def reach(case: Case) -> Reach:
    """The quarters that ``kwartaal_nr`` and ``jaar_nr`` leave open; one past the longest package stands for all later ones."""
    last = quarter_count("5_jaar_gewoon") + 1
    quarters: Iterable[int] = range(1, last + 1)
    f = case.f
    if f.jaar_nr is not None:
        first = min(4 * f.jaar_nr - 3, last)
        quarters = range(first, min(4 * f.jaar_nr, last) + 1)
    if f.kwartaal_nr is not None:
        quarters = [q for q in quarters if q == min(f.kwartaal_nr, last)]
        if f.jaar_nr is not None and (f.kwartaal_nr + 3) // 4 != f.jaar_nr:
            quarters = []
    return Reach(tuple(quarters), f.kwartaal_nr is not None or f.jaar_nr is not None)


def start_percentages(package: str, quarter: int, day: date) -> tuple[int, ...]:
    """The percentages of a start package in a quarter: none after its end, two where the sources differ (T-01)."""
    period = dated("startpakketten").at(day) or dated("startpakketten").first
    for band in period.waarde[package]:
        if band["van"] <= quarter <= band["tot"]:
            return tuple(band["percentage"])
    return ()


def _open_needs(case: Case, outcomes: Mapping[tuple[str, int], object]) -> tuple[str, ...]:
    """Which of pakket and kwartaal_nr still make a difference, given the outcome per package and quarter."""
    packages, quarters = {p for p, _ in outcomes}, {q for _, q in outcomes}
    needs = []
    if any(len({repr(outcomes[p, q]) for p in packages}) > 1 for q in quarters):
        needs.append("pakket")
    if any(len({repr(outcomes[p, q]) for q in quarters}) > 1 for p in packages):
        needs.append("kwartaal_nr")
    return missing(case, *needs)


def _packages(case: Case) -> tuple[str, ...]:
    return (case.f.pakket,) if case.f.pakket is not None else PACKAGES


CONTRADICTION = "Het jaar en het kwartaal van het pakket spreken elkaar tegen. Kijk na welk van beide klopt."


@dataclass(frozen=True)
class Percentages:
    """What R-33 or R-34 found: the percentages that may hold (empty when none does)."""

    finding: Finding
    values: tuple[Decimal, ...] = ()


def _start(case: Case) -> Percentages:
    possible = reach(case)
    if not possible.quarters:
        return Percentages(unsure(CONTRADICTION, CONTRADICTION))
    outcomes = {(p, q): start_percentages(p, q, case.day) for p in _packages(case) for q in possible.quarters}
    distinct = set(outcomes.values())
    if distinct == {()}:
        return Percentages(refused(_ended(case), "Na het einde van het pakket is een verlenging of een nieuwe aanvraag nodig (B-079, B-080).",
                                   facts=("B-063", "B-077", "B-086")))  # fmt: skip
    if len(distinct) > 1:
        return Percentages(unsure("Het percentage hangt af van het pakket en van het kwartaal.", needs=_open_needs(case, outcomes)))
    found = next(iter(distinct))
    values = tuple(Decimal(v) for v in found)
    certainty = "middel" if case.f.pakket == "5_jaar_mwb_45" else None
    if len(values) > 1:
        text = " of ".join(f"{v} %" for v in found)
        return Percentages(
            met(
                f"In dit kwartaal geldt {text}: de bronnen verschillen over de grens tussen de tweede en de derde schijf.",
                "In kwartaal 9 spreken de bronnen elkaar tegen: de tweede schijf duurt 3 of 4 kwartalen (T-01). Het bedrag is daarom een vork.",
                certainty="middel",
            ),
            values,
        )
    return Percentages(met(f"In dit kwartaal van het startpakket geldt {found[0]} %.", certainty=certainty), values)


def _ended(case: Case) -> str:
    if case.f.pakket is None:
        return "Geen enkel pakket loopt zo lang: er is geen premie meer."
    count = quarter_count(case.f.pakket)
    return f"Het pakket duurt {count} kwartalen. Daarna is er geen premie meer."


def _evaluated(case: Case) -> Percentages:
    percentage = case.f.percentage_na_evaluatie
    assert percentage is not None  # R-34 runs only when it is known
    low, high, step = (dated(n).first.number for n in ("percentage_minimum", "percentage_maximum", "percentage_stap"))
    possible = reach(case).quarters
    if not possible:
        return Percentages(unsure(CONTRADICTION, CONTRADICTION))
    if not any(start_percentages(p, q, case.day) for p in _packages(case) for q in possible):
        return Percentages(refused(_ended(case), "Na het einde van het pakket is een verlenging of een nieuwe aanvraag nodig (B-079, B-080).",
                                   facts=("B-063", "B-077", "B-086")))  # fmt: skip
    if case.f.pakket == "2_jaar":
        text = "Een pakket van 2 jaar kan niet worden aangepast, maar er is een percentage na evaluatie opgegeven. Dat spreekt elkaar tegen."
        return Percentages(unsure(text, f"{text} Kijk het pakket na (B-079).", facts=("B-064", "B-079")))
    if not low <= percentage <= high:
        text = f"VDAB kan alleen een percentage van {nl_number(low)} tot {nl_number(high)} vastleggen, niet {nl_number(percentage)}."
        return Percentages(unsure(text, f"{text} Kijk de beslissing na (B-058)."))
    warnings = ["Hoelang een percentage na evaluatie geldt, is niet gevonden (B-087)."]
    if percentage % step:
        warnings.append(f"Percentages gaan volgens de bron in stappen van {nl_number(step)}; {nl_number(percentage)} is er geen veelvoud van (B-058).")
    return Percentages(met(f"Na de evaluatie geldt {nl_number(percentage)} %.", *warnings), (percentage,))


@dataclass(frozen=True)
class Caps:
    """The quarterly caps that may hold, full time: ``values`` empty when none is known; ``floor`` when only a lower limit is known."""

    values: tuple[Decimal, ...]
    floor: Decimal | None = None
    partly_unknown: bool = False


def caps(day: date) -> Caps:
    """The cap of the reference wage for a full-time quarter on ``day``. Source: B-060 to B-062."""
    wages = dated("ggmmi")
    factor = dated("plafond_factor").first.number * dated("maanden_per_kwartaal").first.number
    current = wages.at(day)
    if current is None:
        last = wages.last
        after = last.tot is not None and day > last.tot
        return Caps((), last.number * factor if after else None)
    first, final = quarter_bounds(day)
    in_quarter = wages.within(first, final)
    return Caps(tuple(sorted({p.number * factor for p in in_quarter})), partly_unknown=not _covered(wages, first, final))


def quarter_bounds(day: date) -> tuple[date, date]:
    """The first and last day of the calendar quarter of ``day``."""
    month = 3 * ((day.month - 1) // 3) + 1
    first = date(day.year, month, 1)
    final = date(day.year, 12, 31) if month == 10 else date(day.year, month + 3, 1) - timedelta(days=1)
    return first, final


def _covered(wages: Dated, first: date, final: date) -> bool:
    return wages.at(first) is not None and wages.at(final) is not None


@dataclass(frozen=True)
class Wage:
    """What R-30 found: the reference wage in euro, or None."""

    finding: Finding
    value: Decimal | None = None


def _wage(case: Case) -> Wage:
    f = case.f
    parts = [getattr(f, name) for name in COMPONENTS]
    total = None if None in parts else max(parts[0] + parts[1] - parts[2], Decimal(0))
    if f.referteloon_kwartaal is not None:
        if total is not None and total != f.referteloon_kwartaal:
            text = f"Het referteloon ({nl_euro(f.referteloon_kwartaal)}) is niet de som van brutoloon, bijdragen en verminderingen ({nl_euro(total)})."
            return Wage(unsure(text, f"{text} Kijk na welk bedrag klopt."))
        return Wage(met(f"Het referteloon is {nl_euro(f.referteloon_kwartaal)}."), f.referteloon_kwartaal)
    if total is not None:
        text = f"Referteloon = brutoloon + werkgeversbijdragen - verminderingen = {nl_euro(total)}."
        negative = parts[0] + parts[1] < parts[2]
        return Wage(met(text, *(["De verminderingen zijn hoger dan loon en bijdragen samen: kijk de bedragen na."] if negative else [])), total)
    needs = missing(case, *COMPONENTS) if any(p is not None for p in parts) else ("referteloon_kwartaal",)
    return Wage(unsure("We weten niet hoe hoog het referteloon van het kwartaal is.", needs=needs))


@dataclass(frozen=True)
class Premium:
    """What R-32 found: the amounts that may hold, in euro for one quarter."""

    cap: Finding
    amount: Finding
    values: tuple[Decimal, ...] = ()


def _premium(case: Case, percentages: tuple[Decimal, ...], wage: Decimal | None) -> Premium:
    fraction = case.f.tewerkstellingsbreuk
    known = caps(case.day)
    limits = tuple(c * fraction for c in known.values)
    part = "" if fraction == 1 else f" bij een tewerkstellingsbreuk van {nl_number(fraction)}"
    if not known.values and known.floor is None:
        text = f"Het minimumloon (GGMMI) op {nl_date(case.day)} is niet bekend, dus ook het plafond van het referteloon niet."
        finding = unsure(text, f"{text} Het oudste bekende bedrag geldt vanaf {nl_date(dated('ggmmi').first.vanaf or case.day)} (B-061).")
        return Premium(finding, unsure("Zonder plafond kunnen wij het bedrag niet uitrekenen."))
    if known.floor is not None:
        last = dated("ggmmi").last
        floor = known.floor * fraction
        until = nl_date(last.tot) if last.tot else ""
        unknown = f"Het minimumloon (GGMMI) op {nl_date(case.day)} is niet bekend: het laatste bekende bedrag gold tot {until} (B-061, U-15)."
        if wage is None:
            return Premium(unsure(unknown, unknown), unsure("Zonder referteloon kunnen wij het bedrag niet uitrekenen."))
        if wage > floor:
            return Premium(
                unsure(f"{unknown} Het referteloon ligt boven het laatste bekende plafond ({nl_euro(floor)}{part}), dus het nieuwe plafond telt mee.", unknown),
                unsure("Zonder het juiste plafond kunnen wij het bedrag niet uitrekenen."),
            )
        cap = met(
            f"{unknown} Het referteloon ligt onder het laatste bekende plafond ({nl_euro(floor)}{part}).",
            f"{unknown} Het referteloon ligt eronder; het plafond speelt hier alleen als het minimumloon intussen daalde, en daarvan is niets gevonden.",
            certainty="middel",
        )
        limits = (wage,)
    else:
        shown = " of ".join(nl_euro(c) for c in limits)
        warnings = []
        if known.partly_unknown:
            warnings.append("Het minimumloon (GGMMI) van het begin van dit kwartaal is niet bekend; gerekend is met het bedrag op de datum zelf (B-061).")
        if len(limits) > 1 and wage is not None and wage > limits[0]:
            warnings.append("Het minimumloon (GGMMI) veranderde in dit kwartaal. Welk bedrag telt, is niet gevonden (B-062): het bedrag is daarom een vork.")
        cap = met(f"Het plafond is {shown} voor het kwartaal{part}: zes keer het minimumloon (GGMMI).", *warnings)
    if wage is None:
        return Premium(cap, unsure("Zonder referteloon kunnen wij het bedrag niet uitrekenen."))
    if not percentages:
        return Premium(cap, unsure("Zonder percentage kunnen wij het bedrag niet uitrekenen."))
    values = tuple(sorted({cents(p * min(wage, limit) / HUNDRED) for p in percentages for limit in limits}))
    base = " of ".join(nl_euro(v) for v in sorted({min(wage, limit) for limit in limits}))
    text = " of ".join(f"{nl_number(p)} %" for p in percentages)
    return Premium(cap, met(f"{text} van {base} = {' of '.join(nl_euro(v) for v in values)}."), values)


# The registered rules: thin views on the computations above, so that trace, explanation and tests name them.


@rule("R-30", TOPIC, "Referteloon = brutoloon + werkgeversbijdragen - verminderingen van werkgeversbijdragen.", ("B-059",), "hoog")
def referteloon(case: Case) -> Finding:
    return _wage(case).finding


@rule(
    "R-31", TOPIC, "Het referteloon telt hoogstens voor tweemaal het GGMMI per maand, naar rato van de tewerkstelling.", ("B-060", "B-061", "B-062"), "middel"
)
def plafond(case: Case) -> Finding:
    return _premium(case, (), _wage(case).value).cap


@rule("R-32", TOPIC, "Loonpremie = percentage x het referteloon, hoogstens het plafond.", ("B-058", "B-060"), "hoog")
def loonpremie_bedrag(case: Case) -> Finding:
    return _premium(case, percentages(case).values, _wage(case).value).amount


@rule("R-33", TOPIC, "Het startpakket bepaalt het percentage per kwartaal; na 8 of 20 kwartalen is het gedaan.", ("B-063", "B-086"), "hoog")
def startpakket(case: Case) -> Finding | None:
    return _start(case).finding if case.f.percentage_na_evaluatie is None else None


@rule("R-34", TOPIC, "Na een evaluatie geldt het percentage van VDAB, van 20 tot 75, in stappen van 5.", ("B-058", "B-064"), "middel")
def na_evaluatie(case: Case) -> Finding | None:
    return _evaluated(case).finding if case.f.percentage_na_evaluatie is not None else None


def percentages(case: Case) -> Percentages:
    """The percentages that may hold for this case, by R-33 or R-34."""
    return _start(case) if case.f.percentage_na_evaluatie is None else _evaluated(case)


@rule("R-37", TOPIC, "Kwartaal 1 is het kwartaal waarin het departement beslist.", ("B-078",), "hoog", decides=False)
def eerste_kwartaal(case: Case) -> Finding:
    return met("Kwartaal 1 is het kwartaal waarin het departement beslist, niet dat van de aanvraag of de indiensttreding.")


@rule("R-35", TOPIC, "Begeleidingspremie = vast deel + variabel deel naar begeleidingsnood en prestaties, alleen als VDAB begeleiding vaststelde.",
      ("B-066", "B-067"), "middel")  # fmt: skip
def begeleiding(case: Case) -> Finding:
    return guidance(case).finding


@dataclass(frozen=True)
class Guidance:
    """What R-35 found: the amount in euro for one quarter, or None."""

    finding: Finding
    value: Decimal | None = None


def _fixed(package: str, quarter: int, day: date) -> Decimal | None:
    if quarter > quarter_count(package):
        return None
    start = quarter <= (dated("begeleiding_start_tot_kwartaal").at(day) or dated("begeleiding_start_tot_kwartaal").first).whole
    values = dated("begeleiding_vast_start" if start else "begeleiding_vast_later")
    return (values.at(day) or values.first).number


def guidance(case: Case) -> Guidance:
    """The guidance premium of the quarter. Source: B-056, B-066, B-067; always shown as not officially verified."""
    f = case.f
    if f.vdab_behoefte in ("geen", "loonpremie"):
        return Guidance(refused("VDAB heeft geen begeleiding vastgesteld. Dan is er geen begeleidingspremie.", facts=("B-056", "B-066")))
    possible = reach(case)
    if not possible.quarters:
        return Guidance(unsure(CONTRADICTION, CONTRADICTION))
    outcomes = {(p, q): _fixed(p, q, case.day) for p in _packages(case) for q in possible.quarters}
    distinct = set(outcomes.values())
    if distinct == {None}:
        return Guidance(refused(_ended(case), facts=("B-066", "B-077", "B-086")))
    needs = _open_needs(case, outcomes)
    asked = (*missing(case, "vdab_behoefte"), *needs, *missing(case, "begeleidingsnood"))
    if asked:
        return Guidance(unsure("Voor de begeleidingspremie moeten we de behoefte, het kwartaal en de begeleidingsnood kennen.", needs=asked))
    if len(distinct) > 1:  # jaar_nr says too little and kwartaal_nr is known to be in it: cannot happen, asked is not empty then
        return Guidance(unsure("Het vaste deel hangt af van het kwartaal.", needs=("kwartaal_nr",)))
    fixed = next(iter(distinct))
    assert fixed is not None  # the packages that have ended were refused above
    variable_values = dated(f"begeleiding_variabel_{f.begeleidingsnood}")
    variable = (variable_values.at(case.day) or variable_values.first).number
    amount = cents(fixed + variable * f.prestatiebreuk)
    warnings = [
        "Begeleidingspremie volgens een sectorfederatie, niet officieel nagelezen (B-066).",
        "Of de begeleidingspremie sindsdien geïndexeerd is, is niet bekend (U-8).",
    ]
    if f.prestatiebreuk != 1:
        warnings.append("Hoe het variabele deel precies wordt omgerekend naar prestaties, is niet gevonden; hier is evenredig gerekend (B-067).")
    part = "" if f.prestatiebreuk == 1 else f" x {nl_number(f.prestatiebreuk)}"
    return Guidance(met(f"Vast deel {nl_euro(fixed)} + variabel deel {nl_euro(variable)}{part} = {nl_euro(amount)}.", *warnings), amount)


def no_right_warning(case: Case) -> tuple[str, ...]:
    """A warning when the facts that are known exclude the right itself."""
    excluded, why = reden(case)
    return (f"Let op: met deze gegevens is er geen recht op de premie ({why})",) if excluded else ()


def amounts(case: Case) -> tuple[Decimal, ...]:
    """The wage premiums that may hold, in euro for one quarter, lowest first; empty when something is unknown."""
    return _premium(case, percentages(case).values, _wage(case).value).values


def refusing_needs(case: Case) -> tuple[str, ...]:
    """The missing keys that can still end the package (no premium), although no amount can be computed."""
    if case.f.percentage_na_evaluatie is not None:
        return ()
    outcomes = {(p, q): bool(start_percentages(p, q, case.day)) for p in _packages(case) for q in reach(case).quarters}
    return _open_needs(case, outcomes) if outcomes else ()


def hopeless_cap(case: Case) -> bool:
    """True when no answer about the wage can lead to an amount: no cap is known on or before that date."""
    known = caps(case.day)
    return not known.values and known.floor is None


NO_GUIDANCE_ELSEWHERE = refused(
    "De vestiging ligt buiten het Vlaamse Gewest. Dan is er geen begeleidingspremie.",
    "Dat er buiten het Vlaamse Gewest enkel een loonpremie kan, staat in één bron (B-031).",
)
