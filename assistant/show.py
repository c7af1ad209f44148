"""An answer as plain text for a terminal."""

from __future__ import annotations

from assistant.answer import Answer

AUTHORITY = {"geldend_recht": "geldend recht", "ontwerp": "ontwerp", "praktijk": "praktijk", "standpunt": "standpunt"}
TEXT_STATUS = {"officieel": "officiële tekst", "verbatim": "woordelijk", "samenvatting": "samenvatting, niet de officiële tekst"}


def as_text(answer: Answer) -> str:
    """The answer, then each citation with its quote and what it is."""
    lines = [answer.answer.replace("*", ""), ""]
    for c in answer.citations:
        kind = ", ".join(x for x in (AUTHORITY.get(c.authority), TEXT_STATUS.get(c.text_status), f"zekerheid {c.certainty}" if c.certainty else "") if x)
        lines.append(f"[{c.n}] {c.label} ({kind})")
        lines.append(f'    "{c.quote}"')
        lines += [f"    {source}" for source in c.sources[:3]]
    lines += [f"! {warning}" for warning in answer.warnings]
    return "\n".join(lines).rstrip()
