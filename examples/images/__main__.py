"""Owns the command: `python -m examples.images` serves the room, `--once` runs it on its samples and ends."""

import sys

from examples.house.command import Application, run

IMAGES = Application(
    name="images",
    does="Bring pictures, take away drawings of them, and see how far each one is.",
    greeting="Pictures are taken",
)

if __name__ == "__main__":
    sys.exit(run(IMAGES))
