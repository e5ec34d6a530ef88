"""Owns what the tests of the suggestions box share: a tracker, a held desk, a served room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import headway
from examples.proposals import plan
from examples.proposals.room import Room
from examples.proposals.tools import on_one_core
from examples.proposals.tracker import Tracker
from tests.examples.proposals.puppets import Puppet
from tests.examples.proposals.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clock import Clock
    from tests.examples.proposals.serving import Served


@pytest.fixture(scope="module")
def one_core() -> Iterator[None]:
    """As the work itself does its sums: threads that wait for each other by spinning take the others' cores."""
    with on_one_core():
        yield


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is away is noticed soon: for tests that use it first, before anything is connected."""
    monkeypatch.setenv("HEADWAY_PATIENCE_S", "0.05")


@pytest.fixture
def elsewhere(store: str) -> Iterator[headway.Reporter]:
    """Another one who looks into the same store, and has nothing in memory."""
    with headway.connect(store) as reporter:
        yield reporter


@pytest.fixture
def tracker(reporter: headway.Reporter, clock: Clock) -> Iterator[Tracker]:
    tracker = Tracker(reporter, monotonic=clock)
    yield tracker
    tracker.close()


@pytest.fixture
def job_id(tracker: Tracker) -> str:
    return tracker.create(plan.PROPOSALS, project="harbour")


@pytest.fixture
def puppet() -> Puppet:
    return Puppet()


@pytest.fixture
def room(tmp_path: Path, store: str, puppet: Puppet) -> Room:
    """One worker, so that a held job holds all that come after it."""
    return Room(folder=tmp_path / "box", store=store, workers=1, hand=puppet)


@pytest.fixture
def box(room: Room, puppet: Puppet) -> Iterator[Served]:
    with served(room) as box:
        yield box
        puppet.let_go()
