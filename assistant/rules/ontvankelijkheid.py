"""Can the employer get the premium for this person? (R-00 to R-14, R-36, R-55)"""

from __future__ import annotations

from assistant.rules.kleene import JA, NEE, truth
from assistant.rules.rule import Case, Finding, met, missing, nl_date, nl_number, refused, rule, unsure
from assistant.rules.values import dated

TOPIC = "ontvankelijkheid"
UNITS_ACCEPTED = {
    "privaat_rechtspersoon": ("een privaat bedrijf of een vzw", "B-027"),
    "natuurlijk_persoon": ("een natuurlijke persoon met personeel", "B-027"),
    "uitzendkantoor": ("een uitzendkantoor", "B-027"),
    "school": ("een school", "B-028"),
    "lokaal_bestuur": ("een lokaal bestuur", "B-028"),
}
SUPPORT_UNSETTLED = "Of {} naast individueel maatwerk kan lopen, is niet gevonden (U-10). Vraag het na bij het departement WEWIS."


@rule("R-00", TOPIC, "Individueel maatwerk bestaat sinds 1 juli 2023.", ("B-006", "B-007"), "hoog")
def in_werking(case: Case) -> Finding:
    start, first = dated("inwerkingtreding").only.day, dated("eerste_aanvraag").only.day
    if case.day < start:
        return refused(f"Op {nl_date(case.day)} bestond individueel maatwerk nog niet. Het begon op {nl_date(start)}.")
    if case.day < first:
        return met(f"Individueel maatwerk begon op {nl_date(start)}.", f"Aanvragen kon pas vanaf {nl_date(first)} (B-007).")
    return met(f"Individueel maatwerk bestaat sinds {nl_date(start)}.")


@rule("R-01", TOPIC, "Een werkzoekende heeft nog geen arbeidsovereenkomst: er is nog geen premie.", ("B-042", "B-044"), "hoog")
def werknemer(case: Case) -> Finding:
    status = case.f.hoedanigheid
    if status == "werkzoekende":
        return refused(
            "Een werkzoekende heeft nog geen arbeidsovereenkomst. Er is dus nog geen premie.",
            "Een werkzoekende kan zich wel al laten erkennen: neem zelf contact op met VDAB (B-042).",
        )
    if status == "zelfstandige":
        return refused(
            "Voor een zelfstandige is er geen premie van een werkgever.",
            "Een zelfstandige kan wel de ondersteuningspremie vragen (B-057): kies de vraag recht_zelfstandige.",
            facts=("B-019", "B-057"),
        )
    if status is None:
        return unsure("We weten niet of de persoon werknemer, werkzoekende of zelfstandige is.", needs=("hoedanigheid",))
    return met("De persoon is werknemer.")


@rule(
    "R-02",
    TOPIC,
    "VDAB moet de arbeidsbeperking erkend hebben, en die erkenning moet nog gelden.",
    ("B-015", "B-018", "B-042"),
    "hoog",
)
def erkenning(case: Case) -> Finding:
    f = case.f
    if f.vdab_erkenning is False:
        return refused(
            "VDAB heeft de arbeidsbeperking niet erkend. Een medische diagnose alleen volstaat niet.",
            "De persoon zelf neemt contact op met VDAB; de werkgever mag dat niet in zijn plaats doen (B-042).",
        )
    if f.vdab_erkenning_tot is not None and f.vdab_erkenning_tot < case.day:
        return refused(
            f"De vaststelling van VDAB gold tot {nl_date(f.vdab_erkenning_tot)} en is dus verlopen op {nl_date(case.day)}.",
            "De vaststelling van VDAB kan verlengd worden: de persoon neemt daarvoor contact op met VDAB (B-018).",
        )
    if f.vdab_erkenning is None:
        return unsure("We weten niet of VDAB de arbeidsbeperking heeft erkend.", needs=missing(case, "vdab_erkenning", "vdab_erkenning_tot"))
    if f.vdab_erkenning_tot is None and f.erkenning_sinds is not None:
        return unsure(
            f"VDAB erkende de arbeidsbeperking op {nl_date(f.erkenning_sinds)}. Tot wanneer dat geldt (hoogstens vijf jaar), weten we niet.",
            needs=("vdab_erkenning_tot",),
        )
    if f.vdab_erkenning_tot is None:
        # Who says that VDAB recognises the limitation says that it does so now.
        return met(
            "VDAB heeft de arbeidsbeperking erkend.",
            "Kijk na tot wanneer de vaststelling van VDAB geldt: hoogstens vijf jaar, en ze kan verlengd worden (B-018).",
        )
    return met(f"VDAB heeft de arbeidsbeperking erkend, tot {nl_date(f.vdab_erkenning_tot)}.")


