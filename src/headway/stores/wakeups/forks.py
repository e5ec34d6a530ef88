"""Who must begin anew in a forked child, where none of the parent's threads run."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Inherited(Protocol):
    """Something whose threads, locks and connections stay the parent's."""

    def after_fork_in_child(self) -> None: ...


def renewed_in_children(owner: Inherited) -> None:
    """Tells the owner in every child, as long as somebody else keeps it alive."""
    if not hasattr(os, "register_at_fork"):
        return
    alive = weakref.ref(owner)

    def renew() -> None:
        inherited = alive()
        if inherited is not None:
            inherited.after_fork_in_child()

    os.register_at_fork(after_in_child=renew)
