"""One server with every door: pages, JSON API, OpenAI-compatible endpoint, MCP, health and figures."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any

# Before Gradio is imported anywhere: no message to anybody about its use.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, Response
from starlette.routing import Match

from assistant.api import errors, mcp_server, openai_compat, v1
from assistant.api.follow import Follower, warm
from assistant.api.guards import Guards
from assistant.api.logging import configure, log_failure
from assistant.api.service import Service
from assistant.api.visitor import Visitor
from assistant.engine import Assistant, versions
from assistant.feedback import erase_old
from assistant.web import fragments
from assistant.web.shell import Shell
from assistant.web.texts import LANGUAGES
from assistant.web.theme import make_theme
from corpus.errors import MaatwerkwijzerError

DESCRIPTION = (
    "Cited answers about Flemish individual custom work (maatwerk bij individuele inschakeling). Every statement carries an exact quote: "
    "`quote == Document.text[start:end]` in Unicode code points. `status` says what sort of answer it is. Errors have one shape."
)


def create_app(assistant: Assistant) -> FastAPI:
    """The application over an assistant: everything that is served, behind one set of limits."""
    import gradio as gr

    from assistant.web.page import make_page

    service = Service(assistant)
    settings = assistant.settings
    tools = mcp_server.make_server(service, staff_only=not service.staff.open)
    mcp_app = tools.streamable_http_app()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if settings.feedback:
            erase_old(settings.home, settings.feedback_days)
        async with tools.session_manager.run():
            yield

    app = FastAPI(
        title="Maatwerkwijzer",
        description=DESCRIPTION,
        version=versions().get("maatwerkwijzer", "0"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    errors.install(app)
    app.include_router(v1.router(service))
    app.include_router(openai_compat.router(service))
    app.include_router(fragments.router(service))

    @app.get("/healthz", tags=["operation"], summary="Whether it works")
    async def healthz() -> dict[str, Any]:
        return {"status": "ok", "corpus": service.corpus.hash, "documents": len(service.corpus.documents), "versions": versions()}

    @app.get("/metrics", tags=["operation"], summary="Figures for Prometheus", response_class=Response)
    async def metrics() -> Response:
        return Response(service.metrics.render(), media_type=service.metrics.content_type)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return Response(fragments.static("favicon.svg"), media_type="image/svg+xml")

    app.router.routes.extend(mcp_app.routes)
    _close(app)
    for language in sorted(LANGUAGES, key=lambda code: code == "nl"):
        path = "/" if language == "nl" else f"/{language}"
        gr.mount_gradio_app(
            app, make_page(service, language), path=path, theme=make_theme(), footer_links=[], run_history=False, ssr_mode=False, show_error=False
        )
    origins = [o.strip() for o in settings.cors_origins.split(",") if o.strip()]
    app.add_middleware(Shell)
    if origins:
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=["content-type", "authorization"])
    app.add_middleware(Guards, metrics=service.metrics, cross_origin=bool(origins))
    app.add_middleware(Visitor, trusted=settings.trusted_proxies)
    return app


def _close(app: FastAPI) -> None:
    """Unknown addresses under the API get the API's error, not a page."""
    known = list(app.router.routes)

    async def nothing(request: Request) -> JSONResponse:
        scope = dict(request.scope)
        if any(route.matches(scope)[0] is Match.PARTIAL for route in known):
            raise errors.HTTPException(405)
        raise errors.HTTPException(404)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    for prefix in ("/api/{rest:path}", "/v1/{rest:path}", "/ui/{rest:path}"):
        app.add_api_route(prefix, nothing, methods=methods, include_in_schema=False)


def warm_up(assistant: Assistant) -> None:
    """Load what is loaded at the first question before a visitor has typed one."""
    try:
        warm(assistant)
    except MaatwerkwijzerError as error:
        log_failure("warm_up", error)


def serve(assistant: Assistant) -> None:
    """Serve until it is stopped, at the host and port of the settings; the address goes to stderr.

    Raises:
        MaatwerkwijzerError: the port is taken or the address is not of this machine.
    """
    import socket

    import uvicorn

    settings = assistant.settings
    configure()
    app = create_app(assistant)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise MaatwerkwijzerError(
            f"Op {settings.host}:{settings.port} kan niet geluisterd worden: {error.strerror}.", "Kies een andere poort met --port."
        ) from None
    # From here on the first visitor waits in the queue instead of being refused.
    listening.listen(128)
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if family == socket.AF_INET6 else settings.host
    print(f"Maatwerkwijzer staat klaar op http://{host}:{port}/ (stoppen met Ctrl+C).", file=sys.stderr, flush=True)
    threading.Thread(target=warm_up, args=(assistant,), daemon=True).start()
    del assistant  # the service has it, until a newer one takes its place
    # X-Forwarded-For is read by Visitor, and only from our own proxies: uvicorn must not do so by itself.
    config = uvicorn.Config(app, log_level="warning", access_log=False, proxy_headers=False, server_header=False, timeout_graceful_shutdown=5)
    if threading.current_thread() is threading.main_thread():
        # uvicorn passes the signal on when it is done; by itself that would end the process before the follower stops.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    follower = Follower(app.state.service).start()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        follower.stop()
