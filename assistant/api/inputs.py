"""Values as the description of the API gives them, and nothing that merely looks like them.

By itself pydantic takes 0 for the first of January 1970, ``false`` for the number 0 and "yes" for true: an
answer for another day than was meant is worse than a refusal.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from assistant.answer import Answer


def _day(value: Any) -> Any:
    if isinstance(value, date) or value is None or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError("a day is written YYYY-MM-DD")


def _whole(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("not a whole number")
    return value


def _given_answer(value: Any) -> Any:
    if value is None or isinstance(value, Answer):
        return value
    try:
        return Answer.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


Day = Annotated[date, BeforeValidator(_day)]
"""A day as text, YYYY-MM-DD."""
WHOLE = BeforeValidator(_whole)
"""Beside ``int``, for a whole number in a JSON body; after its limits, or these get lost in the description."""
GivenAnswer = Annotated[Answer, BeforeValidator(_given_answer)]
"""An answer that a client got before and sends back."""
