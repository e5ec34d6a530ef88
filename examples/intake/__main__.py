"""Owns the command: `python -m examples.intake` serves the room, `--once` runs it on its samples and ends."""

import sys

from examples.house.command import Application, run

INTAKE = Application(
    name="intake",
    does="Bring PDFs: they are described, filed and sent on, and every event of it is kept.",
    greeting="Files are taken in",
)

if __name__ == "__main__":
    sys.exit(run(INTAKE))
