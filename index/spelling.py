"""Misspelt words of a question in the spelling of a dictionary, before anything is looked for.

A word is misspelt when neither the dictionary of its language (that of pyspellchecker) nor the documents have it, it is no
compound of words that they have, and it is no name. It becomes the likeliest word near it: how often a word is written, in
the documents and elsewhere, against how many letters were lost, doubled, swapped or mistaken (a noisy channel). When nothing
is near enough, the word stays: a wrong correction is worse than none.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from index.text import Vocabulary, fold, keep

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4
"""Letters of a word that may be corrected; in one so short letters are lost or swapped: with one changed or too many it is often another word."""
_LONG = 7
"""Letters from which a word may be two mistakes away; a shorter one is by then another word."""
_MISTAKE = 7.0
"""What a mistake costs, in natural logarithms of how often a word is written."""
_FIRST = 3.0
"""What it costs more that the first letter is another one."""
_LISTED = 50
"""How often the dictionary counts a word that it only lists; such a word is known but no candidate."""
_LINKS = ("", "s", "e", "en", "n")
"""What joins the parts of a compound."""
_COMPOUNDING = frozenset({"nl", "de"})


@dataclass(frozen=True)
class _Dictionary:
    """What is kept of a dictionary: how often its current words are written, and of all its words only what tells them (sorted hashes).

    ``current``: those words by length and first letter.
    """

    counts: dict[str, int]
    current: dict[tuple[int, str], list[str]]
    known: np.ndarray
    total: int

    def __contains__(self, folded: str) -> bool:
        at = int(np.searchsorted(self.known, hash(folded)))
        return at < len(self.known) and int(self.known[at]) == hash(folded)


@lru_cache(maxsize=4)
def _dictionary(language: str) -> _Dictionary:
    # Some three hundred thousand words a language: as strings they would take sixty megabytes, and that four times.
    everything = SpellChecker(language=language).word_frequency.dictionary
    known = np.unique(np.fromiter((hash(w if w.isascii() else fold(w)) for w in everything), dtype=np.int64, count=len(everything)))
    counts = {w: n for w, n in everything.items() if n > _LISTED and w.isalpha()}
    current = defaultdict(list)
    for word in counts:
        current[len(word), word[0]].append(word)
    return _Dictionary(counts, dict(current), known, sum(everything.values()))


class Speller:
    """Corrects words of one language; ``vocabulary``: the words of the documents."""

    def __init__(self, vocabulary: Vocabulary, names: Iterable[str] = ()) -> None:
        self._vocabulary, self._own = vocabulary, vocabulary.counts
        self._own_total = max(1, sum(self._own.values()))
        self._dictionary = _dictionary(vocabulary.language)
        self._names = {fold(part) for name in names for part in _WORD.findall(name)}
        self._own_words: dict[int, list[str]] = defaultdict(list)
        for word in filter(str.isalpha, self._own):
            self._own_words[len(word)].append(word)
        self._corrected: dict[str, str] = {}

    def correct(self, text: str) -> str:
        """The text with its misspelt words corrected; all else, capitals and punctuation too, as it is."""
        return _WORD.sub(lambda match: self._word(match.group(), first=match.start() == 0), text)

    def corrections(self, text: str) -> list[str]:
        """What misspelt words of the text were read as, in their order."""
        read = zip(_WORD.findall(text), _WORD.findall(self.correct(text)), strict=True)
        return list(dict.fromkeys(meant for typed, meant in read if meant != typed))

    def _word(self, word: str, first: bool) -> str:
        if len(word) < _SHORTEST:
            return word
        if first and word.istitle():
            # It may be a name, and those are in no dictionary: only a word of the documents is surely meant.
            corrected = self._word(word.lower(), first=False)
            return corrected.capitalize() if corrected in self._own else word
        if not word.islower():
            return word
        known = self._corrected.get(word)
        return keep(self._corrected, word, self._correct(word)) if known is None else known

    def _correct(self, word: str) -> str:
        folded = fold(word)
        if word in self._vocabulary or folded in self._dictionary or folded in self._names or any(_near(folded, name) for name in self._names):
            return word
        nearest, mistakes = self._nearest(word)
        # Any two words make a compound; one letter from a word of the documents it is that word.
        return word if self._is_compound(word) and (mistakes > 1 or nearest not in self._own) else nearest

    def _is_compound(self, word: str) -> bool:
        if self._vocabulary.language not in _COMPOUNDING:
            return False
        return any(
            self._is_part(word[cut:]) and any(word[:cut].endswith(link) and self._is_part(word[: cut - len(link)]) for link in _LINKS)
            for cut in range(_SHORTEST, len(word) - _SHORTEST + 1)
        )

    def _is_part(self, word: str) -> bool:
        return len(word) >= _SHORTEST - 1 and (word in self._own or word in self._dictionary.counts)

    def _nearest(self, word: str) -> tuple[str, int]:
        """The likeliest word near it and how many mistakes away that is; the word itself when none is near."""
        most = 2 if len(word) >= _LONG else 1
        shortest = len(word) if len(word) == _SHORTEST else len(word) - most
        best, fewest, best_score = word, 0, -math.inf
        for length in range(shortest, len(word) + most + 1):
            # The first letter is seldom mistaken: a word with another one must be of the documents.
            candidates = (*self._dictionary.current.get((length, word[0]), ()), *self._own_words.get(length, ()))
            for candidate, mistakes, _ in process.extract_iter(word, candidates, scorer=OSA.distance, score_cutoff=most):
                if len(candidate) == len(word) == _SHORTEST and sorted(candidate) != sorted(word):
                    continue
                score = self._likelihood(candidate) - _MISTAKE * mistakes - (_FIRST if candidate[0] != word[0] else 0.0)
                if score > best_score:
                    best, fewest, best_score = candidate, mistakes, score
        return best, fewest

    def _likelihood(self, word: str) -> float:
        """Natural logarithm of how often a word is written, in the documents and elsewhere."""
        return math.log(self._own[word] / self._own_total + self._dictionary.counts.get(word, 0) / self._dictionary.total)


def _near(word: str, name: str) -> bool:
    """Whether a word may be a misspelt name."""
    return len(name) >= 5 and word[0] == name[0] and OSA.distance(word, name, score_cutoff=2) <= 2
