"""The options that every command takes, before its name and after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from headway.cli.desk import Desk

_Function = TypeVar("_Function", bound=Callable[..., Any])
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def everywhere(function: _Function) -> _Function:
    """Adds --store, --json and --no-color."""
    options = (
        click.option(
            "--store",
            metavar="URL",
            expose_value=False,
            callback=_remember,
            help="Where jobs are: sqlite:///file.db, postgresql://…, or https://… of a server.",
        ),
        click.option(
            "--json",
            "as_json",
            is_flag=True,
            expose_value=False,
            callback=_remember,
            help="One JSON object a line, in the names of the HTTP interface.",
        ),
        click.option(
            "--no-color", is_flag=True, expose_value=False, callback=_remember, help="No colour (NO_COLOR says it too)."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def command(name: str, **settings: Any) -> Callable[[Callable[..., int | None]], click.Command]:
    """A command with the options that all have; its function is given the desk first, and answers its exit status."""

    def made(function: Callable[..., int | None]) -> click.Command:
        given: Callable[..., int | None] = click.make_pass_decorator(Desk, ensure=True)(function)
        declared: click.Command = click.command(name, cls=click.Command, **settings)(everywhere(given))
        return declared

    return made


class Duration(click.ParamType[int]):
    """`90`, `30s`, `15m`, `2h`, `1d`: microseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([smhd]?)", str(value).strip())
        if match is None:
            self.fail(f"{value!r} is no duration; write 90s, 15m, 2h or 1d", param, ctx)
        return int(float(match[1]) * _UNITS[match[2]] * 1_000_000)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """What is said after the command's name counts over what is said before it."""
    desk = ctx.ensure_object(Desk)
    if value:
        setattr(desk, str(param.name), value)
