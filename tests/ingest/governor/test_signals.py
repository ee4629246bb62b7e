"""The signals of the machine that runs the tests, and of files made for it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from ingest.governor.linux import SignalReader, is_hot, memory_pressure, seconds_since_input


def test_a_real_reading_is_within_its_units(tmp_path: Path) -> None:
    reader = SignalReader(tmp_path, lambda: [os.getpid()])
    reader.read(False, False)
    time.sleep(0.1)
    signals = reader.read(True, False)
    assert signals.answering
    assert signals.other_load is not None
    assert 0 <= signals.other_load <= signals.cores + 1
    assert signals.memory_available is not None
    assert signals.memory_total is not None
    assert 0 < signals.memory_available <= signals.memory_total
    assert signals.disk_free is not None
    assert 0 <= signals.minute_of_day < 1440


def test_load_of_the_own_workers_is_not_that_of_others(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        mine, others = SignalReader(tmp_path, lambda: [busy.pid]), SignalReader(tmp_path, list)
        for reader in (mine, others):
            reader.read(False, False)
        time.sleep(0.5)
        loads = [reader.read(False, False).other_load or 0.0 for reader in (mine, others)]
        busy.kill()
    assert loads[1] - loads[0] > 0.2


def test_pressure_is_read_and_missing_files_are_none(tmp_path: Path) -> None:
    file = tmp_path / "memory"
    file.write_text("some avg10=12.50 avg60=1.00 avg300=0.00 total=9\nfull avg10=0.00\n")
    assert memory_pressure(file) == 12.5
    assert memory_pressure(tmp_path / "none") is None
    file.write_text("nonsense")
    assert memory_pressure(file) is None


def test_a_zone_near_its_critical_temperature_is_hot(tmp_path: Path) -> None:
    zone = tmp_path / "thermal_zone0"
    zone.mkdir()
    (zone / "trip_point_0_type").write_text("critical\n")
    (zone / "trip_point_0_temp").write_text("100000\n")
    (zone / "temp").write_text("60000\n")
    assert not is_hot(tmp_path)
    (zone / "temp").write_text("99000\n")
    assert is_hot(tmp_path)
    assert not is_hot(tmp_path / "none")


def test_input_is_the_newest_access_of_a_terminal(tmp_path: Path) -> None:
    assert seconds_since_input(tmp_path) is None
    (tmp_path / "pts").mkdir()
    for name, age in (("0", 500), ("1", 20)):
        device = tmp_path / "pts" / name
        device.touch()
        os.utime(device, (time.time() - age, time.time()))
    seconds = seconds_since_input(tmp_path)
    assert seconds is not None
    assert 20 <= seconds < 400
