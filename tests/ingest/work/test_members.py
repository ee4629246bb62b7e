"""Messages of untrusted workers become records, or errors, but never anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.frames import FrameError
from ingest.records import Page
from ingest.work import members as m
from ingest.work.merge import merge

ID = "ab" * 32
PICTURE = m.PictureOfPage(3, "p. 3", Path("x.png"), 300, "A caption", ())

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
fields = (
    "id", "inside", "media_type", "size", "name", "code", "message", "page", "number", "label", "text", "source",
    "headings", "metadata", "page_count", "title", "confidence", "boxes", "image",
)  # fmt: skip
messages = st.dictionaries(st.sampled_from(fields), json_values | st.just(ID) | st.just("damaged"))


@given(messages)
def test_any_message_is_taken_or_refused(message: dict[str, Any]) -> None:
    for parse in (m.member_of, m.error_of, m.problem_of, m.facts_of, m.page_of):
        try:
            record = parse(message)
        except FrameError:
            continue
        if isinstance(record, Page):
            assert record.number >= 1
            assert all(0 <= each.start < each.end <= len(record.text) for each in record.headings)
            record.text.encode("utf-8")


@given(messages)
def test_any_answer_of_ocr_is_taken_or_refused(answer: dict[str, Any]) -> None:
    try:
        page = merge(PICTURE, answer)
    except FrameError:
        return
    assert page.text.startswith("A caption")
    assert all(0 <= box.start < box.end <= len(page.text) for box in page.boxes)


def test_text_layer_and_ocr_become_one_page() -> None:
    page = merge(PICTURE, {"text": "Read words", "confidence": 0.8, "boxes": [[5, 10, 0, 0, 1, 1, 0.8]]})
    assert (page.number, page.label, page.text, page.source) == (3, "p. 3", "A caption\n\nRead words", "mixed")
    assert page.ocr_ranges == ((11, 21),)
    assert page.text[page.boxes[0].start : page.boxes[0].end] == "words"
    assert page.confidence == 0.8


def test_picture_alone_and_empty_picture() -> None:
    alone = m.PictureOfPage(1, "1", Path("x.png"), 0, "", ())
    page = merge(alone, {"text": "Read words", "confidence": 0.8, "boxes": [[0, 4, 0, 0, 1, 1, 0.8]]})
    assert (page.text, page.source, page.ocr_ranges, page.boxes[0].start) == ("Read words", "ocr", (), 0)
    assert merge(alone, {"text": "", "confidence": None, "boxes": []}) == Page(1, "1", "", "ocr")
    assert merge(PICTURE, {"text": "", "confidence": None, "boxes": []}) == Page(3, "p. 3", "A caption", "text")


def test_picture_must_lie_in_the_readers_folder(tmp_path: Path) -> None:
    folder, private = tmp_path / "folder", tmp_path / "private.png"
    folder.mkdir()
    private.write_text("x")
    (folder / "link.png").symlink_to(private)
    (folder / "page.png").write_text("x")
    good = {"number": 1, "label": "1", "image": str(folder / "page.png")}
    assert m.picture_of(good, folder).image == folder / "page.png"
    for image in (str(private), "link.png", "../private.png", "", ".", str(folder)):
        with pytest.raises(FrameError):
            m.picture_of({**good, "image": image}, folder)


def test_pages_of_members_count_on() -> None:
    members = [m.MemberInfo(inside, document, "", 0, "") for inside, document in ((None, "a"), ("x", "b"), ("y", "b"))]
    assert m.first_pages(members, {"a": 2, "b": 3}) == [1, 3, 6]
    assert m.first_pages(members, {"b": 1}) == [1, 1, 2]
