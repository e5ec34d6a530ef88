"""A file's rows become a job: every row is a command that the rules decide, so that state and history agree.

A pure function of the rows and the mapping: the same log makes the same job whenever it is read.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from headway.core import commands as c
from headway.core import limits
from headway.core.changes import Event
from headway.core.create import check_facts, create
from headway.core.errors import HeadwayError
from headway.core.job import Facts, Job, Status, Step, StepStatus
from headway.core.plan import Plan, StepSpec
from headway.core.rules import apply
from headway.importing.doubts import CUT, EQUAL_TIMES, IMPOSSIBLE, UNENDED, UNKNOWN_STATUS, Doubt
from headway.importing.mapping import FILE, Mapping
from headway.importing.rows import Row

_COMMANDS: Final[dict[str, Callable[..., c.Report]]] = {
    "started": c.StartStep,
    "succeeded": c.FinishStep,
    "skipped": c.SkipStep,
}
_END: Final = 2
_PLACES: Final = {"pending": 0, "started": 1, "succeeded": _END, "failed": _END, "skipped": _END}
DETAIL_MAX = 16_000  # characters of a row's detail
_LOGS = uuid.UUID("0d2f6a5c-7d1b-5a35-8c60-2f5b8c9e4a17")


class Replayed(NamedTuple):
    """A whole job with its history, and what was in doubt. `implied`: starts that the log does not tell."""

    job: Job
    events: tuple[Event, ...]
    doubts: tuple[Doubt, ...]
    implied: int


def job_id(mapping: Mapping, file: str) -> str:
    """The id of a file's job: the same whenever its log is read."""
    return str(uuid.uuid5(_LOGS, "\n".join((mapping.tenant or "", mapping.kind, mapping.external_id, file))))


def replay(mapping: Mapping, file: str, rows: Sequence[Row]) -> Replayed:
    """The job of a file, from its rows in any order. Raises InvalidReport for a file that can be no subject."""
    return _Replay(mapping, file, sorted(rows, key=_by_time)).whole()


def meaning(mapping: Mapping, row: Row) -> str | None:
    """What a row's word means; None for one that nobody gave a meaning."""
    return mapping.statuses.get(row.word)


def detail_of(row: Row) -> dict[str, Any]:
    """The row itself, so that the history can be held against the log."""
    told: dict[str, Any] = {"log_id": row.id, "status": row.word}
    if row.detail is None:
        return told
    try:
        return told | {"detail": limits.document("detail", row.detail, DETAIL_MAX)}
    except HeadwayError:
        return told | {"detail": limits.captured(str(row.detail), DETAIL_MAX)}


