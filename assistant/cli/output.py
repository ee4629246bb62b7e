"""The only writer of standard output, standard error and exit codes.

With `--json` standard output carries nothing but JSON, one object a line; everything else goes to standard error. Text
from documents is cleaned of control characters and terminal escapes before a person sees it. Knows nothing of what
commands do.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from ingest.errors import AssistantError

if TYPE_CHECKING:
    from rich.console import Console

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters (escape among them), marks that turn text around, and halves of surrogate pairs."""


def printable(text: str) -> str:
    """The text as it may be shown on a terminal: nothing in it can move the cursor or change colours."""
    return _UNPRINTABLE.sub("\ufffd", text)


class Output:
    """Where a command writes.

    Args:
        as_json: Whether standard output carries JSON lines.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._consoles: dict[bool, Console] = {}

    def row(self, row: dict[str, Any]) -> None:
        """Write one JSON object on a line of its own and flush; file names keep their surrogate escapes."""
        sys.stdout.write(json.dumps(row, ensure_ascii=True) + "\n")
        sys.stdout.flush()

    @property
    def console(self) -> Console:
        """Standard output for people."""
        return self._console(error=False)

    @property
    def progress_console(self) -> Console:
        """Standard error, for progress and remarks."""
        return self._console(error=True)

    def line(self, text: str = "", style: str | None = None) -> None:
        """Write a line for people, taken literally."""
        from rich.text import Text

        self.console.print(Text(printable(text), style=style or ""), soft_wrap=True)

    def remark(self, text: str) -> None:
        """Write a line for people on standard error, taken literally."""
        from rich.text import Text

        self.progress_console.print(Text(printable(text)), soft_wrap=True)

    def error(self, error: AssistantError) -> None:
        """Say what happened and what to do: as JSON on standard output, otherwise on standard error."""
        if self.as_json:
            self.row({"error": error.as_json()})
            return
        sys.stderr.write(f"error: {printable(error.message)}\n")
        if error.hint:
            sys.stderr.write(f"hint: {printable(error.hint)}\n")
        sys.stderr.flush()

    def _console(self, error: bool) -> Console:
        if error not in self._consoles:
            from rich.console import Console

            self._consoles[error] = Console(stderr=error, highlight=False, markup=False, emoji=False, soft_wrap=False)
        return self._consoles[error]
