"""What happens to connections and threads when a process forks."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Protocol


class Inherited(Protocol):
    """Something whose threads, locks and connections stay the parent's."""

    def after_fork_in_child(self) -> None: ...


class Forking(Inherited, Protocol):
    """Something that must also be at rest while its process forks."""

    def before_fork(self) -> None: ...

    def after_fork(self) -> None: ...


def around_forks(owner: Forking) -> None:
    """Calls the owner around every fork, as long as somebody else keeps it alive."""
    if not hasattr(os, "register_at_fork"):
        return
    alive = weakref.ref(owner)
    os.register_at_fork(
        before=_calling(alive, "before_fork"),
        after_in_parent=_calling(alive, "after_fork"),
        after_in_child=_calling(alive, "after_fork_in_child"),
    )


def renewed_in_children(owner: Inherited) -> None:
    """Tells the owner in every child, as long as somebody else keeps it alive."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_calling(weakref.ref(owner), "after_fork_in_child"))


def keep_for_ever(connection: object) -> None:
    """Never closes a connection of the parent: that would tell SQLite's memory in the child that its locks are gone."""
    import ctypes  # it takes long to import, and this hardly ever happens

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


def _calling(alive: Callable[[], Inherited | None], name: str) -> Callable[[], None]:
    def call() -> None:
        owner = alive()
        if owner is not None:
            getattr(owner, name)()

    return call
