"""The small library that the tests of answering share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.embed import Encoder
from ingest.library import Library
from tests.assistant.archive import MODEL, TEXTS, build

FILES = Path("/archive")


@pytest.fixture(scope="session")
def encoder(models_folder: Path) -> Encoder:  # noqa: ARG001 - sees to the folder
    return Encoder.open(MODEL)


@pytest.fixture(scope="session")
def small_library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Library]:  # noqa: ARG001 - compiled first
    folder = tmp_path_factory.mktemp("small") / "library"
    build(folder, FILES, TEXTS)
    with Library.open(folder) as library:
        yield library
