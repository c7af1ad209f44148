"""JUnit XML: one test case a question, so that a build server shows which ones fail."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import DataError
from eval.formats.text import read_text, write_text

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


@dataclass(frozen=True)
class TestCase:
    """One question: ``failure`` is why it failed (None: passed), ``output`` what was answered."""

    __test__ = False

    id: str
    group: str
    seconds: float = 0.0
    failure: str | None = None
    output: str = ""


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def write_junit(path: Path, suite: str, cases: Sequence[TestCase]) -> None:
    """Write one suite."""
    failures = sum(c.failure is not None for c in cases)
    root = ET.Element("testsuites")
    element = ET.SubElement(
        root,
        "testsuite",
        name=_clean(suite),
        tests=str(len(cases)),
        failures=str(failures),
        errors="0",
        skipped="0",
        time=f"{sum(c.seconds for c in cases):.3f}",
    )
    for case in cases:
        entry = ET.SubElement(element, "testcase", name=_clean(case.id), classname=_clean(case.group), time=f"{case.seconds:.3f}")
        if case.failure is not None:
            ET.SubElement(entry, "failure", message=_clean(case.failure)).text = _clean(case.failure)
        if case.output:
            ET.SubElement(entry, "system-out").text = _clean(case.output)
    write_text(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def read_junit(path: Path) -> list[TestCase]:
    """Read the test cases of every suite. Raises :class:`DataError` for broken XML; entity declarations are refused."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(read_text(path).encode("utf-8"))
    except ET.ParseError as exc:
        raise DataError(path, exc.position[0], None, f"is geen XML: {exc}.", "Geef een JUnit-bestand.") from exc
    except DefusedXmlException as exc:
        raise DataError(path, None, None, f"bevat een verboden XML-constructie ({type(exc).__name__}).", "Geef een JUnit-bestand zonder entiteiten.") from exc
    cases = []
    for entry in root.iter("testcase"):
        failure = entry.find("failure")
        output = entry.find("system-out")
        cases.append(
            TestCase(
                id=entry.get("name", ""),
                group=entry.get("classname", ""),
                seconds=float(entry.get("time", "0") or 0),
                failure=None if failure is None else failure.get("message", ""),
                output="" if output is None else output.text or "",
            )
        )
    return cases
