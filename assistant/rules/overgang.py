"""What becomes of the older measures: VOP, SINE, LDE? (R-50 to R-54)"""

from __future__ import annotations

from assistant.rules.kleene import NEE, truth
from assistant.rules.rule import Case, Finding, met, missing, nl_date, refused, rule, unsure
from assistant.rules.values import dated

TOPIC = "overgang"
RESTART = "Of de degressie bij de overgang van VOP naar individueel maatwerk opnieuw begint in kwartaal 1, is niet gevonden (B-103)."


@rule("R-50", TOPIC, "Een lopende VOP loopt uit; verlengen of verhogen kan sinds 1 juli 2023 alleen als individueel maatwerk.",
      ("B-099", "B-100"), "hoog")  # fmt: skip
def vop(case: Case) -> Finding | None:
    f = case.f
    if f.vraag == "recht_werkgever":
        if f.lopende_steun != "vop":
            return None
        return met("Er loopt een VOP. Die loopt uit; verlengen of verhogen kan alleen als individueel maatwerk.", RESTART,
                   "Of VOP en individueel maatwerk samen kunnen lopen, is niet gevonden (B-074, U-10). Vraag het na bij het departement WEWIS.")  # fmt: skip
    asked = f.vop_vraag
    last = dated("vop_laatste_nieuwe").only.day
    if asked is None:
        return unsure("We weten niet of het gaat om een lopende VOP, een nieuwe VOP, of een verlenging of verhoging.", needs=("vop_vraag",))
    if asked == "lopend":
        return met("Een lopende VOP loopt door tot het einde van de toegekende duur.", facts=("B-099",))
    if asked == "nieuw":
        return None
    if case.day > last:
        return refused(
            f"Een VOP verlengen of verhogen kan na {nl_date(last)} niet meer onder de VOP zelf. Het kan alleen nog als individueel maatwerk; "
            "de VOP loopt ondertussen door.",
            RESTART,
            "Voor individueel maatwerk gelden de voorwaarden van individueel maatwerk: kies de vraag recht_werkgever (B-100).",
        )
    if case.day >= dated("vop_overgangskwartaal_begin").only.day:
        return met(
            f"Een verlenging of verhoging kon tot {nl_date(last)} nog via de VOP-toepassing worden gevraagd.",
            "Wie in het tweede kwartaal van 2023 een verlenging of verhoging vroeg, krijgt een beslissing individueel maatwerk; "
            "de VOP loopt tot die beslissing (B-101).",
            facts=("B-100", "B-101"),
            certainty="middel",
        )
    return met(f"Tot {nl_date(last)} kon een VOP nog worden verlengd of verhoogd.")


@rule("R-51", TOPIC, "Sinds 1 juli 2023 kan niemand nog een nieuwe VOP krijgen.", ("B-099",), "hoog")
def nieuwe_vop(case: Case) -> Finding | None:
    if case.f.vop_vraag != "nieuw":
        return None
    last = dated("vop_laatste_nieuwe").only.day
    if case.day > last:
        return refused(f"Na {nl_date(last)} kan niemand nog een nieuwe VOP krijgen.", "In de plaats kwam individueel maatwerk (B-013).")
    return met(f"Tot {nl_date(last)} kon een nieuwe VOP nog.", "De voorwaarden van de VOP zelf kijken wij niet na.")


@rule("R-52", TOPIC, "SINE liep uiterlijk tot 30 juni 2025, voor wie vóór 1 juli 2023 met SINE begon en ononderbroken bleef.",
      ("B-104", "B-105", "B-106"), "hoog")  # fmt: skip
def sine(case: Case) -> Finding:
    """Source: B-104, B-105; exceptions B-106. A missing ``lde_keuze`` means that the employer is no LDE undertaking."""
    f = case.f
    end, entry = dated("sine_einde").only.day, dated("sine_laatste_indiensttreding").only.day
    if case.day > end:
        return refused(f"De SINE-voordelen liepen uiterlijk tot {nl_date(end)}. Op {nl_date(case.day)} zijn ze gestopt.", facts=("B-104", "B-105"))
    stayed = truth(f.sine_ononderbroken)
    if case.day <= entry:
        if f.sine_in_dienst_sinds is not None and f.sine_in_dienst_sinds <= case.day and f.sine_ononderbroken:
            return met(f"Op {nl_date(case.day)} liep SINE nog gewoon.", facts=("B-104",))
        return unsure(
            f"De gewone voorwaarden van SINE vóór {nl_date(entry)} staan niet in onze regels.",
            "Vraag het na bij de RVA (B-104).",
            needs=missing(case, "sine_in_dienst_sinds", "sine_ononderbroken") if _sine_open(case) else (),
            facts=("B-104",),
            can_refuse=False,
        )
    if f.sine_in_dienst_sinds is not None and f.sine_in_dienst_sinds > entry:
        return refused(f"De tewerkstelling begon na {nl_date(entry)}. Nieuwe SINE-voordelen waren toen niet meer mogelijk.", facts=("B-104",))
    if stayed is NEE:
        return refused("De werknemer bleef niet ononderbroken bij dezelfde werkgever. Dan stopt SINE.", facts=("B-105",))
    if f.lde_keuze == "individueel":
        return refused(
            "De LDE-onderneming koos voor individueel maatwerk. Dan stopten de SINE-voordelen meteen.",
            "Dat SINE bij deze keuze meteen stopte, staat in één bron (B-106, T-10).",
            facts=("B-106",),
            certainty="middel",
        )
    needs = missing(case, "sine_in_dienst_sinds", "sine_ononderbroken")
    if needs:
        return unsure(f"SINE kan nog lopen tot {nl_date(end)}, maar alleen voor wie ononderbroken in dienst is sinds vóór 1 juli 2023.", needs=needs)
    if f.werkgever_type == "maatwerkbedrijf" or f.lde_keuze == "collectief":
        return met(
            f"De SINE-vermindering kan nog lopen, uiterlijk tot {nl_date(end)}.",
            "Binnen contingent van een maatwerkbedrijf stopte de SINE-uitkering meteen; alleen de RSZ-vermindering liep door (B-106).",
            certainty="middel",
        )
    return met(
        f"De werknemer is ononderbroken in dienst sinds vóór 1 juli 2023. De SINE-voordelen kunnen blijven tot uiterlijk {nl_date(end)}.",
        "Koos een LDE-onderneming voor individueel maatwerk, dan stopte SINE meteen; wij gaan ervan uit dat dat hier niet zo is (B-106).",
    )


