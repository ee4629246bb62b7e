"""Versions in results: drafts become one hit, the newest; siblings made from one template stay apart."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from docx import Document as Docx

from assistant.retrieve.versions import fold
from ingest.records import Hit, Location, Passage
from ingest.sketch import sketch
from tests.command import assistant
from tests.ingest.owner_help import sentence


def prose(seed: int, sentences: int = 12) -> str:
    chance = random.Random(seed)
    return " ".join(sentence(chance) for _ in range(sentences))


def hit(name: str, text: str, score: float) -> Hit:
    place = Location(name, Path(f"/files/{name}.md"), None, 1)
    return Hit(Passage(name, name, 0, (), text, ()), place, 1, "p. 1", "", score, "both")


def last_first(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda one: one.location.path, reverse=True)


def folded(question: str, hits: Sequence[Hit], apart: Sequence[str] = ()) -> list[tuple[str, list[str]]]:
    known = {one.passage.document_id: sketch([one.passage.text]) for one in hits}
    return [
        (one.location.path.stem, [place.path.stem for place in one.other_versions])
        for one in fold(hits, known, question, last_first, apart)
    ]


def test_drafts_become_one_at_the_rank_of_the_best() -> None:
    body = prose(1)
    hits = [
        hit("draft-1", body, 9.0),
        hit("other", prose(2), 8.0),
        hit("draft-3", body, 7.0),
        hit("draft-2", body, 6.0),
    ]
    assert folded("what does the harbour keep", hits) == [("draft-3", ["draft-2", "draft-1"]), ("other", [])]
    assert fold(hits, {}, "q", last_first) == hits
    assert folded("what does the harbour keep", hits, apart=["draft-1"])[0] == ("draft-1", [])


def test_what_was_asked_for_is_never_folded_away() -> None:
    body = prose(1)
    hits = [hit("february", f"{body} Due in February.", 9.0), hit("march", f"{body} Due in March.", 8.0)]
    assert folded("what is due in February", hits) == [("february", ["march"])], "the best holds more of the question"
    assert folded("what is due in March", hits) == [("february", []), ("march", [])]
    assert folded("what is due", hits) == [("march", ["february"])]
    assert folded("what does the file march say", hits) == [("february", []), ("march", [])]


def test_other_passages_of_the_same_documents_stay() -> None:
    one, two = prose(1), prose(2)
    hits = [hit("a", one, 9.0), hit("b", two, 8.0)]
    known = {"a": sketch([one, two]), "b": sketch([one, two])}
    assert [found.other_versions for found in fold(hits, known, "q", last_first)] == [(), ()]


@pytest.mark.usefixtures("models_folder")
def test_drafts_and_formats_in_a_real_library(tmp_path: Path) -> None:
    folder, library = tmp_path / "papers", tmp_path / "library"
    folder.mkdir()
    parts = ["The lease of the boathouse begins on 1 March and the rent is 400 euros a month.", *map(prose, range(5))]
    for age, name in enumerate(("lease-final.md", "lease-v2.md", "lease-v1.md")):
        (folder / name).write_text("\n\n".join([*parts[: 6 - age], prose(10 + age, 3)]) + "\n")
        os.utime(folder / name, (1_700_000_000 - age * 86_400,) * 2)
    written = Docx()
    for part in parts:
        written.add_paragraph(part)
    written.save(str(folder / "lease.docx"))
    os.utime(folder / "lease.docx", (1_600_000_000,) * 2)
    (folder / "else.md").write_text(prose(99, 60))
    assert assistant("index", folder, library=library).code == 0
    question = "How much is the rent of the boathouse?"
    hits = assistant("search", question, "--json", library=library).rows[0]["hits"]
    assert Path(hits[0]["path"]).name == "lease-final.md"
    others = [Path(place["path"]).name for place in hits[0]["other_versions"]]
    assert others[0] == "lease-v2.md"
    assert "lease.docx" in others
    assert all(hit["rank"] == rank for rank, hit in enumerate(hits, 1))
    assert f"{len(others)} other versions: lease-v2.md" in assistant("search", question, library=library).out
    assert "other versions: lease-v2.md" in assistant("ask", question, library=library, ASSISTANT_MODEL="none").out
