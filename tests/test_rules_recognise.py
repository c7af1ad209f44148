"""What a question states about somebody's own case, in four languages; nothing is guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.rules import check, describe, recognise, recognise_reply
from assistant.rules.facts import parse_facts
from assistant.rules.fields import LANGUAGES
from assistant.rules.places import places

TODAY = date(2026, 11, 23)

STATED: list[tuple[str, dict[str, Any]]] = [
    # where
    ("Ik woon in Brussel en werk in Mechelen, heb ik recht?", {"woonplaats": "brussels_gewest", "werkplaats": "vlaams_gewest"}),
    ("Heb ik recht als ik in Brussel woon en in Mechelen werk?", {"woonplaats": "brussels_gewest", "werkplaats": "vlaams_gewest"}),
    ("Ik werk in Antwerpen maar ik woon in Nederland.", {"woonplaats": "eu_eer", "werkplaats": "vlaams_gewest"}),
    ("Mijn werknemer woont in Roosendaal en werkt in Turnhout.", {"hoedanigheid": "werknemer", "woonplaats": "eu_eer", "werkplaats": "vlaams_gewest"}),
    ("Woont in Luik, werkt in Leuven.", {"woonplaats": "waals_gewest", "werkplaats": "vlaams_gewest"}),
    ("Onze medewerkster woont in Sint-Niklaas en werkt in Heist-op-den-Berg.",
     {"hoedanigheid": "werknemer", "woonplaats": "vlaams_gewest", "werkplaats": "vlaams_gewest"}),
    ("Ik woon in Sint-Jans-Molenbeek.", {"woonplaats": "brussels_gewest"}),
    ("Ik woon in de stad Gent.", {"woonplaats": "vlaams_gewest"}),
    ("Ik woon in het Vlaamse Gewest.", {"woonplaats": "vlaams_gewest"}),
    ("Ik woon in het Brussels Hoofdstedelijk Gewest en werk in Vlaanderen.", {"woonplaats": "brussels_gewest", "werkplaats": "vlaams_gewest"}),
    ("Ik woon in Luxemburg en werk in Genk.", {"woonplaats": "eu_eer", "werkplaats": "vlaams_gewest"}),
    ("Ik woon in Duitsland.", {"woonplaats": "eu_eer"}),
    ("Ik woon in Engeland en werk in Gent.", {"woonplaats": "elders", "werkplaats": "vlaams_gewest"}),
    ("Ik woon en werk in Hasselt.", {"woonplaats": "vlaams_gewest", "werkplaats": "vlaams_gewest"}),
    ("Ik woon in Halle en werk bij een vzw in Brussel, ik kom elke avond thuis.",
     {"woonplaats": "vlaams_gewest", "werkplaats": "elders", "keert_wekelijks_terug": True, "werkgever_type": "privaat_rechtspersoon"}),
    ("Ik woon in Aalst, werk in Parijs en keer wekelijks terug.", {"woonplaats": "vlaams_gewest", "werkplaats": "elders", "keert_wekelijks_terug": True}),
    ("J'habite à Bruxelles et je travaille à Malines. Ai-je droit à la prime ?", {"woonplaats": "brussels_gewest", "werkplaats": "vlaams_gewest"}),
    ("J’habite à Liège et je travaille à Louvain.", {"woonplaats": "waals_gewest", "werkplaats": "vlaams_gewest"}),
    ("J'habite en France et je travaille à Courtrai.", {"woonplaats": "eu_eer", "werkplaats": "vlaams_gewest"}),
    ("J'habite aux Pays-Bas.", {"woonplaats": "eu_eer"}),
    ("I live in Brussels and work in Ghent. Am I eligible?", {"woonplaats": "brussels_gewest", "werkplaats": "vlaams_gewest"}),
    ("My employee lives in the Netherlands and works in Antwerp.", {"hoedanigheid": "werknemer", "woonplaats": "eu_eer", "werkplaats": "vlaams_gewest"}),
    ("Ich wohne in Aachen und arbeite in Hasselt. Habe ich Anspruch?", {"woonplaats": "eu_eer", "werkplaats": "vlaams_gewest"}),
    ("Ich wohne in Eupen und arbeite in Löwen.", {"woonplaats": "waals_gewest", "werkplaats": "vlaams_gewest"}),
    # contract and status
    ("Ik heb een contract van 6 uur.", {"overeenkomst_uren": 6}),
    ("Mijn overeenkomst van 24 uur begint morgen.", {"overeenkomst_uren": 24}),
    ("Mijn arbeidsovereenkomst duurt 20 uur.", {"overeenkomst_uren": 20}),
    ("J'ai un contrat de 6 heures.", {"overeenkomst_uren": 6}),
    ("I have a contract of 30 hours.", {"overeenkomst_uren": 30}),
    ("Ich habe einen Vertrag von 12 Stunden.", {"overeenkomst_uren": 12}),
    ("Ik heb geen contract.", {"overeenkomst_uren": 0}),
    ("Ik ben werkzoekende, krijg ik de premie?", {"hoedanigheid": "werkzoekende"}),
    ("Je suis demandeur d'emploi.", {"hoedanigheid": "werkzoekende"}),
    ("I am unemployed.", {"hoedanigheid": "werkzoekende"}),
    ("Ich bin arbeitslos.", {"hoedanigheid": "werkzoekende"}),
    ("Ik ben bediende.", {"hoedanigheid": "werknemer"}),
    ("Ik ben zelfstandige in bijberoep.", {"hoedanigheid": "zelfstandige"}),
    ("Je suis indépendante.", {"hoedanigheid": "zelfstandige"}),
    ("I am self-employed.", {"hoedanigheid": "zelfstandige"}),
    ("Ich bin selbstständig.", {"hoedanigheid": "zelfstandige"}),
    ("Mijn werknemer is niet meer in dienst.", {"hoedanigheid": "werknemer", "in_dienst": False}),
    ("Onze werknemer is al in dienst.", {"hoedanigheid": "werknemer", "in_dienst": True}),
    ("Ik werk 80 %.", {"tewerkstellingsbreuk": 0.8}),
    ("Ik werk halftijds.", {"tewerkstellingsbreuk": 0.5}),
    ("Ik ben voltijds aan de slag.", {"tewerkstellingsbreuk": 1}),
    # VDAB
    ("Ik ben erkend door VDAB.", {"vdab_erkenning": True}),
    ("Ik ben niet erkend door VDAB.", {"vdab_erkenning": False}),
    ("VDAB heeft mijn arbeidsbeperking erkend tot 31 december 2027.", {"vdab_erkenning": True, "vdab_erkenning_tot": "2027-12-31"}),
    ("Mijn erkenning is geldig tot 01/02/2027.", {"vdab_erkenning": True, "vdab_erkenning_tot": "2027-02-01"}),
    ("Ma reconnaissance est valable jusqu'au 31 décembre 2027.", {"vdab_erkenning": True, "vdab_erkenning_tot": "2027-12-31"}),
    ("My recognition is valid until 31 December 2027.", {"vdab_erkenning": True, "vdab_erkenning_tot": "2027-12-31"}),
    ("Je suis reconnu par le VDAB.", {"vdab_erkenning": True}),
    ("I am recognised by VDAB.", {"vdab_erkenning": True}),
    ("Ich bin vom VDAB anerkannt.", {"vdab_erkenning": True}),
    ("VDAB stelde bij mij een loonpremie vast.", {"vdab_behoefte": "loonpremie"}),
    ("VDAB heeft een loonpremie en begeleiding vastgesteld voor mijn werknemer.", {"hoedanigheid": "werknemer", "vdab_behoefte": "loonpremie_en_begeleiding"}),
    ("VDAB heeft geen behoefte vastgesteld bij mij.", {"vdab_behoefte": "geen"}),
    ("Mijn werknemer heeft een hoge begeleidingsnood.", {"hoedanigheid": "werknemer", "begeleidingsnood": "hoog"}),
    ("Mijn begeleidingsnood is laag.", {"begeleidingsnood": "laag"}),
    ("Ik heb een advies collectief maatwerk.", {"advies_collectief_maatwerk": True}),
    # employer and support
    ("Ik werk bij een vzw.", {"werkgever_type": "privaat_rechtspersoon"}),
    ("Wij zijn een gemeente. Komen wij in aanmerking?", {"werkgever_type": "lokaal_bestuur"}),
    ("Ik werk bij het Vlaams ministerie.", {"werkgever_type": "andere_overheid"}),
    ("Ik werk via een contract bij een uitzendkantoor.", {"werkgever_type": "uitzendkantoor"}),
    ("Ik werk in een maatwerkbedrijf.", {"werkgever_type": "maatwerkbedrijf"}),
    ("Je travaille pour une école.", {"werkgever_type": "school"}),
    ("We are a municipality.", {"werkgever_type": "lokaal_bestuur"}),
    ("Mijn bedrijf is een onderneming in moeilijkheden.", {"in_moeilijkheden": True}),
    ("Ons bedrijf is niet in moeilijkheden.", {"in_moeilijkheden": False}),
    ("Mijn werknemer heeft een VOP. Kan ik die verhogen?", {"hoedanigheid": "werknemer", "lopende_steun": "vop", "vop_vraag": "verlengen_of_verhogen"}),
    ("Kan ik nog een nieuwe VOP vragen?", {"vop_vraag": "nieuw"}),
    ("Ik heb SINE en werk hier ononderbroken sinds 4 januari 2021.",
     {"lopende_steun": "sine", "sine_in_dienst_sinds": "2021-01-04", "sine_ononderbroken": True}),
    ("Onze LDE-onderneming koos voor individueel maatwerk; de medewerker was op 30 juni 2023 in dienst.",
     {"lde_keuze": "individueel", "in_dienst_op_2023_06_30": True}),
    ("Onze LDE heeft voor collectief maatwerk gekozen.", {}),
    # package and amounts
    ("Kwartaal 9, referteloon 9.500 euro: hoeveel is mijn loonpremie?", {"kwartaal_nr": 9, "referteloon_kwartaal": 9500}),
    ("Wij zitten in het negende kwartaal en het referteloon is € 9.500,50.", {"kwartaal_nr": 9, "referteloon_kwartaal": 9500.5}),
    ("Mijn 3e kwartaal, referteloon van 15 000 euro.", {"kwartaal_nr": 3, "referteloon_kwartaal": 15000}),
    ("Nous sommes au neuvième trimestre, salaire de référence de 9 500 euros.", {"kwartaal_nr": 9, "referteloon_kwartaal": 9500}),
    ("We are in the 9th quarter with a reference wage of 9,500 euro.", {"kwartaal_nr": 9, "referteloon_kwartaal": 9500}),
    ("Wir sind im 9. Quartal, der Referenzlohn von 9.500 Euro.", {"kwartaal_nr": 9, "referteloon_kwartaal": 9500}),
    ("Mijn pakket van 2 jaar loopt af.", {"pakket": "2_jaar"}),
    ("Mijn werknemer kreeg een verhoogde loonpremie.", {"hoedanigheid": "werknemer", "pakket": "5_jaar_verhoogd"}),
    ("Ik heb een pakket van 5 jaar gewoon.", {"pakket": "5_jaar_gewoon"}),
    ("Wij zitten in het vierde jaar van het pakket.", {"jaar_nr": 4}),
    ("Na de evaluatie kreeg mijn werknemer 60 %.", {"hoedanigheid": "werknemer", "percentage_na_evaluatie": 60}),
    ("Per kwartaal is mijn brutoloon 7.800 euro, de werkgeversbijdragen zijn 1950 euro.", {"brutoloon_kwartaal": 7800}),
    # self-employed
    ("Ik ben zelfstandige en had in 2024 een inkomen van 9.000 euro, heel het jaar actief.",
     {"hoedanigheid": "zelfstandige", "inkomen": 9000, "inkomensjaar": 2024, "volledig_jaar": True}),
    ("Als zelfstandige verdiende ik 16.600 euro in 2024.", {"hoedanigheid": "zelfstandige", "inkomen": 16600, "inkomensjaar": 2024}),
    ("Ik was 6 maanden actief als zelfstandige, inkomen 9000 euro.", {"hoedanigheid": "zelfstandige", "inkomen": 9000, "volledig_jaar": False}),
    ("Je suis indépendant avec un revenu de 18 000 euros en 2023.", {"hoedanigheid": "zelfstandige", "inkomen": 18000, "inkomensjaar": 2023}),
    ("I am self-employed with an income of 18,000 euro in 2023.", {"hoedanigheid": "zelfstandige", "inkomen": 18000, "inkomensjaar": 2023}),
    ("Ich bin selbständig seit 1. März 2019.", {"hoedanigheid": "zelfstandige", "zelfstandig_sinds": "2019-03-01"}),
    ("Ik ben zelfstandige sinds 1 maart 2019 en heb een aanslagbiljet.",
     {"hoedanigheid": "zelfstandige", "zelfstandig_sinds": "2019-03-01", "bewijsstuk": "aanslagbiljet"}),
    # return, company, date
    ("Mijn job eindigde na 14 maanden, ik werd ontslagen. Kan ik terug naar het maatwerkbedrijf? De doorstroomevaluatie was positief.",
     {"maanden_in_gewone_baan": 14, "doorstroomevaluatie_positief": True, "einde_buiten_wil": True}),
    ("Ik nam ontslag na 5 maanden in de gewone job, kan ik terug naar het maatwerkbedrijf?", {"maanden_in_gewone_baan": 5, "einde_buiten_wil": False}),
    ("Wij hebben 18,5 VTE en 60 % doelgroepwerknemers.", {"vte_doelgroep": 18.5, "aandeel_doelgroep": 0.6}),
    ("Nous avons 19 ETP.", {"vte_doelgroep": 19}),
    ("Op 15 mei 2025 werk ik in Gent.", {"datum": "2025-05-15", "werkplaats": "vlaams_gewest"}),
    ("Kan ik vandaag nog SINE krijgen?", {"datum": "2026-11-23"}),
]  # fmt: skip

NOT_STATED = [
    "Wat is individueel maatwerk?",
    "Wat gebeurt er met SINE na 30 juni 2025?",
    "Moet de arbeidsbeperking erkend zijn door VDAB?",
    "Wie moet het ondersteuningsplan maken?",
    "Wat zei Gorik Ooms over SINE?",
    "Kan een gemeente individueel maatwerk aanvragen?",
    "Hoeveel VTE moet een maatwerkbedrijf hebben?",
    "Moet een maatwerkbedrijf minstens 20 VTE hebben?",
    "Wat is een onderneming in moeilijkheden?",
    "Heeft VDAB een loonpremie vastgesteld?",
    "Wat vond het Vlaams Parlement van de terugkeergarantie?",
    "Quelles sont les conditions pour l'employeur ?",
    "What is the wage premium?",
    "Wie hoch ist die Lohnprämie?",
    "Ik wil weten hoelang een pakket van 5 jaar duurt.",
    "Ik heb een contract van 38 uur per week.",
    "Ik heb een contract van 20 uur over drie weken.",
    "Mijn referteloon is 3.000 euro per maand.",
    "Ik woon niet in Brussel.",
    "Ik woon in Verweggistan.",
    "Mijn brutoloon is 3.000 euro.",
    "Wat veranderde er in het eerste kwartaal van 2025?",
    "Kunnen wij in 2024 een aanvraag doen?",
    "Ik woon in een huis.",
    "",
]


@pytest.mark.parametrize(("question", "facts"), STATED, ids=[q for q, _ in STATED])
def test_stated_facts_are_recognised(question: str, facts: dict[str, Any]) -> None:
    found = recognise(question, TODAY).facts
    assert {k: found.get(k) for k in facts} == facts
    parse_facts({"vraag": "duur", **found})


@pytest.mark.parametrize("question", NOT_STATED)
def test_nothing_is_guessed(question: str) -> None:
    assert recognise(question, TODAY).facts == {}


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("Ik woon in Gent en heb een contract van 38 uur per week.", {"overeenkomst_uren"}),
        ("Ik ben erkend sinds 2021.", {"erkenning_sinds", "vdab_erkenning_tot"}),
        ("Ik heb een pakket van 5 jaar.", {"pakket"}),
        ("Ik verdien 9.000 euro per maand als zelfstandige.", {"inkomen"}),
        ("J'habite à Gand et je travaille à 80 %.", {"werkplaats"}),
        ("Ik werk 80 % en zit in kwartaal 9.", {"aandeel_doelgroep", "percentage_na_evaluatie", "jaar_nr"}),
        ("Mijn werknemer kreeg op 31 februari 2025 een beslissing.", {"datum"}),
        ("Als ik erkend word door VDAB, krijg ik dan de premie?", {"vdab_erkenning"}),
    ],
)
def test_what_is_not_exact_is_left_out(question: str, absent: set[str]) -> None:
    assert not absent & set(recognise(question, TODAY).facts)


@pytest.mark.parametrize(
    ("question", "which"),
    [
        ("Ik woon in Brussel en werk in Mechelen, heb ik recht?", "recht_werkgever"),
        ("Kom ik in aanmerking als zelfstandige?", "recht_zelfstandige"),
        ("Hoeveel is mijn loonpremie?", "loonpremie"),
        ("Hoeveel bedraagt de begeleidingspremie voor mijn werknemer?", "begeleidingspremie"),
        ("Hoelang duurt mijn pakket?", "duur"),
        ("Kan ik mijn pakket verlengen?", "verlenging"),
        ("Kan ik een aanpassing vragen?", "aanpassing"),
        ("Kan ik mijn VOP verhogen?", "overgang_vop"),
        ("Wat nu met mijn SINE?", "overgang_sine"),
        ("Loopt de LDE-vergoeding door?", "overgang_lde"),
        ("Kan ik terug naar het maatwerkbedrijf?", "wedertewerkstelling"),
        ("Kunnen wij erkend worden als maatwerkbedrijf?", "erkenning_maatwerkbedrijf"),
        ("Combien est ma prime ?", "loonpremie"),
        ("Am I eligible?", "recht_werkgever"),
        ("Wie lange dauert mein Paket?", "duur"),
        ("Wie is Gorik Ooms?", None),
        ("Goedemorgen", None),
    ],
)
def test_the_question_is_recognised(question: str, which: str | None) -> None:
    assert recognise(question, TODAY).vraag == which


OWN = [
    "Ik woon in Brussel en werk in Mechelen, heb ik recht?",
    "Heb ik recht?",
    "Kwartaal 9, referteloon 9.500 euro: hoeveel?",
    "Woont in Luik, werkt in Leuven.",
    "Mijn werknemer heeft een VOP. Kan ik die verhogen?",
    "Ik heb een contract van 6 uur, kan dat?",
    "J'habite à Liège et je travaille à Louvain. Ai-je droit à la prime ?",
    "I live in Brussels. Am I eligible?",
    "Ich bin selbständig, habe ich Anspruch?",
    "Wij zijn een gemeente. Komen wij in aanmerking?",
]
GENERAL = [
    "Wat gebeurt er met SINE na 30 juni 2025?",
    "Hoeveel bedraagt de loonpremie in kwartaal 9?",
    "Wie komt in aanmerking?",
    "Kan een gemeente individueel maatwerk aanvragen?",
    "Wat zei Herwin over de terugkeergarantie?",
    "Ik wil weten wat een referteloon is.",
    "Is een contract van 6 uur genoeg?",
    "Quelles entreprises ont droit à la prime ?",
    "What did VVSG say about SINE?",
    "Was ist individuelle Maatwerk?",
]


@pytest.mark.parametrize("question", OWN)
def test_an_own_case_is_told_from_a_general_question(question: str) -> None:
    assert recognise(question, TODAY).own_situation


@pytest.mark.parametrize("question", GENERAL)
def test_a_general_question_is_no_own_case(question: str) -> None:
    assert not recognise(question, TODAY).own_situation


def test_recognised_facts_lead_to_an_outcome() -> None:
    seen = recognise("Ik woon in Brussel en werk in Mechelen, heb ik recht?", TODAY)
    assert check({"vraag": seen.vraag, **seen.facts}).uitkomst == "nee"
    seen = recognise("Pakket van 5 jaar gewoon, kwartaal 9, referteloon 9.500 euro: hoeveel is mijn loonpremie?", TODAY)
    amount = check({"vraag": seen.vraag, **seen.facts}).bedrag
    assert amount is not None and (amount.minimum, amount.maximum) == (1900, 2850)


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_shown_back(language: str) -> None:
    facts = recognise("Ik woon in Brussel en werk 80 % in Mechelen tot, referteloon 9.500 euro, erkenning geldig tot 31 december 2027", TODAY).facts
    lines = describe(facts, language).splitlines()
    assert len(lines) == len(facts) + 2
    assert any("2027" in line for line in lines) and any("500" in line for line in lines)
    assert len(describe({}, language).splitlines()) == 1


def test_every_place_has_one_region() -> None:
    table = places()
    assert len(table) > 500
    for name, region in (("gent", "vlaams_gewest"), ("ukkel", "brussels_gewest"), ("namen", "waals_gewest"), ("frankrijk", "eu_eer"), ("marokko", "elders")):
        assert table[name] == region


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    seen = recognise(text, TODAY)
    parse_facts({"vraag": "duur", **seen.facts})


WORDS = sorted({w for q, _ in STATED for w in q.split()})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_mix_of_these_words_gives_valid_facts(words: list[str]) -> None:
    seen = recognise(" ".join(words), TODAY)
    check({"vraag": "recht_werkgever", **seen.facts})


@pytest.mark.parametrize(
    ("reply", "field", "value"),
    [
        ("ja", "vdab_erkenning", True),
        ("Nee.", "vdab_erkenning", False),
        ("Nog niet", "in_dienst", False),
        ("Oui", "in_dienst", True),
        ("tot 31 december 2027", "vdab_erkenning_tot", "2027-12-31"),
        ("2027-12-31", "vdab_erkenning_tot", "2027-12-31"),
        ("een loonpremie", "vdab_behoefte", "loonpremie"),
        ("Een loonpremie en begeleiding.", "vdab_behoefte", "loonpremie_en_begeleiding"),
        ("in Gent", "woonplaats", "vlaams_gewest"),
        ("Brussel", "woonplaats", "brussels_gewest"),
        ("Brussel", "werkplaats", "elders"),
        ("het Vlaamse Gewest", "werkplaats", "vlaams_gewest"),
        ("een vzw", "werkgever_type", "privaat_rechtspersoon"),
        ("een gemeente", "werkgever_type", "lokaal_bestuur"),
        ("9.000 euro", "referteloon_kwartaal", 9000),
        ("80 %", "tewerkstellingsbreuk", 0.8),
        ("38 uur", "overeenkomst_uren", 38),
        ("het negende kwartaal", "kwartaal_nr", 9),
        ("9", "kwartaal_nr", 9),
        ("hoog", "begeleidingsnood", "hoog"),
        ("verhoogd: 5 jaar, verhoogde loonpremie", "pakket", "5_jaar_verhoogd"),
    ],
)
def test_a_short_reply_fills_in_the_question_that_was_asked(reply: str, field: str, value: Any) -> None:
    assert recognise_reply(reply, field, TODAY)[field] == value


@pytest.mark.parametrize(
    ("reply", "field"),
    [
        ("weet ik niet", "vdab_erkenning"),
        ("ergens in het land", "woonplaats"),
        ("veel", "inkomen"),
        ("tussen 8.000 en 9.000", "inkomen"),
        ("in 2027", "vdab_erkenning_tot"),
        ("0", "kwartaal_nr"),
    ],
)
def test_a_vague_reply_fills_in_nothing(reply: str, field: str) -> None:
    assert field not in recognise_reply(reply, field, TODAY)


def test_a_dialogue_reaches_an_outcome() -> None:
    facts = {"vraag": "loonpremie", **recognise("Hoeveel loonpremie krijg ik voor mijn werknemer in kwartaal 2?", TODAY).facts}
    for reply in ("5 jaar, gewone loonpremie", "9.000 euro"):
        facts |= recognise_reply(reply, check(facts).ontbreekt[0].veld, TODAY)
    amount = check(facts).bedrag
    assert amount is not None and amount.maximum == 3600
