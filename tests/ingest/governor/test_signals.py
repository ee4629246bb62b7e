"""The signals of the machine that runs the tests, and of files made for it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ingest.governor.idle import InputWatch, of_ioreg, of_logind, of_mutter, of_terminals
from ingest.governor.linux import is_hot, memory_pressure, throttle_count
from ingest.governor.power import is_saving_power
from ingest.governor.reader import SignalReader
from ingest.governor.watching import ScreenWatch, of_inhibitors, of_pmset


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
        began = time.monotonic()
        for reader in (mine, others):
            reader.read(False, False)
        until(lambda: sum(psutil.Process(busy.pid).cpu_times()[:2]) > 0.5)
        loads = [reader.read(False, False).other_load or 0.0 for reader in (mine, others)]
        seconds = time.monotonic() - began
        busy.kill()
    assert (loads[1] - loads[0]) * seconds > 0.25


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


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
    assert of_terminals(tmp_path) is None
    (tmp_path / "pts").mkdir()
    for name, age in (("0", 500), ("1", 20)):
        device = tmp_path / "pts" / name
        device.touch()
        os.utime(device, (time.time() - age, time.time()))
    seconds = of_terminals(tmp_path)
    assert seconds is not None
    assert 20 <= seconds < 400


def test_processes_that_workers_have_started_and_reaped_are_their_own_load(tmp_path: Path) -> None:
    loop = (
        "import subprocess, sys\n"
        "while True: subprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.2: pass'])"
    )
    with subprocess.Popen([sys.executable, "-c", loop]) as parent:
        mine, others = SignalReader(tmp_path, lambda: [parent.pid]), SignalReader(tmp_path, list)
        began = time.monotonic()
        for reader in (mine, others):
            reader.read(False, False)
        until(lambda: sum(psutil.Process(parent.pid).cpu_times()[2:4]) > 0.5)
        loads = [reader.read(False, False).other_load or 0.0 for reader in (mine, others)]
        seconds = time.monotonic() - began
        parent.kill()
    assert (loads[1] - loads[0]) * seconds > 0.25


@pytest.mark.parametrize(
    ("read", "said", "seconds"),
    [
        (of_mutter, "t 5021\n", 5.021),
        (of_mutter, "Call failed: no such service", None),
        (of_ioreg, '    | "HIDIdleTime" = 2500000000\n', 2.5),
        (of_ioreg, "", None),
        (lambda said: of_logind(said, 1_000_100.0), "b true\nt 1000000000000\n", 100.0),
        (lambda said: of_logind(said, 1_000_100.0), "b false\nt 0\n", None),
        (lambda said: of_logind(said, 1_000_100.0), "", None),
    ],
)
def test_what_services_say_of_the_last_input(read: Callable[[str], float | None], said: str, seconds: float) -> None:
    assert read(said) == seconds


def test_idle_time_goes_on_between_two_askings() -> None:
    watch = InputWatch()
    first, second = watch.seconds(), watch.seconds()
    assert (first is None) == (second is None)
    assert first is None or first >= 0


def test_throttling_is_counted_over_all_processors(tmp_path: Path) -> None:
    assert throttle_count(tmp_path) == 0
    for name, count in (("cpu0", "3"), ("cpu1", "4"), ("cpufreq", "9")):
        (tmp_path / name / "thermal_throttle").mkdir(parents=True)
        (tmp_path / name / "thermal_throttle" / "package_throttle_count").write_text(f"{count}\n")
    assert throttle_count(tmp_path) == 7


def test_a_profile_that_saves_power_is_noticed(tmp_path: Path) -> None:
    profile = tmp_path / "platform_profile"
    assert not is_saving_power((profile,))
    for name, saving in (("balanced", False), ("low-power", True), ("performance", False)):
        profile.write_text(f"{name}\n")
        assert is_saving_power((tmp_path / "none", profile)) is saving


def test_what_systems_say_of_who_watches_the_screen() -> None:
    assert of_inhibitors('s "sleep:idle"\n')
    assert not of_inhibitors('s "shutdown:sleep:handle-lid-switch"\n')
    assert not of_inhibitors('s ""\n')
    assert not of_inhibitors("")
    assertions = (
        "Assertion status system-wide:\n   PreventUserIdleDisplaySleep    {}\n   PreventUserIdleSystemSleep     1\n"
    )
    assert of_pmset(assertions.format(1))
    assert not of_pmset(assertions.format(0))
    assert isinstance(ScreenWatch().watched(), bool)
