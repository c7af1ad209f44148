"""An application over a small set of documents, for the tests of limits, security and privacy."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from holds import built, quick, small_bundle, use_bundle

from assistant.engine import Assistant
from assistant.settings import Settings
from index.open import open_index

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def small_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over two documents."""
    folder = tmp_path_factory.mktemp("klein")
    with pytest.MonkeyPatch.context() as patch:
        use_bundle(patch, small_bundle(folder))
        found = built(folder / "home")
        yield Assistant(found, open_index(found, quick(), folder / "home"), Settings(home=folder / "home", rate_per_minute=10_000))


@pytest.fixture(scope="module")
def door(small_assistant: Assistant) -> Iterator[Make]:
    """Makes a client of the application with some settings; the same settings give the same application."""
    from starlette.testclient import TestClient

    from assistant.web.serve import create_app

    made: dict[str, Any] = {}
    opened: list[Any] = []

    def make(address: str = "203.0.113.7", fresh: bool = False, home: Path | None = None, **settings: Any) -> Any:
        if home is not None:
            settings["home"] = home
        key = repr(sorted(settings.items()))
        if fresh or key not in made:
            own = dataclasses.replace(small_assistant, settings=small_assistant.settings.model_copy(update=settings))
            made[key] = create_app(own)
            keeper = TestClient(made[key])
            keeper.__enter__()
            opened.append(keeper)
        return TestClient(made[key], client=(address, 5000), follow_redirects=False, raise_server_exceptions=False)

    yield make
    for client in opened:
        client.__exit__(None, None, None)
