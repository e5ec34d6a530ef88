"""Runs a command, and starts it anew when a file below src/ or examples/ changes: `restart.py COMMAND...`."""

import subprocess
import sys
import threading
from pathlib import Path

WATCHED = {".py", ".sql", ".html", ".css", ".js"}
LOOK_EVERY_S = 0.5
GRACE_S = 10


def written() -> dict[Path, int]:
    """Returns when each watched file was last written."""
    files = (file for room in ("src", "examples") for file in Path(room).rglob("*"))
    return {file: file.stat().st_mtime_ns for file in files if file.suffix in WATCHED}


def run_until_changed(command: list[str]) -> None:
    """Runs the command until the tree changes; one that ended by itself also waits for that."""
    before = written()
    child = subprocess.Popen(command)
    try:
        while written() == before:
            threading.Event().wait(LOOK_EVERY_S)
    finally:
        child.terminate()
        child.wait(GRACE_S)


try:
    while True:
        run_until_changed(sys.argv[1:])
        print("changed: starting again", flush=True)
except KeyboardInterrupt:
    sys.exit(130)
