"""Exit statuses, and the one line that an error becomes."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

import click

from headway.cli.render import clean
from headway.core.errors import HeadwayError

SUCCEEDED: Final = 0
FAILED: Final = 1  # of `watch`: the job failed; of `verify`, `migrate --check` and `doctor`: something needs action
REFUSED: Final = 2  # wrong usage, unknown job, a store that is away or damaged: the command did nothing
CANCELLED: Final = 3
LOST: Final = 4  # the job failed because its worker was lost
INTERRUPTED: Final = 130  # Ctrl-C; 128 + SIGINT, as shells have it
PIPE_CLOSED: Final = 141  # the reader of our output left; 128 + SIGPIPE


def of(job: dict[str, Any]) -> int:
    """How a job that has ended is told to a script."""
    match job["status"], job["reason"]:
        case "succeeded", _:
            return SUCCEEDED
        case "cancelled", _:
            return CANCELLED
        case "failed", "lost":
            return LOST
    return FAILED


def refused(error: Exception) -> int:
    """Says in one line why a command did nothing."""
    told = error.format_message() if isinstance(error, click.ClickException) else str(error)
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    hint = f" (see: {ctx.command_path} --help)" if ctx else ""
    print(f"headway: {clean.line(told)}{hint}", file=sys.stderr)
    return REFUSED


def pipe_closed() -> int:
    """The reader of our output has what it wanted."""
    _forget_output()
    return PIPE_CLOSED


def unwritten(error: OSError) -> int:
    """Standard output, or a file that the error names, takes nothing: its reader must not believe that this was all."""
    _forget_output()
    what = "the output cannot be written" if error.filename is None else clean.line(error.filename)
    print(f"headway: {what}: {error.strerror or error}", file=sys.stderr)
    return REFUSED


def _forget_output() -> None:
    """What is still buffered has nowhere to go; the interpreter must not complain of it at its end."""
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, sys.stdout.fileno())
    os.close(void)


TOLD = (HeadwayError, click.ClickException)
