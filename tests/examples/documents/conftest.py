"""Owns what the tests of the document room share: an empty library, a served room."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from examples.documents.library import Library
from tests.examples.documents.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.examples.documents.serving import Room

    Item = TypeVar("Item")


class Record:
    """Takes the place of a job where only the order of the reports is asked about."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.notes: list[str] = []
        self.messages: list[str] = []
        self.items = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.steps.append(name)
        yield

    def track(self, iterable: Iterable[Item], *, step: str, unit: str) -> Iterator[Item]:
        assert unit == "pages"
        self.steps.append(step)
        for item in iterable:
            self.items += 1
            yield item

    def note(self, text: str) -> None:
        self.notes.append(text)

    def update(self, *, message: str) -> None:
        self.messages.append(message)


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with served(tmp_path_factory.mktemp("room")) as room:
        yield room
