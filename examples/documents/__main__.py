"""Owns the command: `python -m examples.documents` serves the room, `--once` runs it on its samples and ends."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examples.documents.room import Room


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    with ExitStack() as held:
        folder = given.folder or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="headway-documents-")))
        store = given.store or os.environ.get("HEADWAY_STORE") or f"sqlite:///{folder.resolve() / 'headway.db'}"
        # Loaded here, because every worker process imports this module too and needs neither terminal nor server.
        from examples.documents.room import Room

        room = Room(folder=folder.resolve() / "documents", store=store)
        return _once(room) if given.once else _serve(room, given.port)


def _once(room: Room) -> int:
    from rich.console import Console

    from examples.documents.once import run_samples

    return run_samples(Console(highlight=False), room)


def _serve(room: Room, port: int) -> int:
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m examples.documents",
        description="Bring PDFs, take away their text and a thumbnail, and see how far each one is.",
    )
    parser.add_argument("--once", action="store_true", help="run on the samples in the terminal, then end")
    parser.add_argument("--port", type=int, default=8765, help="where to serve on 127.0.0.1 (default: 8765)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="of the documents (default: a new one)")
    parser.add_argument("--store", metavar="URL", help="of the jobs (default: HEADWAY_STORE, else in the folder)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
