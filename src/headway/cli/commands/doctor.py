"""`headway doctor`: whether everything is in order here, and what to do where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rich.text import Text

from headway.cli import exits
from headway.cli.checks import postgres, sqlite
from headway.cli.checks.clock import clock
from headway.cli.checks.finding import ACTION, ADVICE, FINE, Finding, action, fine
from headway.cli.checks.program import program
from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.render import ages, clean
from headway.cli.schema import FileSchema
from headway.core.errors import HeadwayError
from headway.stores.address import redacted
from headway.stores.protocol import JobQuery

_STYLES = {FINE: "green", ADVICE: "yellow", ACTION: "red"}
_MARKS = {FINE: "ok", ADVICE: "note", ACTION: "ACT"}


@declared("doctor", short_help="Check that everything is in order here.")
def command(desk: Desk) -> int:
    """Check that everything is in order here: versions, settings, the store, its disk and schema, the clock.

    The exit status is 1 if something needs action; a note is no such thing.
    """
    worst = exits.SUCCEEDED
    for finding in _findings(desk):
        _tell(desk, finding)
        if finding.verdict == ACTION:
            worst = exits.FAILED
    return worst


def _findings(desk: Desk) -> Iterator[Finding]:
    yield from program(os.environ)
    if desk.remote:
        yield from _server(desk)
        return
    if desk.database:
        yield from postgres.database(desk)
        return
    yield from sqlite.library()
    if desk.file is None:
        yield action("store", f"{redacted(desk.url)} is no store that lasts", "give a file: sqlite:////path/to/jobs.db")
        return
    yield from sqlite.file(FileSchema(desk), desk.now())


def _server(desk: Desk) -> Iterator[Finding]:
    """A server answers for its store; what it tells is the time of its newest job."""
    try:
        with desk.source() as source:
            newest = source.jobs(JobQuery(limit=1))
    except HeadwayError as error:
        yield action("server", str(error), "start it (headway serve), or correct the address")
        return
    yield fine("server", f"{desk.url} answers")
    yield from clock(desk.now(), ages.at(newest[0]["updated_at"]) if newest else None, "the server")


def _tell(desk: Desk, finding: Finding) -> None:
    if desk.as_json:
        desk.emit({"name": finding.name, "verdict": finding.verdict, "told": finding.told, "do": finding.do})
        return
    line = Text.assemble((f"{_MARKS[finding.verdict]:<5}", _STYLES[finding.verdict]))
    desk.say(line.append(f"{finding.name:<9} {clean.line(finding.told)}"))
    if finding.do:
        desk.say(f"               {clean.line(finding.do)}")
