"""Leases of workers that report over HTTP: the server holds one for each that attaches, and each report renews it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from headway.stores.protocol import Lease, Store

TTL_S = 30.0
_RENEW_S = TTL_S / 6  # a worker that reports often renews no more often than this
_KNOWN_MAX = 10_000


class Leases:
    """All calls block, but for `due`."""

    def __init__(self, store: Store, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._renewed: dict[str, float] = {}

    def grant(self, owner: str) -> str:
        """A new lease."""
        lease_id = uuid.uuid4().hex
        self.renew(lease_id, owner)
        return lease_id

    def due(self, lease_id: str) -> bool:
        """Whether a lease needs to be renewed now: also one of before this server started."""
        return self._monotonic() - self._renewed.get(lease_id, -_RENEW_S) >= _RENEW_S

    def renew(self, lease_id: str, owner: str) -> None:
        self._store.beat((Lease(id=lease_id, ttl_ms=int(TTL_S * 1000), owner=owner),))
        self._renewed.pop(lease_id, None)
        self._renewed[lease_id] = self._monotonic()
        if len(self._renewed) > _KNOWN_MAX:
            del self._renewed[next(iter(self._renewed))]

    def release(self, lease_id: str) -> None:
        """Its worker has ended the job."""
        self._renewed.pop(lease_id, None)
        self._store.release(lease_id)
