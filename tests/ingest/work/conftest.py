"""One warden for the tests that do not kill it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.work.warden import Warden


@pytest.fixture(scope="package")
def warden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warden]:
    """A warden whose confined workers can import the entries, which lie beside it as an installed package would."""
    packages = tmp_path_factory.mktemp("packages") / "site-packages"
    packages.mkdir()
    shutil.copy(Path(__file__).with_name("entries.py"), packages / "work_entries.py")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(packages)
    try:
        with Warden.start(idle=False) as found:
            yield found
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
