"""Owns DBOS telling how far a workflow is: its own durable event in PostgreSQL, over and over for some seconds."""

from __future__ import annotations

import logging
import sys
import time

from dbos import DBOS  # type: ignore[import-not-found]  # DBOS lives in an environment of its own


def main(url: str, seconds: float) -> None:
    """Prints events a second."""
    logging.disable(logging.WARNING)
    DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})

    @DBOS.workflow()  # type: ignore[untyped-decorator]  # DBOS lives in an environment of its own
    def told(seconds: float) -> float:
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            meta = {"current": count, "total": 1_000_000, "message": "processing rows", "step": "load"}
            DBOS.set_event("progress", meta)
            count += 1
        return count / (time.perf_counter() - start)

    DBOS.launch()
    try:
        print(told(seconds))
    finally:
        DBOS.destroy()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
