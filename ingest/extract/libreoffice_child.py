"""The process that converts one document with LibreOffice: `libreoffice_child LIBRARY DOCUMENT SECONDS`.

The result is `made.odt` (or .ods, .odp, .odg, as the document is) beside the document; its absence is the only sign of
failure. LibreOffice is called through the C interface that it has for other programs, see its
`include/LibreOfficeKit/LibreOfficeKit.h`. Macros are not run: it does so only if it is asked to.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

from ingest.offline import forbid_connections

_LOAD, _SAVE, _TYPE = 2, 2, 3
"""Places of the functions in the tables of an office and of a document; the first entry is the table's size."""
_FORMATS = ("odt", "ods", "odp", "odg")
"""What each type of document is saved as."""


def main() -> None:
    """Convert, and end without LibreOffice's own clean-up, which may crash."""
    library, document, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    forbid_connections()
    _limit(seconds)
    _convert(library, document)
    os._exit(0)


def _limit(seconds: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _convert(library: Path, document: Path) -> None:
    start = ctypes.CDLL(str(library)).libreofficekit_hook_2
    start.restype, start.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
    profile = document.with_name("profile").as_uri()
    office = start(os.fsencode(library.parent), profile.encode())
    opened = office and _call(office, _LOAD, ctypes.c_void_p, document.as_uri().encode())
    if not opened:
        return
    kind = _call(opened, _TYPE, ctypes.c_int)
    if 0 <= kind < len(_FORMATS):
        made = document.with_name(f"made.{_FORMATS[kind]}").as_uri()
        _call(opened, _SAVE, ctypes.c_int, made.encode(), _FORMATS[kind].encode(), None)


def _call(thing: int, place: int, answer: Any, *texts: bytes | None) -> Any:
    """Call a function of an object: a pointer to a table of functions, each given the object first."""
    table = ctypes.cast(thing, ctypes.POINTER(ctypes.c_void_p))[0]
    function = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[place]
    form = ctypes.CFUNCTYPE(answer, ctypes.c_void_p, *(ctypes.c_char_p for _ in texts))
    return form(function)(thing, *texts)


if __name__ == "__main__":
    main()
