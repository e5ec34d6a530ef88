"""One absence of a store, told once in the log however many parts of a process notice it."""

from __future__ import annotations

import logging

from headway.core.errors import StoreUnavailable

logger = logging.getLogger("headway")


class Outage:
    """Shared by all that use one store in a process."""

    def __init__(self) -> None:
        self._told = False

    @property
    def lasting(self) -> bool:
        """Whether the store did not answer when it was asked last."""
        return self._told

    def noticed(self, error: StoreUnavailable, then: str) -> None:
        """The store is away; `then` says what is done meanwhile."""
        if not self._told:
            self._told = True
            logger.warning("%s; %s", error, then)

    def over(self) -> None:
        """The store has answered."""
        if self._told:
            self._told = False
            logger.info("the store is back")