@rule("R-03", TOPIC, "VDAB moet een behoefte aan werkondersteunende maatregelen hebben vastgesteld.", ("B-015",), "hoog")
def behoefte(case: Case) -> Finding:
    need = case.f.vdab_behoefte
    if need == "geen":
        return refused("VDAB heeft geen behoefte aan ondersteuning vastgesteld.")
    if need is None:
        return unsure("We weten niet welke behoefte VDAB heeft vastgesteld.", needs=("vdab_behoefte", *missing(case, "vdab_erkenning_tot")))
    return met("VDAB heeft een behoefte vastgesteld: " + ("een loonpremie." if need == "loonpremie" else "een loonpremie en begeleiding."))


@rule("R-04", TOPIC, "Er moet een arbeidsovereenkomst zijn van minstens 24 uur.", ("B-019", "B-020"), "hoog")
def overeenkomst(case: Case) -> Finding:
    hours = case.f.overeenkomst_uren
    period = dated("overeenkomst_uren").at(case.day) or dated("overeenkomst_uren").first
    edge = dated("overeenkomst_grens_telt_mee").at(case.day) or dated("overeenkomst_grens_telt_mee").first
    limit = period.number
    doubt = f"De bronnen lezen de grens van {nl_number(limit)} uur verschillend: gewerkte uren of looptijd, minstens of langer dan (T-04)."
    if hours is None:
        return unsure("We weten niet hoelang de arbeidsovereenkomst duurt.", needs=("overeenkomst_uren",))
    if hours == 0:
        return refused("Er is geen arbeidsovereenkomst.")
    if hours < limit or (hours == limit and edge.waarde == "nee"):
        return refused(f"De overeenkomst duurt {nl_number(hours)} uur. Dat is korter dan {nl_number(limit)} uur.", doubt)
    if hours == limit and edge.waarde == "betwist":
        return unsure(
            f"De overeenkomst duurt precies {nl_number(limit)} uur. De meeste bronnen vragen minstens {nl_number(limit)} uur, een andere bron langer.",
            f"{doubt} Vraag het na bij het departement WEWIS.",
            certainty="laag",
        )
    return met(f"De overeenkomst duurt {nl_number(hours)} uur, dus niet korter dan {nl_number(limit)} uur.", doubt if hours == limit else "")


@rule("R-05", TOPIC, "De werkgever vraagt de premie terwijl de persoon bij hem in dienst is.", ("B-044",), "hoog")
def in_dienst(case: Case) -> Finding:
    state = truth(case.f.in_dienst)
    if state is NEE:
        return refused("De persoon is niet in dienst op het ogenblik van de aanvraag.")
    if state is JA:
        return met("De persoon is in dienst op het ogenblik van de aanvraag.")
    return unsure("We weten niet of de persoon in dienst is op het ogenblik van de aanvraag.", needs=("in_dienst",))


