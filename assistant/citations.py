"""Citations: made from a stored span, and checked against it before anybody sees them."""

from __future__ import annotations

from assistant.answer import Citation
from corpus.errors import CorpusError
from corpus.model import Document, Kind, Passage, TextStatus
from corpus.store import Corpus


def cite(corpus: Corpus, passage_id: str, start: int | None = None, end: int | None = None, n: int = 1) -> Citation:
    """Cite ``Document.text[start:end]`` (code points), by default the whole passage.

    Raises:
        CorpusError: the span is not inside the passage.
    """
    document, passage = corpus.passage(passage_id)
    start = passage.start if start is None else start
    end = passage.end if end is None else end
    if not passage.start <= start < end <= passage.end:
        raise CorpusError(f"De aanhaling {start}:{end} valt niet binnen {passage_id} ({passage.start}:{passage.end}).")
    page = document.page_at(passage, start)
    return Citation(
        n=n,
        document=document.id,
        passage=passage.id,
        start=start,
        end=end,
        quote=document.text[start:end],
        label=label(document, passage, page),
        authority=passage.authority,
        text_status=document.meta.text_status,
        date=document.meta.date.isoformat(),
        page=page,
        speaker=passage.speaker,
        organisation=passage.organisation,
        certainty=passage.certainty,
        sources=list(passage.sources) or ([document.meta.source.url] if document.meta.source.url else []),
    )


def label(document: Document, passage: Passage, page: int | None) -> str:
    """A short reference that a person can write down: document, section, speaker, page or fact number."""
    parts = [document.meta.short or document.meta.title]
    if document.meta.kind is Kind.HOORZITTINGSVERSLAG:
        if passage.section[:1].isdigit():
            parts.append(f"§ {passage.section}")
        elif passage.heading:
            parts.append(passage.heading.lower())
        if passage.speaker:
            parts.append(f"{passage.speaker} ({passage.organisation})" if passage.organisation else passage.speaker)
    elif document.meta.text_status is TextStatus.SAMENVATTING:
        parts[0] += " (samenvatting)"
        if passage.provision:
            parts.append(passage.provision)
        parts.append(passage.id.rsplit("/", 1)[-1])
    else:
        parts.append(passage.provision or passage.heading)
    if page is not None:
        parts.append(f"p. {page}")
    return ", ".join(p for p in parts if p)


def holds(corpus: Corpus, citation: Citation) -> bool:
    """True when the citation is an exact span of the stored document, inside its passage."""
    document = corpus.documents.get(citation.document)
    if document is None:
        return False
    passage = document.by_id.get(citation.passage)
    if passage is None or not passage.start <= citation.start < citation.end <= passage.end:
        return False
    return document.text[citation.start : citation.end] == citation.quote
