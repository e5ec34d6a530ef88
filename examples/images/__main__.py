"""Owns the command: `python -m examples.images` serves the room, `--once` runs it on its samples and ends."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examples.images.room import Room

HOST = "127.0.0.1"
"""Nobody is asked for a key here, so nobody else's machine may reach it."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    # A polite kill takes the same way out as the end of the program: workers stopped, temporary folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as held:
        folder = given.folder or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="headway-images-")))
        store = given.store or os.environ.get("HEADWAY_STORE") or f"sqlite:///{folder.resolve() / 'headway.db'}"
        # Loaded here, because every worker process imports this module too and needs neither terminal nor server.
        import headway
        from examples.images.room import Room

        try:
            room = Room(folder=folder.resolve() / "images", store=store)
            return _once(room) if given.once else _serve(room, given.port)
        except (headway.InvalidSetting, headway.StoreUnavailable, headway.StoreUnusable) as error:
            print(error, file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 128 + signal.SIGINT if given.once else 0


def _once(room: Room) -> int:
    from rich.console import Console

    from examples.images.once import run_samples

    return run_samples(Console(highlight=False), room)


def _serve(room: Room, port: int) -> int:
    import uvicorn

    from examples.images.app import app

    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        print(f"cannot serve on {HOST}:{port}: {error.strerror}; choose another with --port", file=sys.stderr)
        return 2
    with listener:
        print(f"Pictures are taken on http://{HOST}:{listener.getsockname()[1]} (Ctrl-C ends it)", flush=True)
        uvicorn.Server(uvicorn.Config(app(room), log_level="warning", timeout_graceful_shutdown=3)).run(
            sockets=[listener]
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.images",
        description="Bring pictures, take away drawings of them, and see how far each one is.",
    )
    parser.add_argument("--once", action="store_true", help="run on the samples in the terminal, then end")
    parser.add_argument("--port", type=int, default=8765, help="where to serve on 127.0.0.1 (default: 8765)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="of the pictures (default: a new one)")
    parser.add_argument("--store", metavar="URL", help="of the jobs (default: HEADWAY_STORE, else in the folder)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
