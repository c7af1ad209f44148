"""Can the self-employed person get the support premium (ondersteuningspremie)? (R-20 to R-25)"""

from __future__ import annotations

from datetime import date

from assistant.rules.kleene import NEE, ONBEKEND
from assistant.rules.ontvankelijkheid import behoefte, erkenning
from assistant.rules.rule import Case, Finding, met, missing, nl_date, nl_euro, refused, rule, unsure
from assistant.rules.values import Period, dated

TOPIC = "zelfstandige"


def _status(case: Case) -> Finding:
    f = case.f
    if f.hoedanigheid == "zelfstandige":
        return met("De persoon is zelfstandige.", facts=("B-034",))
    if f.hoedanigheid == "werkzoekende":
        return refused("De persoon is werkzoekende en geen zelfstandige.", facts=("B-034",))
    if f.hoedanigheid is None:
        return unsure("We weten niet of de persoon zelfstandige is.", needs=("hoedanigheid", *missing(case, "zelfstandig_sinds")), facts=("B-034",))
    if f.zelfstandig_sinds is not None:
        return met("De persoon is werknemer en daarnaast zelfstandige; ook bijberoep telt.", facts=("B-034",))
    return unsure("De persoon is werknemer. Alleen wie daarnaast zelfstandige is, komt in aanmerking.", needs=("zelfstandig_sinds",), facts=("B-034",))


@rule("R-20", TOPIC, "De zelfstandige heeft een geldige erkenning en een vastgestelde behoefte (zoals R-02 en R-03).", ("B-034", "B-015", "B-018"), "hoog")
def erkende_zelfstandige(case: Case) -> Finding:
    parts = []
    for part in (_status(case), erkenning(case), behoefte(case)):
        if part is None:
            continue
        if part.outcome is NEE:
            return refused(part.why, *part.warnings)
        parts.append(part)
    open_parts = [p for p in parts if p.outcome is ONBEKEND]
    if open_parts:
        return unsure(" ".join(p.why for p in open_parts), needs=tuple(n for p in open_parts for n in p.needs))
    return met("De persoon is zelfstandige, met een geldige erkenning en een vastgestelde behoefte.")


@rule("R-21", TOPIC, "De persoon werd na 1 oktober 2008 zelfstandige, of kreeg de erkenning na die dag.", ("B-034",), "hoog")
def na_oktober_2008(case: Case) -> Finding:
    """Source: B-034 ("na 1 oktober 2008"); T-06 says why the 2018 of one website is left aside."""
    limit = dated("zelfstandige_peildatum").only.day
    start, recognised = case.f.zelfstandig_sinds, case.f.erkenning_sinds
    if start is not None and start > limit:
        return met(f"De persoon werd zelfstandige op {nl_date(start)}, dus na {nl_date(limit)}.")
    if recognised is not None and recognised > limit:
        return met(f"De erkenning dateert van {nl_date(recognised)}, dus van na {nl_date(limit)}.")
    needs = missing(case, "zelfstandig_sinds", "erkenning_sinds")
    if needs:
        return unsure(f"We weten niet of de persoon na {nl_date(limit)} zelfstandige werd of erkend werd.", needs=needs)
    return refused(f"De persoon was al vóór of op {nl_date(limit)} zelfstandige, en ook de erkenning is niet van later.")


def _threshold(year: int) -> Period | None:
    return dated("inkomensdrempel").at(date(year, 1, 1))


