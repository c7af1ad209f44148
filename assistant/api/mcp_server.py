"""Tools for chat programs (Model Context Protocol). They only read: nothing can be changed through them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, Any, Literal

from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field

from assistant.api.errors import ApiError
from assistant.api.inputs import Day
from assistant.api.service import Service
from assistant.api.v1 import PositionsIn, document_json, find_positions, known_document
from assistant.citations import cite
from corpus.errors import MaatwerkwijzerError

READS = ToolAnnotations(readOnlyHint=True, destructiveHint=False, idempotentHint=True, openWorldHint=False)
INSTRUCTIONS = (
    "Cited answers about Flemish individual custom work (maatwerk bij individuele inschakeling): the law in force, the transition from VOP, SINE and LDE, "
    "and who said what at the parliamentary hearing of 23 September 2021. Every statement carries an exact quote. "
    "Keep law (geldend_recht), draft (ontwerp), practice (praktijk) and opinion (standpunt) apart, and say so when a text is a digest (samenvatting)."
)
Language = Literal["nl", "fr", "en", "de"]


def make_server(service: Service, local: bool = False, staff_only: bool = False) -> FastMCP:
    """The server with its tools.

    Args:
        local: run by the user on his own machine (stdio): no limits.
        staff_only: leave out what staff must log in for.
    """
    server = _quiet(
        "maatwerkwijzer",
        instructions=INSTRUCTIONS,
        stateless_http=True,
        json_response=True,
        streamable_http_path="/mcp",
        log_level="ERROR",
        # Everything behind these tools is public text, so a rebound DNS name gains nothing; a proxy's host name must work.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )

    def who(context: Context[Any, Any, Any] | None) -> str:
        if local or context is None:
            return ""
        request = context.request_context.request
        return request.client.host if request is not None and request.client else "unknown"

    async def guarded(work: Callable[[], Any]) -> Any:
        try:
            return await work()
        except ApiError as error:
            raise ToolError(error.message) from None
        except MaatwerkwijzerError as error:
            raise ToolError(str(error)) from None

    @server.tool(title="Vraag beantwoorden", annotations=READS, structured_output=True)
    async def ask(
        context: Context[Any, Any, Any],
        question: Annotated[str, Field(description="A question in Dutch, French, English or German", max_length=20_000)],
        earlier_questions: Annotated[list[str], Field(description="Earlier questions of the same conversation, oldest first", max_length=20)] = [],  # noqa: B006
        as_of: Annotated[Day | None, Field(description="The day for which the answer must hold, YYYY-MM-DD")] = None,
        language: Annotated[Language | None, Field(description="Language of the answer; default that of the question")] = None,
    ) -> dict[str, Any]:
        """Answer a question about individual custom work (IMW), with an exact quote for every statement. `status` says whether it could be answered."""

        async def work() -> dict[str, Any]:
            answer = await service.ask(question, list(earlier_questions), who(context), "mcp", as_of, language)
            return answer.model_dump(mode="json", exclude={"retrieved", "timings_ms"})

        return dict(await guarded(work))

    @server.tool(title="Passages zoeken", annotations=READS, structured_output=True)
    async def search(
        context: Context[Any, Any, Any],
        query: Annotated[str, Field(description="Words to search for", min_length=1, max_length=2000)],
        k: Annotated[int, Field(ge=1, le=50)] = 10,
        speaker: str | None = None,
        organisation: str | None = None,
        document: str | None = None,
        authority: Annotated[Literal["geldend_recht", "ontwerp", "praktijk", "standpunt"] | None, Field(description="Only texts of this weight")] = None,
        topic: str | None = None,
    ) -> dict[str, Any]:
        """Find passages in the documents, the best first."""
        from assistant.search import find

        filters = [[v] if v else [] for v in (speaker, organisation, document, authority, topic)]

        async def work() -> dict[str, Any]:
            found = await service.look_up(who(context), find, service.assistant, query, k, *filters)
            return {"results": [f.as_json() for f in found]}

        return dict(await guarded(work))

    @server.tool(title="Documenten", annotations=READS, structured_output=True)
    async def list_documents() -> dict[str, Any]:
        """The documents, with kind, authority, text status, dates and hash."""
        return {"documents": [d.as_json() for d in service.corpus.documents.values()]}

    @server.tool(title="Document lezen", annotations=READS, structured_output=True)
    async def read_document(
        document: Annotated[str, Field(description="Id of the document, see list_documents")],
        passage: Annotated[str | None, Field(description="Id of one passage; without it the outline and the ids of all passages")] = None,
    ) -> dict[str, Any]:
        """Read one passage exactly as it stands, or the outline of a document."""

        async def work() -> dict[str, Any]:
            if passage:
                document_json(known_document(service, document), passage)
                return cite(service.corpus, passage).model_dump(mode="json")
            whole = document_json(known_document(service, document))
            ids = [p["id"] for p in whole["passages"]]
            return {**{k: v for k, v in whole.items() if k not in ("text", "passages")}, "passage_ids": ids}

        return dict(await guarded(work))

    @server.tool(title="Regels nakijken", annotations=READS, structured_output=True)
    async def check_rules(
        context: Context[Any, Any, Any],
        facts: Annotated[dict[str, Any], Field(description='Flat facts with "vraag", for example {"vraag": "duur", "pakket": "2_jaar"}; see rule_fields')],
    ) -> dict[str, Any]:
        """Check the rules of individual custom work for one situation. Absent facts are unknown; the result names what is still needed."""
        from assistant.rules import check

        async def work() -> dict[str, Any]:
            result = await service.look_up(who(context), check, facts, service.corpus)
            return dict(result.model_dump(mode="json"))

        return dict(await guarded(work))

    @server.tool(title="Velden van de regelcheck", annotations=READS, structured_output=True)
    async def rule_fields(language: Language = "nl") -> dict[str, Any]:
        """The facts that check_rules accepts, with their values and questions."""
        from assistant.rules.fields import fields

        return {"fields": [{"name": f.name, "accepts": f.accepted(), "question": f.question(language)} for f in fields().values()]}

    if not staff_only:

        @server.tool(title="Standpunten", annotations=READS, structured_output=True)
        async def positions(
            context: Context[Any, Any, Any],
            actor: Annotated[list[str], Field(description="Persons, organisations or parties")] = [],  # noqa: B006
            topic: Annotated[list[str], Field(description="Themes, for example terugkeergarantie")] = [],  # noqa: B006
            stance: Annotated[list[str], Field(description="steunt, steunt_onder_voorwaarde, bezorgd, tegen, vraagt, stelt_voor, stelt_vast")] = [],  # noqa: B006
            query: str = "",
            language: Language = "nl",
        ) -> dict[str, Any]:
            """Who held what on which theme at the hearing of 2021 about the preliminary draft: opinions, not law."""
            wanted = PositionsIn(actor=actor, topic=topic, stance=stance, query=query, language=language, limit=25)

            async def work() -> dict[str, Any]:
                found = await service.look_up(who(context), find_positions, service, wanted)
                return {"positions": [p.model_dump(mode="json") for p in found.positions], "left_out": found.left_out}

            return dict(await guarded(work))

    return server


def _quiet(name: str, **options: Any) -> FastMCP:
    """A server that leaves the log of the rest of the program as it is: FastMCP puts a handler of its own on the root."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    server: FastMCP = FastMCP(name, **options)
    root.handlers, root.level = handlers, level
    return server


def run_stdio(service: Service) -> None:
    """Serve over standard input and output, for a program on the same machine."""
    make_server(service, local=True).run("stdio")
