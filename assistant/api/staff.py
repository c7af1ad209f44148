"""A login for the pages of staff: one password in the settings, a signed cookie that lasts a working day."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from typing import Any

from fastapi import Depends, Request, Security
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBase
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from assistant.api.errors import ApiError
from assistant.api.limits import RateLimit

COOKIE = "mw_staff"
LASTS = 10 * 3600
ATTEMPTS_PER_MINUTE = 10


class _Way(SecurityBase):
    """One way to log in, as the description of the API names it; :meth:`Staff.require` is what looks."""

    def __init__(self, name: str, model: Any) -> None:
        self.scheme_name, self.model = name, model

    async def __call__(self) -> None:
        """Nothing to do."""


_WAYS = (
    _Way("password", HTTPBase(scheme="basic", description="Any name, with the password of the settings.")),
    _Way("bearer", HTTPBase(scheme="bearer", description="The password of the settings.")),
    _Way("cookie", APIKey.model_validate({"in": APIKeyIn.cookie, "name": COOKIE, "description": "Set by the login of the page."})),
)


class Staff:
    """Who may see the positions. Without a password everybody may."""

    def __init__(self, password: str) -> None:
        self._password = password
        # A key of this process only: a restart logs everybody out, and nothing has to be kept secret on disk.
        self._key = secrets.token_bytes(32)
        self.attempts = RateLimit(ATTEMPTS_PER_MINUTE)

    @property
    def open(self) -> bool:
        """True when no login is needed."""
        return not self._password

    def dependencies(self) -> list[Any]:
        """What a route for staff depends on, so that it asks for the login before it looks at anything else; nothing when no login is needed."""

        async def login(request: Request) -> None:
            self.require(request)

        return [] if self.open else [Depends(login), *(Security(way) for way in _WAYS)]

    def right(self, password: str) -> bool:
        """True when the password is the one of the settings; takes as long for any guess."""
        return hmac.compare_digest(hashlib.sha256(password.encode()).digest(), hashlib.sha256(self._password.encode()).digest())

    def ticket(self) -> str:
        """A cookie's value that proves a login."""
        until = str(int(time.time()) + LASTS)
        return f"{until}.{self._sign(until)}"

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()

    def allows(self, request: HTTPConnection) -> bool:
        """True for a request with a valid cookie, or with the password (Basic with any name, or Bearer).

        Raises:
            ApiError: 429 after too many wrong passwords.
        """
        if self.open:
            return True
        until, _, signature = request.cookies.get(COOKIE, "").partition(".")
        if until.isdigit() and hmac.compare_digest(signature, self._sign(until)) and int(until) > time.time():
            return True
        given = _password_of(request.headers.get("authorization", ""))
        if given is None:
            return False
        address = request.client.host if request.client else ""
        # Before the comparison: after too many wrong guesses a right one may not be told apart either.
        self.attempts.take(address, count=False)
        if self.right(given):
            return True
        self.attempts.take(address)
        return False

    def require(self, request: HTTPConnection) -> None:
        """Let nobody else pass.

        Raises:
            ApiError: 401.
        """
        if not self.allows(request):
            raise ApiError(401, "login_required", "Deze pagina is voor medewerkers. Meld u aan met het wachtwoord.")


def _password_of(header: str) -> str | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
