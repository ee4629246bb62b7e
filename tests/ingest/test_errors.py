"""The error tree: codes, hints and exit codes are a public interface."""

from __future__ import annotations

import pytest

from ingest import errors
from ingest.errors import AssistantError, DocumentError


def test_every_code_of_a_document_has_a_remedy() -> None:
    assert set(errors.DEFAULT_HINTS) == errors.DOCUMENT_ERROR_CODES
    for code in errors.DOCUMENT_ERROR_CODES:
        error = DocumentError(code, "letter.pdf: what happened")
        assert error.hint == errors.DEFAULT_HINTS[code]
        assert error.as_json() == {"code": code, "message": "letter.pdf: what happened", "hint": error.hint}


def test_an_unknown_code_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="strange"):
        DocumentError("strange", "message")


def test_what_is_skipped_is_not_failed() -> None:
    skipped = {code for code in errors.DOCUMENT_ERROR_CODES if DocumentError(code, "x").skipped}
    assert skipped == {"unsupported", "empty"}


def test_exit_codes_are_those_of_the_documentation() -> None:
    exits = {kind.__name__: kind.exit_code for kind in AssistantError.__subclasses__()}
    assert exits["UsageError"] == 2
    assert exits["SetupError"] == 3
    assert exits["LibraryError"] == 4
    assert exits["DocumentError"] == exits["WorkerError"] == 1


def test_a_code_may_be_named_and_has_a_default() -> None:
    assert errors.LibraryError("x").code == "library"
    assert errors.LibraryError("x", code="other_model").code == "other_model"
