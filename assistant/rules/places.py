"""Places named in a question, and the region they lie in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from assistant.rules.values import read_yaml


def plain(text: str) -> str:
    """Lower case, without accents, with plain apostrophes and hyphens as spaces."""
    text = text.replace("’", "'").replace("‘", "'").replace("\u2011", "-").replace("\u2013", "-").replace("\u00a0", " ").replace("\u202f", " ")
    folded = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"\s+", " ", "".join(c for c in folded if not unicodedata.combining(c)).replace("-", " "))


@lru_cache(maxsize=1)
def places() -> dict[str, str]:
    """Region by place name (as :func:`plain` writes it): vlaams_gewest, brussels_gewest, waals_gewest, eu_eer or elders."""
    return {name.strip(): region for region, names in read_yaml("plaatsen").items() for name in names.split(";") if name.strip()}


@lru_cache(maxsize=1)
def pattern() -> str:
    """A regular expression for any place, longest first, with an optional article or "the city of" before it."""
    names = "|".join(re.escape(n) for n in sorted(places(), key=len, reverse=True))
    return rf"(?:(?:het|de|la|le|l'|the|der|die|den|stad|city of|ville de) ?){{0,2}}(?P<place>{names})(?![a-z'])"
