"""What a server process does in the background for its store: judge leases, and roll up children."""

from __future__ import annotations

import asyncio

from headway.reporting.committer import Committer
from headway.reporting.rollup import Rollup
from headway.reporting.sweeper import Sweeper
from headway.stores.protocol import Store


class Roles:
    """The sweeper and the rollup of one store, which they leave open."""

    def __init__(self, store: Store, committer: Committer) -> None:
        self._roles = (Sweeper(store, committer), Rollup(store, committer))

    def start(self) -> None:
        for role in self._roles:
            role.start()

    async def close(self) -> None:
        """Ends them after the turns that they are in."""
        await asyncio.gather(*(asyncio.to_thread(role.stop) for role in self._roles))
