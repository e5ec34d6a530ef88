"""The numbers of producers' batches as rows: the last one of a job in its own row, all others in rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from headway.stores.protocol import BatchMark

JOB_FIELDS: Final = ("batches", "last_producer", "last_attempt", "last_batch", "batch_before", "last_lease")
NEW_FIELDS: Final = ("job", "attempt", "producer", "seq", "lease")
MARK_FIELDS: Final = (*NEW_FIELDS, "before")
_NONE: Final = (0, None, None, None, None, None)
_SEVERAL: Final = (2, None, None, None, None, None)

Row = tuple[Any, ...]


class LostRace(Exception):
    """A job is no longer what its commit was decided on; nothing was written."""


class Run(NamedTuple):
    """Marks of one producer that follow each other: the last of them, and the number of the first."""

    last: BatchMark
    first: int

    def row(self, job: int | str) -> Row:
        """Values of NEW_FIELDS."""
        producer, seq, attempt, lease = self.last
        return (job, attempt, producer, seq, lease)


def runs(marks: Sequence[BatchMark]) -> list[Run]:
    """One run for each producer of an attempt. Raises LostRace where a number is missing."""
    found: dict[tuple[int, str], Run] = {}
    for mark in marks:
        key = (mark.attempt, mark.producer)
        found[key] = _longer(found[key], mark) if key in found else Run(mark, mark.seq)
    return list(found.values())


def in_job(found: Sequence[Run], known: BatchMark | None) -> Row:
    """Values of JOB_FIELDS. `known`: the job's last batch as far as it is remembered, whose lease is stored already."""
    counted = [run for run in found if run.last.seq]
    if len(counted) != 1:
        return _SEVERAL if counted else _NONE
    (producer, seq, attempt, lease), first = counted[0]
    stored = known is not None and (producer, attempt, lease) == (known.producer, known.attempt, known.lease)
    return (1, producer, attempt, seq, first - 1, None if stored else lease)


def in_rows(found: Sequence[Run], job: int | str) -> tuple[list[Row], list[Row]]:
    """Rows of NEW_FIELDS for producers that begin, and of MARK_FIELDS for several that go on."""
    new = [run.row(job) for run in found if run.first <= 1]
    going = [(*run.row(job), run.first - 1) for run in found if run.first > 1]
    together = len([run for run in found if run.last.seq]) > 1
    return new, going if together else []


def _longer(run: Run, mark: BatchMark) -> Run:
    last, first = run
    if mark.seq and last.seq and mark.seq != last.seq + 1:
        raise LostRace
    joined = last._replace(seq=max(last.seq, mark.seq), lease=mark.lease or last.lease)
    return Run(joined, first or mark.seq)
