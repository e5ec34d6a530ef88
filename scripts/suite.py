"""Runs all tests, the core's under branch coverage, and closes with one line: `N passed, N failed`."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter

# Two for each core: most tests wait for servers, browsers and disks most of their time.
PYTEST = [sys.executable, "-m", "pytest", "-n", str(2 * (os.cpu_count() or 1)), "--dist=worksteal"]
COVERED = ["--cov=headway.core", "--cov-branch", "--cov-report=term-missing", "--cov-fail-under=100"]
RUNS = (
    [*PYTEST, "tests/core", *COVERED],
    [*PYTEST, "tests", "--ignore=tests/core"],
)
COUNT = re.compile(r"(\d+) (passed|failed|error)")


def run(command: list[str], counts: Counter[str]) -> bool:
    """Runs one command, shows its output as it comes, adds what its closing line counts."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        line = ""
        for line in child.stdout:
            print(line, end="", flush=True)
    for number, outcome in COUNT.findall(line):
        counts["passed" if outcome == "passed" else "failed"] += int(number)
    return child.returncode == 0


def main() -> int:
    """Runs every part, also after one has failed."""
    # A shell ignores Ctrl-C for what it runs in the background, and programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    counts: Counter[str] = Counter()
    fine = [run([*command, *sys.argv[1:]], counts) for command in RUNS]
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 0 if all(fine) else 1


sys.exit(main())
