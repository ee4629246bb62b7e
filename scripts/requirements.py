"""Prints what pip must install for `run` or `dev`: the dependencies of pyproject.toml and what builds the package itself.

Only the dependencies, because the package itself is then installed without build isolation, which works without a network.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

BUILD_BACKEND_EXTRAS = ("editables",)
"""What hatchling needs besides itself to install the work tree."""


def requirements(purpose: str) -> list[str]:
    """Requirement lines for `run`, or for `dev` as well."""
    settings = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    wanted = [*project["dependencies"], *settings["build-system"]["requires"], *BUILD_BACKEND_EXTRAS]
    return wanted + (project["optional-dependencies"]["dev"] if purpose == "dev" else [])


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(sys.argv[1])) + "\n")
