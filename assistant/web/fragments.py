"""Small doors of the page itself: a passage in place, files to keep, feedback, the login of staff."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.api.errors import ApiError
from assistant.api.service import Service
from assistant.api.staff import COOKIE, LASTS
from assistant.api.v1 import visitor
from assistant.feedback import Feedback, store
from assistant.web import conversation, export, links
from assistant.web.positions_html import Wanted
from assistant.web.positions_html import export as export_positions
from assistant.web.reader import Place, excerpt
from assistant.web.texts import Words

_STATIC = {"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml"}
_MEDIA = {**export.MEDIA, "csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def static(name: str) -> bytes:
    """A file that the page loads."""
    return (files("assistant.web") / "static" / name).read_bytes()


def router(service: Service) -> APIRouter:
    """The routes of /ui. They are the page's own and no part of the API."""
    ui = APIRouter(prefix="/ui", include_in_schema=False)

    @ui.get("/static/{name}")
    async def asset(name: str) -> Response:
        if name not in _STATIC:
            raise ApiError(404, "not_found", "Dit bestand bestaat niet.")
        return Response(static(name), media_type=_STATIC[name], headers={"cache-control": "public, max-age=86400"})

    @ui.get("/fragment/passage")
    async def passage(request: Request, lang: str = "nl") -> HTMLResponse:
        place = Place.of(dict(request.query_params))
        shown = await service.look_up(visitor(request), excerpt, service.corpus, place, Words(lang))
        return HTMLResponse(shown)

    @ui.post("/export/conversation")
    async def keep(request: Request, format: Literal["md", "docx", "json"] = "md", lang: str = "nl") -> Response:
        service.lookups.take(visitor(request))
        answers = conversation.parse((await request.body()).decode("utf-8", "replace"), service.corpus)
        if not answers:
            raise ApiError(422, "invalid_field", "Er is geen gesprek om te bewaren. Stel eerst een vraag.")
        made = await service.gate.run(export.conversation, answers, format, Words(lang))
        return _file(made, f"gesprek.{format}", format)

    @ui.get("/export/{what}")
    async def keep_positions(
        request: Request,
        what: Literal["positions", "matrix", "compare"],
        met: Annotated[list[str], Query()] = [],  # noqa: B006
        format: Literal["xlsx", "docx", "csv", "md", "json"] = "xlsx",
        lang: str = "nl",
    ) -> Response:
        service.staff.require(request)
        wanted = Wanted.of(dict(request.query_params), met)
        language, assistant = Words(lang).language, service.assistant
        made = await service.look_up(visitor(request), export_positions, assistant.corpus, assistant.retriever, what, format, wanted, language)
        return _file(made, f"standpunten-{what}.{format}", format)

    @ui.post("/feedback", status_code=204)
    async def feedback(body: Feedback, request: Request) -> Response:
        settings = service.assistant.settings
        if not settings.feedback:
            raise ApiError(404, "feedback_off", "Feedback staat uit.")
        service.lookups.take(visitor(request))
        await service.gate.run(store, settings.home, body, settings.feedback_days)
        return Response(status_code=204)

    @ui.post("/login")
    async def login(request: Request) -> Response:
        service.staff.attempts.take(visitor(request))
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        language = Words(form.get("lang", ["nl"])[0]).language
        if service.staff.open or not service.staff.right(form.get("password", [""])[0]):
            return RedirectResponse(links.page(language, {"tab": "standpunten", "fout": "1"}), 303)
        response = RedirectResponse(links.page(language, {"tab": "standpunten"}), 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, service.staff.ticket(), max_age=LASTS, httponly=True, samesite="strict", secure=secure, path="/")
        return response

    @ui.get("/logout")
    async def logout() -> Response:
        response = RedirectResponse("/?tab=standpunten", 303)
        response.delete_cookie(COOKIE, path="/")
        return response

    return ui


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=_MEDIA[kind], headers={"content-disposition": f'attachment; filename="{name}"'})
