"""`forget`, `export`, `import`, `relocate` and `generations`, as a person runs them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.history import History
from assistant.records import Answer, Citation, Claim, Seconds
from ingest.library import Library
from ingest.records import Span
from tests.command import assistant

REFERENCE = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text(encoding="utf-8")
SECRET = "The walnut cupboard in Zinnowitz was insured by nobody."  # noqa: S105 - no password
LAMP = "The blue lamp was bought in Orrin for 48 euros."


def fields(command: str, event: str) -> set[str]:
    """Names of the fields that the documentation gives the line of an event."""
    section = REFERENCE.split(f"\n## assistant {command}")[1].split("\n## ")[0]
    found = re.search(r'\{"event": "' + event + r'"(?:[^{}]|\{[^{}]*\})*\}', section)
    assert found is not None
    outer = re.sub(r"\{[^{}]*\}", "", found[0][1:-1])
    return {name for name in re.findall(r'"(\w+)"', outer) if name != event}


def talk_about(library: Path, text: str) -> None:
    """Keep a conversation that cites a document in which a text stands."""
    with Library.open(library) as opened:
        ((key, _), *_) = opened.search_words(text, 1)
        passage = opened.passages([key])[key]
    citation = Citation(1, Path("/x"), None, 1, "p. 1", text, passage.document_id, Span(1, 0, len(text)), None)
    claims = (Claim(text, "supported", "", (1,)),)
    answer = Answer(text, text, "answered", "quotes", 1.0, claims, (citation,), (), None, Seconds(0.0, None, 0.0), ())
    with History(library) as history:
        history.add(history.start(text), answer)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    """A folder with papers and their library."""
    assert models_folder
    folder = tmp_path_factory.mktemp("upkeep")
    (folder / "papers").mkdir()
    (folder / "papers" / "secret.md").write_text(f"# Insurance\n\n{SECRET}\n", encoding="utf-8")
    (folder / "papers" / "lamp.md").write_text(f"# Lamp\n\n{LAMP}\n", encoding="utf-8")
    assert assistant("index", folder / "papers", library=folder / "library").code == 0
    return folder


def found(library: Path, question: str) -> list[str]:
    result = assistant("search", question, "--json", library=library)
    assert result.code == 0, result.err
    return [hit["text"] for hit in result.rows[0]["hits"]]


def test_a_library_moves_to_another_place_in_one_file(place: Path) -> None:
    talk_about(place / "library", SECRET)
    (row,) = assistant("export", place / "all.tar", "--json", library=place / "library").rows
    assert set(row) == fields("export", "exported")
    moved = place / "papers elsewhere"
    (place / "papers").rename(moved)
    new = place / "imported"
    (row,) = assistant("import", place / "all.tar", "--json", library=new).rows
    assert set(row) == fields("import", "imported")
    assert (row["documents"], row["missing"]) == (2, [str(place / "papers")])
    (row,) = assistant("relocate", place / "papers", moved, "--json", library=new).rows
    assert set(row) == fields("relocate", "relocated")
    assert row["files"] == 2
    *_, done = assistant("index", "--json", library=new).rows
    assert (done["indexed"], done["unchanged"], done["removed"]) == (0, 2, 0)
    assert LAMP in found(new, "blue lamp")[0]
    with History(new) as history:
        assert len(history.conversations()) == 1
    moved.rename(place / "papers")


def test_a_library_of_a_variant_that_fails_here_is_searched_and_made_anew(place: Path) -> None:
    library = place / "library"
    with closing(sqlite3.connect(library / "catalog.db")) as catalog, catalog:
        catalog.execute("UPDATE generations SET variant = 'onnx-int4'")
    assert LAMP in found(library, "azure light")[0]
    (place / "papers" / "more.md").write_text("# Boat\n\nThe boat was sold to the harbour master.\n", encoding="utf-8")
    result = assistant("index", "--json", library=library)
    assert (result.code, result.rows[-1]["error"]["code"]) == (4, "other_variant")
    assert "assistant generations new" in result.rows[-1]["error"]["hint"]
    (row,) = assistant("generations", "new", "--json", library=library).rows
    assert set(row) == fields("generations", "in_use")
    assert (row["variant"] != "onnx-int4", row["rows"]) == (True, 2)
    rows = assistant("generations", "--json", library=library).rows
    assert [one["state"] for one in rows] == ["old", "current"]
    assert assistant("index", "--json", library=library).code == 0
    with Library.open(library) as opened:
        assert opened.counts().documents == 3
        assert opened.check() == []
    (row,) = assistant("generations", "drop", "--json", library=library).rows
    assert row == {"event": "dropped", "generations": 1}


def test_what_is_forgotten_is_gone_with_its_conversations(place: Path) -> None:
    library, path = place / "library", place / "papers" / "secret.md"
    with History(library) as history:
        history.start("About nothing")
    (row,) = assistant("forget", path, "--json", library=library).rows
    assert set(row) == fields("forget", "forgotten")
    assert (row["files"], row["documents"], row["conversations"], row["left"]) == (1, 1, 1, [])
    assert row["searched"]["bytes"] > 0
    with History(library) as history:
        assert [one.title for one in history.conversations()] == ["About nothing"]
    assert not any("Zinnowitz" in text for text in found(library, "walnut cupboard in Zinnowitz"))
    stored = b"".join(one.read_bytes() for one in library.rglob("*") if one.is_file())
    assert b"innowitz" not in stored
    *_, done = assistant("index", "--json", library=library).rows
    assert (done["indexed"], done["failed"]) == (0, 0)
    with Library.open(library) as opened:
        assert opened.check() == []
