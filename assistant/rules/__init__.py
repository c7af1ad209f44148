"""The rule checker: ``check(facts)`` answers one of twelve questions about individual custom work (IMW).

Deterministic, three-valued, with a trace; the rules stand by topic in the modules beside this one, and
every amount, percentage, date and threshold in ``values/*.yaml``.
"""

from __future__ import annotations

from assistant.rules.checker import check
from assistant.rules.explain import explain_rule, summary, what_would_change
from assistant.rules.facts import FactsInput, parse_facts
from assistant.rules.recognise import Recognition, describe, recognise, recognise_reply
from assistant.rules.result import CheckResult

__all__ = [
    "CheckResult",
    "FactsInput",
    "Recognition",
    "check",
    "describe",
    "explain_rule",
    "parse_facts",
    "recognise",
    "recognise_reply",
    "summary",
    "what_would_change",
]
