"""The facts of one case: the flat object that the checker takes, validated key by key.

``parse_facts`` is the only door. Every refusal names the key, the value and what is accepted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.rules.fields import ENTRY_LIMIT, Field, fields
from corpus.errors import UsageError

Question = Literal[
    "recht_werkgever",
    "recht_zelfstandige",
    "loonpremie",
    "begeleidingspremie",
    "duur",
    "verlenging",
    "aanpassing",
    "overgang_vop",
    "overgang_sine",
    "overgang_lde",
    "wedertewerkstelling",
    "erkenning_maatwerkbedrijf",
]
Package = Literal["2_jaar", "5_jaar_gewoon", "5_jaar_verhoogd", "5_jaar_mwb_45"]


class FactsInput(BaseModel):
    """The facts of one case; every key but ``vraag`` may be absent, and absent means unknown.

    Money and fractions are exact decimals (euro; 0..1). ``overeenkomst_uren`` is the length of the
    contract in hours, 0 for none; ``kwartaal_nr`` 1 is the quarter of the department's decision.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vraag: Question
    datum: date | None = None
    hoedanigheid: Literal["werknemer", "werkzoekende", "zelfstandige"] | None = None
    woonplaats: Literal["vlaams_gewest", "brussels_gewest", "waals_gewest", "eu_eer", "elders"] | None = None
    werkplaats: Literal["vlaams_gewest", "elders"] | None = None
    keert_wekelijks_terug: bool | None = None
    vdab_erkenning: bool | None = None
    vdab_erkenning_tot: date | None = None
    vdab_behoefte: Literal["geen", "loonpremie", "loonpremie_en_begeleiding"] | None = None
    overeenkomst_uren: Decimal | None = None
    in_dienst: bool | None = None
    werkgever_type: (
        Literal[
            "privaat_rechtspersoon",
            "natuurlijk_persoon",
            "uitzendkantoor",
            "school",
            "lokaal_bestuur",
            "andere_overheid",
            "buitenlandse_werkgever",
            "maatwerkbedrijf",
        ]
        | None
    ) = None
    in_moeilijkheden: bool | None = None
    lopende_steun: Literal["geen", "vop", "sine", "wop_collectief", "lde_vergoeding"] | None = None
    advies_collectief_maatwerk: bool | None = None
    uiterst_kwetsbaar: bool | None = None
    zelfstandig_sinds: date | None = None
    erkenning_sinds: date | None = None
    inkomen: Decimal | None = None
    inkomensjaar: int | None = None
    volledig_jaar: bool | None = None
    bewijsstuk: Literal["sociale_bijdragen", "aanslagbiljet", "vlaio_attest", "geen"] | None = None
    pakket: Package | None = None
    kwartaal_nr: int | None = None
    jaar_nr: int | None = None
    percentage_na_evaluatie: Decimal | None = None
    referteloon_kwartaal: Decimal | None = None
    brutoloon_kwartaal: Decimal | None = None
    werkgeversbijdragen_kwartaal: Decimal | None = None
    verminderingen_kwartaal: Decimal | None = None
    tewerkstellingsbreuk: Decimal = Decimal(1)
    begeleidingsnood: Literal["laag", "gemiddeld", "hoog"] | None = None
    prestatiebreuk: Decimal = Decimal(1)
    sine_in_dienst_sinds: date | None = None
    sine_ononderbroken: bool | None = None
    vop_vraag: Literal["lopend", "nieuw", "verlengen_of_verhogen"] | None = None
    lde_keuze: Literal["individueel", "collectief"] | None = None
    in_dienst_op_2023_06_30: bool | None = None
    doorstroomevaluatie_positief: bool | None = None
    einde_buiten_wil: bool | None = None
    maanden_in_gewone_baan: Decimal | None = None
    vte_doelgroep: Decimal | None = None
    aandeel_doelgroep: Decimal | None = None
    erkend_sinds: date | None = None


def parse_facts(raw: Any) -> FactsInput:
    """Validate a mapping of facts.

    Raises:
        UsageError: not a mapping, no ``vraag``, an unknown key, or a value that is not accepted.
    """
    if not isinstance(raw, Mapping):
        raise UsageError(f"De feiten moeten een object met velden en waarden zijn, niet {describe_type(raw)}.", 'Bijvoorbeeld {"vraag": "duur"}.')
    known = fields()
    clean: dict[str, Any] = {}
    for name, value in raw.items():
        field = known.get(name) if isinstance(name, str) else None
        if field is None:
            raise UsageError(f"Onbekend veld {name!r}.", f"Aanvaarde velden: {', '.join(known)}.")
        clean[name] = parse_value(field, value)
    if "vraag" not in clean:
        raise UsageError("Het veld 'vraag' ontbreekt.", f"Aanvaard: {known['vraag'].accepted()}.")
    return FactsInput.model_construct(**clean)


def parse_value(field: Field, value: Any) -> Any:
    """Validate one value for ``field``; returns str, bool, date, int or Decimal.

    Raises:
        UsageError: the value is of the wrong type, out of range or not one of the accepted values.
    """
    kind = field.kind
    if kind == "keuze":
        if isinstance(value, str) and value in field.values:
            return str(value)
    elif kind == "ja_nee":
        if isinstance(value, bool):
            return value
    elif kind == "datum":
        day = _date(value)
        if day is not None:
            return day
    else:
        number = _number(value)
        if number is not None:
            upper = 1 if kind == "breuk" else field.maximum if kind in ("getal", "geheel") else ENTRY_LIMIT
            if field.minimum <= number <= upper:
                if kind != "geheel":
                    return number
                if number == number.to_integral_value():
                    return int(number)
    remedy = f"Aanvaard: {field.accepted()}."
    if value is None:
        remedy += " Laat het veld weg als het antwoord niet bekend is."
    raise UsageError(f"Het veld '{field.name}' heeft een waarde die niet kan: {_shown(value)}.", remedy)


def describe_type(value: Any) -> str:
    """A word for the type of a JSON value, in Dutch."""
    if value is None:
        return "leeg (null)"
    names = {bool: "true of false", str: "een tekst", int: "een getal", float: "een getal", list: "een lijst", dict: "een object"}
    return names.get(type(value), "iets anders")


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**12 else "een te groot getal"
    return f"{text[:60]} ({describe_type(value)})"


def _date(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) <= ENTRY_LIMIT else None
    if not math.isfinite(value):
        return None
    return Decimal(str(value))
