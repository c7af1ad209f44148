"""How long, and may it be extended or adjusted now? (R-40 to R-43)"""

from __future__ import annotations

from assistant.rules.bedragen import CONTRADICTION, quarter_count
from assistant.rules.rule import Case, Finding, met, refused, rule, unsure
from assistant.rules.values import dated

TOPIC = "duur"
ASK = "Vraag het na bij het departement WEWIS."


def year_of(case: Case) -> int | None:
    """The year of the package: from ``jaar_nr`` or ``kwartaal_nr``; None when unknown, 0 when the two contradict each other."""
    f = case.f
    from_quarter = None if f.kwartaal_nr is None else (f.kwartaal_nr + 3) // 4
    if f.jaar_nr is not None and from_quarter is not None and f.jaar_nr != from_quarter:
        return 0
    return f.jaar_nr if f.jaar_nr is not None else from_quarter


@rule("R-40", TOPIC, "Een pakket van 2 jaar duurt 8 kwartalen en kan niet worden verlengd of aangepast; een nieuwe aanvraag kan wel.",
      ("B-077", "B-079", "B-086"), "hoog")  # fmt: skip
def twee_jaar(case: Case) -> Finding | None:
    package, question = case.f.pakket, case.f.vraag
    if package is None:
        return unsure("We weten niet welk pakket het is.", needs=("pakket",))
    if package != "2_jaar":
        return None
    count = quarter_count("2_jaar")
    if question == "duur":
        return met(f"Het pakket is er een van 2 jaar: {count} kwartalen.")
    done = "verlengd" if question == "verlenging" else "aangepast"
    return refused(f"Een pakket van 2 jaar ({count} kwartalen) kan niet worden {done}.", "Indien nodig kan wel een nieuwe premie worden aangevraagd (B-079).")


@rule("R-41", TOPIC, "Een pakket van 5 jaar duurt 20 kwartalen en kan op vraag worden verlengd.", ("B-077", "B-080", "B-086"), "hoog")
def vijf_jaar(case: Case) -> Finding | None:
    if case.f.pakket in (None, "2_jaar"):
        return None
    count = quarter_count("5_jaar_gewoon")
    if case.f.vraag == "verlenging":
        return met("Een pakket van 5 jaar kan worden verlengd als de beperking aanhoudt.", "VDAB oordeelt over de verlenging (B-084).")
    return met(f"Het pakket is er een van 5 jaar: {count} kwartalen.")


@rule("R-42", TOPIC, "Een verlenging vragen kan niet in jaar 1 tot 3, wel in jaar 5; over jaar 4 verschillen de bronnen.", ("B-081",), "hoog")
def moment_verlenging(case: Case) -> Finding | None:
    if case.f.pakket == "2_jaar":
        return None
    year = year_of(case)
    early = dated("verlenging_te_vroeg_tot_jaar").first.whole
    sure = dated("verlenging_kan_in_jaar").first.whole
    if year is None:
        return unsure("We weten niet in het hoeveelste jaar van het pakket de vraag komt.", needs=("jaar_nr",))
    if year == 0:
        return unsure(CONTRADICTION, CONTRADICTION)
    if year <= early:
        return refused(f"Het is jaar {year} van het pakket. Dat is te vroeg om een verlenging te vragen.")
    if year == sure:
        return met(f"Het is jaar {year} van het pakket. Dan kan een verlenging worden gevraagd.")
    if year < sure:
        return unsure(
            f"Het is jaar {year} van het pakket. Volgens Vlaanderen kan een verlenging dan al gevraagd worden, volgens VDAB pas in jaar {sure}.",
            f"Over jaar {year} spreken de bronnen elkaar tegen (T-03). {ASK}",
            certainty="laag",
        )
    text = f"Het is jaar {year}: het pakket van {sure} jaar is voorbij. Een uiterste datum voor de verlenging is niet gevonden."
    return unsure(text, f"{text} {ASK}", certainty="laag")


@rule("R-43", TOPIC, "Een aanpassing vragen kan vanaf het vijfde kwartaal (het tweede jaar); na een evaluatie pas twee jaar later.",
      ("B-082", "B-085"), "hoog")  # fmt: skip
def moment_aanpassing(case: Case) -> Finding | None:
    f = case.f
    if f.pakket == "2_jaar":
        return None
    first = dated("aanpassing_vanaf_kwartaal").first.whole
    year = year_of(case)
    lower = "Een aanpassing kan ook een lager bedrag geven: de steun kan dalen of stoppen (B-085)."
    if year is None:
        return unsure("We weten niet in het hoeveelste kwartaal van het pakket de vraag komt.", needs=("kwartaal_nr",))
    if year == 0:
        return unsure(CONTRADICTION, CONTRADICTION)
    quarter = f.kwartaal_nr if f.kwartaal_nr is not None else 4 * year - 3
    if quarter < first:
        return refused(f"Het pakket zit nog in het eerste jaar. Een aanpassing kan pas vanaf kwartaal {first}.")
    if quarter > quarter_count("5_jaar_gewoon"):
        text = "Het pakket van 20 kwartalen is voorbij. Wat er na een verlenging geldt, is niet gevonden."
        return unsure(text, f"{text} {ASK}", certainty="laag")
    if f.percentage_na_evaluatie is not None:
        text = "Er was al een evaluatie. Volgens één bron kan een nieuwe aanpassing pas na het tweede jaar dat erop volgt; de datum van de evaluatie kennen we niet."
        return unsure(text, f"{text} Kijk na of er sinds de evaluatie twee volle jaren voorbij zijn (B-082).", certainty="middel")
    return met(f"Vanaf kwartaal {first} (het tweede jaar) kan een aanpassing worden gevraagd.", lower)
