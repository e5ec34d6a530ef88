"""Owns PostgreSQL stores of any size: a few jobs are reported in earnest, then copied row by row in SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

import headway
from bench.seed import A_DAY, ended_job, named, running_job

Connection = psycopg.Connection[Any]
STATEMENTS = named(Path(__file__).with_name("seed_postgres.sql").read_text())


def seed(url: str, jobs: int, *, live: int) -> None:
    """Fills an empty store with so many jobs, ten events each; `live` of them run, half of these quiet for a day."""
    with headway.connect(url) as reporter:
        ended, running = ended_job(reporter), running_job(reporter)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("set session_replication_role = replica")  # no trigger looks at each of ten million rows
        database.execute("set synchronous_commit = off")
        with without_indexes(database):
            copy(database, ended, jobs - live, place=0, age=0)
            copy(database, running, live // 2, place=jobs - live, age=A_DAY)
            copy(database, running, live - live // 2, place=jobs - live + live // 2, age=0)
        database.execute("vacuum analyze")
        database.execute("checkpoint")


def copy(database: Connection, template: str, span: int, *, place: int, age: int) -> None:
    """`place`: how many copies there are before these."""
    for name in ("jobs", "steps", "events"):
        used = {"template": template, "span": span, "place": place, "age": age}
        database.execute(STATEMENTS[name].encode(), used)


@contextlib.contextmanager
def without_indexes(database: Connection) -> Iterator[None]:
    """They are made once at the end."""
    indexes = database.execute(STATEMENTS["indexes"].encode()).fetchall()
    for name, _ in indexes:
        database.execute(f"drop index {name}".encode())
    yield
    for _, made in indexes:
        database.execute(made.encode())
