"""Errors of one shape: ``{"error": {"code", "message", "field"?}}``, made once, at the edge."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.api.logging import log_failure
from corpus.errors import MaatwerkwijzerError, UsageError


class ErrorBody(BaseModel):
    """What went wrong: a code for programs, a message for people, and the field that caused it when there is one."""

    code: str
    message: str
    field: str | None = None


class ErrorOut(BaseModel):
    """The body of every response that is not a success."""

    error: ErrorBody


class ApiError(Exception):
    """A request that cannot be answered: HTTP status, code, message, and optionally a field and seconds to wait."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.retry_after = status, code, message, field, retry_after


_CODES = {
    400: ("bad_request", "De vraag aan de server is niet goed gevormd."),
    401: ("login_required", "Hiervoor moet u aangemeld zijn."),
    403: ("forbidden", "Dat mag niet."),
    404: ("not_found", "Dit adres bestaat niet. Zie /openapi.json voor wat er wel is."),
    405: ("method_not_allowed", "Deze methode kan hier niet. Zie /openapi.json."),
    413: ("too_large", "Het bericht is te groot."),
    415: ("unsupported_media_type", "Stuur JSON, met Content-Type: application/json."),
    422: ("invalid_field", "Een veld klopt niet."),
}


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


def install(app: FastAPI) -> None:
    """Give every failure of ``app`` the one shape."""

    @app.exception_handler(ApiError)
    async def _api(_: Request, error: ApiError) -> JSONResponse:
        return respond(error)

    @app.exception_handler(MaatwerkwijzerError)
    async def _expected(_: Request, error: MaatwerkwijzerError) -> JSONResponse:
        return respond(from_expected(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return respond(ApiError(400, "invalid_json", "De tekst is geen geldige JSON."))
        field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
        known = "; dit veld bestaat niet" if first["type"] == "extra_forbidden" else f": {first['msg']}"
        return respond(ApiError(422, "invalid_field", f"Het veld '{field or 'body'}' klopt niet{known}.", field or "body"))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        code, message = _CODES.get(error.status_code, ("error", str(error.detail)))
        return JSONResponse(error_body(code, message), error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log_failure(request.url.path, error)
        return respond(ApiError(500, "internal", "Er ging iets mis bij ons. Probeer het later opnieuw."))
