"""What is being done: what is read now, at what pace and why, how long it takes, and what it uses of this machine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Sparkline, Static

from assistant.tui.activity import Activity
from assistant.tui.measured import Measured
from assistant.tui.plain import duration, one_line, size
from assistant.tui.screens.base import ELSEWHERE, AssistantScreen

LOOK_SECONDS = 1.0
"""How often the owner is looked at."""
LATEST = 4
"""Paces shown, the latest last."""
NOTHING = "nothing to do: new and changed files are read as they come"


class ActivityScreen(AssistantScreen):
    """Facts in words, and curves of the last two minutes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ELSEWHERE,
        Binding("escape", "app.pop_screen", "Back"),
        Binding("space,p", "app.pause", "Pause or resume"),
        Binding("a", "app.add_folder", "Add folder"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._measured = Measured()
        self._stats: dict[str, Any] = {}
        self._now = Static("", markup=False, classes="facts")
        self._counts = Static("", markup=False, classes="facts")
        self._so_far = Static("", markup=False, classes="facts")
        self._curves = {name: Sparkline([], classes="curve") for name in ("pages", "cpu", "memory")}
        self._labels = {name: Static("", markup=False, classes="curve-label") for name in self._curves}

    def compose(self) -> ComposeResult:
        """The parts."""
        with VerticalScroll(classes="page", can_focus=False):
            yield Static(Content.styled("Activity", "bold $text-accent"), markup=False, classes="title")
            yield self._now
            yield self._counts
            for name, curve in self._curves.items():
                yield self._labels[name]
                yield curve
            yield self._so_far
        with Vertical(id="bottom"):
            yield self.status
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Look at once, and again every second."""
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def show_activity(self, activity: Activity, line: str) -> None:
        """Show what indexing does, in its parts."""
        super().show_activity(activity, line)
        now = time.monotonic()
        rows: list[tuple[str, str]] = [("state", _state(activity))]
        if activity.pace and activity.state == "indexing":
            rows.append(("pace", activity.pace))
        if activity.reason:
            rows.append(("because", activity.reason))
        if activity.current:
            rows.append(("now reading", activity.current))
        left = activity.left(now)
        if activity.files:
            ends = f", about {duration(left)} left" if left else ""
            rows.append(("this run", f"{activity.done:,} of {activity.files:,} files{ends}"))
        self._now.update(_table(rows))
        rows = [
            ("can be found", f"{activity.documents:,} documents in {activity.passages:,} passages"),
            ("not read yet", f"{activity.pending:,} files"),
            ("not readable", f"{activity.failed:,}" + (": f2 shows why, and the remedy" if activity.failed else "")),
        ]
        self._counts.update(_table(rows))

    def _look(self) -> None:
        self.assistant.background(self.assistant.desk.stats, self._show_stats, "stats")

    def _show_stats(self, stats: dict[str, Any]) -> None:
        if not self.is_attached:
            return
        measured = self._measured
        measured.look(stats, self.assistant.activity.pages, time.monotonic())
        memory = size(int(measured.memory[-1] * 1e6))
        self._so_far.update(_table(_cost(stats.get("costs") or {})))
        self._say("pages", measured.pages, f"pages read in a minute: {_last(measured.pages):.0f}")
        self._say("cpu", measured.cpu, f"processors kept busy: {_last(measured.cpu):.1f}")
        self._say(
            "memory", measured.memory, f"memory of the background reader: {memory}, in {measured.processes} processes"
        )

    def _say(self, name: str, values: deque[float], label: str) -> None:
        self._labels[name].update(label)
        self._curves[name].data = list(values) if len(values) > 1 else []


def _state(activity: Activity) -> str:
    if activity.state == "idle":
        return NOTHING
    return {"indexing": "reading", "paused": "paused: space lets it go on"}.get(activity.state, activity.state)


def _cost(costs: dict[str, Any]) -> list[tuple[str, str]]:
    """What reading has cost since the library was made, and the latest paces with their reasons."""
    if not costs.get("pages"):
        return []
    running = float(costs["running_seconds"])
    speed = f", {costs['passages'] / running:.1f} passages a second" if running else ""
    rows = [
        ("so far", f"{costs['documents']:,} documents, {costs['pages']:,} pages in {duration(running)}{speed}"),
        (
            "by stage",
            ", ".join(
                f"{stage} {duration(seconds)}"
                for stage, seconds in sorted(costs["seconds"].items(), key=lambda item: -item[1])
                if seconds >= 1
            )
            or "less than a second",
        ),
    ]
    if costs["joules"] is not None:
        rows.append(("energy", f"{costs['joules'] / 3600:.2f} Wh, by the whole machine"))
    for pace in costs["paces"][-LATEST:]:
        why = f": {pace['reason']}" if pace["reason"] else ""
        rows.append((_clock(str(pace["at"])), f"{pace['level']} for {duration(pace['seconds'])}{why}"))
    return rows


def _clock(moment: str) -> str:
    """A moment in ISO 8601 as this place's time of day."""
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M")


def _last(values: Sequence[float]) -> float:
    return values[-1] if values else 0.0


def _table(rows: list[tuple[str, str]]) -> Content:
    parts: list[tuple[str, str] | str] = []
    for name, value in rows:
        parts += [(f"{name:<14}", "$foreground 60%"), (f"{one_line(value)}\n", "")]
    return Content.assemble(*parts)
