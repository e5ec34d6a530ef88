"""Owns the proof that a reader goes on where it was, or is told that nobody can prove it."""

from __future__ import annotations

import pytest

from headway.core import commands as c
from headway.hub.hub import Hub, Pace
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Filter, Store
from tests.hub.conftest import Client, Watching, Works
from tests.hub.reading import board, history, one, store
from tests.stores.postgres.conftest import quiet_databases, quiet_server

__all__ = [
    "quiet_databases",
    "quiet_server",
    "store",
]  # foreign transactions would move cursors, and tell so, at any time


async def test_resuming_at_the_end_of_an_ended_job_ends_again(works: Works, watching: Watching) -> None:
    job = works.job()
    works.report(job, c.Succeed())
    first = await watching.client(one(job))
    again = await watching.client(one(job), first.stream.last_id)
    await again.until(lambda: again.finished)
    assert [message.event for message in again.got] == ["synced", "end"]


@pytest.mark.parametrize("single", [False, True], ids=["many", "single"])
async def test_a_reader_resumes_where_it_was(works: Works, watching: Watching, single: bool) -> None:
    job = works.job("scan")
    filter = one(job) if single else Filter(kinds=frozenset({"index"}))
    first = await watching.client(filter)
    works.report(job, c.StartStep(step="scan"))
    await first.until(lambda: (job, 3) in first.seqs)
    cursor = first.stream.last_id
    watching.leave(first)
    for number in range(5):
        works.tick(job, number)
        works.note(job, f"note {number}")
    works.tick(job, 9)
    second = await watching.client(filter, cursor)
    assert not second.named("reset")
    assert [seq for _, seq in second.seqs] == [4, 5, 6, 7, 8]
    assert not board(first, second).lacks(works.state(job))


async def test_resuming_in_the_middle_of_a_long_history_takes_pages(works: Works, watching: Watching) -> None:
    job = works.job()
    for filter in (Filter(), one(job)):
        client = await watching.client(filter)
        cursor = client.stream.last_id
        watching.leave(client)
        first = works.state(job).seq + 1
        for _ in range(1100):
            works.note(job, "x")
        again = await watching.client(filter, cursor)
        assert [seq for _, seq in again.seqs] == list(range(first, first + 1100))
        watching.leave(again)


async def test_a_reader_that_kept_up_resumes_from_what_the_channel_keeps(works: Works, watching: Watching) -> None:
    job = works.job()
    stays = await watching.client()
    leaves = await watching.client()
    cursor = leaves.stream.last_id
    watching.leave(leaves)
    works.note(job, "meanwhile")
    await stays.until(lambda: (job, 3) in stays.seqs)
    back = await watching.client(None, cursor)
    assert back.seqs == [(job, 3)]
    works.note(job, "live again")
    await back.until(lambda: (job, 4) in back.seqs)
    assert back.seqs == [(job, 3), (job, 4)]


@pytest.mark.parametrize("cursor", ["", "9" * 1000, "\0", "🧭", "../", "1.2.3.4"])
async def test_a_cursor_that_is_garbage_resets(works: Works, watching: Watching, cursor: str) -> None:
    job = works.job()
    client = await watching.client(None, cursor)
    assert [message.event for message in client.got] == ["reset", "snapshot", "synced"]
    assert client.named("reset") == [{"reason": "unreadable"}]
    assert not board(client).lacks(works.state(job))


async def test_a_cursor_of_another_filter_resets(works: Works, watching: Watching) -> None:
    works.job()
    client = await watching.client(Filter(kinds=frozenset({"scan"})))
    again = await watching.client(Filter(), client.stream.last_id)
    assert again.named("reset") == [{"reason": "other_filter"}]


async def test_a_cursor_from_another_store_resets(works: Works, watching: Watching) -> None:
    other = Works(MemoryStore())
    elsewhere = Watching(Hub(other.store), other.store)
    cursor = (await elsewhere.client()).stream.last_id
    await elsewhere.close()
    client = await watching.client(None, cursor)
    assert client.named("reset") == [{"reason": "other_store"}]


async def test_frames_with_a_cursor_never_skip_what_comes_after_them(works: Works, watching: Watching) -> None:
    """Whatever frame a connection is cut after, resuming from its cursor tells everything that it had not."""
    jobs = [works.job("scan") for _ in range(3)]
    stays = await watching.client()
    start = stays.stream.last_id
    for number, job in enumerate(jobs):
        works.report(job, c.StartStep(step="scan"))
        works.tick(job, number)
        works.tick(jobs[0], number + 10)
    await stays.until(lambda: not any(board(stays).lacks(works.state(job)) for job in jobs))
    cursors = [start, *dict.fromkeys(message.id for message in stays.got if message.event == "event")]
    for cursor in cursors:
        cut = Client()
        for message in stays.got:
            cut.got.append(message)
            if message.id == cursor:
                break
        again = await watching.client(None, cursor)
        known = board(cut, again)
        assert not any(known.lacks(works.state(job)) for job in jobs)
        assert sorted(known.events) == sorted(e for e in history(works, *jobs) if e[1] > 2)


async def test_a_mark_moves_the_cursor_of_an_idle_reader(works: Works, store: Store) -> None:
    watching = Watching(Hub(store, Pace(tick_s=0.0, heartbeat_s=0.02)), store)
    client = await watching.client(Filter(kinds=frozenset({"nothing of this"})))
    before = client.stream.last_id  # it may be that of a mark already: others write to the same server
    works.job()
    await client.until(lambda: client.stream.last_id != before)
    assert client.named("mark")[-1]["cursor"] == client.stream.last_id
    again = await watching.client(Filter(kinds=frozenset({"nothing of this"})), client.stream.last_id)
    assert [message.event for message in again.got] == ["synced"]
    await watching.close()
