"""Owns the command: `python -m examples.documents` serves the room, `--once` runs it on its samples and ends."""

import sys

from examples.house.command import Application, run

DOCUMENTS = Application(
    name="documents",
    does="Bring PDFs, take away their text and a thumbnail, and see how far each one is.",
    greeting="Documents are taken",
)

if __name__ == "__main__":
    sys.exit(run(DOCUMENTS))
