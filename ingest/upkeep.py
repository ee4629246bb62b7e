"""What an owner does with the library besides indexing: dropping, forgetting, and making vectors anew.

Each of them is recorded in the catalog before it is begun, so that the next owner goes on with what was cut short. Vectors
are made in small steps between the runs of the indexer, which may take hours. Knows nothing of sockets.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import log
from ingest.embed.template import embedded_text
from ingest.errors import AssistantError, LibraryError
from ingest.feeder import Feeder
from ingest.folders import is_below
from ingest.gate import Gate
from ingest.library import CONVERSATIONS, ERASING, Generation, Library
from ingest.tools import Tools

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEP_SECONDS = 1.0
"""How long vectors are made before it is seen whether somebody waits for a run."""

Submit = Callable[[Callable[[], None]], None]


class Upkeep:
    """The owner's work on the library as a whole.

    Args:
        library: Open for writing.
        tools: What embeds.
        feeder: Keeps Chroma fed.
        gate: Nothing is embedded while it is shut.
        submit: Has something done by the indexer's thread, after what it was given before.
    """

    def __init__(self, library: Library, tools: Tools, feeder: Feeder, gate: Gate, submit: Submit) -> None:
        self._library = library
        self._tools = tools
        self._feeder = feeder
        self._gate = gate
        self._submit = submit
        self._after = 0
        self._made = 0
        self._to_make: int | None = None
        self._ending = False
        self._problem: AssistantError | None = None

    def resume(self) -> None:
        """Go on with what an earlier owner did not finish, and make vectors anew where many are dead."""
        if self._library.todo(ERASING):
            self._submit(self._erase_quietly)
        self._submit(self._tidy)

    def close(self) -> None:
        """Begin nothing more."""
        self._ending = True

    def drop_files(self, path: Path) -> None:
        """Drop what was read from a folder and lies below no folder of the library any more. To be called between runs."""
        kept = self._library.roots()
        for row in list(self._library.files(path)):
            if not is_below(row.path, kept):
                self._library.remove_file(row.path)
        self._library.purge_unlocated()

    def forget(self, path: Path) -> dict[str, Any]:
        """Take a path out of every search; the rest is for `erase`."""
        begun = self._library.forget(path)
        return {
            "files": begun.files,
            "documents": len(begun.documents),
            "elsewhere": [os.fspath(place) for place in begun.elsewhere[:100]],
        }

    def erase(self) -> dict[str, Any]:
        """Erase what was forgotten, and prove it. To be called between runs."""
        waiting = self._library.todo(ERASING)
        paths = [bytes.fromhex(str(todo.payload["path"])) for todo in waiting]
        erased = self._library.erase_forgotten(self._feeder.refill)
        log.blot(paths)
        self._feeder.wake()
        return erased.as_json() | {"shared": self._places(erased.shared)}

    def conversations_forgotten(self) -> None:
        """The conversations that cited what was forgotten are gone."""
        for todo in self._library.todo(CONVERSATIONS):
            self._library.drop_todo(todo.key)

    def new_generation(self, model: str) -> None:
        """Begin to make all vectors anew with a model, as this machine runs it. To be called between runs.

        Raises:
            SetupError: The model is missing or cannot be compiled.
        """
        self._library.begin_generation(self._tools.kind_of(model))
        self._begin()

    def bring_back(self) -> None:
        """Begin to make the vectors that were replaced whole again, to use them once more."""
        self._library.bring_back_generation()
        self._begin()

    def drop_generations(self) -> int:
        """Delete the vectors that are not in use, and give up those that are being made. To be called between runs."""
        self._to_make = None
        self._problem = None
        return self._library.drop_generations()

    def progress(self) -> dict[str, Any] | None:
        """How far vectors are made anew: `made` of `texts`, and what went wrong; None when none are being made."""
        building = self._building()
        if building is None:
            return None
        return {
            "model": building.model,
            "variant": building.variant,
            "made": self._made,
            "texts": max(self._made, self._to_make or 0),
            "problem": self._problem.as_json() if self._problem is not None else None,
        }

    def _building(self) -> Generation | None:
        return next((one for one in self._library.generations() if one.state == "building"), None)

    def _begin(self) -> None:
        building = self._building()
        if building is not None:
            self._after, self._made, self._problem = 0, 0, None
            self._to_make = self._library.texts_to_make(building.key)
            self._submit(self._build)

    def _tidy(self) -> None:
        try:
            if self._library.tidy_generations() is not None:
                self._begin()
        except AssistantError as error:
            log.unexpected("clearing away old vectors", error)

    def _erase_quietly(self) -> None:
        try:
            self.erase()
        except AssistantError as error:
            log.unexpected("forgetting", error)

    def _build(self) -> None:
        """Make vectors for a while, then let others work; the last step puts them in use."""
        end = time.monotonic() + STEP_SECONDS
        try:
            while time.monotonic() < end and self._to_make is not None:
                if not self._gate.wait(lambda: self._ending or time.monotonic() >= end):
                    break
                if self._step():
                    return
        except AssistantError as error:
            self._problem = log.unexpected("making vectors anew", error)
            return
        if not self._ending and self._to_make is not None:
            self._submit(self._build)

    def _step(self) -> bool:
        """One step; whether it was the last."""
        building = self._building()
        if building is None:
            return True

        def embed(texts: list[str]) -> NDArray[np.float32]:
            return self._tools.embedder(building.model, building.variant)(texts)

        after = self._library.build_generation(self._after, embed, embedded_text)
        now = self._building()
        self._made += now.rows - building.rows if now is not None else 0
        if after is not None:
            self._after = after
            return False
        if self._library.switch_generation():
            logging.info("new vectors are in use: %s (%s)", building.model, building.variant)
            self._to_make = None
            self._tools.forget_model()
            self._feeder.wake()
            return True
        if not self._after:
            raise LibraryError("some texts cannot be embedded anew", "Run `assistant repair` and try again.", "damaged")
        self._after = 0  # documents were read meanwhile
        return False

    def _places(self, documents: list[str]) -> list[str]:
        places = [self._library.location(document) for document in documents[:100]]
        return sorted({os.fspath(place.path) for place in places if place is not None})
