"""One absence of a store, told once in the log however many parts of a process notice it."""

from __future__ import annotations

import logging

from headway.core.errors import StoreUnavailable

logger = logging.getLogger("headway")


class Outage:
    """Shared by all that use one store in a process.

    It lasts until each who noticed it was answered again: what one has read before tells nothing to the others.
    """

    def __init__(self) -> None:
        self._noticed: set[object] = set()

    @property
    def lasting(self) -> bool:
        """Whether somebody whom the store did not answer still waits for it."""
        return bool(self._noticed)

    def noticed(self, by: object, error: StoreUnavailable, then: str) -> None:
        """The store is away; `then` says what is done meanwhile."""
        first = not self._noticed
        self._noticed.add(by)
        if first:
            logger.warning("%s; %s", error, then)

    def over(self, by: object) -> None:
        """The store has answered, or nobody asks it here any more."""
        if by not in self._noticed:
            return
        self._noticed.discard(by)
        if not self._noticed:
            logger.info("the store is back")
