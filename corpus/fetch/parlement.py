"""Documents of the Flemish Parliament: search, open data by kind and number, and the PDF itself.

Source: dossier, F-181 to F-184.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from corpus.errors import CorpusError, UsageError
from corpus.fetch.files import FetchedFile, fetched_file
from corpus.fetch.http import PoliteClient

BASE = "https://ws.vlpar.be"
FILES = "https://docs.vlaamsparlement.be"
KINDS = ("schv", "vi", "jln", "vv", "verg")
"""Written question, request for explanation, interpellation, member, meeting (F-181)."""


class Parlement:
    """Asks the Flemish Parliament's services."""

    def __init__(self, client: PoliteClient, base: str = BASE, files: str = FILES) -> None:
        self.client, self.base, self.files = client, base.rstrip("/"), files.rstrip("/")

    def search(self, words: str, page: int = 1, most: int = 50) -> Any:
        """Search results as the service gives them (F-182)."""
        url = f"{self.base}/api/search/query/{quote(words)}?collection=vp_collection&page={int(page)}&max={int(most)}&sort=date"
        return self._json(url)

    def item(self, kind: str, number: str) -> Any:
        """The open data of one item (F-181).

        Raises:
            UsageError: unknown kind, or a number that is none.
        """
        if kind not in KINDS:
            raise UsageError(f"'{kind}' is geen soort.", f"Kies uit: {', '.join(KINDS)}.")
        return self._json(f"{self.base}/e/opendata/{kind}/{_number(number)}")

    def pdf(self, number: str) -> FetchedFile:
        """A parliamentary document (F-183). Raises CorpusError when it is not a document that can be read."""
        return fetched_file(self.client, f"{self.files}/files/pfile?id={_number(number)}", f"vlaams-parlement-{number}")

    def _json(self, url: str) -> Any:
        try:
            return self.client.get(url).json()
        except CorpusError:
            self.client.forget(url)
            raise


def _number(value: str) -> str:
    if not re.fullmatch(r"\d{1,12}", value):
        raise UsageError(f"'{value}' is geen nummer.", "Een nummer van het Vlaams Parlement bestaat uit cijfers, bijvoorbeeld 2219342.")
    return value
