"""Whether the server lives, and whether each part that it needs is ready."""

from __future__ import annotations

from headway.core.errors import HeadwayError
from headway.http.asgi import Exchange
from headway.http.query import no_parameters
from headway.hub.hub import Hub
from headway.stores.protocol import Store


class Health:
    """Liveness asks nobody; readiness asks the store."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub

    async def live(self, exchange: Exchange) -> None:
        no_parameters(exchange.query)
        await exchange.json({"status": "ok"})

    async def ready(self, exchange: Exchange) -> None:
        no_parameters(exchange.query)
        parts = {"store": await self._store_part(), "streams": "full" if self._hub.full else "ok"}
        ready = all(part == "ok" for part in parts.values())
        await exchange.json({"status": "ok" if ready else "unready", "parts": parts}, 200 if ready else 503)

    async def _store_part(self) -> str:
        try:
            await self._hub.read(self._store.horizon)
        except HeadwayError as error:
            return str(error)
        return "ok"
