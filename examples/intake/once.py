"""Owns the run on the sample input: bring all samples, show them while they run, and print what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from examples.house.outcomes import told
from examples.house.terminal import Job, file_of, follow, seconds
from examples.intake import plan
from examples.intake.samples import samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from examples.intake.room import Room


def run_samples(console: Console, room: Room) -> int:
    """The exit code: 0 when every sample ended as it should, the locked and the damaged ones refused."""
    places = f"for {', '.join(room.places)}" if room.places else "for no destination"
    console.print(Text(f"{len(samples())} sample files {places}, jobs in {room.store}"), soft_wrap=True)
    with room:
        brought = room.bring_samples()
        ended = {job["id"]: job for job in follow(console, list(dict.fromkeys(brought)), room.reporter.get)}
    return came_out(console, [ended[job_id] for job_id in brought])


def came_out(console: Console, jobs: Sequence[Job]) -> int:
    """Print what came of the samples; 0 when all ended as they should."""
    known = {job["id"]: job for job in jobs}
    code = told(console, samples(), jobs, _table(job for job in known.values() if job["status"] == "succeeded"))
    if again := len(jobs) - len(known):
        console.print(Text(f"{again} of the files came twice and was known: it has one job, and was filed once."))
    return code


def _table(jobs: Iterable[Job]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("file", no_wrap=True)
    table.add_column("text", no_wrap=True)
    table.add_column("sent to", no_wrap=True)
    table.add_column("seconds", justify="right", no_wrap=True)
    for job in jobs:
        spent = seconds(job["started_at"], job["finished_at"])
        sent = ", ".join(job["result"]["sent_to"]) or "nowhere"
        table.add_row(Text(file_of(job)), _text_of(job), sent, f"{spent or 0:.2f}")
    return table


def _text_of(job: Job) -> str:
    step = next(step for step in job["steps"] if step["name"] == plan.EXTRACT_TEXT)
    return str(step["message"]).partition(" on ")[0] if step["status"] == "succeeded" else "none"
