"""Words for lexical search: tokens, stems, compounds and repaired spelling, in four languages.

Dutch writes compounds as one word (``terugkeergarantie``), people split them (``terug keer garantie``)
and misspell them. So a token is stemmed, a compound is also indexed by its parts, neighbouring words
that form a known word are joined, and an unknown word is replaced by the nearest known one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import Stemmer
from rapidfuzz import fuzz, process

_TOKEN = re.compile(r"[^\W_]+(?:[.,]\d{3})*", re.UNICODE)
_SNOWBALL = {"nl": "dutch_porter", "fr": "french", "en": "english", "de": "german"}  # "dutch" maps begeleiding to beleid

# Forms of one word that the stemmer keeps apart.
STEM_EXCEPTIONS = {
    "begeleider": "begeleid",
    "begeleiders": "begeleid",
    "doorstroming": "doorstrom",
    "doorgestroomd": "doorstrom",
    "uitstroming": "uitstrom",
    "gemeentelijk": "gemeent",
    "gemeentelijke": "gemeent",
    "indicering": "indicer",
    "indiceringen": "indicer",
    "financiering": "financier",
    "gefinancierd": "financier",
    "ontslagen": "ontslag",
    "ontslaan": "ontslag",
    "ontslaat": "ontslag",
    "verlengen": "verleng",
    "verlenging": "verleng",
    "verlengd": "verleng",
    "verlengbaar": "verleng",
    "aangevraagd": "aanvrag",
    "aanvraag": "aanvrag",
    "aanvragen": "aanvrag",
    "gesubsidieerd": "subsidie",
    "erkend": "erkenn",
    "erkende": "erkenn",
}

# Words that say how a question is put, not what it is about.
STOPWORDS = {
    "nl": frozenset(
        [
            "de",
            "het",
            "een",
            "en",
            "of",
            "maar",
            "want",
            "dus",
            "als",
            "dan",
            "dat",
            "die",
            "dit",
            "deze",
            "daar",
            "er",
            "hier",
            "hij",
            "zij",
            "ze",
            "wij",
            "we",
            "jij",
            "je",
            "ik",
            "u",
            "men",
            "hun",
            "hen",
            "haar",
            "zijn",
            "zich",
            "mij",
            "me",
            "ons",
            "onze",
            "mijn",
            "jouw",
            "uw",
            "is",
            "was",
            "waren",
            "ben",
            "bent",
            "wordt",
            "worden",
            "werd",
            "werden",
            "geworden",
            "heeft",
            "hebben",
            "had",
            "hadden",
            "kan",
            "kunnen",
            "kon",
            "konden",
            "zal",
            "zullen",
            "zou",
            "zouden",
            "mag",
            "mogen",
            "moet",
            "moeten",
            "wil",
            "willen",
            "wilt",
            "doet",
            "doen",
            "gaat",
            "gaan",
            "van",
            "in",
            "op",
            "aan",
            "met",
            "voor",
            "door",
            "over",
            "bij",
            "naar",
            "om",
            "te",
            "tot",
            "uit",
            "onder",
            "tegen",
            "tussen",
            "na",
            "per",
            "via",
            "tijdens",
            "volgens",
            "binnen",
            "buiten",
            "zonder",
            "wat",
            "wie",
            "waar",
            "wanneer",
            "waarom",
            "hoe",
            "hoeveel",
            "welke",
            "welk",
            "waarvoor",
            "waarvan",
            "waarover",
            "waarmee",
            "hoelang",
            "hoeveelste",
            "niet",
            "geen",
            "wel",
            "ook",
            "nog",
            "al",
            "zo",
            "te",
            "meer",
            "veel",
            "heel",
            "erg",
            "alleen",
            "enkel",
            "eigenlijk",
            "precies",
            "juist",
            "nu",
            "toen",
            "dan",
            "eens",
            "even",
            "toch",
            "bijvoorbeeld",
            "zeg",
            "zegt",
            "zeggen",
            "gezegd",
            "zei",
            "vindt",
            "vinden",
            "vond",
            "denkt",
            "denken",
            "dacht",
            "komt",
            "komen",
            "krijgt",
            "krijgen",
            "iemand",
            "iets",
            "niets",
            "alles",
            "elk",
            "elke",
            "ieder",
            "iedere",
            "ander",
            "andere",
            "anders",
            "graag",
            "aub",
            "alsjeblieft",
            "gebeurt",
            "gebeuren",
            "bestaat",
            "betekent",
            "betekenen",
            "kun",
            "jullie",
            "staat",
            "staan",
            "geeft",
            "geven",
        ]
    ),
    "fr": frozenset(
        [
            "le",
            "la",
            "les",
            "l",
            "un",
            "une",
            "des",
            "du",
            "de",
            "d",
            "et",
            "ou",
            "mais",
            "donc",
            "car",
            "ne",
            "pas",
            "plus",
            "que",
            "qui",
            "quoi",
            "dont",
            "où",
            "quand",
            "comment",
            "pourquoi",
            "combien",
            "quel",
            "quelle",
            "quels",
            "quelles",
            "est",
            "sont",
            "était",
            "être",
            "a",
            "ont",
            "avoir",
            "au",
            "aux",
            "en",
            "dans",
            "sur",
            "sous",
            "par",
            "pour",
            "avec",
            "sans",
            "ce",
            "cet",
            "cette",
            "ces",
            "il",
            "elle",
            "ils",
            "elles",
            "je",
            "j",
            "tu",
            "nous",
            "vous",
            "on",
            "se",
            "sa",
            "son",
            "ses",
            "leur",
            "leurs",
            "mon",
            "ma",
            "mes",
            "y",
            "à",
            "selon",
            "dit",
            "dire",
            "pense",
            "penser",
            "peut",
            "peuvent",
            "doit",
            "si",
            "aussi",
            "très",
            "c",
            "s",
            "n",
            "qu",
            "m",
            "t",
            "votre",
            "vos",
            "notre",
            "nos",
            "faire",
            "fait",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "a",
            "an",
            "and",
            "or",
            "but",
            "so",
            "as",
            "if",
            "than",
            "that",
            "this",
            "these",
            "those",
            "there",
            "here",
            "he",
            "she",
            "it",
            "we",
            "you",
            "i",
            "they",
            "them",
            "their",
            "his",
            "her",
            "its",
            "our",
            "your",
            "my",
            "me",
            "us",
            "is",
            "are",
            "was",
            "were",
            "be",
            "been",
            "being",
            "has",
            "have",
            "had",
            "can",
            "could",
            "will",
            "would",
            "shall",
            "should",
            "may",
            "might",
            "must",
            "do",
            "does",
            "did",
            "of",
            "in",
            "on",
            "at",
            "with",
            "for",
            "by",
            "about",
            "from",
            "to",
            "into",
            "out",
            "under",
            "between",
            "after",
            "per",
            "via",
            "according",
            "what",
            "who",
            "whom",
            "where",
            "when",
            "why",
            "how",
            "much",
            "many",
            "which",
            "not",
            "no",
            "also",
            "still",
            "more",
            "very",
            "only",
            "just",
            "now",
            "then",
            "someone",
            "something",
            "say",
            "says",
            "said",
            "think",
            "thinks",
            "get",
            "gets",
            "any",
        ]
    ),
    "de": frozenset(
        [
            "der",
            "die",
            "das",
            "den",
            "dem",
            "des",
            "ein",
            "eine",
            "einen",
            "einem",
            "einer",
            "und",
            "oder",
            "aber",
            "denn",
            "also",
            "als",
            "wenn",
            "dann",
            "dass",
            "dies",
            "diese",
            "dieser",
            "dieses",
            "dort",
            "hier",
            "er",
            "sie",
            "es",
            "wir",
            "ihr",
            "ich",
            "man",
            "ihre",
            "ihren",
            "sein",
            "seine",
            "sich",
            "mich",
            "mir",
            "uns",
            "unser",
            "mein",
            "dein",
            "ist",
            "war",
            "waren",
            "sind",
            "bin",
            "wird",
            "werden",
            "wurde",
            "wurden",
            "hat",
            "haben",
            "hatte",
            "kann",
            "können",
            "soll",
            "sollen",
            "darf",
            "muss",
            "müssen",
            "will",
            "von",
            "in",
            "im",
            "auf",
            "an",
            "am",
            "mit",
            "für",
            "durch",
            "über",
            "bei",
            "nach",
            "um",
            "zu",
            "zum",
            "zur",
            "bis",
            "aus",
            "unter",
            "gegen",
            "zwischen",
            "pro",
            "was",
            "wer",
            "wo",
            "wann",
            "warum",
            "wie",
            "viel",
            "viele",
            "welche",
            "welcher",
            "welches",
            "nicht",
            "kein",
            "keine",
            "auch",
            "noch",
            "schon",
            "mehr",
            "sehr",
            "nur",
            "sagt",
            "sagen",
            "meint",
            "denkt",
            "laut",
        ]
    ),
}


def fold(text: str) -> str:
    """Lower case without accents, ligatures undone."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=8)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language])


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "nl") -> str:
    """Stem one lower-case word."""
    if language == "nl" and word in STEM_EXCEPTIONS:
        return STEM_EXCEPTIONS[word]
    if word.isdigit() or len(word) < 4:
        return word
    stemmed = fold(_stemmer(language).stemWord(word))
    if language == "nl":
        # bedrijf/bedrijven, huis/huizen; premie/premies, subsidie/subsidies
        stemmed = stemmed[:-1] if stemmed.endswith("ies") else stemmed
        stemmed = stemmed[:-1] + {"v": "f", "z": "s"}.get(stemmed[-1], stemmed[-1])
    return stemmed


