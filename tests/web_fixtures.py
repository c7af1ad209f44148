"""One running server and one Chromium for all tests of the web app and its doors (``pytest_plugins = ["web_fixtures"]``)."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def web_assistant(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An assistant over a temporary home; the index is built from the shipped vectors."""
    from assistant.factory import make_assistant
    from assistant.settings import load_settings

    home = tmp_path_factory.mktemp("web_home")
    return make_assistant(load_settings(home=home, rate_per_minute=5000, feedback=True))


@pytest.fixture(scope="session")
def web_server(web_assistant: Any) -> Iterator[str]:
    """The address of a server on the loopback address."""
    with running(web_assistant) as address:
        yield address


@contextlib.contextmanager
def running(assistant: Any) -> Iterator[str]:
    """A server over an assistant while the block lasts."""
    import uvicorn

    from assistant.web.serve import create_app

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(assistant), log_level="error", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=15)


@pytest.fixture
def make_client(web_assistant: Any) -> Iterator[Callable[..., Any]]:
    """Makes a client in this process for an application with other settings."""
    from starlette.testclient import TestClient

    from assistant.web.serve import create_app

    opened: list[Any] = []

    def make(assistant: Any = None, client: tuple[str, int] = ("203.0.113.7", 5000), **settings: Any) -> Any:
        own = dataclasses.replace(assistant or web_assistant, settings=web_assistant.settings.model_copy(update=settings))
        made = TestClient(create_app(own), client=client, follow_redirects=False, raise_server_exceptions=False)
        made.__enter__()
        opened.append(made)
        return made

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture(scope="session")
def web_browser() -> Iterator[Any]:
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists() and shutil.which("chromium") is None:
        pytest.skip("Chromium is niet geïnstalleerd (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclasses.dataclass
class Visitor:
    """A browser window with its own storage, which may reach nothing but our server."""

    page: Any
    server: str
    elsewhere: list[str]
    problems: list[str]

    def open(self, path: str = "/", wait: str = "html.mw-ready") -> Any:
        """Go to a page of ours and wait until it is ready."""
        self.page.goto(self.server + path)
        self.page.wait_for_selector("html.mw-ready", timeout=30_000)
        self.page.wait_for_selector(wait, timeout=20_000)
        return self.page

    def at(self, server: str) -> Visitor:
        """The same browser at another server of ours."""
        return window(self.page.context, server)

    def another_window(self) -> Visitor:
        """A new window of the same browser."""
        return window(self.page.context, self.server)

    def ask(self, question: str, answers: int = 1) -> None:
        """Type a question, press Enter, and wait for so many answers in all."""
        box = self.page.locator("#mw-question textarea")
        box.fill(question)
        box.press("Enter")
        self.page.wait_for_function("n => document.querySelectorAll('#mw-talk [data-answer]').length >= n", arg=answers, timeout=20_000)


@pytest.fixture
def visit(web_browser: Any, web_server: str) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; each has a browser context of its own. Requests to another host are refused and noted."""
    contexts: list[Any] = []

    def make(**options: Any) -> Visitor:
        context = web_browser.new_context(**{"locale": "nl-BE", "viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        return window(context, web_server)

    yield make
    for context in contexts:
        context.close()


def window(context: Any, server: str) -> Visitor:
    """A new window of a context."""
    page = context.new_page()
    visitor = Visitor(page, server, [], [])

    def guard(route: Any) -> None:
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            visitor.elsewhere.append(route.request.url)
            route.abort()

    page.route("**/*", guard)
    page.on("pageerror", lambda error: visitor.problems.append(str(error)))
    page.on("console", lambda message: visitor.problems.append(message.text) if message.type == "error" else None)
    return visitor