@rule(
    "R-06",
    TOPIC,
    "De werknemer woont in het Vlaamse Gewest, of woont in een andere EU/EER-staat en werkt in het Vlaamse Gewest.",
    ("B-022", "B-023"),
    "hoog",
)
def woonplaats(case: Case) -> Finding:
    home, work = case.f.woonplaats, case.f.werkplaats
    if home is None:
        # With an employer abroad only a home in Flanders will do, wherever the work is.
        asked = ("woonplaats",) if case.f.werkgever_type == "buitenlandse_werkgever" else ("woonplaats", "werkplaats")
        return unsure("We weten niet waar de werknemer woont.", needs=missing(case, *asked))
    if home == "vlaams_gewest":
        return met("De werknemer woont in het Vlaamse Gewest.")
    if home in ("brussels_gewest", "waals_gewest"):
        region = "Brusselse" if home == "brussels_gewest" else "Waalse"
        return refused(
            f"De werknemer woont in het {region} Gewest. Volgens de beschikbare bron komt hij dan niet in aanmerking, ook niet met een baan in Vlaanderen.",
            "Dat inwoners van Brussel en Wallonië zijn uitgesloten, staat in één bron; andere bronnen schrijven het slordiger (B-023, T-05).",
            facts=("B-022", "B-023"),
            certainty="middel",
        )
    if home == "elders":
        return refused("De werknemer woont niet in het Vlaamse Gewest en ook niet in een andere lidstaat van de EU of de EER.")
    if work == "vlaams_gewest":
        return met("De werknemer woont in een andere EU/EER-staat en werkt in het Vlaamse Gewest.")
    if work == "elders":
        return refused("De werknemer woont in een andere EU/EER-staat, maar werkt niet in het Vlaamse Gewest.")
    return unsure("De werknemer woont in een andere EU/EER-staat. We weten niet of hij in het Vlaamse Gewest werkt.", needs=("werkplaats",))


@rule(
    "R-07",
    TOPIC,
    "De werkgever is een privaat bedrijf, een vzw, een natuurlijke persoon, een uitzendkantoor, een school of een lokaal bestuur.",
    ("B-027", "B-028", "B-029"),
    "hoog",
)
def werkgever(case: Case) -> Finding:
    kind = case.f.werkgever_type
    if kind is None:
        return unsure("We weten niet wat voor werkgever het is.", needs=("werkgever_type",))
    if kind == "andere_overheid":
        return refused("De werkgever is een andere overheid dan een school of een lokaal bestuur. Die is uitgesloten.", facts=("B-028", "B-029"))
    if kind == "maatwerkbedrijf":
        return met("De werkgever is een maatwerkbedrijf. Ook een maatwerkbedrijf kan individueel maatwerk krijgen.", facts=("B-032",), certainty="middel")
    if kind == "buitenlandse_werkgever":
        return met("De werkgever ligt in het buitenland; daarvoor geldt regel R-08.", facts=("B-030",))
    name, fact = UNITS_ACCEPTED[kind]
    return met(f"De werkgever is {name} en komt dus in aanmerking.", facts=(fact,))


@rule("R-08", TOPIC, "Een werkgever in het buitenland komt in aanmerking als de werknemer in Vlaanderen woont.", ("B-030",), "hoog")
def buitenland(case: Case) -> Finding | None:
    if case.f.werkgever_type != "buitenlandse_werkgever":
        return None
    if case.f.woonplaats is None:
        return unsure("De werkgever ligt in het buitenland. We weten niet of de werknemer in Vlaanderen woont.", needs=("woonplaats",))
    if case.f.woonplaats == "vlaams_gewest":
        return met("De werkgever ligt in het buitenland en de werknemer woont in Vlaanderen.")
    return refused("De werkgever ligt in het buitenland, maar de werknemer woont niet in Vlaanderen.")


@rule("R-09", TOPIC, "Een onderneming in moeilijkheden is uitgesloten.", ("B-029",), "hoog")
def moeilijkheden(case: Case) -> Finding:
    state = case.f.in_moeilijkheden
    if state is True:
        return refused("De werkgever is een onderneming in moeilijkheden. Die is uitgesloten.")
    if state is False:
        return met("De werkgever is geen onderneming in moeilijkheden.")
    return unsure(
        "We weten niet of de werkgever een onderneming in moeilijkheden is. De precieze definitie staat niet in onze bronnen.",
        "Wat 'in moeilijkheden' precies betekent, is niet gevonden. Bij twijfel, bijvoorbeeld een gerechtelijke reorganisatie: "
        "vraag het na bij het departement WEWIS (B-029, B-073).",
        needs=("in_moeilijkheden",),
        facts=("B-029", "B-073"),
    )


