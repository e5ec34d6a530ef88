"""Owns what the tests of the intake room share: a store of either kind, a ledger on it, and a place to send to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import headway
from examples.intake.ledger import Ledger
from examples.intake.progress import initialize_file_steps
from tests.examples.intake.places import Dav
from tests.examples.intake.steps import FILE

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


@pytest.fixture(scope="module")
def dav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dav]:
    dav = Dav(tmp_path_factory.mktemp("places") / "dav")
    yield dav
    dav.close()


@pytest.fixture
def db(either_ledger: Ledger) -> Ledger:
    """A file that was just brought."""
    initialize_file_steps(either_ledger, FILE, name="letter.pdf")
    return either_ledger
