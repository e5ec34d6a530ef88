"""Owns the command of an application: `python -m examples.NAME` serves its room, `--once` runs its samples and ends."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
"""Nobody is asked for a key here, so nobody else's machine may reach it."""


@dataclass(frozen=True)
class Application:
    """One folder beside this one: `room.Room` is what it opens, `app.app` serves it, `once.run_samples` ends it."""

    name: str
    does: str
    greeting: str
    module: str | None = None
    """What `python -m` is given, where it is not the folder itself."""
    place: str | None = None
    """Where its files are below the common folder, where that is not its name."""

    def room(self, folder: Path, store: str) -> Any:
        # Loaded when it is needed: every worker process imports the command too, and needs neither terminal nor server.
        own = folder / (self.place or self.name)
        return import_module(f"examples.{self.name}.room").Room(folder=own, store=store)

    def app(self, room: Any) -> Starlette:
        made: Starlette = import_module(f"examples.{self.name}.app").app(room)
        return made

    def run_samples(self, room: Any) -> int:
        from rich.console import Console

        ended: int = import_module(f"examples.{self.name}.once").run_samples(Console(highlight=False), room)
        return ended


def run(application: Application, arguments: list[str] | None = None) -> int:
    """The exit code: 0 when it was served until Ctrl-C, or every sample ended as it should."""
    given = _parser(application).parse_args(arguments)
    # A polite kill takes the same way out as the end of the program: workers stopped, temporary folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as held:
        prefix = f"headway-{application.name}-"
        folder = given.folder or Path(held.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        store = given.store or os.environ.get("HEADWAY_STORE") or f"sqlite:///{folder.resolve() / 'headway.db'}"
        import headway

        try:
            room = application.room(folder.resolve(), store)
            return application.run_samples(room) if given.once else _serve(application, room, given.port)
        except (headway.InvalidSetting, headway.StoreUnavailable, headway.StoreUnusable) as error:
            print(error, file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 128 + signal.SIGINT if given.once else 0


def _serve(application: Application, room: Any, port: int) -> int:
    import uvicorn

    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        print(f"cannot serve on {HOST}:{port}: {error.strerror}; choose another with --port", file=sys.stderr)
        return 2
    with listener:
        print(f"{application.greeting} on http://{HOST}:{listener.getsockname()[1]} (Ctrl-C ends it)", flush=True)
        config = uvicorn.Config(
            application.app(room), log_level="warning", access_log=False, timeout_graceful_shutdown=3
        )
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _parser(application: Application) -> argparse.ArgumentParser:
    module = application.module or f"examples.{application.name}"
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=application.does)
    parser.add_argument("--once", action="store_true", help="run on the samples in the terminal, then end")
    parser.add_argument("--port", type=int, default=8765, help=f"where to serve on {HOST} (default: 8765)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where files are kept (default: a new folder)")
    parser.add_argument("--store", metavar="URL", help="of the jobs (default: HEADWAY_STORE, else in the folder)")
    return parser
