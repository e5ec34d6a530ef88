"""Owns how large a campaign is: a few seconds of it in `make test`, all that is promised at the head of `make soak`."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import pytest

_Size = TypeVar("_Size")


class Scale(NamedTuple):
    """`scale(4, 1_000)` is 4 in `make test` and 1,000 in `make soak`."""

    full: bool
    seed: int  # of what a campaign leaves to chance

    def __call__(self, in_tests: _Size, in_soak: _Size) -> _Size:
        return in_soak if self.full else in_tests


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    """Whoever asks for it is a campaign: the profile `soak` is its one switch."""
    full = request.config.getoption("--hypothesis-profile") == "soak"
    return Scale(full, int(request.config.getoption("--hypothesis-seed") or 0) if full else 0)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "campaign: has a scale, and runs at the full one in `make soak`")


@pytest.hookimpl(tryfirst=True)  # before `-m campaign` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "scale" in getattr(item, "fixturenames", ()):
            item.add_marker("campaign")