@rule(
    "R-10",
    TOPIC,
    "Ligt de vestiging buiten het Vlaamse Gewest, dan kan alleen de loonpremie, voor wie in Vlaanderen woont en minstens wekelijks terugkeert.",
    ("B-031",),
    "middel",
)
def vestiging_elders(case: Case) -> Finding | None:
    home, work, back = case.f.woonplaats, case.f.werkplaats, case.f.keert_wekelijks_terug
    if work == "vlaams_gewest" or home not in ("vlaams_gewest", None):
        return None  # R-06 decides for who lives elsewhere
    if back is True:
        if work == "elders":
            return met(
                "De vestiging ligt buiten het Vlaamse Gewest, maar de werknemer keert minstens wekelijks terug. Dan kan enkel de loonpremie.",
                "Wie buiten het Vlaamse Gewest werkt, kan wel de loonpremie maar niet de begeleidingspremie krijgen. Dat staat in één bron (B-031).",
            )
        return met("De werknemer keert minstens wekelijks terug. Waar hij ook werkt, minstens de loonpremie blijft mogelijk.")
    if work == "elders" and home == "vlaams_gewest" and back is False:
        return refused(
            "De vestiging ligt buiten het Vlaamse Gewest en de werknemer keert niet minstens wekelijks terug.", "Deze regel staat in één bron (B-031)."
        )
    if work is None:
        return unsure("We weten niet waar de vestiging ligt waar gewerkt wordt.", needs=missing(case, "werkplaats", "keert_wekelijks_terug"))
    needs = missing(case, "keert_wekelijks_terug") or missing(case, "woonplaats")
    return unsure("De vestiging ligt buiten het Vlaamse Gewest. Dan telt of de werknemer in Vlaanderen woont en wekelijks terugkeert.", needs=needs)


@rule("R-11", TOPIC, "Zolang een WOP collectief maatwerk loopt, kan er geen WOP individueel maatwerk zijn.", ("B-033", "B-075"), "middel")
def wop_collectief(case: Case) -> Finding:
    support = case.f.lopende_steun
    if support is None:
        return unsure("We weten niet of er al andere steun loopt, zoals een WOP collectief maatwerk.", needs=("lopende_steun",))
    if support == "wop_collectief":
        return refused(
            "Er loopt een WOP collectief maatwerk. Eerst moet dat pakket worden stopgezet.",
            "Na de stopzetting (verklaring op eer 'interne doorstroom' aan VDAB) kan de aanvraag wel (B-033).",
        )
    return met("Er loopt geen WOP collectief maatwerk.")


@rule("R-12", TOPIC, "De tijdelijke LDE-vergoeding gaat niet samen met een WOP individueel maatwerk.", ("B-075", "B-108"), "middel")
def lde_vergoeding(case: Case) -> Finding | None:
    support = case.f.lopende_steun
    if support is None:
        return unsure("We weten niet of de tijdelijke LDE-vergoeding loopt.", needs=("lopende_steun",))
    if support != "lde_vergoeding":
        return None
    return refused(
        "De tijdelijke LDE-vergoeding loopt nog. Ze gaat niet samen met een WOP individueel maatwerk.",
        "Er is een keuze: de vergoeding laten lopen, of overstappen naar het gewone pakket individueel maatwerk (B-108).",
    )


@rule(
    "R-13",
    TOPIC,
    "In een maatwerkbedrijf ligt de steun niet hoger dan wat voor collectief maatwerk werd geïndiceerd.",
    ("B-032",),
    "middel",
    decides=False,
)
def grens_maatwerkbedrijf(case: Case) -> Finding | None:
    f = case.f
    if f.werkgever_type != "maatwerkbedrijf" or f.advies_collectief_maatwerk is not True:
        return None
    return met(
        "De werkgever is een maatwerkbedrijf en de persoon heeft een advies collectief maatwerk. De steun ligt dan niet hoger dan die indicering.",
        "In een maatwerkbedrijf is de steun begrensd tot de indicering voor collectief maatwerk (B-032). Dat staat in één bron.",
    )


