"""Owns what the backfill shows: a bar while it runs, and at its end what was done, was in doubt and differs."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from examples.house.names import plain

if TYPE_CHECKING:
    from types import TracebackType

    from headway.importing import Doubt, Report, Verdict

_SHOWN = 10
"""Jobs that differ; the file of `--report` gets them all."""


_LESS = {"extended": "got what came since", "there": "were there already, with all of it"}


class View:
    """The bar is drawn where there is a terminal. `file` gets every doubt and every difference as it comes."""

    def __init__(self, rows: int, file: IO[str] | None) -> None:
        self._console = Console(highlight=False)
        self._rows = rows
        self._file = file
        self._bar = Progress(
            TextColumn("{task.description:<8}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            TextColumn("rows"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            expand=True,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._began = time.monotonic()
        self._done: dict[str, Any] | None = None
        self._counts: Counter[str] = Counter()
        self._first: dict[str, Doubt] = {}
        self._agreed = self._differ = 0
        self._differing: list[Verdict] = []
        self._proven = False

    def __enter__(self) -> View:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def begin(self, doing: str) -> None:
        """A bar of its own for each pass over the log."""
        for id in self._bar.task_ids:
            self._bar.remove_task(id)
        self._bar.add_task(doing, total=self._rows)
        self._proven = doing == "verified"

    def moved(self, report: Report) -> None:
        self._bar.update(self._bar.task_ids[-1], completed=report.rows)

    def doubted(self, doubt: Doubt) -> None:
        self._counts[doubt.kind] += 1
        self._first.setdefault(doubt.kind, doubt)
        self._keep({"doubt": doubt.wire()})

    def migrated(self, done: dict[str, Any]) -> None:
        self._done = done

    def verified(self, verdict: Verdict) -> None:
        self._bar.advance(self._bar.task_ids[-1], verdict.rows)
        if verdict.agrees:
            self._agreed += 1
            return
        self._differ += 1
        if len(self._differing) < _SHOWN:
            self._differing.append(verdict)
        self._keep({"file": verdict.file, "job_id": verdict.job_id, "differs": list(verdict.differences)})

    def sum_up(self) -> int:
        """Tells it all; the exit code."""
        if self._done is not None:
            self._say(_done(self._done, time.monotonic() - self._began))
            self._tell_doubts()
        if self._proven:
            self._tell_verdict()
        return 1 if self._differ else 0

    def _tell_doubts(self) -> None:
        if not self._counts:
            return
        self._say(f"\nWhat the log does not make plain, {self._counts.total():,} times; the first of each kind:")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(justify="right")
        table.add_column(overflow="fold")
        for kind, count in self._counts.most_common():
            table.add_row(Text(kind.replace("_", " "), style="yellow"), f"{count:,}", _example(self._first[kind]))
        self._console.print(table)

    def _tell_verdict(self) -> None:
        for verdict in self._differing:
            told = Text(plain(f"file {verdict.file}, job {verdict.job_id}: {verdict.differences[0]}"), style="red")
            self._console.print(told, soft_wrap=True)
        if self._differ:
            others = f", {self._agreed:,} are what it says" if self._agreed else ""
            self._say(f"\n{_jobs(self._differ)} not what the log says{others}", "red")
        else:
            self._say(f"\n{_jobs(self._agreed)} what the log says: row by row, step by step", "green")

    def _say(self, line: str, style: str = "") -> None:
        self._console.print(Text(line, style=style))

    def _keep(self, told: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(told) + "\n")


def _done(done: dict[str, Any], took_s: float) -> str:
    would = "would be made" if done["dry_run"] else "made"
    told = f"{_several(done['migrated'], 'job')} {would} of {_several(done['rows'], 'row')}"
    told += f", with {_several(done['entries'], 'entry', 'entries')}, in {took_s:,.1f} s"
    more = [f"{done[name]:,} {did}" for name, did in _LESS.items() if done[name]]
    return "\n".join([told, ", ".join(more)]) if more else told


def _several(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _jobs(count: int) -> str:
    return f"{_several(count, 'job')} {'is' if count == 1 else 'are'}"


def _example(doubt: Doubt) -> Text:
    where = " ".join(part for part in (doubt.file and f"file {doubt.file}", doubt.step) if part)
    rows = f"{'row' if len(doubt.ids) == 1 else 'rows'} {', '.join(map(str, doubt.ids))}" if doubt.ids else ""
    place = ", ".join(part for part in (where, rows) if part)
    return Text(plain(f"{place}: {doubt.what}; {doubt.decided}"), style="dim")
