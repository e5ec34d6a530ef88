"""Owns the proof that a far store is asked once for all who wait, and that no answer is older than its question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from headway.core.errors import StoreUnavailable
from headway.hub.versions import Versions
from headway.stores.protocol import Store
from tests.hub.conftest import Works


class Line:
    """The way to a store: questions go out when the test says so, and arrive at once."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._going = asyncio.Semaphore(0)
        self._sent = asyncio.Condition()

    async def read(self, call: Callable[..., Any], ids: tuple[str, ...]) -> Any:
        answer = call(ids)
        self.asked.append(tuple(sorted(ids)))
        async with self._sent:
            self._sent.notify_all()
        await self._going.acquire()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def go(self) -> None:
        """One more answer comes back."""
        self._going.release()

    async def until_asked(self, count: int) -> None:
        async with asyncio.timeout(5), self._sent:
            await self._sent.wait_for(lambda: len(self.asked) >= count)


@pytest.fixture
async def line() -> Line:
    return Line()


async def test_all_who_ask_at_the_same_time_share_one_question(store: Store, works: Works, line: Line) -> None:
    jobs = [works.job() for _ in range(3)]
    versions = Versions(store, line.read)
    asking = [asyncio.ensure_future(versions.of(job)) for job in [*jobs * 10, "no job"]]
    line.go()
    assert await asyncio.gather(*asking) == [works.state(job).version for job in jobs] * 10 + [None]
    assert line.asked == [tuple(sorted([*jobs, "no job"]))]


async def test_whoever_asks_after_a_question_was_sent_gets_the_answer_to_the_next(
    store: Store, works: Works, line: Line
) -> None:
    job = works.job()
    versions = Versions(store, line.read)
    before = works.state(job).version
    first = asyncio.ensure_future(versions.of(job))
    await line.until_asked(1)
    works.note(job, "written, and answered")
    later = [asyncio.ensure_future(versions.of(job)) for _ in range(5)]
    line.go()
    assert await first == before
    line.go()
    assert await asyncio.gather(*later) == [before + 1] * 5
    assert len(line.asked) == 2


async def test_an_error_is_told_to_all_who_wait_and_the_next_question_is_asked(
    store: Store, works: Works, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = works.job()
    versions = Versions(store, line.read)
    with monkeypatch.context() as away:
        away.setattr(store, "versions", lambda ids: StoreUnavailable("memory:", "away"))
        asking = [asyncio.ensure_future(versions.of(job)) for _ in range(3)]
        line.go()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    line.go()
    assert await versions.of(job) == works.state(job).version


async def test_a_request_that_is_given_up_takes_no_answer_from_others(store: Store, works: Works, line: Line) -> None:
    job = works.job()
    versions = Versions(store, line.read)
    gone, stays = (asyncio.ensure_future(versions.of(job)) for _ in range(2))
    await line.until_asked(1)
    gone.cancel()
    line.go()
    assert await stays == works.state(job).version
    assert gone.cancelled() or gone.cancelling()
