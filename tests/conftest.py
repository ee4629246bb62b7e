"""What every test gets: an empty home, no network, and the one compiled embedding model that all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SHARED_MODELS = Path(os.environ.get("ASSISTANT_TEST_MODELS", REPOSITORY / ".models"))
"""Kept between runs, since compiling the embedding model takes most of a minute."""


@pytest.fixture(scope="session", autouse=True)
def _private_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Empty home, data, configuration and runtime folders; nothing of the person who runs the tests is seen."""
    home = tmp_path_factory.mktemp("home")
    settings = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "ASSISTANT_DATA": str(home / "data" / "assistant"),
        "ASSISTANT_MODELS": str(SHARED_MODELS),
        "HF_HUB_OFFLINE": "1",
        "TERM": os.environ.get("TERM", "xterm-256color"),
    }
    for name in ("ASSISTANT_LIBRARY", "ASSISTANT_CONFIG", "ASSISTANT_MODEL", "XDG_RUNTIME_DIR", "NO_COLOR"):
        os.environ.pop(name, None)
    os.environ.update(settings)
    SHARED_MODELS.mkdir(mode=0o700, exist_ok=True)
    # As a shell's background job we would be given SIGINT ignored, and so would every child.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """Folder of the compiled embedding model, compiled on first use and kept between runs."""
    return SHARED_MODELS


@pytest.fixture(scope="session")
def sample_docs() -> Path:
    """The sample archive."""
    return REPOSITORY / "sample_docs"
