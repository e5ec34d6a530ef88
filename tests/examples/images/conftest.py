"""Owns what the tests of the picture studio share: a served room whose generator, storage and sink can be held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examples.images import samples
from examples.images.pictures import Limits
from examples.images.room import Room
from examples.images.storage import Storage
from tests.examples.images.puppets import GatedStorage, Heard, Puppet
from tests.examples.images.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.examples.images.serving import Studio


@pytest.fixture(scope="session")
def drawing() -> bytes:
    """A small picture that nothing is wrong with."""
    return samples.encoded(samples.lighthouse(120, 90), "JPEG")


@pytest.fixture
def puppet() -> Puppet:
    return Puppet()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def gated(tmp_path: Path) -> GatedStorage:
    return GatedStorage(Storage.at(tmp_path / "pictures"))


@pytest.fixture
def room(tmp_path: Path, store: str, puppet: Puppet, heard: Heard, gated: GatedStorage) -> Room:
    """One worker, so that a held job holds all that come after it."""
    limits = Limits(bytes=300_000, pixels=1_000_000)
    return Room(folder=tmp_path, store=store, objects=gated, generator=puppet, sink=heard, limits=limits, workers=1)


@pytest.fixture
def studio(room: Room, puppet: Puppet, gated: GatedStorage) -> Iterator[Studio]:
    with served(room) as studio:
        yield studio
        gated.open()
        puppet.let_go()
