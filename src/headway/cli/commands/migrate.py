"""`headway migrate`: brings a store's schema to a version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from headway.cli import exits
from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.schema import Schema, Step, schema_of
from headway.core.errors import StoreUnusable

_WHEN = {"pre": "before the processes that need it are started", "post": "after those before them have ended"}


@declared("migrate", short_help="Bring the store to a version of its schema.")
@click.option("--to", "target", type=click.IntRange(0), metavar="N", help="This version; the newest without.")
@click.option("--pre", is_flag=True, help="Only what must be there before the processes of this version start.")
@click.option("--check", is_flag=True, help="Change nothing; say whether there is something to do (exit status 1).")
def command(desk: Desk, target: int | None, pre: bool, check: bool) -> int:
    """Bring the store to a version of its schema: up to the newest, or with --to up or down to any.

    Opening a file brings it up by itself; a database on a server is changed by this command alone. Down is for going
    back to an older Headway: 0 removes everything that Headway made.
    """
    if pre and target is not None:
        raise click.UsageError("--to and --pre each say how far to go: give one of them")
    schema = schema_of(desk)
    if check:
        return _check(desk, schema, target, pre)
    before, after = schema.migrate(max(schema.version(), schema.needed) if pre else target)
    moved = f"went from version {before} to {after}" if before != after else f"is at version {after} already"
    _tell(desk, {"before": before, "version": after}, moved)
    return exits.SUCCEEDED


def _check(desk: Desk, schema: Schema, target: int | None, pre: bool) -> int:
    found = schema.version()
    if found > schema.newest:
        reason = f"its schema is version {found}, this Headway knows {schema.newest}; upgrade headway"
        raise StoreUnusable(schema.url, reason)
    goal = max(found, schema.needed) if pre else schema.newest if target is None else target
    steps = _between(schema.steps(), found, goal)
    told = {"version": found, "target": goal, "steps": [step._asdict() for step in steps]}
    _tell(
        desk, told, _verdict(found, goal, pre), *(f"    {_named(step, found < goal)}" for step in steps if step.phase)
    )
    return exits.SUCCEEDED if found == goal else exits.FAILED


def _between(steps: Sequence[Step], found: int, goal: int) -> list[Step]:
    """What would be done, in this order."""
    if found <= goal:
        return [step for step in steps if found < step.number <= goal]
    return [step for step in reversed(steps) if goal < step.number <= found]


def _verdict(found: int, goal: int, pre: bool) -> str:
    if found == goal:
        return f"is at version {found}, as it should be"
    how = f" --to {goal}" if goal < found else " --pre" if pre else ""
    return f"is at version {found}, and headway migrate{how} brings it to {goal}"


def _named(step: Step, up: bool) -> str:
    return f"{step.number} {step.name}, {_WHEN[step.phase or '']}" if up else f"{step.number} {step.name} is taken back"


def _tell(desk: Desk, told: dict[str, Any], sentence: str, *more: str) -> None:
    if desk.as_json:
        desk.emit(told)
    else:
        desk.say(f"the schema {sentence}", *more)
