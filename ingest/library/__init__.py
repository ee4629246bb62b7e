"""The library: the one object over catalog and vector file that everything else uses.

    reading   search, passages, pages, places: for every process, with SQLite read-only
    writing   publish, places, files, vectors, work to be finished: for the owner
    known_files  files, volumes and sketches, for reading
    lookups   names of documents, what filters look at, words spelled alike, for reading
    checks    what may be wrong, and how it is mended
    forgetting   erasing what was forgotten, and proving that it is gone
    transfer     a library in one file, and back
    generations  vectors made anew beside those in use

A document is found when it is published and has a place. Publishing is one transaction a document, and one more swaps a
file's list of places; vectors are on the disk before the catalog names them. So after any kill the library is as after
some whole number of those steps. Knows nothing of how files are read, how text is embedded, and of Chroma but how far it
was filled.
"""

from ingest.catalog.facts import Counts, FileProblem, FileRow, Finding, Generation, LibraryMeta, Todo
from ingest.catalog.forgetting import CONVERSATIONS, ERASING
from ingest.catalog.shelf import Shelved
from ingest.library.generations import Kind
from ingest.library.writing import Library

__all__ = [
    "CONVERSATIONS",
    "ERASING",
    "Counts",
    "FileProblem",
    "FileRow",
    "Finding",
    "Generation",
    "Kind",
    "Library",
    "LibraryMeta",
    "Shelved",
    "Todo",
]
