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
    from collections.abc import Iterable

    from rich.console import Console

    from examples.images.room import Room


def run_samples(console: Console, room: Room) -> int:
    """The exit code: 0 when every sample ended as it should, the broken ones refused."""
    brought = samples()
    with room:
        generator = room.generator.name
        console.print(
            Text(f"{len(brought)} sample pictures, made by {generator}, jobs in {room.store}"), soft_wrap=True
        )
        taken = [room.take_in(sample.make(), name=sample.name) for sample in brought]
        jobs = follow(console, [each.job_id for each in taken], room.reporter.get)
    succeeded = [job for job in jobs if job["status"] == "succeeded"]
    return told(console, brought, jobs, _came_out(succeeded))


def _came_out(jobs: Iterable[Job]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("picture", no_wrap=True)
    for heading in ("size", "made by", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for job in jobs:
        result, spent = job["result"], seconds(job["started_at"], job["finished_at"])
        size = f"{result['width']:,} × {result['height']:,}"
        table.add_row(Text(file_of(job)), size, result["generator"], f"{spent or 0:.2f}")
    return table
