"""The program `headway`: its commands, found when they are asked for, and what becomes of their errors."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from headway.cli import exits
from headway.cli.desk import Desk
from headway.cli.options import everywhere

SECTIONS = {
    "Watch": ("watch", "ls", "show", "history", "stuck"),
    "Ask": ("cancel", "retry"),
    "Look after": ("serve", "verify", "migrate", "copy", "import-logs", "doctor"),
}


class Program(click.Group):
    """A group whose commands are modules of `headway.cli.commands`, one each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in SECTIONS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"headway.cli.commands.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, names in SECTIONS.items():
            with formatter.section(section):
                found = {name: self.get_command(ctx, name) for name in names}
                formatter.write_dl([(name, made.get_short_help_str(60)) for name, made in found.items() if made])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs one command; every expected error is one line and a status."""
        _write_anything()
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except exits.TOLD as error:
            status = exits.refused(error)
        except (BrokenPipeError, _PipeClosed):
            status = exits.pipe_closed()
        except OSError as error:
            status = exits.unwritten(error)
        except click.Abort:
            status = exits.INTERRUPTED
        if standalone_mode:
            sys.exit(status or 0)
        return status or 0

    def invoke(self, ctx: click.Context) -> Any:
        """Before click makes its own ends of these."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _PipeClosed from None
        except KeyboardInterrupt:
            return exits.INTERRUPTED


class _PipeClosed(Exception):
    """The reader of our output left."""


def _write_anything() -> None:
    """A character that the terminal's encoding lacks is written as its number, not answered with an exception."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@click.command(
    "headway",
    cls=Program,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="headway", message="headway %(version)s")
@everywhere
@click.pass_context
def program(ctx: click.Context) -> None:
    """Durable, truthful, live progress of background jobs.

    Jobs are found in a store (--store, else HEADWAY_STORE, else the file in your data folder) or behind a server
    (--store https://…). An id may be cut as long as it names one job.
    """
    ctx.ensure_object(Desk)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
