"""Owns what the tests of the hall share: one served hall for a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.examples.hall.serving import hall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.examples.documents.serving import Room


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with hall(tmp_path_factory.mktemp("hall")) as room:
        yield room
