"""Owns the picture studio under measurement: a process that serves it, with a picture that is at work for ever."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import uvicorn

from bench.processes import answers, free_port, module, running
from examples.images import samples, session
from examples.images.app import app
from examples.images.room import Room

if TYPE_CHECKING:
    from PIL.Image import Image

    from examples.images.generator import Moved


class Poll(NamedTuple):
    """What to ask for, and the header that shows whose picture it is."""

    url: str
    header: str


class Endless:
    """A generator that has done a third of its work and goes no further."""

    name = "endless"

    def __init__(self) -> None:
        self._never = threading.Event()

    def generate(self, picture: Image, moved: Moved) -> Image:
        moved(1 / 3)
        self._never.wait()
        return picture


@contextlib.contextmanager
def served(scratch: Path) -> Iterator[Poll]:
    """The studio, as `make demo` serves it."""
    port, told, log = free_port(), scratch / "poll.txt", scratch / "studio.log"
    with running(module("bench.status", port, scratch / "studio", told), log=log) as child:
        answers(child, port, log)
        job_id, token = told.read_text().split()
        yield Poll(f"http://127.0.0.1:{port}/api/status/{job_id}", f"{session.HEADER}: {token}")


def main(port: int, folder: Path, told: Path) -> None:
    folder.mkdir()
    room = Room(folder=folder, store=f"sqlite:///{folder}/jobs.db", generator=Endless(), workers=1)
    taken = room.take_in(samples.encoded(samples.lighthouse(320, 240), "JPEG"))
    told.write_text(f"{taken.job_id} {taken.session_token}")
    with socket.create_server(("127.0.0.1", port)) as listener:
        uvicorn.Server(uvicorn.Config(app(room), log_level="warning", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
