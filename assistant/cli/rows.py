"""Records as the JSON objects of the command line's contract (docs/command-line.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest import records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.records import Answer, VerifiedText
    from ingest.work.extracted import ExtractedFile

_EVENT_NAMES: dict[type[Any], str] = {
    records.Started: "started",
    records.Reading: "reading",
    records.Indexed: "indexed",
    records.Unchanged: "unchanged",
    records.Removed: "removed",
    records.Skipped: "skipped",
    records.Failed: "failed",
    records.Paused: "paused",
    records.Done: "done",
}


def hit_row(hit: records.Hit, rank: int) -> dict[str, Any]:
    """One hit of `search` or `ask`."""
    others = [{"path": str(place.path), "inside": place.inside} for place in hit.other_versions]
    return {
        "rank": rank,
        "path": str(hit.location.path),
        "inside": hit.location.inside,
        "page": hit.page,
        "label": hit.label,
        "heading": " › ".join(hit.passage.headings),
        "text": hit.passage.text,
        "score": hit.score,
        "found_by": hit.found_by,
        **({"other_versions": others} if others else {}),
    }


def hit_rows(hits: Sequence[records.Hit]) -> list[dict[str, Any]]:
    """Ranked hits."""
    return [hit_row(hit, rank) for rank, hit in enumerate(hits, 1)]


def searched_row(question: str, filters: Sequence[str]) -> dict[str, Any]:
    """The question as it was searched, and the filters in force as they can be written in a question."""
    return {"question": question, "filters": list(filters)}


def answer_row(name: Any, answer: Answer) -> dict[str, Any]:
    """The line of `ask`."""
    return {
        "id": name,
        "question": answer.question,
        "searched": searched_row(answer.searched or answer.question, answer.filters),
        "outcome": answer.outcome,
        "answer": answer.text,
        "written_by": answer.written_by,
        "confidence": answer.confidence,
        "claims": [claim.as_json() for claim in answer.claims],
        "citations": [citation.as_json() for citation in answer.citations],
        "nearest": [citation.as_json() for citation in answer.nearest],
        "hits": hit_rows(answer.hits[:10]),
        "model": answer.model,
        "seconds": {
            "retrieve": answer.seconds.retrieve,
            "first_token": answer.seconds.first_token,
            "total": answer.seconds.total,
        },
        "notes": list(answer.notes),
    }


def verified_row(name: Any, verified: VerifiedText) -> dict[str, Any]:
    """The line of `verify`."""
    return {
        "id": name,
        "claims": [claim.as_json(with_reason=True) for claim in verified.claims],
        "citations": [citation.as_json() for citation in verified.citations],
        "confidence": verified.confidence,
        "seconds": {"total": verified.seconds},
    }


def extract_row(file: ExtractedFile) -> dict[str, Any]:
    """The line of `extract`."""
    return {
        "path": str(file.path),
        "media_type": file.media_type,
        "title": file.title,
        "status": file.status,
        "error": file.error.as_json() if file.error else None,
        "pages": [
            {
                "number": page.number,
                "label": page.label,
                "inside": page.inside,
                "text": page.text,
                "source": page.source,
                "confidence": page.confidence,
            }
            for page in file.pages
        ],
        "problems": [
            {"page": problem.page, "inside": problem.inside, "code": problem.code, "message": problem.message}
            for problem in file.problems
        ],
        "metadata": file.metadata,
        "seconds": round(file.seconds, 3),
    }


def event_row(event: records.IndexEvent) -> dict[str, Any]:
    """The line of `index` for one event."""
    row: dict[str, Any] = {"event": _EVENT_NAMES[type(event)]}
    for name in type(event).__slots__:
        value = getattr(event, name)
        row[name] = str(value) if name == "path" else value
    if isinstance(event, records.Failed | records.Skipped):
        row["error"] = {name: row.pop(name) for name in ("code", "message", "hint")}
    return row
