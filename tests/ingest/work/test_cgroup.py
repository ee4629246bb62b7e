"""The scope of a user's systemd: asked for where there is one, and only there."""

from __future__ import annotations

from pathlib import Path

from ingest.work.cgroup import LEAST_MEMORY, has_user_systemd, join_scope, scope_command


def test_a_systemd_is_seen_by_its_sockets(tmp_path: Path) -> None:
    assert not has_user_systemd("")
    assert not has_user_systemd(str(tmp_path))
    (tmp_path / "systemd").mkdir()
    for name in ("systemd/private", "bus"):
        (tmp_path / name).touch()
    assert has_user_systemd(str(tmp_path))


def test_without_one_nothing_happens() -> None:
    join_scope()  # the tests have no runtime folder


def test_the_request_names_the_process_the_weights_and_the_memory() -> None:
    said = " ".join(scope_command(4321, 16 << 30))
    assert "StartTransientUnit ssa(sv)a(sa(sv)) private-document-assistant-4321.scope fail 5" in said
    for part in ("PIDs au 1 4321", "CPUWeight t 1", "IOWeight t 1", f"MemoryHigh t {4 << 30}"):
        assert part in said
    assert f"MemoryHigh t {LEAST_MEMORY}" in " ".join(scope_command(1, 2 << 30))
