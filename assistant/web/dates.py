"""Dates and amounts as people write them, in four languages."""

from __future__ import annotations

from datetime import date

_MONTHS = {
    "nl": ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
}


def long_date(value: date | str, language: str) -> str:
    """``2021-09-23`` as ``23 september 2021``; what is no date stays as it is."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    day = "1er" if language == "fr" and value.day == 1 else f"{value.day}." if language == "de" else str(value.day)
    return f"{day} {_MONTHS[language][value.month - 1]} {value.year}"


def euro(amount: float, language: str) -> str:
    """An amount in euro."""
    number = f"{amount:,.2f}"
    if language != "en":
        number = number.translate(str.maketrans(",.", "\u00a0," if language == "fr" else ".,"))
    return f"{number}\u00a0euro"
