"""Owns a sample of the log that a program like this one kept before: `python -m examples.intake.legacy LOGS.db`.

It is the same whenever it is made. A file passes the eight steps and then its uploads, and each step leaves a row as it
begins and a row as it ends. As in a log that grew over years, some of it is not as it should be:

- whole seconds: two workers of five keep no fractions, so that quick steps begin and end at the same time;
- ids out of order: each worker's clock goes a little differently, and ids are handed out as rows arrive;
- retries: a step fails and is begun again, up to three times; now and then nobody wrote that it was begun again;
- failures for good: what follows is skipped, or is never told of;
- second thoughts: a step that has ended is put back to `pending`, which no step can be;
- words that no program knows: `retrying`, `warning`, `in progress`, an empty one;
- words in other spellings: `SUCCESS`, ` success`;
- missing ends: the worker died, and the file's log stops in the middle of a step;
- missing starts: a step that only ends;
- rows twice: the same end, written again a moment later;
- rows of no file, without a step or without a time, and messages longer than anybody reads.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from examples.intake.plan import MAIN_STEPS, queue_step, upload_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROWS: Final = 100_000
TABLE: Final = """
create table processing_logs (
  id integer primary key, file_id integer, task_id varchar, step_name varchar, status varchar, message varchar,
  detail text, timestamp timestamp);
create index processing_logs_file on processing_logs (file_id);
"""
_SEED: Final = 20_240_115
_BEGAN: Final = datetime(2024, 1, 15, 8, tzinfo=UTC)
_DESTINATIONS: Final = ("dropbox", "s3", "nextcloud", "archive_2019")
_SKEW_MS: Final = (0, 700, -900, 0, 350)
"""By how much each worker's clock is wrong."""
_WHOLE_SECONDS: Final = (3, 4)
"""The workers that keep no fractions."""
_UNKNOWN: Final = ("retrying", "warning", "in progress", "")
_SPELLINGS: Final = ("SUCCESS", " success", "Success")

_FAILS, _FAILS_FOR_GOOD, _DIES = 0.03, 0.12, 0.0012
_UNTOLD, _SILENT, _PUT_BACK = 0.1, 0.3, 0.0006
_NO_START, _TWICE, _REMARK, _OTHER_SPELLING = 0.01, 0.004, 0.003, 0.01
_NO_FILE, _NO_STEP, _NO_TIME, _LONG = 0.0006, 0.0002, 0.0002, 0.0003


class LogRow(NamedTuple):
    """A row but for its id. `arrived`: when the database got it, by which ids are handed out."""

    file_id: int | None
    task_id: str
    step_name: str | None
    status: str
    message: str | None
    detail: str | None
    timestamp: str | None
    arrived: datetime


class _Stopped(Exception):
    """Nobody goes on with a file."""


