"""Generations of vectors: a new one is made beside the one in use, step by step, and takes its place in one transaction.

Texts whose vectors another generation of the same fingerprint and variant has are copied, the others embedded. What was
made is kept, so that work that was cut short goes on where it was. The generation that was replaced stays until it is
dropped, and is brought back by making it whole again. Knows nothing of how texts are embedded, nor of when it is time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.catalog import vectors
from ingest.catalog.connection import Catalog
from ingest.catalog.facts import Generation
from ingest.errors import LibraryError
from ingest.library.checks import TEXTS_AT_ONCE, Template, name_rows, texts_of
from ingest.vectors.file import VectorFile, checksum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.library.reading import LibraryReader

    Floats = NDArray[np.float32]

COPIED_AT_ONCE = 4096
"""Vectors copied in one step: 6 MB at 384 dimensions."""
DEAD_SHARE = 10
"""A generation is made anew when one row in so many belongs to no passage any more."""
DEAD_LEAST = 1000
"""With fewer dead rows it is not worth while."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything that vectors of one generation share."""

    model: str
    """Known name of the embedding model, or its folder."""
    fingerprint: str
    """Fingerprint of the model."""
    variant: str
    """How it runs."""
    dimensions: int
    """Length of a vector."""

    @classmethod
    def of(cls, generation: Generation) -> Kind:
        """What a generation is of."""
        return cls(generation.model, generation.fingerprint, generation.variant, generation.dimensions)

    def same(self, generation: Generation) -> bool:
        """Whether its vectors can be taken over."""
        mine = self.fingerprint, self.variant, self.dimensions
        return mine == (generation.fingerprint, generation.variant, generation.dimensions)


def begin(catalog: Catalog, kind: Kind) -> Generation:
    """Begin a generation, or go on with the one of this kind that was begun; one of another kind is given up."""
    with catalog.write() as connection:
        building = vectors.of_state(connection, "building")
        if building is not None and kind.same(building):
            return building
        if building is not None:
            vectors.drop(connection, building.key)
        return vectors.add(connection, "building", kind.model, kind.fingerprint, kind.variant, kind.dimensions)


def bring_back(catalog: Catalog) -> Generation:
    """Begin to make the replaced generation whole again.

    Raises:
        LibraryError: There is none (code `no_generation`).
    """
    with catalog.write() as connection:
        old = vectors.of_state(connection, "old")
        if old is None:
            hint = "`assistant generations` shows what there is."
            raise LibraryError("There is no earlier generation of vectors.", hint, "no_generation")
        building = vectors.of_state(connection, "building")
        if building is not None:
            vectors.drop(connection, building.key)
        vectors.set_state(connection, old.key, "building")
        return old


def drop(library: LibraryReader, catalog: Catalog) -> int:
    """Delete every generation but the current one, with its files; return how many."""
    with catalog.write() as connection:
        others = [one for one in vectors.all_generations(connection) if one.state != "current"]
        for one in others:
            vectors.drop(connection, one.key)
    sweep(library, catalog)
    return len(others)


def step(
    library: LibraryReader,
    catalog: Catalog,
    after: int,
    embed: Callable[[list[str]], Floats],
    template: Template,
) -> int | None:
    """Make some of the vectors that the generation being built lacks.

    Args:
        library: The library.
        catalog: Its catalog.
        after: Passages up to this key were looked at already; 0 at the beginning.
        embed: Embeds texts as that generation's model does, shape (n, dimensions).
        template: What is embedded with a passage.

    Returns:
        Up to which passage it got; None when there is nothing left, or nothing is being built.
    """
    with catalog.read() as connection:
        building = vectors.of_state(connection, "building")
        if building is None:
            return None
        alike = [one for one in vectors.all_generations(connection) if one.key != building.key]
        alike = [one for one in alike if Kind.of(building).same(one)]
        lacking = vectors.lacking(connection, building.key, after, COPIED_AT_ONCE if alike else TEXTS_AT_ONCE)
    if not lacking:
        return None
    made = _copies(library, catalog, alike, lacking)
    rest = [item for item in lacking if item[1] not in made]
    texts = texts_of(library, rest[:TEXTS_AT_ONCE], template)
    if texts:
        made.update(zip(texts, embed(list(texts.values())), strict=True))
    if made:
        _keep(library, catalog, building, made)
    return rest[TEXTS_AT_ONCE][0] - 1 if len(rest) > TEXTS_AT_ONCE else lacking[-1][0]


def _copies(
    library: LibraryReader, catalog: Catalog, alike: list[Generation], lacking: list[tuple[int, bytes]]
) -> dict[bytes, Floats]:
    """Vectors that generations of the same kind have, by text key."""
    copied: dict[bytes, Floats] = {}
    for generation in alike:
        file = VectorFile(library.folder / generation.file, generation.dimensions)
        rows = file.rows(0, min(generation.rows, file.whole_rows()))
        with catalog.read() as connection:
            for _, key in lacking:
                place = vectors.row_of_text(connection, generation.key, key) if key not in copied else None
                if place is not None and place[0] < len(rows) and checksum(rows[place[0]]) == place[1]:
                    copied[key] = rows[place[0]]
    return copied


def _keep(library: LibraryReader, catalog: Catalog, building: Generation, made: dict[bytes, Floats]) -> None:
    """Write vectors and name their rows, unless the generation was given up meanwhile."""
    import numpy as np

    with catalog.writing:
        with catalog.read() as connection:
            now = vectors.of_state(connection, "building")
        if now is not None and now.key == building.key:
            file = VectorFile(library.folder / now.file, now.dimensions)
            name_rows(catalog, now, file, list(made), np.stack(list(made.values())))


def switch(library: LibraryReader, catalog: Catalog) -> bool:
    """Put the generation that was built in the place of the current one, in one transaction, if it is whole.

    What is replaced is kept, since other processes are reading it. Returns whether the switch was made.
    """
    with catalog.write() as connection:
        building, current = (vectors.of_state(connection, state) for state in ("building", "current"))
        if building is None or current is None or vectors.lacking(connection, building.key, 0, 1):
            return False
        old = vectors.of_state(connection, "old")
        if old is not None:
            vectors.drop(connection, old.key)
        vectors.set_state(connection, current.key, "old")
        vectors.set_state(connection, building.key, "current")
    sweep(library, catalog)
    return True


def sweep(library: LibraryReader, catalog: Catalog) -> None:
    """Delete vector files and Chroma's folders that belong to no generation."""
    with catalog.read() as connection:
        known = {name for one in vectors.all_generations(connection) for name in (one.file, one.chroma)}
    for path in library.folder.iterdir():
        if path.name not in known and path.name.startswith("vectors-") and path.suffix == ".f32":
            path.unlink(missing_ok=True)
        if path.name not in known and path.name.startswith("chroma-"):
            shutil.rmtree(path, ignore_errors=True)


def tidy(library: LibraryReader, catalog: Catalog) -> Generation | None:
    """Delete what no generation needs, an earlier one like the current among it; begin a new one where many rows are dead.

    Returns:
        The generation that is being built, begun now or before.
    """
    with catalog.write() as connection:
        current, old = (vectors.of_state(connection, state) for state in ("current", "old"))
        if current is not None and old is not None and Kind.of(current).same(old):
            vectors.drop(connection, old.key)
        dead = current.rows - vectors.count_passages(connection) if current is not None else 0
    sweep(library, catalog)
    if current is not None and dead > max(DEAD_LEAST, current.rows // DEAD_SHARE):
        begin(catalog, Kind.of(current))
    with catalog.read() as connection:
        return vectors.of_state(connection, "building")
