"""Owns Flower answering for one task that it has heard of: its own handlers and memory, told the task's events here."""

from __future__ import annotations

import logging
import os
import sys
import time

from celery import Celery  # type: ignore[import-not-found]  # Flower lives in an environment of its own
from flower.app import Flower  # type: ignore[import-not-found]  # Flower lives in an environment of its own
from flower.urls import settings  # type: ignore[import-not-found]  # Flower lives in an environment of its own
from tornado.options import options  # type: ignore[import-not-found]  # Flower lives in an environment of its own

TASK = "0192f3e0-7c1a-7b55-9d3e-2f6a1c0b8e44"


def main(port: int) -> None:
    """Listens until it is ended."""
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    os.environ["FLOWER_UNAUTHENTICATED_API"] = "true"
    options.port, options.address = port, "127.0.0.1"
    flower = Flower(capp=Celery("bench", broker="memory://"), options=options, **settings)
    for clock, happened in enumerate(("task-received", "task-started"), 1):
        flower.events.state.event(told(happened, clock))
    flower.start_http_server()
    flower.io_loop.start()


def told(happened: str, clock: int) -> dict[str, object]:
    now = time.time()
    return {
        "type": happened,
        "uuid": TASK,
        "name": "documents.import",
        "args": "('invoice.pdf',)",
        "kwargs": "{}",
        "hostname": "worker@bench",
        "pid": 1,
        "clock": clock,
        "timestamp": now,
        "local_received": now,
        "utcoffset": 0,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
