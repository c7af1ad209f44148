"""Errors of one shape: ``{"error": {"code", "message", "field"?}}``, made once, at the edge."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from assistant.api.logging import log_failure
from assistant.api.methods import Methods
from corpus.errors import MaatwerkwijzerError, UsageError


class ErrorBody(BaseModel):
    """What went wrong: a code for programs, a message for people, and the field that caused it when there is one.

    ``param`` is the same field under the name that OpenAI clients look for.
    """

    model_config = ConfigDict(extra="forbid")

    code: str
    message: str
    field: str | None = None
    param: str | None = None


class ErrorOut(BaseModel):
    """The body of every response that is not a success."""

    model_config = ConfigDict(extra="forbid")

    error: ErrorBody


class ApiError(Exception):
    """A request that cannot be answered: HTTP status, code, message, and optionally a field and seconds to wait."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.retry_after = status, code, message, field, retry_after


CODES = {
    400: ("bad_request", "De vraag aan de server is niet goed gevormd."),
    401: ("login_required", "Hiervoor moet u aangemeld zijn."),
    403: ("forbidden", "Dat mag niet."),
    404: ("not_found", "Dit adres bestaat niet. Zie /openapi.json voor wat er wel is."),
    405: ("method_not_allowed", "Deze methode kan hier niet. Zie /openapi.json."),
    413: ("too_large", "Het bericht is te groot."),
    415: ("unsupported_media_type", "Stuur JSON, met Content-Type: application/json."),
    422: ("invalid_field", "Een veld klopt niet."),
}
_DESCRIPTIONS = {
    400: "Wrong usage, or no valid JSON",
    401: "Staff only: log in",
    404: "Does not exist",
    413: "Too large",
    415: "Not sent as JSON",
    422: "A field that does not fit; `field` names it",
    429: "Too many at once or in a minute; wait `Retry-After` seconds",
    500: "Something went wrong on our side",
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    429: {"Retry-After": {"required": True, "description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}},
}
_ANYWHERE = (413, 500)


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The failures of an operation for its description: those of ``statuses``, and what any operation can give."""
    return {status: _declared(status) for status in sorted({*statuses, *_ANYWHERE})}


def _declared(status: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"model": ErrorOut, "description": _DESCRIPTIONS[status]}
    return entry | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def error_body(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """The JSON of an error. ``type`` and ``param`` are there for OpenAI clients, which look for them."""
    error: dict[str, Any] = {"code": code, "message": message}
    if field:
        error |= {"field": field, "param": field}
    return {"error": error}


def respond(error: ApiError) -> JSONResponse:
    """The response for an error."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="medewerkers", charset="UTF-8"'
    return JSONResponse(error_body(error.code, error.message, error.field), error.status, headers)


def from_expected(error: MaatwerkwijzerError) -> ApiError:
    """An expected failure as an API error: wrong usage is the caller's (400), anything else ours (500)."""
    if isinstance(error, UsageError):
        return ApiError(400, "wrong_usage", str(error))
    return ApiError(500, "failed", str(error))


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def install(app: FastAPI) -> None:
    """Give every failure of ``app`` the one shape."""
    app.add_middleware(Methods, refusal=json.dumps(error_body(*CODES[405])).encode())

    @app.exception_handler(ApiError)
    async def _api(_: Request, error: ApiError) -> JSONResponse:
        return respond(error)

    @app.exception_handler(MaatwerkwijzerError)
    async def _expected(_: Request, error: MaatwerkwijzerError) -> JSONResponse:
        return respond(from_expected(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["loc"] == ("body",) and first["type"] != "missing" and not _is_json(request.headers.get("content-type", "")):
            return respond(ApiError(415, *CODES[415]))
        if first["type"] == "json_invalid":
            return respond(ApiError(400, "invalid_json", "De tekst is geen geldige JSON."))
        field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
        known = "; dit veld bestaat niet" if first["type"] == "extra_forbidden" else f": {first['msg']}"
        return respond(ApiError(422, "invalid_field", f"Het veld '{field or 'body'}' klopt niet{known}.", field or "body"))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        code, message = CODES.get(error.status_code, ("error", str(error.detail)))
        return JSONResponse(error_body(code, message), error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log_failure(request.url.path, error)
        return respond(ApiError(500, "internal", "Er ging iets mis bij ons. Probeer het later opnieuw."))