class _File:
    """One file on its way, and the rows that it leaves."""

    def __init__(self, turn: Random, number: int, began: datetime) -> None:
        self.rows: list[LogRow] = []
        self._turn = turn
        self._number = number
        self._now = began
        self._worker = turn.randrange(len(_SKEW_MS))
        self._failed = False

    def pass_all(self) -> None:
        destinations = [name for name in _DESTINATIONS if self._turn.random() < 0.45]
        try:
            for step in MAIN_STEPS:
                self._pass(step)
            if self._failed:
                return
            for name in destinations:
                self._tell(queue_step(name), "pending", f"Queued for {name}")
                self._end(queue_step(name))
            for name in destinations:
                self._worker = self._turn.randrange(len(_SKEW_MS))  # uploads are done by whoever is free
                self._failed = False
                self._pass(upload_step(name))
        except _Stopped:
            return

    def _pass(self, step: str) -> None:
        if self._failed:
            self._tell(step, "skipped", "An earlier step failed")
            return
        if self._turn.random() >= _NO_START:
            self._begin(step)
        for tried in range(3):
            if self._turn.random() >= _FAILS:
                self._end(step)
                return
            self._fail(step)
            if tried == 2 or self._turn.random() < _FAILS_FOR_GOOD:
                break
            if self._turn.random() >= _UNTOLD:
                self._begin(step)
        self._failed = True
        if self._turn.random() < _SILENT:
            raise _Stopped

    def _begin(self, step: str) -> None:
        self._tell(step, "in_progress", f"Starting {step}")
        if self._turn.random() < _DIES:
            raise _Stopped
        if self._turn.random() < _REMARK:
            self._tell(step, self._turn.choice(_UNKNOWN), "Taking longer than usual")

    def _end(self, step: str) -> None:
        other = self._turn.random() < _OTHER_SPELLING
        status = self._turn.choice(_SPELLINGS) if other else "success"
        detail = json.dumps({"ms": self._turn.randrange(5_000)}) if self._turn.random() < 0.3 else None
        for _ in range(2 if self._turn.random() < _TWICE else 1):
            self._tell(step, status, f"Finished {step}", detail)
        if self._turn.random() < _PUT_BACK:
            self._tell(step, "pending", "To be done again")

    def _fail(self, step: str) -> None:
        message = "Connection reset by peer" if self._turn.random() >= _LONG * 50 else "at " * 4_000
        self._tell(step, "failure", message, f"Traceback (most recent call last):\n  …\nOSError: {step}")

    def _tell(self, step: str, status: str, message: str, detail: str | None = None) -> None:
        self._now += timedelta(milliseconds=self._turn.choice((3, 40, 180, 700, 2_600)))
        clock = self._now + timedelta(milliseconds=_SKEW_MS[self._worker])
        whole = "seconds" if self._worker in _WHOLE_SECONDS else "microseconds"
        told = clock.replace(tzinfo=None).isoformat(sep=" ", timespec=whole)
        chance = self._turn.random()
        row = LogRow(
            self._number, f"task-{self._number:x}-{self._worker}", step, status, message, detail, told, self._now
        )
        self.rows.append(_damaged(row, chance))


def _damaged(row: LogRow, chance: float) -> LogRow:
    """One in a thousand rows lost what it is about."""
    if chance < _NO_FILE:
        return row._replace(file_id=None)
    if chance < _NO_FILE + _NO_STEP:
        return row._replace(step_name=None)
    return row._replace(timestamp=None) if chance < _NO_FILE + _NO_STEP + _NO_TIME else row


def entries(count: int = ROWS) -> list[LogRow]:
    """So many rows in the order in which they arrived; the last files are cut off where the log ends."""
    made: list[LogRow] = []
    for file in _files():
        made += file.rows
        if len(made) >= count:
            break
    return sorted(made[:count], key=lambda row: row.arrived)


def _files() -> Iterator[_File]:
    turn, began, number = Random(_SEED), _BEGAN, 0
    while True:
        number += 1
        began += timedelta(milliseconds=turn.randrange(4_000))
        file = _File(turn, number, began)
        file.pass_all()
        yield file


def write(path: Path, count: int = ROWS) -> Sequence[LogRow]:
    """Makes the log at a path where nothing is yet; its rows, whose ids count from 1."""
    with path.open("xb"):
        pass  # never into a log that somebody has
    made = entries(count)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(TABLE)
        db.executemany(
            "insert into processing_logs values (?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, *row[:-1]) for number, row in enumerate(made, 1)),
        )
        db.commit()
    return made


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m examples.intake.legacy", description="Makes a sample of an old log."
    )
    parser.add_argument("file", type=Path, metavar="LOGS.db", help="where it is made; nothing may be there yet")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"how many (default: {ROWS:,})")
    given = parser.parse_args(arguments)
    try:
        made = write(given.file, given.rows)
    except OSError as error:
        print(f"{given.file}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{len(made):,} rows of {len({row.file_id for row in made} - {None}):,} files in {given.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
