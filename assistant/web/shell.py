"""The page around Gradio: language, title, our style and script, a nonce for inline scripts, nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from assistant.api.guards import PAGE_CSP
from assistant.api.visitor import Application, Receive, Scope, Send
from assistant.web.fragments import static
from assistant.web.markup import tag
from assistant.web.texts import Words, choose

PATHS = {"/": "nl", "/fr/": "fr", "/en/": "en", "/de/": "de", "/fr": "fr", "/en": "en", "/de": "de"}
_META = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>', re.DOTALL)
_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)")
_FRAME_SCRIPT = re.compile(r"<script>\s*\(\(\) => \{\s*const root = .*?</script>", re.DOTALL)
# Parts of Gradio that this page does not use and a stranger need not reach.
_CLOSED = re.compile(
    r"^(?:/(?:fr|en|de))?/(?:gradio_api/(?:upload|upload_progress|proxy=|file=|file/|stream|component_server|deep_link|runs|dev|vibe|agent|process_recording|call|run)"
    r"|monitoring|login|logout|pwa_icon)"
)


class Shell:
    """Chooses the language of ``/``, and rewrites Gradio's page on its way out."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if _CLOSED.match(path):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
            await send({"type": "http.response.body", "body": b'{"error": {"code": "not_found", "message": "Dit adres bestaat niet."}}'})
            return
        if path not in PATHS or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        language = PATHS[path]
        if path == "/":
            language = _asked(scope)
        inner = "/" if language == "nl" else f"/{language}/"
        # Gradio would compress the page; it has to be read here first.
        headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        await self.app({**scope, "path": inner, "raw_path": inner.encode(), "headers": headers}, receive, _Rewriter(send, language))


def _asked(scope: Scope) -> str:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    accept = b",".join(v for k, v in scope["headers"] if k == b"accept-language").decode("latin-1")
    return choose(query.get("lang", [None])[0], accept)


class _Rewriter:
    """Collects a page, rewrites it and sends it on; anything that is not HTML passes unchanged."""

    def __init__(self, send: Send, language: str) -> None:
        self.send, self.language = send, language
        self.start: MutableMapping[str, Any] | None = None
        self.body = b""
        self.is_page = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kind = next((v for k, v in message["headers"] if k.lower() == b"content-type"), b"")
            self.is_page = kind.startswith(b"text/html")
            if self.is_page:
                self.start = message
                return
        elif self.is_page and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._finish()
            return
        await self.send(message)

    async def _finish(self) -> None:
        assert self.start is not None
        nonce = secrets.token_urlsafe(16)
        page = rewrite(self.body.decode("utf-8"), self.language, nonce).encode("utf-8")
        dropped = (b"content-length", b"content-security-policy")
        headers = [(k, v) for k, v in self.start["headers"] if k.lower() not in dropped]
        headers += [
            (b"content-length", str(len(page)).encode()),
            (b"content-security-policy", PAGE_CSP.format(nonce=nonce).encode()),
            (b"content-language", self.language.encode()),
            (b"vary", b"Accept-Language"),
            (b"cache-control", b"no-store"),
        ]
        await self.send({**self.start, "headers": headers})
        await self.send({"type": "http.response.body", "body": page})


@lru_cache(maxsize=8)
def _version(name: str) -> str:
    return hashlib.sha256(static(name)).hexdigest()[:10]


def rewrite(page: str, language: str, nonce: str) -> str:
    """Gradio's page as ours."""
    words = Words(language)
    page = page.replace('lang="en"', f'lang="{language}" data-lang="{language}"', 1)
    page = _META.sub("", page)
    page = _FRAME_SCRIPT.sub("", page, count=1)
    page = page.replace('<link rel="manifest" href="/manifest.json" />', "", 1)
    page = page.replace(", shrink-to-fit=no", "", 1)
    head = "".join(
        [
            tag("title", words("title")),
            tag("meta", name="description", content=words("description")),
            tag("meta", name="color-scheme", content="light dark"),
            tag("link", rel="icon", href="/ui/static/favicon.svg", type="image/svg+xml"),
            tag("link", rel="stylesheet", href=f"/ui/static/app.css?v={_version('app.css')}"),
            tag("script", src=f"/ui/static/app.js?v={_version('app.js')}", defer=True),
        ]
    )
    page = page.replace("</head>", f"{head}</head>", 1)
    page = page.replace("<gradio-app", f"{tag('noscript', tag('p', words('noscript')))}<gradio-app", 1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)
