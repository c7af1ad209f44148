"""Are the thresholds for a maatwerkbedrijf met? (R-60, R-61; numbers of our own, from facts B-125 to B-128)"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from assistant.rules.rule import Case, Finding, met, nl_date, nl_number, refused, rule, unsure
from assistant.rules.values import dated

TOPIC = "erkenning"


def _growth(case: Case) -> tuple[str, ...]:
    """A warning when a new maatwerkbedrijf still has time to reach the thresholds. Source: B-109."""
    since = case.f.erkend_sinds
    if since is None or since > case.day:
        return ()
    name = "maatwerkbedrijf_ingroei_jaren_lde" if case.f.lde_keuze == "collectief" else "maatwerkbedrijf_ingroei_jaren"
    period = dated(name).at(case.day)
    if period is None:
        return ()
    until = _plus_years(since, period.whole)
    if case.day >= until:
        return ()
    return (f"Een nieuw maatwerkbedrijf krijgt {period.whole} jaar om de drempels te halen, hier tot {nl_date(until)} (B-109).",)


def _plus_years(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29
    return date(min(day.year + years, date.max.year), 3 if leap else day.month, 1 if leap else day.day)


def _threshold(case: Case, name: str, field: str, value: Decimal | None, shown: str) -> Finding:
    period = dated(name).at(case.day)
    if period is None:
        text = f"De drempel op {nl_date(case.day)} is niet bekend."
        return unsure(text, f"{text} Het oudste gegeven dateert van {nl_date(dated(name).first.vanaf or case.day)}.", certainty="laag")
    if value is None:
        return unsure(f"We weten niet {shown}.", needs=(field,), facts=period.feit)
    percent = field == "aandeel_doelgroep"
    found = nl_number(value * 100) + " %" if percent else nl_number(value) + " VTE"
    limit = nl_number(period.number * 100) + " %" if percent else nl_number(period.number) + " VTE"
    what = "Het aandeel doelgroepwerknemers" if percent else "Het gemiddelde aantal doelgroepwerknemers"
    if value < period.number:
        return refused(f"{what} is {found}. Dat is minder dan {limit}.", *_growth(case), facts=period.feit)
    note = (
        ("Uiterst kwetsbare personen tellen voor dit percentage niet mee als doelgroepwerknemer (B-127).",)
        if percent and case.day >= dated("inwerkingtreding").only.day
        else ()
    )
    return met(f"{what} is {found}. Dat is minstens {limit}.", *note, facts=period.feit)


@rule("R-60", TOPIC, "Een maatwerkbedrijf heeft gemiddeld op jaarbasis minstens 20 VTE doelgroepwerknemers.", ("B-125", "B-126"), "hoog")
def vte(case: Case) -> Finding:
    return _threshold(case, "maatwerkbedrijf_vte", "vte_doelgroep", case.f.vte_doelgroep, "hoeveel VTE doelgroepwerknemers er gemiddeld zijn")


@rule("R-61", TOPIC, "Minstens 55 % van het personeel is doelgroepwerknemer (vóór 1 juli 2023: 65 %).", ("B-127",), "hoog")
def aandeel(case: Case) -> Finding:
    return _threshold(case, "maatwerkbedrijf_aandeel", "aandeel_doelgroep", case.f.aandeel_doelgroep, "welk aandeel van het personeel doelgroepwerknemer is")
