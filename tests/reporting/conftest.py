"""Reporters on a store of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from tests.reporting.stores import MoodyStore


@pytest.fixture
def store() -> MoodyStore:
    return MoodyStore()


@pytest.fixture
def reporter(store: MoodyStore, tmp_path: Path) -> Iterator[Reporter]:
    with Reporter(StoreLink(store), spool=tmp_path / "spool", flush_s=0.02) as reporter:
        yield reporter
        store.away = False