def _sine_open(case: Case) -> bool:
    """Before July 2023: whether the missing facts can still give ja."""
    since = case.f.sine_in_dienst_sinds
    return case.f.sine_ononderbroken is not False and (since is None or since <= case.day)


@rule(
    "R-53", TOPIC, "Na SINE is er geen automatische overgang: VDAB moet een behoefte aan individueel maatwerk vaststellen.", ("B-107",), "laag", decides=False
)
def na_sine(case: Case) -> Finding | None:
    if case.f.vraag == "recht_werkgever" and case.f.lopende_steun != "sine":
        return None
    if case.f.vraag == "recht_werkgever" and case.f.vdab_behoefte is not None:
        running = case.day <= dated("sine_einde").only.day
        cumul = ("Of SINE naast individueel maatwerk kan lopen, is niet gevonden (U-10). Vraag het na bij het departement WEWIS.",) if running else ()
        return unsure("Na SINE volgt individueel maatwerk niet vanzelf. Regel R-03 kijkt of VDAB een behoefte heeft vastgesteld.", *cumul)
    return unsure(
        "Na SINE volgt individueel maatwerk niet vanzelf. Reken op een indicering door VDAB.",
        "Voor individueel maatwerk na SINE: heeft VDAB een behoefte aan individueel maatwerk vastgesteld? Een automatische overgang is niet gevonden (B-107).",
    )


@rule("R-54", TOPIC, "Koos de LDE-onderneming voor individueel maatwerk, dan blijft de vergoeding voor wie op 30 juni 2023 in dienst was, voor de rest van het traject.",
      ("B-108", "B-110"), "hoog")  # fmt: skip
def lde(case: Case) -> Finding:
    f = case.f
    entry = dated("lde_peildatum").only.day
    if f.in_dienst_op_2023_06_30 is False:
        return refused(f"De werknemer was op {nl_date(entry)} niet in dienst. Voor hem is er geen tijdelijke vergoeding.", facts=("B-108",))
    if f.lde_keuze == "collectief":
        return refused(
            "De onderneming koos voor collectief maatwerk. Dan is er geen tijdelijke vergoeding, maar een tijdelijk WOP '40 laag'.",
            "Het tijdelijke WOP '40 laag' loopt voor de rest van het traject of tot het vertrek; daarna wordt het traject blijvend contingent (B-110).",
            facts=("B-108", "B-110"),
            certainty="middel",
        )
    years = dated("lde_traject_jaren").only.whole
    final = entry.replace(year=entry.year + years)
    needs = missing(case, "lde_keuze", "in_dienst_op_2023_06_30")
    if case.day <= entry:
        text = f"De overgangsregels van LDE beginnen pas na {nl_date(entry)}."
        return unsure(text, text, needs=needs)
    if case.day > final:
        text = f"Een LDE-traject duurde hoogstens {years} jaar, uitzonderlijk langer. Of dit traject op {nl_date(case.day)} nog loopt, weten we niet."
        return unsure(text, f"{text} Kijk de einddatum van het traject na (F-118).", needs=needs, facts=("B-108", "F-118"))
    if needs:
        return unsure("Het antwoord hangt af van de keuze van de onderneming in 2023 en van wie toen in dienst was.", needs=needs)
    return met(
        "De onderneming koos voor individueel maatwerk en de werknemer was op 30 juni 2023 in dienst. De vergoeding blijft als tijdelijke vergoeding, "
        "voor de resterende duur van het traject.",
        "De tijdelijke vergoeding gaat niet samen met een WOP individueel maatwerk (B-108).",
        "Kijk na wanneer het inschakelingstraject eindigt: de vergoeding loopt niet langer dan dat traject (B-108).",
        facts=("B-108",),
    )
