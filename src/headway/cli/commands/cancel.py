"""`headway cancel`: asks jobs to stop."""

from __future__ import annotations

import click

from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.render import clean, words
from headway.cli.sources.source import Wire


@declared("cancel", short_help="Ask jobs to stop.")
@click.argument("jobs", metavar="ID...", nargs=-1, required=True)
def command(desk: Desk, jobs: tuple[str, ...]) -> None:
    """Ask jobs to stop.

    One that nobody works on is cancelled at once. A worker hears of it at its next report, stops, and says so: `headway
    watch ID` shows when.
    """
    with desk.source() as source:
        for job_id in [source.find(job) for job in jobs]:
            job = source.cancel(job_id)
            if desk.as_json:
                desk.emit(job)
            else:
                desk.say(_told(clean.values(job)))


def _told(job: Wire) -> str:
    name = f"{job['kind']} {words.short_id(job)}"
    if job["status"] == "cancelled":
        return f"{name} is cancelled; nobody was working on it"
    return f"{name} was asked to stop; it is {words.status(job)} until its worker answers"
