"""Owns the run on the sample input: bring all samples, show them while they run, and print what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from examples.house.outcomes import told
from examples.house.terminal import Job, file_of, follow, seconds
from examples.images.samples import samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from examples.images.room import Room


def run_samples(console: Console, room: Room) -> int:
    """The exit code: 0 when every sample ended as it should, the broken ones refused."""
    words = f"{len(samples())} sample pictures, made by {room.generator.name}, jobs in {room.store}"
    console.print(Text(words), soft_wrap=True)
    with room:
        jobs = follow(console, room.bring_samples(), room.reporter.get)
    return came_out(console, jobs)


def came_out(console: Console, jobs: Sequence[Job]) -> int:
    """Print what came of the samples; 0 when all ended as they should."""
    return told(console, samples(), jobs, _table(job for job in jobs if job["status"] == "succeeded"))


def _table(jobs: Iterable[Job]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("picture", no_wrap=True)
    for heading in ("size", "made by", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for job in jobs:
        result, spent = job["result"], seconds(job["started_at"], job["finished_at"])
        size = f"{result['width']:,} × {result['height']:,}"
        table.add_row(Text(file_of(job)), size, result["generator"], f"{spent or 0:.2f}")
    return table
