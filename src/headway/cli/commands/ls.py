"""`headway ls`: many jobs, one line each."""

from __future__ import annotations

import threading

import click
from rich.console import Group
from rich.text import Text

from headway.cli.desk import Desk
from headway.cli.drawing import drawing
from headway.cli.options import command as declared
from headway.cli.render import clean, log
from headway.cli.render.rows import job_table
from headway.cli.sources.source import Changes, Source, Wire
from headway.core.job import Status
from headway.stores.protocol import Filter, JobQuery

BREATH_S = 1.0  # ages go on though nothing changes
PACE_S = 0.25  # between two looks at a busy store


@declared("ls", short_help="List jobs, newest first.")
@click.option("--status", type=click.Choice([str(s) for s in Status]), multiple=True, help="Only these (repeatable).")
@click.option("--kind", multiple=True, help="Only jobs of this kind (repeatable).")
@click.option("--project", multiple=True, help="Only jobs of this project (repeatable).")
@click.option("--subject", multiple=True, help="Only jobs about this (repeatable).")
@click.option("-n", "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many.")
@click.option("-f", "--follow", is_flag=True, help="Stay, and show what changes.")
def command(
    desk: Desk,
    status: tuple[str, ...],
    kind: tuple[str, ...],
    project: tuple[str, ...],
    subject: tuple[str, ...],
    limit: int,
    follow: bool,
) -> None:
    """List jobs, newest first: status, percent, step, how long they run and what is left.

    Where output is no terminal nothing is cut off, and --follow writes one line for each change.
    """
    filter = Filter(kinds=frozenset(kind), projects=frozenset(project), subjects=frozenset(subject))
    query = JobQuery(filter=filter, statuses=frozenset(status), limit=limit)
    with desk.source() as source:
        if follow:
            _follow(desk, source, query)
        else:
            _list(desk, source.jobs(query))


def _list(desk: Desk, jobs: list[Wire]) -> None:
    if desk.as_json:
        for job in jobs:
            desk.emit(job)
    elif jobs:
        desk.say(*job_table(jobs, desk.now(), desk.glyphs, desk.width))
    else:
        click.echo("no jobs", err=True)


def _follow(desk: Desk, source: Source, query: JobQuery) -> None:
    changes = source.changes(query.filter)  # before the first look, so that nothing falls between
    try:
        if desk.live:
            _draw(desk, source, query, changes)
        else:
            _write(desk, source, query, changes)
    finally:
        changes.close()


def _draw(desk: Desk, source: Source, query: JobQuery, changes: Changes) -> None:
    jobs = source.jobs(query)
    with drawing(desk) as live:
        while True:
            live.update(_page(desk, jobs, changes.notice), refresh=True)
            if changes.wait(BREATH_S):
                jobs = source.jobs(query)
                _rest()


def _page(desk: Desk, jobs: list[Wire], notice: str | None) -> Group:
    """As many lines as the terminal has."""
    lines = job_table(jobs, desk.now(), desk.glyphs, desk.console.width - 1)[: max(2, desk.console.height - 2)]
    if not jobs:
        lines = [Text("no jobs yet", style="dim")]
    if notice:
        lines.append(Text(clean.line(notice), style="yellow"))
    return Group(*lines)


def _write(desk: Desk, source: Source, query: JobQuery, changes: Changes) -> None:
    """Each job when it is first seen, and each time that it has changed."""
    seen: dict[str, int] = {}
    while True:
        jobs = source.jobs(query)
        for job in reversed(jobs):
            if seen.get(job["id"]) != job["version"]:
                _write_job(desk, job)
        seen = {job["id"]: job["version"] for job in jobs}
        while not changes.wait(60.0):
            pass
        _rest()


def _write_job(desk: Desk, job: Wire) -> None:
    if desk.as_json:
        desk.emit(job)
    else:
        desk.say(Text(f"{job['id']}  {clean.line(job['kind'])}  ").append_text(log.state(job)))


def _rest() -> None:
    """Changes that come together are looked at together."""
    threading.Event().wait(PACE_S)
