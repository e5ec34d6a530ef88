"""`headway retry`: reopens a job that has ended."""

from __future__ import annotations

import click

from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.render import clean, words
from headway.cli.sources.source import Wire


@declared("retry", short_help="Reopen jobs that have ended, as a new attempt.")
@click.argument("jobs", metavar="ID...", nargs=-1, required=True)
@click.option("--from-failed", is_flag=True, help="Keep the steps that succeeded; go on from the one that failed.")
def command(desk: Desk, jobs: tuple[str, ...], from_failed: bool) -> None:
    """Reopen jobs that have ended, as a new attempt.

    Headway runs nobody's jobs: the attempt begins when a worker takes the job up again.
    """
    with desk.source() as source:
        for job_id in [source.find(job) for job in jobs]:
            job = source.retry(job_id, keep_steps=from_failed)
            if desk.as_json:
                desk.emit(job)
            else:
                desk.say(_told(clean.values(job), from_failed))


def _told(job: Wire, from_failed: bool) -> str:
    what = "keeps the steps that succeeded" if from_failed else "begins with its first step"
    return f"{job['kind']} {words.short_id(job)} waits for attempt {job['attempt'] + 1}, which {what}"
