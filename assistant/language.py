"""In which of the four languages a question is put."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from index.text import STOPWORDS, words

# Words that occur in one of the four languages only, and often in short questions.
_TELLING = {
    "nl": "het een is ik wat wie hoe hoeveel waarom wanneer welke mijn heb krijg kan mag moet voor van niet naar zijn wordt vindt bij werk "
    "hoelang wij jullie ons onze geen wel nog vraagt volgens zegt zei ge kheb wa nu",
    "fr": "le la les des du une est que qui quoi quel quelle quels quelles combien pourquoi comment quand mon ma mes je j'ai puis peut dois pour avec dans sur "
    "selon et ou aux au ce cette il elle sont ont pas qu'est-ce employeur prime",
    "en": "the what who how why when which my i do does did is are can may must for of not to with much many long according say said think about get and or "
    "happens happened will would should employer there",
    "de": "der das wer warum wann welche welcher welches mein ich kann darf muss für von nicht zu mit wieviel viel lange dauert hoch laut sagt sagte über und "
    "oder ist sind gibt bekomme bekommt wird werden arbeitgeber ein eine eines",
}
_SETS = {code: frozenset(text.split()) for code, text in _TELLING.items()}


def detect(text: str, default: str = "nl") -> str:
    """Return nl, fr, en or de; ``default`` when nothing tells.

    Function words decide; where they do not, a statistical detector over the whole text does.
    """
    tokens = words(text)
    if not tokens:
        return default
    scores = {}
    for code, telling in _SETS.items():
        strong = sum(1 for t in tokens if t in telling)
        weak = sum(1 for t in tokens if t in STOPWORDS[code])
        scores[code] = strong + 0.6 * weak
    for letters, code in (("äöüß", "de"), ("êçœ", "fr")):
        if any(c in letters for c in text.lower()):
            scores[code] += 1.5
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if ranked[0][1] - ranked[1][1] >= 1.0 and (ranked[0][1] >= 1.5 or len(tokens) <= 4):
        return ranked[0][0]
    if len(tokens) <= 2 and ranked[0][1] == 0:
        return default
    found = _detector().compute_language_confidence_values(text[:500])
    best, runner_up = found[0], found[1]
    code = best.language.iso_code_639_1.name.lower()
    # A short question full of names and abbreviations says little: stay with the default then.
    needed = 0.25 if len(tokens) > 4 or ranked[0][1] == 0 else 0.5
    return code if best.value - runner_up.value > needed or (ranked[0][0] == code and ranked[0][1] > 0) else (ranked[0][0] if ranked[0][1] > 0 else default)


@lru_cache(maxsize=1)
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.DUTCH, Language.FRENCH, Language.ENGLISH, Language.GERMAN).build()
