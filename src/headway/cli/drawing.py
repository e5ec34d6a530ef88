"""A place on the terminal that is drawn over and over."""

from __future__ import annotations

from rich.live import Live

from headway.cli.desk import Desk


def drawing(desk: Desk, *, passing: bool = False) -> Live:
    """Drawn when it is told to and at no other time; the last frame stays when it is left, unless it was `passing`."""
    return Live(
        console=desk.console,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
        vertical_overflow="crop",
        transient=passing,
    )
