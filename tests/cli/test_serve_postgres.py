"""`headway serve` over PostgreSQL: what one process stores, another one shows, also through a pooler."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from headway.stores.postgres.migrations import known, migrate, version
from tests.cli.programs import Piped, Worker, run
from tests.postgres.pooler import Pooler


@pytest.fixture(params=["directly", "through a pooler"])
def address(request: pytest.FixtureRequest, database: str, pooler: Pooler) -> str:
    return database if request.param == "directly" else pooler.url


def read(url: str) -> Any:
    """What is there; where there is none, the reason that the server gives."""
    try:
        with urlopen(url, timeout=20) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        raise AssertionError(refusal.read().decode()) from refusal


def test_a_job_of_another_process_is_served(address: str, tmp_path: Path) -> None:
    with Worker(address, tmp_path, "scan") as worker, Piped("serve", "--port", "0", store=address) as server:
        url = server.shows("Headway shows postgresql://").split()[-1]
        assert read(f"{url}/v1/jobs/{worker.id}")["status"] == "running"
        assert run("show", worker.id, store=url).returncode == 0
        server.interrupt()
        assert server.ends() == 0


def test_a_schema_moves_through_a_pooler(pooler: Pooler) -> None:
    newest = len(known())
    assert migrate(pooler.url, 0) == (newest, 0)
    assert version(pooler.url) == 0
    assert migrate(pooler.url) == (0, newest)