@rule("R-14", TOPIC, "Wie bij meerdere werkgevers werkt, heeft per werkgever een aparte aanvraag nodig.", ("B-024",), "hoog", decides=False)
def per_werkgever(case: Case) -> Finding:
    return met("Deze controle geldt voor één werkgever. Bij meerdere werkgevers is per werkgever een aparte aanvraag nodig.")


@rule("R-36", TOPIC, "Stelde VDAB een loonpremie en begeleiding vast, dan vraagt de werkgever beide.", ("B-049",), "hoog", decides=False)
def beide_premies(case: Case) -> Finding | None:
    if case.f.vdab_behoefte != "loonpremie_en_begeleiding":
        return None
    return met(
        "VDAB stelde een loonpremie en begeleiding vast. De werkgever moet beide aanvragen en inzetten.",
        "De werkgever kan niet alleen de loonpremie kiezen: beide premies moeten worden aangevraagd en ingezet (B-049).",
    )


@rule(
    "R-55",
    TOPIC,
    "Uiterst kwetsbare personen met een advies collectief maatwerk konden tot eind 2025 een startpakket krijgen bij een gewone werkgever.",
    ("B-011", "B-069"),
    "middel",
)
def uiterst_kwetsbaar(case: Case) -> Finding | None:
    """Source: B-069. After its window nothing is known, so it is asked whether the application rests on it.

    Before the window only the ordinary road existed; who has a need established by VDAB (R-03) is on that road.
    """
    f = case.f
    # A special road beside the ordinary one: it counts only when the person says to be on it.
    if f.uiterst_kwetsbaar is not True or f.advies_collectief_maatwerk is False or f.werkgever_type == "maatwerkbedrijf":
        return None
    first, last = dated("uiterst_kwetsbaar_begin").only.day, dated("uiterst_kwetsbaar_einde").only.day
    if case.day <= last:
        if case.day < first:
            return met(
                f"De maatregel voor uiterst kwetsbare personen begon pas op {nl_date(first)}. De gewone weg met een behoefte volgens VDAB staat open.",
                f"Steunt de aanvraag alleen op een advies als uiterst kwetsbare persoon? Vóór {nl_date(first)} kon dat enkel bij een maatwerkbedrijf (B-069).",
            )
        return met(
            f"Van {nl_date(first)} tot {nl_date(last)} konden ook uiterst kwetsbare personen met een advies collectief maatwerk een startpakket krijgen.",
            "De percentages van dat aangepaste startpakket zijn niet gevonden (B-069).",
        )
    needs = missing(case, "advies_collectief_maatwerk")
    if needs:
        return unsure(
            f"Steunt de aanvraag op een advies als uiterst kwetsbare persoon, dan is het antwoord na {nl_date(last)} onzeker.",
            needs=needs,
            can_refuse=False,
        )
    unknown = f"Of de maatregel na {nl_date(last)} is verlengd, is niet"
    return unsure(
        f"De maatregel voor uiterst kwetsbare personen liep van {nl_date(first)} tot {nl_date(last)}. {unknown} bekend.",
        f"{unknown} gevonden (B-069, U-14). Vraag het na bij het departement WEWIS.",
        certainty="laag",
        can_refuse=False,
    )


def reden(case: Case) -> tuple[bool, str]:
    """Whether the known facts already exclude the employer's premium, and the number of the first rule that says so."""
    for item in EXCLUDING:
        finding = item(case)
        if finding is not None and finding.outcome is NEE:
            return True, f"{item.number}: {finding.why}"
    return False, ""


EXCLUDING = (werknemer, erkenning, behoefte, overeenkomst, woonplaats, werkgever, buitenland, moeilijkheden, vestiging_elders, wop_collectief, lde_vergoeding)
