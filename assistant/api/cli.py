"""The command ``mcp``: the tools over standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def mcp_command(home: Annotated[Path | None, typer.Option("--home", help="Map met de gegevens (ook MAATWERKWIJZER_HOME).")] = None) -> None:
    """Bied de hulpmiddelen aan een chatprogramma aan (Model Context Protocol, over stdin en stdout); ze lezen alleen."""
    from assistant.api.follow import Follower
    from assistant.api.mcp_server import run_stdio
    from assistant.api.service import Service
    from assistant.cli import open_assistant

    service = Service(open_assistant(home))
    follower = Follower(service).start()
    try:
        run_stdio(service)
    finally:
        follower.stop()
