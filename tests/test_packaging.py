"""The wheel, installed into an empty environment and run from an empty folder, is the whole program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel. Without build isolation, since hatchling is here and a network may not be."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment with the wheel alone; the libraries come from this one, the work tree does not."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = ["install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True, capture_output=True)
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    # A folder that a .pth file names is searched, but .pth files inside it are not read: that of the work tree neither.
    (Path(purelib.stdout.strip()) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def _run(environment: Path, folder: Path, *arguments: str | Path) -> str:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [environment / "bin" / arguments[0], *arguments[1:]],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        schema = archive.read("ingest/config.toml")
    files = {
        path.relative_to(REPOSITORY).as_posix()
        for package in ("assistant", "ingest")
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == files | {"ingest/config.toml"}
    assert schema == (REPOSITORY / "config.toml").read_bytes()


def test_the_installed_program_runs_without_the_work_tree(environment: Path, tmp_path: Path) -> None:
    place = _run(
        environment, tmp_path, "python", "-c", "import assistant, ingest; print(assistant.__file__, ingest.__file__)"
    )
    assert place.count(str(environment)) == 2
    assert "index" in _run(environment, tmp_path, "assistant", "--help")
    assert list(tmp_path.iterdir()) == []


def test_the_installed_program_knows_its_settings(environment: Path, tmp_path: Path) -> None:
    assert "ocr_dpi" in _run(environment, tmp_path, "assistant", "config")
    for line in _run(environment, tmp_path, "assistant", "config", "--json").splitlines():
        json.loads(line)
    assert list(tmp_path.iterdir()) == []
