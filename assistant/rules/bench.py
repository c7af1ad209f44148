"""How many checks a second one process does, for the benchmark."""

from __future__ import annotations

import time

from assistant.rules.checker import check

CASES = (
    {"vraag": "recht_werkgever", "datum": "2025-05-15", "hoedanigheid": "werknemer", "woonplaats": "vlaams_gewest", "werkplaats": "vlaams_gewest"},
    {"vraag": "recht_zelfstandige", "datum": "2025-05-15", "hoedanigheid": "zelfstandige", "inkomen": 9000, "inkomensjaar": 2024, "volledig_jaar": True},
    {"vraag": "loonpremie", "datum": "2025-05-15", "pakket": "5_jaar_gewoon", "kwartaal_nr": 9, "referteloon_kwartaal": 9000},
    {"vraag": "begeleidingspremie", "vdab_behoefte": "loonpremie_en_begeleiding", "kwartaal_nr": 2, "begeleidingsnood": "hoog"},
    {"vraag": "verlenging", "pakket": "5_jaar_gewoon", "jaar_nr": 4},
    {"vraag": "overgang_sine", "datum": "2025-09-01", "sine_in_dienst_sinds": "2021-01-01", "sine_ononderbroken": True},
)


def checks_per_second(n: int = 10_000) -> float:
    """Run ``n`` checks over a fixed mix of questions and return how many were done per second (n of at least 1)."""
    check(CASES[0])
    start = time.perf_counter()
    for i in range(n):
        check(CASES[i % len(CASES)])
    return n / (time.perf_counter() - start)
