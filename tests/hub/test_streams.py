"""Owns the proof that what a reader of a stream is told is complete, in order, and bounded."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from headway.core import commands as c
from headway.hub import channel as channels
from headway.hub.backlog import Backlog
from headway.hub.hub import Hub, Pace
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Filter, Store
from tests.hub.conftest import Watching, Works
from tests.hub.reading import board, knows, one, store
from tests.stores.postgres.conftest import quiet_databases, quiet_server

__all__ = [
    "quiet_databases",
    "quiet_server",
    "store",
]  # foreign transactions would move cursors, and tell so, at any time


async def test_a_stream_begins_with_the_live_jobs_and_says_when_it_is_live(works: Works, watching: Watching) -> None:
    running, pending, ended = works.job(), works.job(running=False), works.job()
    works.report(ended, c.Succeed())
    client = await watching.client()
    assert [message.event for message in client.got] == ["snapshot", "snapshot", "snapshot", "synced"]
    assert {job["id"] for job in client.named("snapshot")} == {running, pending, ended}
    assert client.named("synced") == [{"cursor": client.stream.last_id}]


async def test_changes_arrive_live(works: Works, watching: Watching) -> None:
    job = works.job("scan")
    client = await watching.client()
    works.report(job, c.StartStep(step="scan"))
    works.tick(job, 7)
    await client.until(lambda: not board(client).lacks(works.state(job)))
    assert (job, 3) in client.seqs


async def test_a_job_created_later_comes_as_a_snapshot_first(works: Works, watching: Watching) -> None:
    client = await watching.client()
    job = works.job()
    await client.until(lambda: (job, 2) in client.seqs)
    assert [message.event for message in client.got] == ["synced", "snapshot", "event", "event"]


async def test_only_jobs_of_the_filter_are_told(works: Works, watching: Watching) -> None:
    mine = await watching.client(Filter(projects=frozenset({"acme"}), kinds=frozenset({"index"})))
    works.job(project="other")
    works.job(project="acme", kind="scan")
    job = works.job(project="acme")
    await mine.until(lambda: mine.seqs)
    assert {job_id for job_id, _ in mine.seqs} == {job}


async def test_a_single_job_stream_ends_when_its_job_has(works: Works, watching: Watching) -> None:
    job = works.job()
    client = await watching.client(one(job))
    works.report(job, c.Note(message="last words"), c.Succeed())
    await client.until(lambda: client.finished)
    assert client.named("end") == [{"job_id": job, "status": "succeeded"}]
    assert client.got[-1].event == "end"
    assert [seq for _, seq in client.seqs] == [3, 4]


async def test_a_single_job_stream_of_an_ended_job_tells_it_and_ends(works: Works, watching: Watching) -> None:
    job = works.job()
    works.report(job, c.Fail(error="disk full"))
    client = await watching.client(one(job))
    await client.until(lambda: client.finished)
    assert [message.event for message in client.got] == ["snapshot", "synced", "end"]


async def test_a_job_that_ends_while_somebody_subscribes_is_told_whole(works: Works, watching: Watching) -> None:
    job = works.job()
    first = await watching.client(one(job))
    ending = threading.Thread(target=works.report, args=(job, c.Succeed()))
    ending.start()
    second = await watching.client(one(job), synced=False)
    await second.until(lambda: second.finished)
    await first.until(lambda: first.finished)
    ending.join()
    for client in (first, second):
        assert not board(client).lacks(works.state(job))
        assert client.got[-1].event == "end"


async def test_a_thousand_reports_while_the_snapshot_is_read(works: Works, watching: Watching) -> None:
    jobs = [works.job("scan") for _ in range(20)]

    def work() -> None:
        for job in jobs:
            works.report(job, c.StartStep(step="scan"))
        for number in range(1, 49):
            for job in jobs:
                works.tick(job, number)
        for job in jobs:
            works.report(job, c.Succeed(result={"files": 48}))

    worker = threading.Thread(target=work)
    worker.start()
    clients = [await watching.client() for _ in range(5)]
    await asyncio.to_thread(worker.join)
    for client in clients:
        await client.until(partial(knows, client, works, jobs))
        assert len(board(client).events) == len(client.seqs), "an event came twice on one connection"


async def test_a_slow_reader_gets_every_event_and_the_newest_states(works: Works, watching: Watching) -> None:
    job = works.job("scan")
    slow, fast = await watching.client(), await watching.client()
    slow.stall()
    works.report(job, c.StartStep(step="scan"))
    await fast.until(lambda: (job, 3) in fast.seqs)
    for number in range(200):
        works.tick(job, number)
    works.note(job, "half way")
    for number in range(200, 300):
        works.tick(job, number)
    await fast.until(lambda: not board(fast).lacks(works.state(job)))
    assert slow.writes == 1, "nothing is written while a write is under way"
    slow.go_on()
    assert not board(slow).lacks(works.state(job))
    assert [seq for _, seq in slow.seqs] == [3, 4]
    assert len(slow.named("state")) == 1


async def test_a_reader_that_fell_too_far_behind_is_reset(
    works: Works, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "Backlog", lambda base: Backlog(base, events_max=10))
    job = works.job()
    slow, fast = await watching.client(), await watching.client()
    slow.stall()
    for number in range(30):
        works.note(job, f"note {number}")
        await fast.until(lambda: fast.seqs and fast.seqs[-1][1] == works.state(job).seq)
    slow.go_on()
    await slow.until(lambda: len(slow.named("synced")) == 2)
    assert slow.named("reset") == [{"reason": "lagged"}]
    assert not board(slow).lacks(works.state(job))
    works.note(job, "live again")
    await slow.until(lambda: (job, 33) in slow.seqs)
    assert not fast.named("reset")


async def test_readers_that_come_together_share_one_snapshot(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Filter] = []
    works, store = Works(watching.store), watching.store
    whole = store.snapshot

    def counted(filter: Filter, *, finished: int = 20) -> object:
        reads.append(filter)
        return whole(filter, finished=finished)

    monkeypatch.setattr(store, "snapshot", counted)
    jobs = [works.job() for _ in range(10)]
    clients = [await watching.client(synced=False) for _ in range(100)]
    works.note(jobs[0], "while they come")
    for client in clients:
        await client.until(partial(knows, client, works, jobs))
    assert len(reads) == 1


async def test_a_reader_that_leaves_while_it_subscribes_leaves_no_ghost(works: Works, watching: Watching) -> None:
    works.job()
    for _ in range(20):
        client = await watching.client(synced=False)
        watching.leave(client)
    assert not watching.hub.readers
    works.job()
    stays = await watching.client()
    assert len(watching.hub.readers) == 1
    assert stays.named("synced")


async def test_a_stream_that_nobody_follows_any_more_keeps_no_snapshot(works: Works, watching: Watching) -> None:
    one = Filter(jobs=frozenset({works.job()}))
    clients = [await watching.client(filter) for filter in (None, None, one)]
    assert len(watching.hub.feed._snapshots) == 2
    for client, kept in zip(clients, (2, 1, 0), strict=True):
        watching.leave(client)
        assert len(watching.hub.feed._snapshots) == kept


async def test_an_idle_stream_shows_that_it_lives(store: Store) -> None:
    watching = Watching(Hub(store, Pace(heartbeat_s=0.02)), store)
    client = await watching.client()
    await client.until(lambda: client.stream.comments >= 2)
    moved = [] if store.near else ["mark"]  # a server whose listener proves itself goes on counting
    assert [message.event for message in client.got if message.event not in moved] == ["synced"]
    await watching.close()


async def test_a_client_that_takes_nothing_is_let_go(works: Works, store: Store) -> None:
    watching = Watching(Hub(store, Pace(tick_s=0.0, heartbeat_s=0.02, stuck_s=0.05)), store)
    stuck = await watching.client()
    stuck.stall()
    works.job()
    await stuck.until(lambda: stuck.finished)
    assert stuck.stream.retry
    await watching.close()


async def test_a_stream_that_is_too_old_is_sent_away_to_come_back(store: Store) -> None:
    watching = Watching(Hub(store, Pace(heartbeat_s=0.02, age_s=0.03)), store)
    client = await watching.client()
    await client.until(lambda: client.finished)
    assert 1000 <= (client.stream.retry or 0) <= 4000
    await watching.close()


async def test_closing_sends_everybody_away(works: Works, watching: Watching) -> None:
    clients = [await watching.client() for _ in range(10)]
    bell = (await watching.hub.use(Filter())).bell()
    await watching.hub.close()
    assert bell.done()
    assert all(client.finished and client.stream.retry for client in clients)
    assert len({client.stream.retry for client in clients}) > 1, "they would all come back at once"


class Replaceable(MemoryStore):
    """A store under which the database can be exchanged."""

    def replace(self, epoch: str, position: int) -> None:
        self._epoch = epoch
        self._position = position


@pytest.mark.parametrize(("epoch", "position"), [("another", 50), ("same", 0)], ids=["another", "an older backup"])
async def test_a_store_that_is_replaced_under_open_streams_sends_them_away(epoch: str, position: int) -> None:
    store = Replaceable()
    store.replace("same", 10)
    watching = Watching(Hub(store, Pace(tick_s=0.0, floor_s=0.02)), store)
    client = await watching.client()
    store.replace(epoch, position)
    await client.until(lambda: client.finished)
    again = await watching.client(None, client.stream.last_id)
    assert again.named("reset")
    await watching.close()
