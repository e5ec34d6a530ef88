"""Owns `python -m bench [topic …] [--quick]`: takes the topics in turn, prints every line, keeps them as a table."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Line, Row, table
from bench.processes import KEPT, ROOT
from bench.rounds import FULL, QUICK, Effort
from headway.stores.sqlite.driver import newest

TOPICS = {
    "track": "loops",
    "store": "store",
    "postgres": "postgres",
    "http": "reads",
    "sse": "streams",
    "latency": "latency",
    "import": "imports",
    "backfill": "backfill",
    "cost": "cost",
    "scale": "scale",
}
RESULTS = ROOT / "bench" / "results.md"


def main() -> int:
    asked = arguments()
    effort = QUICK if asked.quick else FULL
    allow_many_files()
    lines: list[Line] = []
    for topic in asked.topics or TOPICS:
        print(f"\n{topic}", flush=True)
        for line in measured(topic, effort):
            lines.append(line)
            print("  " + "  ·  ".join(cell for cell in line.cells() if cell), flush=True)
    if not asked.topics:
        RESULTS.write_text(report(lines, effort))
    missed = [line.what for line in lines if isinstance(line, Row) and line.holds() is False]
    print(f"\n{len(missed)} bars missed" if missed else "\nevery bar holds")
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", choices=[*TOPICS, []], help=", ".join(TOPICS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, a smaller large store")
    return parser.parse_args()


def measured(topic: str, effort: Effort) -> Iterator[Line]:
    """The lines of one topic; its stores lie on the disk that the repository is on, and are gone afterwards."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT, prefix=f"{topic}-") as scratch:
        os.environ["HEADWAY_SPOOL"] = f"{scratch}/spool"  # nothing of this belongs to the person who measures
        yield from importlib.import_module(f"bench.{TOPICS[topic]}").measure(effort, Path(scratch))


def allow_many_files() -> None:
    """A thousand readers and a thousand connections are more files than a shell allows by default."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def report(lines: list[Line], effort: Effort) -> str:
    """The table with what a reader needs to judge it by."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {newest().sqlite_version}"
    return f"""# What Headway costs, beside bare floors and peers

{machine}, {effort.rounds} interleaved rounds. Ratios are taken within a round, so that a drift of the machine hits
both sides; compare nothing across runs. `make bench` writes this file.

{table(lines)}
"""


if __name__ == "__main__":
    sys.exit(main())
