"""Which version a job has now, of a store that is far away: one question at a time, for all who wait for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from headway.stores.protocol import Store

_Answer = dict[str, int]


class Versions:
    """Whoever comes after a question was sent waits for the next one: what is answered is never older than the asking,
    so that those who have written see what they wrote.
    """

    def __init__(self, store: Store, read: Callable[..., Awaitable[Any]]) -> None:
        self._store = store
        self._read = read
        self._wanted: set[str] = set()
        self._sent: asyncio.Task[_Answer] | None = None
        self._next: asyncio.Task[_Answer] | None = None

    async def of(self, job_id: str) -> int | None:
        """The version of a job, None if there is no such job. Raises StoreUnavailable."""
        self._wanted.add(job_id)
        if self._next is None:
            self._next = asyncio.get_running_loop().create_task(self._ask(self._sent))
        return (await asyncio.shield(self._next)).get(job_id)

    async def _ask(self, before: asyncio.Task[_Answer] | None) -> _Answer:
        if before is not None and not before.done():
            await asyncio.wait([before])
        self._sent, self._next = self._next, None
        wanted, self._wanted = self._wanted, set()
        answer: _Answer = await self._read(self._store.versions, tuple(wanted))
        return answer
