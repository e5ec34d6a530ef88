"""Owns the command: `python -m examples.proposals` serves the room, `--once` runs it on its samples and ends."""

import sys

from examples.house.command import Application, run

PROPOSALS = Application(
    name="proposals",
    does="Bring a folder of texts, and see with all of a project how they become proposals and a tree of them.",
    greeting="The suggestions box is open",
)

if __name__ == "__main__":
    sys.exit(run(PROPOSALS))
