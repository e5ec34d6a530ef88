"""Owns the run on the samples of all applications: all at once, live to the end, and a table of what was done."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from rich.text import Text

from examples.hall.board import Board
from examples.hall.summary import Line, summary
from examples.house.terminal import ENDED, REFRESH_S, Job

if TYPE_CHECKING:
    from rich.console import Console

    from examples.hall.room import Opened, Place, Room


@dataclass
class _Run:
    """The sample of one application that is open."""

    place: Place
    room: Opened
    job_ids: list[str] = field(default_factory=list)


def run_samples(console: Console, room: Room) -> int:
    """The exit code: 0 when every application opened, and everything in its sample ended as it should."""
    console.print(Text(f"The samples of {len(room.places)} applications, jobs in {room.store}"), soft_wrap=True)
    with room:
        runs = [_Run(place, place.room) for place in room.places if place.room and not place.shut]
        with Board([run.place.application for run in runs]).shown(console, room.reporter) as board:
            for run in runs:
                run.job_ids = run.room.bring_samples()
                board.complete(run.place.name)
            _wait(room, runs, board)
        lines = [_told(console, run, [room.reporter.get(job_id) for job_id in run.job_ids], board) for run in runs]
    shut = [Line.shut(place.application, place.shut) for place in room.places if place.shut]
    console.print(summary([*lines, *shut]))
    return 0 if all(line.as_it_should for line in [*lines, *shut]) else 1


def _wait(room: Room, runs: list[_Run], board: Board) -> None:
    """Until the last job has ended, and is shown so. A person may stop it at any time."""
    pause = threading.Event()
    for run in runs:
        for job_id in run.job_ids:
            while not _is_over(job_id, room, run, board):
                pause.wait(REFRESH_S)


def _is_over(job_id: str, room: Room, run: _Run, board: Board) -> bool:
    job = room.reporter.get(job_id) if board.is_old(job_id) else board.newest(run.place.name, job_id)
    return job is not None and job["status"] in ENDED


def _told(console: Console, run: _Run, jobs: list[Job], board: Board) -> Line:
    """What its own words for it are is printed only where they are not the expected ones."""
    with console.capture() as words:
        ended = import_module(f"examples.{run.place.name}.once").came_out(console, jobs)
    if ended != 0:
        console.print(Text.from_ansi(words.get()))
    once_each = list({job["id"]: job for job in jobs}.values())
    return Line.of(
        run.place.application,
        once_each,
        new=[job for job in once_each if not board.is_old(job["id"])],
        effort=run.room.effort(),
        as_it_should=ended == 0,
    )
