"""`headway serve`: the API and the page over one store."""

from __future__ import annotations

import click

from headway.cli.checks.finding import FINE
from headway.cli.checks.sqlite import library
from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.render import clean

PORT = 8765


@declared("serve", short_help="Serve the API and the page.")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address: there are no keys yet.")
@click.option("--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="0 takes a free one.")
def command(desk: Desk, host: str, port: int) -> None:
    """Serve the API and the page over one store, until Ctrl-C or SIGTERM.

    Also judges which workers are lost, and rolls up the progress of child jobs.
    """
    from headway.http import serve  # only a server needs what it brings

    store = desk.opened(create=True)
    try:
        _warn(desk)
        serve(store, host=host, port=port, ready=lambda url: _greet(desk, store.url, url))
    except KeyboardInterrupt:
        return  # the way to stop it
    finally:
        store.close()


def _warn(desk: Desk) -> None:
    """Workers write to the same file: the library must be one that can share it."""
    for finding in library() if desk.file is not None else ():
        if finding.verdict != FINE:
            click.echo(f"headway: {clean.line(finding.told)}; {finding.do}", err=True)


def _greet(desk: Desk, store: str, url: str) -> None:
    if desk.as_json:
        desk.emit({"url": url, "store": store})
    else:
        desk.say(f"Headway shows {clean.line(store)} on {url}")
