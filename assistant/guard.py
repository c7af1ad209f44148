"""Attempts to make the assistant do something else: recognised by form, and never obeyed.

Nothing in a question can change what the assistant does, with or without a chat model: this only
decides whether it is told so politely.
"""

from __future__ import annotations

import re

from index.text import fold

_PATTERNS = (
    r"\b(negeer|vergeet|ignore|disregard|forget|oublie[zr]?|ignorez?|ignoriere|vergiss)\b.{0,60}\b(instructi\w+|regels|rules|opdracht\w*|prompt\w*|consignes|anweisung\w*|alles wat|everything|previous|precedent\w*|vorige|bovenstaande)\b",
    r"\b(system ?prompt|systeemprompt|prompt systeme|systemprompt|developer mode|ontwikkelaarsmodus|jailbreak|dan mode|sudo mode)\b",
    r"\b(toon|geef|print|show|reveal|repeat|herhaal|affiche|montre|zeig\w*|gib)\b.{0,50}\b(je|jouw|your|tes|vos|deine|ihre|uw)\b.{0,20}\b(instructi\w+|prompt\w*|configurati\w+|config|api.?key|api.?sleutel|sleutels?|wachtwoord\w*|passwords?|omgevingsvariabele\w*|environment variables?|secrets?)\b",
    r"\b(api.?key|api.?sleutel|wachtwoord van de server|environment variables?|/etc/passwd|\.env\b|id_rsa)\b",
    r"\b(doe alsof je|gedraag je als|je bent nu|you are now|act as|pretend (to be|you)|tu es maintenant|fais comme si|du bist jetzt|tu so als)\b",
    r"\b(antwoord (altijd|alleen|enkel) met|answer (only|always) with|reply only with|reponds uniquement (par|avec)|antworte nur mit|zeg (gewoon|alleen|enkel) (dat|ja))\b",
    r"(drop table|union select|<script|javascript:|onerror\s*=|\{\{.*\}\}|\$\{jndi|\.\./\.\./)",
    r"\b(verzin|fabriceer|invent|make up|fake|fabricate|inventez?|erfinde)\b.{0,40}\b(citaat|citaten|bron\w*|quotes?|sources?|citations?|zitat\w*|quellen?)\b",
)
_COMPILED = tuple(re.compile(p, re.IGNORECASE | re.DOTALL) for p in _PATTERNS)


def is_manipulation(text: str) -> bool:
    """True when the text tries to steer the assistant instead of asking something."""
    folded = fold(text)
    return any(p.search(folded) for p in _COMPILED)