class _Replay:
    def __init__(self, mapping: Mapping, file: str, rows: Sequence[Row]) -> None:
        self._mapping = mapping
        self._file = file
        self._rows = rows
        self._events: list[Event] = []
        self._doubts: list[Doubt] = []
        self._implied = 0
        self._job, created = create(self._facts(), Plan(steps=mapping.steps, open=True), rows[0].at)
        self._events.append(created)

    def whole(self) -> Replayed:
        rows, meanings = self._rows, [meaning(self._mapping, row) for row in self._rows]
        if any(what != "pending" or row.step not in self._job.steps for row, what in zip(rows, meanings, strict=True)):
            self._do(c.Attach(), rows[0].at)  # nobody but a worker adds a step, or notes what it was told
        for row, what in zip(rows, meanings, strict=True):
            self._take(row, what)
        self._end(rows[-1].at)
        self._doubts += _contradictions(self._mapping, self._file, rows)
        return Replayed(self._job, tuple(self._events), tuple(self._doubts), self._implied)

    def _facts(self) -> Facts:
        mapping, file = self._mapping, self._file
        return check_facts(
            mapping.kind,
            id=job_id(mapping, file),
            now=self._rows[0].at,
            project=mapping.project,
            tenant=mapping.tenant,
            subject=mapping.subject.replace(FILE, file),
            external_id=mapping.external_id.replace(FILE, file),
            labels={
                name: value.replace(FILE, file) if isinstance(value, str) else value
                for name, value in mapping.labels.items()
            },
        )

    def _take(self, row: Row, what: str | None) -> None:
        """One row: what it says about its step, or a note where it says nothing that could be."""
        self._know(row)
        if what is None:
            self._doubt(UNKNOWN_STATUS, row, f"the status {row.word!r:.60} has no meaning", "kept as a note")
        command = None if what is None else self._command(row, what)
        if command is not None:
            self._do(command, row.at)
        elif self._job.status is not Status.PENDING:
            note = {"step": row.step, **detail_of(row)}  # what no step tells, tells whose it is
            self._do(c.Note(message=self._text(row, _words(row)), detail=note), row.at)

    def _command(self, row: Row, what: str) -> c.Report | None:
        """What is to be done; None where the row tells nothing new about the step."""
        status, detail = self._job.steps[row.step].status, detail_of(row)
        if what == "pending" and status is not StepStatus.PENDING:
            self._doubt(IMPOSSIBLE, row, f"it is pending again after it was {status}", "kept as a note")
        if what in ("noted", "pending") or (what == "started" and status is StepStatus.RUNNING):
            return None
        if status == what and what != "failed":
            return None
        if what != "started":
            self._imply_start(row, status)
        if what == "failed":
            return c.FailStep(
                step=row.step, error=self._text(row, row.message or _words(row), limits.ERROR_MAX), detail=detail
            )
        message = None if row.message is None else self._text(row, row.message)
        return _COMMANDS[what](step=row.step, message=message, detail=detail)

    def _imply_start(self, row: Row, status: StepStatus) -> None:
        """A step that had ended and ends otherwise was begun anew in between, though the log does not say so."""
        if status not in (StepStatus.PENDING, StepStatus.RUNNING):
            self._implied += 1
            self._do(c.StartStep(step=row.step), row.at)

    def _know(self, row: Row) -> None:
        """A step that was not declared joins when it is first told of."""
        if row.step not in self._job.steps:
            spec = StepSpec(name=limits.name("step", row.step), group=self._mapping.group(row.step))
            self._do(c.AddSteps(steps=(spec,)), row.at)

    def _end(self, at: int) -> None:
        """Ends the job where the log says that nothing is left to do."""
        steps = self._job.steps.values()
        if self._mapping.ends == "logged":
            told = {row.step for row in self._rows}
            steps = [step for step in steps if step.name in told]  # type: ignore[assignment]  # a list will do
        if self._mapping.ends == "never" or self._job.status is Status.PENDING:
            return
        if open_ := [step for step in steps if not step.settled]:
            self._unended(open_)
            return
        failed = [step for step in steps if step.status is StepStatus.FAILED]
        if failed:
            last = max(failed, key=lambda step: (step.finished_at or 0, step.position))
            self._do(c.Fail(error=last.error or f"{last.name} failed"), at)
        else:
            self._do(c.Succeed(), at)

    def _unended(self, steps: Sequence[Step]) -> None:
        """A job that is at work for ever, as far as anybody knows, unless its log grows."""
        running = [step.name for step in steps if step.status is StepStatus.RUNNING]
        what = f"the log stops while {', '.join(running)} runs" if running else f"the log stops before {steps[0].name}"
        last = self._rows[-1]
        self._doubts.append(Doubt(UNENDED, self._file, None, (last.id,), limits.captured(what, 300), "left running"))

    def _do(self, command: c.Command, at: int) -> None:
        self._job, changes = apply(self._job, command._replace(at=at), at)
        self._events += [change for change in changes if isinstance(change, Event)]

    def _text(self, row: Row, text: str, limit: int = limits.MESSAGE_MAX) -> str:
        if len(text) > limit:
            self._doubt(CUT, row, f"a text of {len(text)} characters", f"cut to {limit}")
        return limits.captured(text, limit)

    def _doubt(self, kind: str, row: Row, what: str, decided: str) -> None:
        self._doubts.append(Doubt(kind, self._file, row.step, (row.id,), what, decided))


def _contradictions(mapping: Mapping, file: str, rows: Sequence[Row]) -> Iterator[Doubt]:
    """Rows of one step at one time that no order makes plain: only their ids tell which was last."""
    ordered = sorted(rows, key=lambda row: (row.at, row.step, row.order))
    for (_at, step), same in groupby(ordered, key=lambda row: (row.at, row.step)):
        several = [row for row in same if meaning(mapping, row) in _PLACES]
        words = [str(meaning(mapping, row)) for row in several]
        if not _plain(words):
            ids = tuple(row.id for row in several)
            said = " and ".join(dict.fromkeys(words))
            yield Doubt(
                EQUAL_TIMES, file, step, ids, f"{said} at the same time", f"the higher id is the later: {ids[-1]}"
            )


def _plain(words: Sequence[str]) -> bool:
    """Whether this is how one attempt of a step goes: waiting, begun, and one end, however often each is told."""
    places = [_PLACES[word] for word in words]
    return places == sorted(places) and len({word for word in words if _PLACES[word] == _END}) <= 1


def _by_time(row: Row) -> tuple[int, tuple[int, int, str]]:
    return row.at, row.order


def _words(row: Row) -> str:
    """What a row without a message says."""
    return row.message or (f"{row.step}: {row.word}" if row.word else row.step)
