"""Owns what the terminal shows while jobs run: one live view of all of them, or plain lines where it is no terminal."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from examples.house.names import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from rich.console import Console, RenderableType

Job = dict[str, Any]

REFRESH_S = 0.1
ENDED = ("succeeded", "failed", "cancelled")
_SIGNS = {"pending": "○", "running": "◐", "succeeded": "✓", "failed": "✗", "skipped": "–"}
_STYLES = {"running": "cyan", "succeeded": "green", "failed": "red", "cancelled": "yellow"}


def follow(console: Console, job_ids: Sequence[str], read: Callable[[str], Job]) -> list[Job]:
    """Show jobs until the last of them has ended; their last states, in the order given."""
    jobs = [read(job_id) for job_id in job_ids]
    pause = threading.Event()
    with _LiveView(console) if console.is_terminal else _Lines(console) as view:
        view.show(jobs)
        while not all(job["status"] in ENDED for job in jobs):
            pause.wait(REFRESH_S)
            jobs = [job if job["status"] in ENDED else read(job["id"]) for job in jobs]
            view.show(jobs)
    return jobs


def file_of(job: Job) -> str:
    return plain(str(job["labels"].get("file", job["kind"])))


def seconds(start: str | None, end: str | None) -> float | None:
    """The time between two moments of the wire, up to now where there is no end; None where there is no start."""
    if start is None:
        return None
    last = datetime.fromisoformat(end) if end else datetime.now(UTC)
    return max(0.0, (last - datetime.fromisoformat(start)).total_seconds())


class _View(Protocol):
    def __enter__(self) -> _View: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, jobs: Sequence[Job]) -> None: ...


class _LiveView:
    """Every job with its bar and its steps, drawn over itself."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> _LiveView:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, jobs: Sequence[Job]) -> None:
        drawn: list[RenderableType] = []
        for job in jobs:
            drawn.append(_head(job))
            if job["status"] == "running":
                drawn.append(_steps(job))
        self._live.update(Group(*drawn), refresh=True)


class _Lines:
    """A line whenever a job does something else, and one for every tenth of its way: good for a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: dict[str, tuple[object, ...]] = {}

    def __enter__(self) -> _Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def show(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if self._told.get(job["id"]) != (news := landmark(job)):
                self._told[job["id"]] = news
                self._console.print(line(job), soft_wrap=True)


def landmark(job: Job) -> tuple[object, ...]:
    """What a new line is worth: its status, its step, and every tenth of its way."""
    percent = job["progress"]["percent"]
    return job["status"], job["step"], None if percent is None else percent // 10


def line(job: Job) -> Text:
    """A job where nothing can be drawn over."""
    doing = job["step"].replace("_", " ") if job["step"] else job["status"]
    return Text(f"{file_of(job):<32} {percent_of(job).plain:>8}  {doing}{count_of(job)}")


def _head(job: Job) -> Table:
    row = Table.grid(padding=(0, 1), expand=True)
    row.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    row.add_column(width=22)
    row.add_column(width=8, justify="right")
    row.add_column(width=8, justify="right")
    name = Text(file_of(job), style="bold" if job["status"] == "running" else "")
    row.add_row(name, bar(job), percent_of(job), _spent(job))
    return row


def bar(job: Job) -> RenderableType:
    """What is drawn of its progress: a bar where there is one, a word where there is none."""
    percent, status = job["progress"]["percent"], job["status"]
    if status == "pending":
        return Text("waiting for its turn", style="dim")
    if status in ("failed", "cancelled"):
        return Text(status, style=_STYLES[status])
    # Without a percent the bar only moves; it never stands at a zero that nobody measured.
    style = _STYLES.get(status, "cyan")
    return ProgressBar(
        total=100, completed=percent or 0, pulse=percent is None, complete_style=style, finished_style=style
    )


def percent_of(job: Job) -> Text:
    """Nothing where nobody knows it."""
    percent = job["progress"]["percent"]
    shown = "" if percent is None or job["status"] == "pending" else f"{percent:.1f} %"
    return Text(shown, style=_STYLES.get(job["status"], ""))


def _spent(job: Job) -> Text:
    spent = seconds(job["started_at"], job["finished_at"])
    return Text("" if spent is None else f"{spent:.1f} s", style="dim")


def _steps(job: Job) -> Text:
    words = Text("  ", no_wrap=True, overflow="ellipsis")
    for step in job["steps"]:
        counts = f" {step['current']:,}/{step['total']:,}" if step["status"] == "running" and step["total"] else ""
        name = f"{_SIGNS.get(step['status'], '○')} {step['name'].replace('_', ' ')}{counts} "
        words.append(name, _STYLES.get(step["status"], "dim"))
    return words


def count_of(job: Job) -> str:
    """How far the running step has counted, such as ", 812 of 3,000 pages"; nothing where it does not count."""
    for step in job["steps"]:
        if step["name"] == job["step"] and step["total"] and step["unit"] != "%":
            return f", {step['current']:,} of {step['total']:,} {step['unit'] or ''}".rstrip()
    return ""
