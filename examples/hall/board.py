"""Owns what the terminal shows while the samples of all applications run: each of them, and what it is at."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

import headway
from examples.house.terminal import ENDED, Job, bar, file_of, landmark, line, percent_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType

    from examples.hall.applications import Application

RUNNING_MAX = 3
"""Of each application: four of them, each with so many lines, fit in a terminal of 24."""


class Board:
    """The newest states of the jobs that came while it was up. A mirror of the store tells it, whoever reports."""

    def __init__(self, applications: Sequence[Application]) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, dict[str, Job]] = {application.name: {} for application in applications}
        self._names = {kind: application.name for application in applications for kind in application.kinds}
        self._applications = applications
        self._complete: set[str] = set()
        self._old: set[str] = set()

    @contextmanager
    def shown(self, console: Console, reporter: headway.Reporter) -> Iterator[Board]:
        """Show everything while the block runs: drawn over itself, or in lines where that cannot be."""
        self._old = {job["id"] for job in reporter.jobs(kind=list(self._names), limit=1000)}
        lines = None if console.is_terminal else _Lines(console)
        with headway.mirror(reporter=reporter) as mirror, mirror.listen(lambda job: self._told(job, lines)):
            if lines:
                yield self
                return
            with Live(console=console, get_renderable=self._drawn, refresh_per_second=10):
                yield self

    def complete(self, name: str) -> None:
        """No more jobs of this application will come: from here on its bar means something."""
        self._complete.add(name)

    def newest(self, name: str, job_id: str) -> Job | None:
        """A job as it was last told, None of one that nothing was heard of."""
        return self._jobs[name].get(job_id)

    def is_old(self, job_id: str) -> bool:
        """Whether it was there before, so that it is not shown: what is brought again may be known."""
        return job_id in self._old

    def _told(self, job: Job, lines: _Lines | None) -> None:
        name = self._names.get(job["kind"])
        if name is None or job["id"] in self._old:
            return
        if lines:
            lines.show(job)
        with self._lock:
            self._jobs[name][job["id"]] = job

    def _drawn(self) -> RenderableType:
        return Group(*(part for each in self._applications for part in self._part(each)))

    def _part(self, application: Application) -> Iterator[RenderableType]:
        with self._lock:
            jobs = list(self._jobs[application.name].values())
        yield _head(application, jobs, whole=application.name in self._complete)
        running = [job for job in jobs if job["status"] == "running"]
        yield from (_row(job) for job in running[:RUNNING_MAX])


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: dict[str, tuple[object, ...]] = {}

    def show(self, job: Job) -> None:
        if self._told.get(job["id"]) != (news := landmark(job)):
            self._told[job["id"]] = news
            self._console.print(line(job), soft_wrap=True)


def _head(application: Application, jobs: Sequence[Job], *, whole: bool) -> Table:
    row = _columns()
    ended = sum(job["status"] in ENDED for job in jobs)
    counted = f"{ended} of {len(jobs)}" if whole else f"{ended} of …" if jobs else ""
    row.add_row(Text(application.title, style="bold"), Text(counted, style="dim"), _overall(jobs, whole=whole), "")
    return row


def _overall(jobs: Sequence[Job], *, whole: bool) -> RenderableType:
    if not jobs:
        return Text("not begun yet", style="dim")
    shares = [100 if job["status"] in ENDED else job["progress"]["percent"] or 0 for job in jobs]
    # While more are coming nobody knows of how much this is a part.
    return ProgressBar(total=100, completed=sum(shares) / len(shares), pulse=not whole)


def _row(job: Job) -> Table:
    row = _columns()
    step = next((step for step in job["steps"] if step["name"] == job["step"]), None)
    counts = f" {step['current']:,}/{step['total']:,}" if step and step["total"] and step["unit"] != "%" else ""
    doing = f"{(job['step'] or 'running').replace('_', ' ')}{counts}"
    row.add_row(Text(f"  {file_of(job)}"), Text(doing, style="dim"), bar(job), percent_of(job))
    return row


def _columns() -> Table:
    row = Table.grid(padding=(0, 1), expand=True)
    row.add_column(ratio=5, no_wrap=True, overflow="ellipsis")
    row.add_column(ratio=6, no_wrap=True, overflow="ellipsis")
    row.add_column(width=16)
    row.add_column(width=8, justify="right")
    return row
