"""Reports on their way to the committer: those that come together cross to its thread, and are committed, together."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Executor

from headway.core.errors import HeadwayError
from headway.http.refusals import Overloaded
from headway.reporting.batch import Ack, Batch
from headway.reporting.committer import Committer

WAITING_MAX = 2000
GROUP_MAX = 256

_Entry = tuple[Batch, "asyncio.Future[Ack]"]


class Intake:
    """One group at a time; what comes meanwhile is the next group. One hop to a thread is paid for each group."""

    def __init__(self, committer: Committer, threads: Executor) -> None:
        self._committer = committer
        self._threads = threads
        self._waiting: deque[_Entry] = deque()
        self._busy: asyncio.Task[None] | None = None

    async def report(self, batch: Batch) -> Ack:
        """Stores a batch, or raises why it was refused."""
        if len(self._waiting) >= WAITING_MAX:
            raise Overloaded
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, answer))
        if self._busy is None:
            self._busy = asyncio.ensure_future(self._empty())
        return await answer

    async def _empty(self) -> None:
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(GROUP_MAX, len(self._waiting)))]
                await self._settle(group)
        finally:
            self._busy = None

    async def _settle(self, group: list[_Entry]) -> None:
        """Commits a group; an error of all of it is told to each."""
        batches = [batch for batch, _ in group]
        loop = asyncio.get_running_loop()
        answers: list[Ack | HeadwayError] | list[Exception]
        try:
            answers = await loop.run_in_executor(self._threads, self._committer.report_many, batches)
        except Exception as error:  # noqa: BLE001  # each request raises it
            answers = [error] * len(group)
        for (_, waiting), answer in zip(group, answers, strict=True):
            if waiting.done():  # its client is gone
                continue
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)
