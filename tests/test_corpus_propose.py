"""Statements proposed by a chat model: taken only when every check passes."""

from __future__ import annotations

import json

from corpus.propose import propose
from corpus.store import load_corpus

GOOD = {
    "quote": "Voor laaggeschoolden is de werkzaamheidsgraad 54 procent.",
    "nl": "Voor laaggeschoolden is de werkzaamheidsgraad 54 procent.",
    "fr": "Pour les peu qualifiés, le taux d'emploi est de 54 pour cent.",
    "en": "For low-skilled people the employment rate is 54 per cent.",
    "de": "Für Geringqualifizierte beträgt die Beschäftigungsquote 54 Prozent.",
}


def _proposals(reply: str) -> list[bool]:
    document = load_corpus().documents["hoorzitting-2021-09-23"]
    passage = document.by_id["hoorzitting-2021-09-23/1.2/p1"]
    return [p.row is not None for p in propose(document, lambda prompt: reply, [passage])]


def test_true_proposal_is_taken_and_can_be_stored() -> None:
    assert _proposals("Hier: " + json.dumps([GOOD])) == [True]


def test_invented_quotes_changed_numbers_and_garbage_are_not() -> None:
    invented = {**GOOD, "quote": "Voor laaggeschoolden is de werkzaamheidsgraad 94 procent."}
    changed = {**GOOD, "nl": GOOD["nl"].replace("54", "45")}
    untranslated = {**GOOD, "fr": GOOD["fr"].replace("54", "55")}
    assert _proposals(json.dumps([invented, changed, untranslated, {"quote": 5}, "x"])) == [False] * 5
    assert _proposals("geen json") == [False]
