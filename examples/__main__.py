"""Owns the command: `python -m examples` opens all applications on one page, `--once` runs their samples and ends."""

import sys

from examples.house.command import Application, run

ALL = Application(
    name="hall",
    does="Open all applications on one page, over one store, and see how far everything is.",
    greeting="All applications are open",
    module="examples",
    place=".",
)

if __name__ == "__main__":
    sys.exit(run(ALL))
