"""`headway watch`: one job, live, until it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click

from headway.cli import exits
from headway.cli.desk import Desk
from headway.cli.drawing import drawing
from headway.cli.options import command as declared
from headway.cli.render import clean, log, words
from headway.cli.render.job import JobView
from headway.cli.sources.source import Follow, Notice, Update, Wire

BREATH_S = 1.0  # a job that says nothing is drawn again so often, for its clock
REDRAW_S = 0.05


HELP = """Follow one job until it ends: steps, percent, messages, and when it will be done at its present pace.

Where output is no terminal, one line is written for each change.

\b
The exit status tells how the job ended:
    0  succeeded
    1  failed
    2  it could not be watched (unknown job, no store, wrong usage)
    3  cancelled
    4  failed because its worker was lost
  130  you stopped watching (Ctrl-C); the job goes on
"""


@declared("watch", short_help="Follow one job until it ends.", help=HELP)
@click.argument("job", metavar="ID")
def command(desk: Desk, job: str) -> int:
    """Until the job ends, however long that takes and however often the connection drops."""
    with desk.source() as source:
        follow = source.follow(source.find(job))
        try:
            return exits.of(_shown(desk, follow))
        except KeyboardInterrupt:
            click.echo("watching ended here; the job goes on", err=True)
            return exits.INTERRUPTED
        finally:
            follow.close()


def _shown(desk: Desk, follow: Follow) -> Wire:
    if desk.as_json:
        return _emitted(desk, follow)
    return _drawn(desk, follow) if desk.live else _written(desk, follow)


def _drawn(desk: Desk, follow: Follow) -> Wire:
    """Over and over in place; the last frame stays."""
    job: Wire | None = None
    notice: str | None = None
    with drawing(desk) as live:
        while job is None or job["status"] not in words.TERMINAL:
            for told in _burst(follow):
                job = told.job if isinstance(told, Update) else job
                notice = told.text if isinstance(told, Notice) else notice
            if job is not None:
                ended = job["status"] in words.TERMINAL
                shown = None if notice is None or ended else clean.line(notice)
                live.update(JobView(job, desk.now(), desk.glyphs, shown), refresh=True)
    return job


def _burst(follow: Follow) -> Iterator[Update | Notice]:
    """News that come together are drawn together."""
    told = follow.next(BREATH_S)
    until = time.monotonic() + REDRAW_S
    while told is not None:
        yield told
        ended = isinstance(told, Update) and told.job["status"] in words.TERMINAL
        told = None if ended or time.monotonic() > until else follow.next(0)


def _written(desk: Desk, follow: Follow) -> Wire:
    """One line for each change, never moving the cursor."""
    shown = 0
    for told in _news(follow):
        if isinstance(told, Notice):
            desk.say(f"({clean.line(told.text)})" if told.text else "(connected again)")
            continue
        for event in told.events:
            desk.say(log.change(event))
            shown = event["job"]["version"]
        if told.job["status"] in words.TERMINAL:
            desk.say(log.end(told.job))
            return told.job
        if told.job["version"] > shown:
            desk.say(log.state(told.job))
            shown = told.job["version"]
    raise AssertionError("a job is followed until it ends")


def _emitted(desk: Desk, follow: Follow) -> Wire:
    """Every state that was seen, whole."""
    for told in _news(follow):
        if isinstance(told, Update):
            desk.emit(told.job)
            if told.job["status"] in words.TERMINAL:
                return told.job
    raise AssertionError("a job is followed until it ends")


def _news(follow: Follow) -> Iterator[Update | Notice]:
    while True:
        if (told := follow.next(60.0)) is not None:
            yield told
