"""Owns what `import headway` adds to the start of a program, and that it brings in the standard library only."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Bar, Line, Row, Samples
from bench.rounds import Case, Effort, interleaved

FIRST_JOB = "import headway; headway.connect('memory:').start('bench').succeed()"
STRANGERS = """
import sys
before = set(sys.modules)
import headway
new = {name.partition('.')[0] for name in set(sys.modules) - before}
print(*sorted(new - sys.stdlib_module_names - {'headway'}))
"""


def measure(effort: Effort, scratch: Path) -> Iterator[Line]:
    cases: dict[str, Case] = {
        "bare": lambda: start_ms("pass"),
        "headway": lambda: start_ms("import headway"),
        "first job": lambda: start_ms(FIRST_JOB),
        "tqdm": lambda: start_ms("import tqdm"),
        "parts": lambda: start_ms("import asyncio, sqlite3, json, logging"),
    }
    start_ms("import headway, tqdm")  # compiles what was never imported
    figures = interleaved(cases, effort.rounds * 4)
    over = {
        name: [mine - bare for mine, bare in zip(values, figures["bare"], strict=True)]
        for name, values in figures.items()
    }
    ours = Samples(name="headway", unit="ms", values=over["headway"])
    note = f"brings in {strangers()}" if strangers() else "standard library only"
    yield Row(
        what="import headway over a bare interpreter", ours=ours, bar=Bar(sign="≤", limit=50, unit="ms"), note=note
    )
    for case, name in (("tqdm", "import tqdm"), ("parts", "import asyncio, sqlite3, json, logging")):
        beside = Samples(name=name, unit="ms", values=over[case])
        yield Row(what="import headway over a bare interpreter", ours=ours, beside=beside)
    first = Samples(name="headway", unit="ms", values=over["first job"])
    yield Row(what="import headway, report a first job and end", ours=first)


def start_ms(program: str) -> float:
    """Milliseconds of processor that an interpreter takes, from its start to its end, without the work of others."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def strangers() -> str:
    """Modules of nobody's standard library that came along."""
    return subprocess.run([sys.executable, "-c", STRANGERS], capture_output=True, text=True, check=True).stdout.strip()
