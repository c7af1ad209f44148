"""Back to the maatwerkbedrijf after an ordinary job ended? (R-56)"""

from __future__ import annotations

from assistant.rules.kleene import NEE, truth
from assistant.rules.rule import Case, Finding, met, missing, nl_number, refused, rule, unsure
from assistant.rules.values import dated


@rule("R-56", "wedertewerkstelling", "Na een positieve doorstroomevaluatie en een einde buiten de wil binnen 18 maanden kan het maatwerkbedrijf de wedertewerkstelling vragen.",
      ("B-120", "B-121", "B-122"), "middel")  # fmt: skip
def wedertewerkstelling(case: Case) -> Finding:
    """Source: B-120 to B-122. The maatwerkbedrijf may ask; the person has no right (T-07)."""
    f = case.f
    limit = dated("wedertewerkstelling_maanden").first.number
    if truth(f.doorstroomevaluatie_positief) is NEE:
        return refused("Er was geen positieve doorstroomevaluatie van VDAB.", facts=("B-120",))
    if truth(f.einde_buiten_wil) is NEE:
        return refused("De gewone baan eindigde niet buiten de wil van de werknemer.", facts=("B-120", "B-121"))
    if f.maanden_in_gewone_baan is not None and f.maanden_in_gewone_baan > limit:
        return refused(
            f"De gewone baan eindigde na {nl_number(f.maanden_in_gewone_baan)} maanden. Dat is niet binnen {nl_number(limit)} maanden.",
            f"De termijn van {nl_number(limit)} maanden staat in één bron; verwar ze niet met de 12 maanden extra contingent (B-121, T-07).",
            facts=("B-121",),
        )
    needs = missing(case, "doorstroomevaluatie_positief", "einde_buiten_wil", "maanden_in_gewone_baan")
    if needs:
        return unsure("We weten nog niet alles over de doorstroomevaluatie en het einde van de gewone baan.", needs=needs)
    return met(
        f"De evaluatie was positief en de gewone baan eindigde binnen {nl_number(limit)} maanden buiten de wil. "
        "Het maatwerkbedrijf kan de wedertewerkstelling vragen.",
        "Het is geen recht van de werknemer: het maatwerkbedrijf kan het vragen, het moet niet (B-122, T-07).",
    )
