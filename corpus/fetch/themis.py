"""Themis, the publications of the Flemish Government: JSON:API from catalogue to data set to file.

Source: dossier, F-185 and F-186. The chain is /catalogs, /datasets (one a meeting of ministers), /distributions;
a file comes from /files/<id>/download.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin

from corpus.errors import CorpusError, UsageError
from corpus.fetch.files import FetchedFile, fetched_file
from corpus.fetch.http import PoliteClient

BASE = "https://themis.vlaanderen.be"
_JSON_API = "application/vnd.api+json"
_MAX_PAGES = 50


class Themis:
    """Asks Themis."""

    def __init__(self, client: PoliteClient, base: str = BASE) -> None:
        self.client, self.base = client, base.rstrip("/")

    def catalogs(self) -> list[dict[str, Any]]:
        """The catalogues."""
        return list(self._rows(f"{self.base}/catalogs"))

    def datasets(self, catalog: str) -> list[dict[str, Any]]:
        """The data sets of a catalogue (one a meeting)."""
        return list(self._rows(f"{self.base}/catalogs/{_id(catalog)}/datasets"))

    def distributions(self, dataset: str) -> list[dict[str, Any]]:
        """The distributions (files) of a data set."""
        return list(self._rows(f"{self.base}/datasets/{_id(dataset)}/distributions"))

    def download(self, file_id: str) -> FetchedFile:
        """One file. Raises CorpusError when it is not a document that can be read."""
        return fetched_file(self.client, f"{self.base}/files/{_id(file_id)}/download", f"themis-{file_id.lower()}")

    def _rows(self, url: str | None) -> Iterator[dict[str, Any]]:
        """The rows of a JSON:API collection, following ``links.next`` on the same host."""
        seen: set[str] = set()
        while url is not None and url not in seen and len(seen) < _MAX_PAGES:
            seen.add(url)
            data = self.client.get(url, accept=_JSON_API).json()
            rows = data.get("data") if isinstance(data, dict) else None
            if not isinstance(rows, list):
                self.client.forget(url)
                raise CorpusError(f"{url} gaf geen lijst in JSON:API-vorm.", "Kijk met 'maatwerkwijzer corpus fetch --check'.")
            yield from (row for row in rows if isinstance(row, dict))
            following = (data.get("links") or {}).get("next")
            if isinstance(following, dict):
                following = following.get("href")
            url = urljoin(url, following) if isinstance(following, str) and following else None


def _id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", value):
        raise UsageError(f"'{value}' is geen nummer van Themis.", "Een nummer bestaat uit letters, cijfers en streepjes.")
    return quote(value)
