"""Owns the opening of all applications over one store: one that cannot be opened says why, and the others are open."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import headway
from examples.hall.applications import APPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from starlette.applications import Starlette

    from examples.hall.applications import Application
    from examples.house.effort import Effort

log = logging.getLogger(__name__)

_SHUT = (headway.HeadwayError, ImportError, OSError)
"""What keeps a room from opening and is not its own fault: the store, a setting, a missing package, a port, a disk."""


class Opened(Protocol):
    """What every application's room can do."""

    def __enter__(self) -> object: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def bring_samples(self) -> list[str]: ...
    def effort(self) -> Effort: ...


class Place:
    """One application in the hall: its room and its HTTP edge, or the sentence that says why there is none."""

    def __init__(self, application: Application, *, folder: Path, store: str) -> None:
        self.application = application
        self.name = application.name
        self.shut: str | None = None
        self.room: Opened | None = None
        self._entered = False
        self._tried(lambda: self._made(folder, store))

    def open(self) -> None:
        """Begin to work, where it can; whoever asks for what is shut is told why."""
        if self.room is not None:
            self._tried(self.room.__enter__)
            self._entered = self.shut is None

    def close(self) -> None:
        """Stop; what is unfinished goes on at the next start."""
        if self.room is not None and self._entered:
            self._entered = False
            self.room.__exit__(None, None, None)

    def app(self) -> Starlette | None:
        """Its HTTP edge, for a prefix of another application."""
        return self._tried(lambda: import_module(f"examples.{self.name}.app").app(self.room)) if self.room else None

    def _made(self, folder: Path, store: str) -> None:
        # Loaded here, so that a package that is missing shuts this application and no other.
        self.room = import_module(f"examples.{self.name}.room").Room(folder=folder / self.name, store=store)

    def _tried(self, attempt: Callable[[], Any]) -> Any:
        try:
            return attempt()
        except _SHUT as error:
            self.shut = f"{self.application.title} cannot open: {_reason(error)}"
            log.warning("%s", self.shut)
            return None


class Room:
    """All applications, from the opening to the closing. Raises what is wrong with the store: then none could work."""

    def __init__(self, *, folder: Path, store: str, applications: Sequence[Application] = APPLICATIONS) -> None:
        self.store = store
        self.reporter = headway.connect(store)
        self.reporter.jobs(limit=1)
        self.places = [Place(application, folder=folder, store=store) for application in applications]

    def __enter__(self) -> Room:
        with ExitStack() as opening:
            opening.callback(self.reporter.close)
            for place in self.places:
                place.open()
                opening.callback(place.close)
            self._opened = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"the package {error.name.partition('.')[0]} is missing; run: pip install 'headway[demo]'"
    return str(error)
