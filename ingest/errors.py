"""The error tree, sorted by what happens next.

`SetupError`: stop and say what to do. `DocumentError`: record it against the file and go on. `LibraryError`: stop and
offer `repair`. Every error carries a code for programs, a message for people and a hint that names the remedy.
Knows nothing of how an error is shown: `assistant/cli/output.py` prints it and ends the process with `exit_code`.
"""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

DocumentErrorCode = Literal[
    "encrypted",
    "damaged",
    "unsupported",
    "empty",
    "too_large",
    "timeout",
    "out_of_memory",
    "crashed",
    "no_ocr",
    "unreadable",
]
"""Why a document could not be read: a closed list, part of the public interface."""

DOCUMENT_ERROR_CODES: frozenset[str] = frozenset(get_args(DocumentErrorCode))
SKIPPED_CODES: frozenset[str] = frozenset({"unsupported", "empty"})
"""Codes of files that are passed over rather than failed; they leave the exit code at 0."""

DEFAULT_HINTS: dict[str, str] = {
    "encrypted": "Save a copy without a password and index that.",
    "damaged": "Open the file in the program that made it and save it again.",
    "unsupported": "Convert the file to PDF, DOCX, HTML or plain text.",
    "empty": "There is nothing in this file to read.",
    "too_large": "Split the file, or raise the limits in the [reading] section of config.toml.",
    "timeout": "Split the file, or raise page_cpu_seconds in the [reading] section of config.toml.",
    "out_of_memory": "Split the file, or raise memory_mb in the [reading] section of config.toml.",
    "crashed": "The file crashed its reader and is left alone until it changes; save it again or convert it to PDF.",
    "no_ocr": "Install Tesseract (Debian: apt install tesseract-ocr) and run `assistant doctor`.",
    "unreadable": "Check that the file exists and that you may read it.",
}

DISK_ERROR_HINT = (
    "Nothing that was in the library is lost by it. Check the disk, or copy the library to another one with "
    "`assistant export`; then run `assistant check` and `assistant index`."
)
"""What to do when the disk itself fails to write."""


class AssistantError(Exception):
    """Base of every error that a person may see.

    Args:
        message: What happened, naming the file or setting.
        hint: What to do about it.
        code: A stable word for programs.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code

    def as_json(self) -> dict[str, str]:
        """The error as the `error` object of the command line's JSON."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class UsageError(AssistantError):
    """Wrong usage or configuration."""

    exit_code = 2
    default_code = "usage"


class SetupError(AssistantError):
    """Something needed is missing: a model, a program, a library."""

    exit_code = 3
    default_code = "setup"


class LibraryError(AssistantError):
    """The library is damaged, in use, or made by a newer version."""

    exit_code = 4
    default_code = "library"


class WorkerError(AssistantError):
    """A child process ended, hung or broke its protocol; who called it says what that means for the document."""

    default_code = "worker"


class DocumentError(AssistantError):
    """One document cannot be read.

    Args:
        code: One of `DOCUMENT_ERROR_CODES`.
        message: What happened, for a person.
        hint: The remedy; the usual one for the code where it is left out.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        if code not in DOCUMENT_ERROR_CODES:
            raise ValueError(f"not a document error code: {code}")
        super().__init__(message, hint or DEFAULT_HINTS[code], code)

    @property
    def skipped(self) -> bool:
        """Whether the file is passed over rather than failed."""
        return self.code in SKIPPED_CODES
