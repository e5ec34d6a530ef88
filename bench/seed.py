"""Owns stores of any size: a few jobs are reported in earnest, then copied row by row in SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import headway
from bench.served import KIND, STEPS, store_url
from headway import JobHandle, Reporter
from headway.stores.sqlite.driver import newest

EVENTS = 10  # of every job
A_DAY = 86_400_000_000


def seeded(path: Path, jobs: int, *, live: int) -> str:
    """A store with so many jobs, ten events each; `live` of them run, half of these without progress for a day."""
    with headway.connect(store_url(path)) as reporter:
        ended, running = ended_job(reporter), running_job(reporter)
    with contextlib.closing(newest().connect(path, isolation_level=None)) as database:
        for pragma in (
            "journal_mode = off",
            "synchronous = off",
            "cache_size = -400000",
        ):  # a copy that fails is thrown away
            database.execute(f"pragma {pragma}")
        with without_defences(database):
            copy(database, ended, jobs - live, age=0)
            copy(database, running, live // 2, age=A_DAY)
            copy(database, running, live - live // 2, age=0)
        database.execute("pragma journal_mode = wal")
    return store_url(path)


def ended_job(reporter: Reporter) -> str:
    with reporter.start(KIND, steps=STEPS, labels={"ref": "main"}) as job:
        for name in ("read", "extract", "load"):
            job.step(name).succeed()
        noted(job, EVENTS - 1)
    return checked(reporter, job)


def running_job(reporter: Reporter) -> str:
    job = reporter.start(KIND, steps=STEPS, labels={"ref": "main"})
    job.step("read").succeed()
    job.step("extract").update(current=17, total=41, unit="pages")
    job.flush()
    noted(job, EVENTS)
    return checked(reporter, job)


def noted(job: JobHandle, events: int) -> None:
    """Fills the history up to a number of events."""
    for page in range(events - job.snapshot()["seq"]):
        job.note(f"page {page} of 41 rendered")


def checked(reporter: Reporter, job: JobHandle) -> str:
    has = reporter.get(job.id)["seq"]
    if has != EVENTS:
        raise AssertionError(f"a job to be copied has {has} events, not {EVENTS}")
    return job.id


def copy(database: Any, template: str, span: int, *, age: int) -> None:
    statements = named(Path(__file__).with_name("seed.sql").read_text())
    keys, position = database.execute(statements["newest"]).fetchone()
    given = {"template": template, "span": span, "age": age, "keys": keys, "position": position}
    database.execute("begin immediate")
    for name in ("jobs", "steps", "events"):
        used = {key: value for key, value in given.items() if f":{key}" in statements[name]}
        database.execute(statements[name], used)
    database.execute("commit")


@contextlib.contextmanager
def without_defences(database: Any) -> Iterator[None]:
    """Indexes are made once at the end, and no trigger looks at each of ten million rows."""
    defences = database.execute(named(Path(__file__).with_name("seed.sql").read_text())["defences"]).fetchall()
    for kind, name, _ in defences:
        database.execute(f'drop {kind} "{name}"')
    yield
    for _, _, sql in defences:
        database.execute(sql)


def named(text: str) -> dict[str, str]:
    """The statements of a file, by the names in it."""
    parts = (part.split("\n", 1) for part in text.split("-- name: ")[1:])
    return {name.strip(): sql for name, sql in parts}