def words(text: str) -> list[str]:
    """Split text in lower-case words; thousand separators inside a number are dropped."""
    found = _TOKEN.findall(unicodedata.normalize("NFC", text.lower()))
    return [re.sub(r"[.,](?=\d{3})", "", w) if w[0].isdigit() else w for w in found]


def content_words(text: str, language: str = "nl") -> list[str]:
    """Words without the ones that only put the question."""
    stop = STOPWORDS[language]
    return [w for w in words(text) if w not in stop and (len(w) > 1 or w.isdigit())]


_T = TypeVar("_T")
_KEPT = 20_000


def keep(known: dict[str, _T], key: str, value: _T) -> _T:
    """Remember ``value`` and give it back; a full memory starts again from nothing."""
    if len(known) >= _KEPT:
        known.clear()
    known[key] = value
    return value


class Vocabulary:
    """The words of a corpus in one language, with how often each occurs.

    It knows how to split a compound in known words, to join words that were split, and to repair a
    misspelling. Words that the corpus has are left alone, its own typing errors included.
    """

    def __init__(self, texts: Iterable[str], language: str = "nl") -> None:
        self.language = language
        self.counts: Counter[str] = Counter(w for t in texts for w in words(t))
        self._folded: dict[str, str] = {}
        for word, _ in self.counts.most_common():
            self._folded.setdefault(fold(word), word)
        self._long = [w for w in self._folded if len(w) >= 4 and not w[0].isdigit()]
        self._parts = {w for w in self._folded if len(w) >= 4 and not w[0].isdigit()}
        # Kept by the vocabulary itself: a cache of the class would keep every vocabulary that a server replaces.
        self._splits: dict[str, tuple[str, ...]] = {}
        self._repairs: dict[str, str] = {}
        self._wholes: dict[str, str] = {}

    def __contains__(self, word: str) -> bool:
        return fold(word) in self._folded

    def split(self, word: str) -> tuple[str, ...]:
        """Parts of a compound that are words of the corpus (``terugkeer``, ``garantie``), or nothing."""
        known = self._splits.get(word)
        return keep(self._splits, word, self._split(word)) if known is None else known

    def _split(self, word: str) -> tuple[str, ...]:
        if self.language not in ("nl", "de") or len(word) < 9:
            return ()
        key = fold(word)
        best: tuple[str, ...] = ()
        for cut in range(4, len(key) - 3):
            left, right = key[:cut], key[cut:]
            if right not in self._parts:
                continue
            for head in (left, left[:-1] if left.endswith("s") else left):
                if head in self._parts and (not best or abs(len(head) - len(right)) < abs(len(best[0]) - len(best[1]))):
                    best = (head, right)
        return best

    def repair(self, word: str) -> str:
        """The nearest word of the corpus for a word it does not have; the word itself when none is near."""
        known = self._repairs.get(word)
        return keep(self._repairs, word, self._repair(word)) if known is None else known

    def _repair(self, word: str) -> str:
        key = fold(word)
        if key in self._folded or len(key) < 4 or key.isdigit() or stem(word, self.language) in self._stems:
            return word
        cutoff = 84 if len(key) > 6 else 80
        found = process.extractOne(key, self._long, scorer=fuzz.ratio, score_cutoff=cutoff)
        # The first letter is seldom the wrong one; a nearer word with another one is often another word.
        if found and (found[0][0] == key[0] or found[1] >= 90):
            return self._folded[found[0]]
        return word

    @property
    def _stems(self) -> frozenset[str]:
        if not hasattr(self, "_stem_cache"):
            self._stem_cache = frozenset(stem(w, self.language) for w in self.counts)
        return self._stem_cache

    def join(self, tokens: list[str]) -> list[str]:
        """Join two or three neighbouring words that are one word of the corpus (``terug keer garantie``)."""
        out: list[str] = []
        i = 0
        while i < len(tokens):
            for n in (3, 2):
                joined = "".join(tokens[i : i + n])
                if len(tokens) - i >= n and len(joined) >= 7 and self._are_parts(tokens[i : i + n]) and (word := self._whole(joined)):
                    out.append(word)
                    i += n
                    break
            else:
                out.append(tokens[i])
                i += 1
        return out

    def _are_parts(self, tokens: list[str]) -> bool:
        stop = STOPWORDS[self.language]
        return all(len(t) > 2 and t.isalpha() and t not in stop for t in tokens)

    def _whole(self, joined: str) -> str:
        """The word of the corpus that ``joined`` is, one that is misspelt a little included."""
        known = self._wholes.get(joined)
        return keep(self._wholes, joined, self._find_whole(joined)) if known is None else known

    def _find_whole(self, joined: str) -> str:
        if (key := fold(joined)) in self._folded:
            return self._folded[key]
        found = process.extractOne(key, self._long, scorer=fuzz.ratio, score_cutoff=92) if len(key) >= 12 else None
        return self._folded[found[0]] if found else ""

    def analyse(self, text: str, query: bool = False) -> list[str]:
        """Stems of the content words; for a query words are joined and repaired first. Compounds add their parts."""
        stop = STOPWORDS[self.language]
        tokens = words(text)
        if query:
            tokens = [t if t in stop else self.repair(t) for t in self.join(tokens)]
        out: list[str] = []
        for token in tokens:
            if token in stop or (len(token) == 1 and not token.isdigit()):
                continue
            out.append(stem(token, self.language))
            out += [stem(part, self.language) for part in self.split(token)]
        return out