@rule(
    "R-22",
    TOPIC,
    "Het jaarinkomen als zelfstandige haalt minstens de drempel van de minimumbijdrage in hoofdberoep, ook in bijberoep.",
    ("B-035", "B-038", "B-039"),
    "middel",
)
def inkomen(case: Case) -> Finding:
    """Source: B-035, B-038, B-039. 2024 is certainty *laag*: only what every known threshold excludes is refused."""
    f = case.f
    sure = [p.number for p in dated("inkomensdrempel").periods if p.zekerheid != "laag"]
    lowest = min(p.number for p in dated("inkomensdrempel").periods)
    if f.inkomensjaar is None:
        partial_matters = f.inkomen is None or f.inkomen < lowest
        needs = missing(case, "inkomen", "inkomensjaar", *(["volledig_jaar"] if partial_matters else []))
        return unsure("We weten niet van welk jaar het inkomen is, of hoe hoog het is.", needs=needs)
    period = _threshold(f.inkomensjaar)
    if period is None:
        return unsure(
            f"De inkomensdrempel voor {f.inkomensjaar} is niet bekend.",
            f"De drempel voor {f.inkomensjaar} is niet gevonden (B-039, U-15). Vraag aan het socialeverzekeringsfonds het inkomen waarop de "
            "minimumbijdrage in hoofdberoep wordt berekend.",
            certainty="laag",
        )
    doubtful = period.zekerheid == "laag"
    if f.inkomen is None:
        return unsure("We weten niet hoe hoog het inkomen als zelfstandige is.", needs=missing(case, "inkomen", "volledig_jaar"))
    clearly_below = f.inkomen < (min([period.number, *sure]) if doubtful else period.number)
    if not clearly_below:
        if doubtful:
            return unsure(
                f"Het inkomen van {nl_euro(f.inkomen)} ligt in de buurt van of boven de drempel van {f.inkomensjaar}. Dat bedrag is niet zeker.",
                f"De drempel van {f.inkomensjaar} ({nl_euro(period.number)}) komt uit een zwakke bron (B-039, T-06). Laat het bedrag nakijken.",
                certainty="laag",
            )
        return met(f"Het inkomen van {nl_euro(f.inkomen)} haalt de drempel van {nl_euro(period.number)} voor {f.inkomensjaar}.", certainty=period.zekerheid)
    if f.volledig_jaar is None:
        return unsure(
            "Het inkomen ligt onder de drempel. Die wordt aangepast voor wie niet het hele jaar zelfstandig was of ziek was.", needs=("volledig_jaar",)
        )
    if f.volledig_jaar is False:
        return unsure(
            "Het inkomen ligt onder de drempel, maar die wordt aangepast bij een onvolledig jaar of ziekte. Hoe, staat niet in onze bronnen.",
            "Vraag na bij VLAIO hoe de drempel wordt aangepast, met de begindatum en de periodes van ziekte (B-038).",
            facts=("B-035", "B-038"),
        )
    shown = min([period.number, *sure]) if doubtful else period.number
    return refused(
        f"Het inkomen van {nl_euro(f.inkomen)} ligt onder de drempel ({nl_euro(shown)}"
        + (", het lagere bedrag van een ander jaar, omdat dat van dit jaar niet zeker is)." if doubtful and shown != period.number else ")."),
        certainty="middel",
    )


@rule("R-23", TOPIC, "De activiteit wordt bewezen met vier kwartalen sociale bijdragen of het laatste aanslagbiljet; starters met een attest van VLAIO.",
      ("B-036",), "hoog")  # fmt: skip
def bewijs(case: Case) -> Finding:
    proof = case.f.bewijsstuk
    changed = dated("bewijs_zelfstandige_gewijzigd").only.day
    early = (f"Deze bewijsregels dateren van begin 2024; wat er op {nl_date(case.day)} precies gold, is niet gevonden (B-010).",) if case.day < changed else ()
    if proof in ("sociale_bijdragen", "aanslagbiljet"):
        shown = "attest van betaalde sociale bijdragen" if proof == "sociale_bijdragen" else "laatste aanslagbiljet"
        return met(f"Het bewijs van activiteit is er: {shown}.", *early)
    if proof == "vlaio_attest":
        return met(
            "VLAIO attesteert de activiteit.",
            "Een attest van VLAIO is bedoeld voor wie de twee andere bewijsstukken nog niet heeft, zoals starters (B-037).",
            *early,
            facts=("B-037",),
            certainty="middel",
        )
    if proof == "geen":
        return unsure(
            "Er is nog geen bewijs van voldoende activiteit.",
            "Zonder bewijs van vier kwartalen bijdragen of een aanslagbiljet kan een starter een attest vragen aan VLAIO (B-037).",
            facts=("B-036", "B-037"),
            can_refuse=False,
        )
    return unsure("We weten niet welk bewijs van activiteit er is.", needs=("bewijsstuk",), can_refuse=False)


@rule("R-24", TOPIC, "Een zelfstandige krijgt één premie, de ondersteuningspremie; er is geen begeleidingspremie.", ("B-057", "B-071"), "middel", decides=False)
def een_premie(case: Case) -> Finding:
    return met("Een zelfstandige krijgt één premie: de ondersteuningspremie. VDAB bepaalt het percentage. Een begeleidingspremie is er niet.")


@rule("R-25", TOPIC, "Het bedrag van de ondersteuningspremie is niet zeker: de rekenbasis is niet bevestigd.", ("B-072",), "laag", decides=False)
def bedrag_onzeker(case: Case) -> Finding:
    return unsure(
        "Het bedrag van de ondersteuningspremie rekenen wij niet uit. De rekenbasis is niet bevestigd.",
        "Bedrag van de ondersteuningspremie: rekenbasis niet bevestigd (B-072, U-9).",
    )


NO_GUIDANCE = refused("Een zelfstandige krijgt alleen de ondersteuningspremie. Een begeleidingspremie is er niet.", facts=("B-057",), certainty="hoog")
