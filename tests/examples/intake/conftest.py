"""Owns what the tests of the intake room share: a store of either kind, and a ledger on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import headway
from examples.intake.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["sqlite", "postgres"])
def either_store(request: pytest.FixtureRequest, store: str) -> str:
    """The same test on both databases."""
    return store if request.param == "sqlite" else str(request.getfixturevalue("database"))


@pytest.fixture
def ledger(store: str) -> Iterator[Ledger]:
    with headway.connect(store) as reporter, Ledger(reporter) as ledger:
        yield ledger


@pytest.fixture
def either_ledger(either_store: str) -> Iterator[Ledger]:
    with headway.connect(either_store) as reporter, Ledger(reporter) as ledger:
        yield ledger
