"""Carry out the pace that the governor decides: shut the gate, or stop and continue the workers in short cycles.

A pause holds for every run. A slower pace holds only while nobody waits: who gave an `index` command sits at the
keyboard because of it, and the workers' low class alone keeps them out of everybody's way. Knows nothing of what the
signals mean.

It also lets workers go: those that were stopped for long, and those that have had nothing to do for a while. What they
were asked is asked of new ones, and a file goes on at its page.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from ingest.costs import Costs
from ingest.gate import Gate
from ingest.governor.decide import Pace, Policy, decide
from ingest.governor.reader import SignalReader

LOOK_SECONDS = 0.5
"""How often the signals are read while something is to be done."""
STOPPED_SECONDS = 600.0
"""Workers that were stopped for so long are let go: a pause may last for days, and they hold memory."""
UNUSED_SECONDS = 120.0
"""The same for workers without anything to do; starting them again takes a second."""
CYCLE_SECONDS = 1.0
"""Length of one turn of running and standing still, when the pace is slower than full."""


class Pacer:
    """Reads the signals and carries the pace out, in a thread of its own.

    Args:
        library: The folder whose disk is watched.
        policy: What the person wants.
        gate: Shut for as long as the pace is "paused".
        set_running: Stops the workers at once, or lets them go on.
        busy: Whether anything is being indexed.
        waited_for: Whether a client waits for its end.
        let_go: Ends the workers; others are started when they are needed.
        costs: Told what is used, and at which pace.
        stopped_seconds: After how long standing still workers are let go.
        unused_seconds: After how long without anything to do.
    """

    def __init__(
        self,
        library: Path,
        policy: Policy,
        gate: Gate,
        set_running: Callable[[bool], None],
        busy: Callable[[], bool],
        waited_for: Callable[[], bool],
        let_go: Callable[[], None],
        costs: Costs,
        stopped_seconds: float = STOPPED_SECONDS,
        unused_seconds: float = UNUSED_SECONDS,
    ) -> None:
        self.pace = Pace("full", "", 1.0)
        """The present pace."""
        self._policy = policy
        self._gate = gate
        self._set_running = set_running
        self._busy = busy
        self._waited_for = waited_for
        self._let_go = let_go
        self._costs = costs
        self._limits = {"stopped": stopped_seconds, "unused": unused_seconds, "working": math.inf}
        self._resting = ("working", time.monotonic())
        self._signals = SignalReader(library, _children)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="pacer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; the workers are left as they are."""
        self._ending.set()
        self._costs.save()

    def _work(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            busy = self._busy()
            self._rest(busy)
            if not busy:
                self._gate.open(self)
                self._costs.rest()
                continue
            try:
                reason = self._gate.reason
                self._costs.sample(_children(), Pace("paused", reason, 0.0) if reason else self.pace)
                self._follow(decide(self._signals.read(answering=False, paused_by_person=False), self._policy))
            except (OSError, psutil.Error) as error:
                logging.warning("the machine's signals cannot be read: %s", type(error).__name__)

    def _rest(self, busy: bool) -> None:
        """Let the workers go, once, when they have been of no use for long."""
        now = time.monotonic()
        state = "stopped" if self._gate.reason else "working" if busy else "unused"
        if state != self._resting[0]:
            self._resting = (state, now)
        elif now - self._resting[1] > self._limits[state]:
            self._resting = (state, math.inf)
            logging.info("workers are let go (%s)", state)
            self._let_go()

    def _follow(self, pace: Pace) -> None:
        """One look's worth of a pace."""
        if pace.level != self.pace.level:
            logging.info("pace: %s (%s)", pace.level, pace.reason)
        self.pace = pace
        if pace.level == "paused":
            self._gate.shut(self, pace.reason)
            return
        self._gate.open(self)
        if pace.duty < 1.0 and not self._waited_for():
            self._set_running(False)
            self._ending.wait(CYCLE_SECONDS * (1.0 - pace.duty))
            if not self._gate.reason:
                self._set_running(True)
            self._ending.wait(max(0.0, CYCLE_SECONDS * pace.duty - LOOK_SECONDS))


def _children() -> list[int]:
    return [child.pid for child in psutil.Process().children(recursive=True)]
