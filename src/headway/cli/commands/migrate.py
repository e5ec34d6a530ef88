"""`headway migrate`: brings a store's schema to a version."""

from __future__ import annotations

import click

from headway.cli import exits
from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.schema import Schema


@declared("migrate", short_help="Bring the store to a version of its schema.")
@click.option("--to", "target", type=click.IntRange(0), metavar="N", help="This version; the newest without.")
@click.option("--check", is_flag=True, help="Change nothing; say whether there is something to do (exit status 1).")
def command(desk: Desk, target: int | None, check: bool) -> int:
    """Bring the store to a version of its schema: up to the newest, or with --to up or down to any.

    Opening a store brings it up by itself. Down is for going back to an older Headway: 0 removes everything that
    Headway made.
    """
    schema = Schema(desk)
    if check:
        found, goal = schema.version(), schema.newest if target is None else target
        _tell(desk, {"version": found, "target": goal}, _verdict(found, goal))
        return exits.SUCCEEDED if found == goal else exits.FAILED
    before, after = schema.migrate(target)
    moved = f"went from version {before} to {after}" if before != after else f"is at version {after} already"
    _tell(desk, {"before": before, "version": after}, moved)
    return exits.SUCCEEDED


def _verdict(found: int, goal: int) -> str:
    if found == goal:
        return f"is at version {found}, as it should be"
    return f"is at version {found}, and headway migrate{f' --to {goal}' if goal < found else ''} brings it to {goal}"


def _tell(desk: Desk, told: dict[str, int], sentence: str) -> None:
    if desk.as_json:
        desk.emit(told)
    else:
        desk.say(f"the schema {sentence}")
