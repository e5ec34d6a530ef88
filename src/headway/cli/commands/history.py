"""`headway history`: what happened to a job, in order."""

from __future__ import annotations

import click

from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.render import clean, log, words
from headway.cli.sources.source import Notice, Source, Wire

PAGE = 500


@declared("history", short_help="What happened to a job, in order.")
@click.argument("job", metavar="ID")
@click.option("--after", type=click.IntRange(0), default=0, metavar="SEQ", help="Only what came after this entry.")
@click.option("-f", "--follow", is_flag=True, help="Stay until the job ends, and show what comes.")
def command(desk: Desk, job: str, after: int, follow: bool) -> None:
    """What happened to a job, in order: each entry with its number, which has no gaps."""
    with desk.source() as source:
        job_id = source.find(job)
        if follow:
            _follow(desk, source, job_id, after)
        else:
            _pages(desk, source, job_id, after)


def _pages(desk: Desk, source: Source, job_id: str, after: int) -> int:
    """Everything after an entry that is there now; answers the last one's number."""
    while page := source.history(job_id, after=after, limit=PAGE):
        for event in page:
            _entry(desk, event)
        after = page[-1]["seq"]
    return after


def _follow(desk: Desk, source: Source, job_id: str, after: int) -> None:
    """The stream says that there is more; what there is comes from the history itself, so that nothing is missing."""
    follow = source.follow(job_id)
    try:
        while True:
            told = follow.next(60.0)
            if isinstance(told, Notice):
                click.echo(clean.line(told.text or "connected again"), err=True)
            elif told is not None:
                after = _pages(desk, source, job_id, after) if told.job["seq"] > after else after
                if told.job["status"] in words.TERMINAL:
                    return
    finally:
        follow.close()


def _entry(desk: Desk, event: Wire) -> None:
    if desk.as_json:
        desk.emit(event)
    else:
        desk.say(log.entry(event, desk.width, desk.glyphs))
