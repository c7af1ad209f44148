"""The checker: which rules answer which question, and how their findings become one result.

Most questions are a conjunction: one certain ``nee`` decides, whatever else is missing; otherwise one
unknown leaves it open. Only questions that can still change the outcome are asked, in the order given
per question (the most decisive first). Amounts are computed by their own functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.rules import bedragen, duur, erkenning, ontvankelijkheid, overgang, wedertewerkstelling, zelfstandige
from assistant.rules.facts import FactsInput, parse_facts
from assistant.rules.fields import fields
from assistant.rules.kleene import JA, NEE, ONBEKEND, all_of
from assistant.rules.result import Bedrag, CheckResult, Ontbreekt, Outcome, Stap
from assistant.rules.rule import Case, Finding, Rule

if TYPE_CHECKING:
    from corpus.store import Corpus

Found = tuple[Rule, Finding]
EURO = "euro per kwartaal"
QUARTERS = "kwartalen"

RULES: dict[str, tuple[Rule, ...]] = {
    "recht_werkgever": (
        ontvankelijkheid.in_werking,
        ontvankelijkheid.werknemer,
        ontvankelijkheid.erkenning,
        ontvankelijkheid.behoefte,
        ontvankelijkheid.overeenkomst,
        ontvankelijkheid.in_dienst,
        ontvankelijkheid.woonplaats,
        ontvankelijkheid.werkgever,
        ontvankelijkheid.buitenland,
        ontvankelijkheid.moeilijkheden,
        ontvankelijkheid.vestiging_elders,
        ontvankelijkheid.wop_collectief,
        ontvankelijkheid.lde_vergoeding,
        ontvankelijkheid.grens_maatwerkbedrijf,
        ontvankelijkheid.per_werkgever,
        ontvankelijkheid.beide_premies,
        overgang.vop,
        overgang.na_sine,
        ontvankelijkheid.uiterst_kwetsbaar,
    ),
    "recht_zelfstandige": (
        ontvankelijkheid.in_werking,
        zelfstandige.erkende_zelfstandige,
        zelfstandige.na_oktober_2008,
        zelfstandige.inkomen,
        zelfstandige.bewijs,
        zelfstandige.een_premie,
        zelfstandige.bedrag_onzeker,
    ),
    "verlenging": (ontvankelijkheid.in_werking, duur.twee_jaar, duur.vijf_jaar, duur.moment_verlenging),
    "aanpassing": (ontvankelijkheid.in_werking, duur.twee_jaar, duur.vijf_jaar, duur.moment_aanpassing),
    "overgang_vop": (overgang.vop, overgang.nieuwe_vop),
    "overgang_sine": (overgang.sine, overgang.na_sine),
    "overgang_lde": (overgang.lde,),
    "wedertewerkstelling": (ontvankelijkheid.in_werking, wedertewerkstelling.wedertewerkstelling),
    "erkenning_maatwerkbedrijf": (erkenning.vte, erkenning.aandeel),
}

# The order of asking: first what can settle the question on its own for most people.
ORDER = (
    "vop_vraag",
    "vdab_erkenning",
    "vdab_behoefte",
    "vdab_erkenning_tot",
    "hoedanigheid",
    "woonplaats",
    "werkgever_type",
    "in_dienst",
    "overeenkomst_uren",
    "werkplaats",
    "in_moeilijkheden",
    "lopende_steun",
    "keert_wekelijks_terug",
    "uiterst_kwetsbaar",
    "advies_collectief_maatwerk",
    "inkomen",
    "inkomensjaar",
    "volledig_jaar",
    "zelfstandig_sinds",
    "erkenning_sinds",
    "bewijsstuk",
    "pakket",
    "kwartaal_nr",
    "jaar_nr",
    "begeleidingsnood",
    "referteloon_kwartaal",
    "brutoloon_kwartaal",
    "werkgeversbijdragen_kwartaal",
    "verminderingen_kwartaal",
    "lde_keuze",
    "in_dienst_op_2023_06_30",
    "sine_in_dienst_sinds",
    "sine_ononderbroken",
    "doorstroomevaluatie_positief",
    "einde_buiten_wil",
    "maanden_in_gewone_baan",
    "vte_doelgroep",
    "aandeel_doelgroep",
)
RANK = {name: index for index, name in enumerate(ORDER)}


@dataclass(frozen=True)
class Verdict:
    """The outcome before it is written down as a :class:`CheckResult`."""

    outcome: Outcome
    found: tuple[Found, ...]
    needs: tuple[str, ...] = ()
    amount: Bedrag | None = None
    warnings: tuple[str, ...] = ()


def check(facts: Mapping[str, Any] | FactsInput, corpus: Corpus | None = None) -> CheckResult:
    """Answer one of the twelve questions from what is known.

    Args:
        facts: flat facts by the keys of the contract; absent means unknown. ``datum`` defaults to today.
        corpus: when given, every fact of the trace becomes a citation of its passage.

    Raises:
        UsageError: an unknown key, or a value that is not accepted; the message names the key and what is accepted.
    """
    parsed = facts if isinstance(facts, FactsInput) else parse_facts(facts)
    case = Case(parsed, parsed.datum or date.today())
    verdict = judge(case)
    found = sorted(verdict.found, key=lambda pair: pair[0].number)
    warnings = list(dict.fromkeys([w for _, finding in _telling(found, verdict.outcome) for w in finding.warnings] + list(verdict.warnings)))
    steps = [_step(item, finding) for item, finding in found]
    known = fields()
    result = CheckResult.model_construct(
        vraag=parsed.vraag,
        datum=case.day.isoformat(),
        uitkomst=verdict.outcome,
        bedrag=verdict.amount,
        stappen=steps,
        ontbreekt=[Ontbreekt.model_construct(veld=n, vraag=known[n].question()) for n in verdict.needs],
        waarschuwingen=warnings,
        citaten=[],
    )
    if corpus is not None:
        _cite(result, corpus)
    return result


def judge(case: Case) -> Verdict:
    """The verdict on one case."""
    question = case.f.vraag
    if question == "loonpremie":
        return _wage_premium(case)
    if question == "begeleidingspremie":
        return _guidance_premium(case)
    if question == "duur":
        return _duration(case)
    found = _apply(RULES[question], case)
    if question in ("verlenging", "aanpassing"):
        return _moment(found)
    return _conjunction(found)


def _apply(rules: tuple[Rule, ...], case: Case) -> tuple[Found, ...]:
    result = []
    for item in rules:
        finding = item(case)
        if finding is not None:
            result.append((item, finding))
    return tuple(result)


def _conjunction(found: tuple[Found, ...]) -> Verdict:
    deciding = [finding for item, finding in found if item.decides]
    outcome = all_of(finding.outcome for finding in deciding)
    if outcome is NEE:
        return Verdict("nee", found)
    if outcome is JA:
        return Verdict("ja", found)
    unsure = [finding for finding in deciding if finding.outcome is ONBEKEND]
    # A rule that stays unknown whatever is answered leaves only questions that can still give a certain nee.
    blocked = any(not finding.needs for finding in unsure)
    needs = {name for finding in unsure if finding.can_refuse or not blocked for name in finding.needs}
    return Verdict("onvoldoende_informatie", found, _ordered(needs))


def _moment(found: tuple[Found, ...]) -> Verdict:
    """Extension and adjustment: with an unknown package the answer is certain only if every package gives the same."""
    by_number = {item.number: finding for item, finding in found}
    package = by_number.get("R-40")
    moment = by_number.get("R-42") or by_number.get("R-43")
    if package is None or package.outcome is not ONBEKEND or moment is None:
        return _conjunction(found)
    if by_number["R-00"].outcome is NEE or moment.outcome is NEE:
        return Verdict("nee", found)
    # A package of two years refuses, so the package always matters here; the moment only if it can be answered.
    return Verdict("onvoldoende_informatie", found, _ordered({*package.needs, *moment.needs}))


def _ordered(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=RANK.__getitem__))


def _wage_premium(case: Case) -> Verdict:
    found = [(ontvankelijkheid.in_werking, ontvankelijkheid.in_werking(case))]
    if case.f.vdab_behoefte is not None:
        found.append((ontvankelijkheid.behoefte, ontvankelijkheid.behoefte(case)))
    rules: tuple[Rule, ...] = (
        bedragen.referteloon,
        bedragen.plafond,
        bedragen.loonpremie_bedrag,
        bedragen.startpakket,
        bedragen.na_evaluatie,
        bedragen.eerste_kwartaal,
        ontvankelijkheid.grens_maatwerkbedrijf,
        ontvankelijkheid.beide_premies,
    )
    applied: tuple[Found, ...] = tuple((item, finding) for item, finding in found if finding is not None) + _apply(rules, case)
    if any(finding.outcome is NEE for _, finding in applied):
        return Verdict("nee", applied)
    warnings = bedragen.no_right_warning(case)
    if case.f.hoedanigheid == "zelfstandige":
        item = zelfstandige.bedrag_onzeker
        finding = item(case)
        return Verdict("onvoldoende_informatie", (*applied, *([(item, finding)] if finding else [])))
    by_number = {item.number: finding for item, finding in applied}
    percentages, wage = bedragen.percentages(case), by_number["R-30"]
    amount = bedragen.amounts(case)
    if amount:
        percent = [int(p) if p == p.to_integral_value() else float(p) for p in percentages.values]
        bedrag = Bedrag.model_construct(minimum=float(amount[0]), maximum=float(amount[-1]), eenheid=EURO, percentage=percent)
        return Verdict("bedrag", applied, amount=bedrag, warnings=warnings)
    open_percent = percentages.finding.outcome is ONBEKEND
    blocked = (
        bedragen.hopeless_cap(case)
        or (open_percent and not percentages.finding.needs)
        or (wage.outcome is ONBEKEND and not wage.needs)
        or (wage.outcome is JA and by_number["R-31"].outcome is ONBEKEND)
    )
    needs = {*percentages.finding.needs, *wage.needs} if not blocked else set(bedragen.refusing_needs(case))
    return Verdict("onvoldoende_informatie", applied, _ordered(needs), warnings=warnings)


def _guidance_premium(case: Case) -> Verdict:
    f = case.f
    applied = _apply((ontvankelijkheid.in_werking, bedragen.begeleiding, bedragen.eerste_kwartaal, ontvankelijkheid.beide_premies), case)
    if f.hoedanigheid == "zelfstandige":
        applied = (*applied, (zelfstandige.een_premie, zelfstandige.NO_GUIDANCE))
    if f.werkplaats == "elders":
        applied = (*applied, (ontvankelijkheid.vestiging_elders, bedragen.NO_GUIDANCE_ELSEWHERE))
    guidance = bedragen.guidance(case)
    if any(finding.outcome is NEE for _, finding in applied):
        return Verdict("nee", applied)
    warnings = bedragen.no_right_warning(case)
    if guidance.value is None:
        return Verdict("onvoldoende_informatie", applied, _ordered(set(guidance.finding.needs)), warnings=warnings)
    if f.werkplaats is None:
        warnings = (*warnings, "Wij gaan ervan uit dat er in het Vlaamse Gewest wordt gewerkt; daarbuiten is er geen begeleidingspremie (B-031).")
    value = float(guidance.value)
    return Verdict("bedrag", applied, amount=Bedrag.model_construct(minimum=value, maximum=value, eenheid=EURO, percentage=[]), warnings=warnings)


def _duration(case: Case) -> Verdict:
    found = _apply((duur.twee_jaar, duur.vijf_jaar, bedragen.eerste_kwartaal), case)
    package = case.f.pakket
    if package is None:
        return Verdict("onvoldoende_informatie", found, ("pakket",))
    count = float(bedragen.quarter_count(package))
    return Verdict("bedrag", found, amount=Bedrag.model_construct(minimum=count, maximum=count, eenheid=QUARTERS, percentage=[]))


def _telling(found: list[Found], outcome: Outcome) -> list[Found]:
    """Whose warnings belong with the outcome: after a certain nee those of the refusing rules, and what comes after SINE (R-53)."""
    if outcome != "nee":
        return found
    return [(item, finding) for item, finding in found if finding.outcome is NEE or item is overgang.na_sine]


def _step(item: Rule, finding: Finding) -> Stap:
    return Stap.model_construct(
        regel=item.number,
        uitkomst=str(finding.outcome),
        uitleg=finding.why,
        feiten=list(finding.facts or item.facts),
        zekerheid=finding.certainty or item.certainty,
    )


def _cite(result: CheckResult, corpus: Corpus) -> None:
    """Add a citation for each fact of the trace, once, in the order in which they are named."""
    from assistant.citations import cite

    for fact in dict.fromkeys(f for step in result.stappen for f in step.feiten):
        if corpus.has_fact(fact):
            _, passage = corpus.fact(fact)
            result.citaten.append(cite(corpus, passage.id, n=len(result.citaten) + 1).model_dump(mode="json"))
        else:
            result.waarschuwingen.append(f"Feit {fact} staat niet in de documenten en kan dus niet worden aangehaald.")
