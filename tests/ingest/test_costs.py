"""What indexing has cost: counted, kept in one small file, read by anybody."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ingest import costs
from ingest.costs import MOST_PACES, Costs
from ingest.governor.decide import Pace
from ingest.governor.energy import EnergyMeter
from ingest.records import Failed, Indexed, Unchanged

FULL = Pace("full", "nothing else needs the machine", 1.0)


def test_what_was_counted_is_there_for_the_next_owner(tmp_path: Path) -> None:
    first = Costs(tmp_path)
    first.count(Indexed(Path("/a.pdf"), None, 3, 12))
    first.count(Failed(Path("/b.pdf"), None, "damaged", "it is", ""))
    first.count(Unchanged(Path("/c.pdf")))
    first.sample([], FULL)
    first.save()
    second = Costs(tmp_path)
    second.count(Indexed(Path("/d.pdf"), None, 1, 2))
    second.save()
    found = costs.read(tmp_path)
    assert (found["documents"], found["pages"], found["passages"], found["failed"]) == (2, 4, 14, 1)
    [day] = found["days"].values()
    assert day["pages"] == 4
    assert (tmp_path / costs.FILE).stat().st_mode & 0o077 == 0
    assert ".pdf" not in (tmp_path / costs.FILE).read_text(), "no name of a document"


def test_processor_time_goes_to_the_stage_of_the_worker(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass\ntime.sleep(60)"
    task = json.dumps({"entry": "ingest.embed.worker:main"})
    kept = Costs(tmp_path)
    with subprocess.Popen([sys.executable, "-c", busy, "-m", costs.WORKER, task]) as worker:
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        deadline = time.monotonic() + 60
        while sum(psutil.Process(worker.pid).cpu_times()[:2]) < 0.4 and time.monotonic() < deadline:
            time.sleep(0.05)
        kept.sample([worker.pid, other.pid, 2**22 + 1], FULL)
        for process in (worker, other):
            process.kill()
        other.wait()
    kept.save()
    seconds = costs.read(tmp_path)["seconds"]
    assert seconds["embedding"] >= 0.4
    assert seconds.keys() == {"embedding", "keeping"}


def test_paces_are_kept_with_their_reasons_and_only_so_many(tmp_path: Path) -> None:
    kept = Costs(tmp_path)
    for number in range(MOST_PACES + 50):
        kept.sample([], Pace("paused", f"reason {number}", 0.0))
        kept.sample([], Pace("paused", f"reason {number}", 0.0))
    kept.save()
    found = costs.read(tmp_path)
    assert [pace["reason"] for pace in found["paces"]] == [f"reason {number}" for number in range(50, MOST_PACES + 50)]
    assert found["running_seconds"] == 0, "nothing runs while indexing is paused"


@pytest.mark.parametrize("content", ["", "[]", '{"documents": "many"}', '{"days": 3}'])
def test_a_damaged_file_begins_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / costs.FILE).write_text(content)
    kept = Costs(tmp_path)
    kept.count(Indexed(Path("/a.pdf"), None, 3, 12))
    kept.save()
    assert costs.read(tmp_path)["documents"] == 1


def test_a_folder_that_cannot_be_written_costs_the_figures_only(tmp_path: Path) -> None:
    kept = Costs(tmp_path / "gone")
    kept.count(Indexed(Path("/a.pdf"), None, 3, 12))
    kept.save()
    assert costs.read(tmp_path / "gone")["documents"] == 0


def test_energy_is_that_of_the_counters_or_of_the_battery_and_otherwise_unknown(tmp_path: Path) -> None:
    counters, supplies = tmp_path / "powercap", tmp_path / "power_supply"
    assert EnergyMeter(counters, supplies).joules(1.0) is None
    assert EnergyMeter(counters, supplies).source is None
    battery = supplies / "BAT0"
    battery.mkdir(parents=True)
    (battery / "status").write_text("Discharging\n")
    (battery / "current_now").write_text("1000000\n")
    (battery / "voltage_now").write_text("12000000\n")
    assert EnergyMeter(counters, supplies).joules(10.0) == 120.0
    (battery / "status").write_text("Charging\n")
    assert EnergyMeter(counters, supplies).joules(10.0) is None
    for name in ("intel-rapl:0", "intel-rapl:0:1"):
        (counters / name).mkdir(parents=True)
        (counters / name / "max_energy_range_uj").write_text("10000000\n")
        (counters / name / "energy_uj").write_text("9000000\n")
    meter = EnergyMeter(counters, supplies)
    (counters / "intel-rapl:0" / "energy_uj").write_text("9500000\n")
    assert meter.joules(1.0) == 0.5
    (counters / "intel-rapl:0" / "energy_uj").write_text("500000\n")
    assert meter.joules(1.0) == 1.0, "the counter wrapped around"
    assert meter.source == "processor"
