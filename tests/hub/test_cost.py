"""Owns the proof that what a change costs does not grow with those whom it does not concern."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from headway.core.changes import Event
from headway.core.job import Job
from headway.core.wire import event_wire
from headway.hub import frames
from headway.stores.protocol import Filter
from tests.hub.conftest import Client, Watching, Works


async def test_streams_of_one_job_cost_nothing_for_the_changes_of_others(
    works: Works, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [works.job() for _ in range(100)]
    clients = [await watching.client(Filter(jobs=frozenset({job}))) for job in jobs]
    asked: list[str] = []
    admits = Filter.admits

    def counted(filter: Filter, job: Job) -> bool:
        asked.append(job.id)
        return admits(filter, job)

    monkeypatch.setattr(Filter, "admits", counted)
    works.note(jobs[0], "only for its own readers")
    await clients[0].until(lambda: clients[0].seqs)
    assert set(asked) == {jobs[0]}
    assert len(asked) <= 2


async def test_a_change_is_encoded_once_and_joined_once_for_all_readers(
    works: Works, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = works.job()
    clients = [await watching.client() for _ in range(20)] + [await watching.client(Filter(kinds=frozenset({"index"})))]
    encoded: list[int] = []

    def counted(job_id: str, event: Event, job: Job | None) -> Any:
        encoded.append(event.seq)
        return event_wire(job_id, event, job)

    monkeypatch.setattr(frames, "event_wire", counted)
    written: list[bytes] = []
    for client in clients:
        monkeypatch.setattr(client, "_take", partial(_taken, written, Client._take, client))
    works.note(job, "once")
    for client in clients:
        await client.until(partial(_has, client, job, 3))
    assert encoded == [3]
    assert len({id(body) for body in written}) == 2, "one for each filter"


def _taken(written: list[bytes], take: Callable[[Client, bytes], None], client: Client, body: bytes) -> None:
    written.append(body)
    take(client, body)


def _has(client: Client, job_id: str, seq: int) -> bool:
    return (job_id, seq) in client.seqs


async def test_nobody_who_watches_means_nobody_who_reads(works: Works, watching: Watching) -> None:
    client = await watching.client()
    following = watching.hub._following
    assert following._tailer is not None
    watching.leave(client)
    assert following._parting is not None, "it lingers for those who reload a page"
    stopped = following.stop()
    assert stopped is not None
    stopped.join(5)
    job = works.job()
    again = await watching.client()
    assert [shown["id"] for shown in again.named("snapshot")] == [job]
