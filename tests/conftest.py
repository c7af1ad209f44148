"""What the tests share: one home with a built index (real Chroma, real embedding) for the whole run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from assistant.engine import Assistant
from assistant.factory import make_assistant
from assistant.settings import Settings
from corpus.store import Corpus

# The fast part tries the same examples every time, so that it only fails for what was changed; `make soak` tries new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder of the run's own."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def assistant(home: Path) -> Assistant:
    """The assistant as a person gets it: bundled documents, bundled vectors, Chroma in the home."""
    return make_assistant(Settings(home=home))


@pytest.fixture(scope="session")
def corpus(assistant: Assistant) -> Corpus:
    """The bundled corpus."""
    return assistant.corpus
