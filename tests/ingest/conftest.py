from __future__ import annotations

from pathlib import Path

import pytest

from ingest.library import Library
from tests.ingest.library_maker import open_new


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library, open for writing."""
    return open_new(tmp_path / "library")
