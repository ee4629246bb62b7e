from __future__ import annotations

from ingest.embed import embedded_text


def test_title_headings_and_text_stand_on_lines_of_their_own() -> None:
    assert embedded_text("Lease", ("Duration", "End"), "It ends.\nSoon.") == "Lease\nDuration\nEnd\nIt ends.\nSoon."


def test_empty_parts_leave_no_line() -> None:
    assert embedded_text("", (), "It ends.") == "It ends."
    assert embedded_text(" ", ("", "End"), "It ends.") == "End\nIt ends."


def test_headings_that_the_text_begins_with_are_not_said_twice() -> None:
    assert embedded_text("Lease", ("Part I", "End"), "Part I\n\nEnd\n\nIt ends.") == "Lease\nPart I\n\nEnd\n\nIt ends."
    assert embedded_text("Lease", ("Part I", "End"), "End\n\nIt ends.") == "Lease\nPart I\nEnd\n\nIt ends."
    assert embedded_text("", ("The  End",), "## The end\nIt ends.") == "## The end\nIt ends."


def test_a_heading_is_a_whole_word_at_the_beginning() -> None:
    assert embedded_text("", ("End",), "Endings are hard.") == "End\nEndings are hard."
    assert embedded_text("", ("End",), "The end is near.") == "End\nThe end is near."


def test_a_title_that_is_also_the_first_heading_is_said_once() -> None:
    assert embedded_text("Lease", ("LEASE", "End"), "It ends.") == "Lease\nEnd\nIt ends."
