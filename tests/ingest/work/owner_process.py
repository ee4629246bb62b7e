"""An owner for the tests that kill it: starts a warden and workers of every kind, names their processes, then waits."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time

from ingest.errors import WorkerError
from ingest.work.warden import Warden
from ingest.work.worker import Worker

ECHO = "tests.ingest.work.entries:echo"


def tell(report: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(report)}\n")
    sys.stdout.flush()


def main() -> None:
    if "hangup-ignored" in sys.argv:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    warden = Warden.start(idle=False)
    workers: dict[str, Worker] = {name: warden.spawn(ECHO) for name in ("idle", "stopped", "hung")}
    children = {name: worker.request({"do": "child", "busy": False})[0]["child"] for name, worker in workers.items()}
    workers["hung"].send({"do": "regex"})  # holds the interpreter's lock: no thread of the worker can act
    time.sleep(0.3)
    workers["stopped"].stop()
    pids = {name: worker.pid for name, worker in workers.items()}
    pids |= {f"child of {name}": pid for name, pid in children.items()}
    folder = str(workers["idle"].folder.parent)
    tell({"warden": warden.pid, "pids": pids, "folder": folder})
    for line in sys.stdin:
        if line.strip() == "leave":
            sys.exit(0)
        if line.strip() == "close":
            warden.close()
            break
        if line.strip() == "ask":
            report: dict[str, object] = {}
            with contextlib.suppress(WorkerError):
                report["old"] = workers["idle"].request({"x": 1})[0]
            report["new"] = warden.spawn(ECHO).request({"x": 2})[0]["heard"]
            tell(report)


if __name__ == "__main__":
    main()
