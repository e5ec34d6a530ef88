"""Owns the table at the end of a run: what each application did, how long, how much it told, in how few writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from examples.house.effort import Effort
from examples.house.names import plain
from examples.house.terminal import Job, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examples.hall.applications import Application


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One application. Without a beginning it did nothing, and `done` says why."""

    title: str
    done: str
    began: str | None = None
    ended: str | None = None
    effort: Effort = Effort()  # noqa: RUF009  # it is frozen
    as_it_should: bool = False

    @classmethod
    def of(
        cls, application: Application, jobs: Sequence[Job], *, new: Sequence[Job], effort: Effort, as_it_should: bool
    ) -> Line:
        """What its jobs came to; how long it took is that of the new ones."""
        began = min((job["created_at"] for job in new), default=None)
        ended = max((job["finished_at"] for job in new), default=None)
        done = _done(application, jobs, as_it_should=as_it_should)
        return cls(
            title=application.title, done=done, began=began, ended=ended, effort=effort, as_it_should=as_it_should
        )

    @classmethod
    def shut(cls, application: Application, reason: str | None) -> Line:
        """One that could not be opened."""
        return cls(title=application.title, done=plain(reason or "nobody said why"))


def summary(lines: Sequence[Line]) -> Table:
    """All of them, and what they came to together."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_footer=True)
    table.add_column("", footer=Text("together"), no_wrap=True)
    table.add_column("what was done", ratio=1)
    table.add_column("took", footer=_spent(_first(lines), _last(lines)), justify="right", no_wrap=True)
    efforts = sum((line.effort for line in lines), Effort())
    table.add_column("reports", footer=f"{efforts.reports:,}", justify="right", no_wrap=True)
    table.add_column("writes", footer=f"{efforts.writes:,}", justify="right", no_wrap=True)
    for line in lines:
        table.add_row(*_row(line))
    return table


def _row(line: Line) -> tuple[Text | str, ...]:
    sign = Text.assemble(("✓ ", "green") if line.as_it_should else ("✗ ", "red"), (line.title, "bold"))
    done = Text(line.done, style="" if line.as_it_should else "red")
    if line.effort == Effort():
        return sign, done, "–", "–", "–"
    return sign, done, _spent(line.began, line.ended), f"{line.effort.reports:,}", f"{line.effort.writes:,}"


def _done(application: Application, jobs: Sequence[Job], *, as_it_should: bool) -> str:
    words = _counted(*application.counted, jobs) if application.counted else _last_words(jobs)
    if not as_it_should:
        return f"{words}, and not as they should be"
    return f"{words} as they should be" if any(job["status"] != "succeeded" for job in jobs) else words


def _counted(one: str, many: str, done: str, jobs: Sequence[Job]) -> str:
    succeeded = sum(job["status"] == "succeeded" for job in jobs)
    words = f"{len(jobs)} {one if len(jobs) == 1 else many}: {succeeded} {done}"
    return f"{words}, {len(jobs) - succeeded} refused" if succeeded < len(jobs) else words


def _last_words(jobs: Sequence[Job]) -> str:
    return ", ".join(plain(str(job["error"] or job["message"] or job["status"])) for job in jobs)


def _first(lines: Sequence[Line]) -> str | None:
    return min((line.began for line in lines if line.began), default=None)


def _last(lines: Sequence[Line]) -> str | None:
    return max((line.ended for line in lines if line.ended), default=None)


def _spent(began: str | None, ended: str | None) -> str:
    spent = seconds(began, ended)
    return "–" if spent is None else f"{spent:.1f} s"
