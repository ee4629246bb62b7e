"""Nothing leaves the machine: the audit hook, in processes of its own, since it cannot be taken back."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

FORBID = "import socket, urllib.request; from ingest.offline import allow, forbid_connections; forbid_connections();"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", FORBID + code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', PORT))",
        "socket.getaddrinfo('example.org', 80)",
        "socket.gethostbyname('example.org')",
        "urllib.request.urlopen('http://127.0.0.1:PORT/')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    ],
)
def test_every_way_out_is_refused(attempt: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        result = run(attempt.replace("PORT", str(server.getsockname()[1])))
    assert result.returncode == 1
    assert "refused: this program works offline" in result.stderr


def test_unix_sockets_stay_open(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        result = run(f"socket.socket(socket.AF_UNIX).connect({str(path)!r})")
    assert result.returncode == 0, result.stderr


def test_an_allowed_address_passes_and_no_other_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        rule = f"allow(lambda host, port: port == {port});"
        assert run(rule + f"socket.create_connection(('127.0.0.1', {port}))").returncode == 0
        assert run(rule + f"socket.create_connection(('127.0.0.1', {port + 1}))").returncode == 1
