"""The scripts behind the Makefile: what they do on a machine that lacks things."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
TOOLS = ("bash", "cat", "chmod", "cut", "dirname", "env", "grep", "paste", "sed", "sort", "uname")
"""What a bare Debian has and the script uses."""

FAKE_TESSERACT = "#!/bin/sh\necho eng\necho deu\n"


class Machine:
    """A machine with a chosen set of programs: the script runs with nothing else on its path.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        (folder / "scripts").mkdir()
        self.script = folder / "scripts" / "system-packages"
        shutil.copy(REPOSITORY / "scripts" / "system-packages", self.script)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self.bin / tool).symlink_to(found)
        (self.bin / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
        (self.bin / "python3").chmod(0o755)

    def add(self, name: str, text: str = "#!/bin/sh\n") -> None:
        """Install a program."""
        (self.bin / name).write_text(text, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def run(self, purpose: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return subprocess.run(
            [self.bin / "bash", self.script, purpose],
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_that_has_everything_hears_nothing(machine: Machine) -> None:
    machine.add("g++")
    machine.add("tesseract", FAKE_TESSERACT)
    done = machine.run("demo")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_rights_it_stops_with_the_line_to_type(machine: Machine) -> None:
    machine.add("apt-get", "#!/bin/sh\nexit 99\n")
    machine.add("id", "#!/bin/sh\necho 1000\n")
    machine.add("sudo", "#!/bin/sh\nexit 1\n")
    done = machine.run("test")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "sudo apt-get install -y g++ tesseract-ocr tesseract-ocr-deu tmux"
    assert "a C++ compiler, Tesseract with English" in done.stderr


@pytest.mark.parametrize("user", ["0", "1000"])
def test_with_rights_it_installs_what_is_missing_and_nothing_else(machine: Machine, user: str) -> None:
    log = machine.bin / "log"
    tesseract = FAKE_TESSERACT.replace("\n", "\\n")
    machine.add("g++")
    machine.add(
        "apt-get",
        f'#!/bin/sh\necho "$@" >>{log}\nprintf "{tesseract}" >{machine.bin}/tesseract\nchmod +x {machine.bin}/tesseract\n',
    )
    machine.add("id", f"#!/bin/sh\necho {user}\n")
    if user != "0":
        machine.add("sudo", '#!/bin/sh\n[ "$1" = -n ] && exit 0\nexec "$@"\n')
    done = machine.run("demo")
    assert done.returncode == 0, done.stderr
    update, install = log.read_text(encoding="utf-8").splitlines()
    assert update.split()[-1] != "install"
    assert install.split()[-2:] == ["tesseract-ocr", "tesseract-ocr-deu"]
    assert "tmux" not in install


def test_an_installation_that_did_not_help_is_an_error(machine: Machine) -> None:
    machine.add("g++")
    machine.add("apt-get")
    machine.add("id", "#!/bin/sh\necho 0\n")
    done = machine.run("demo")
    assert done.returncode == 1
    assert "still missing" in done.stderr


def test_an_old_python_is_named_with_the_remedy(machine: Machine) -> None:
    machine.add("python3", "#!/bin/sh\nexit 1\n")
    done = machine.run("demo")
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr
    assert "PYTHON=" in done.stderr


def test_the_development_packages_include_those_of_the_program() -> None:
    lists = [
        subprocess.run(
            [sys.executable, REPOSITORY / "scripts" / "requirements.py", purpose],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        for purpose in ("run", "dev")
    ]
    assert set(lists[0]) < set(lists[1])
    assert any(line.startswith("hatchling") for line in lists[0])


def test_offline_is_loopback_and_nothing_else() -> None:
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow network namespaces")
    check = (
        "import socket\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    socket.create_connection(server.getsockname(), timeout=10).close()\n"
        "try:\n    socket.create_connection(('192.0.2.1', 80), timeout=10)\n"
        "except OSError as error:\n    print('refused', error.errno)"
    )
    script = str(REPOSITORY / "scripts" / "offline.py")
    command = ["unshare", "-rn", sys.executable, script, sys.executable, "-c", check]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("refused")
