"""Owns the proof that whatever workers, readers and networks do, in any order, every reader ends up knowing all."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.core import commands as c
from headway.hub import channel as channels
from headway.hub import tailer
from headway.hub.backlog import Backlog
from headway.hub.hub import Hub, Pace
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Filter
from tests.board import Board
from tests.hub.conftest import Client, Watching, Works

DEEDS = ("tick", "note", "step", "finish", "new", "stall", "go_on", "cut", "join", "beat", "breathe")


@dataclass
class Person:
    """Somebody who watches: over as many connections as it takes, each going on from the last cursor."""

    filter: Filter
    board: Board = field(default_factory=Board)
    client: Client | None = None
    cursor: str | None = None
    read: int = 0

    def take(self) -> None:
        """Looks at what has come."""
        assert self.client is not None
        for message in self.client.got[self.read :]:
            self.board.apply(message.event, message.data)
        self.read = len(self.client.got)
        self.cursor = self.client.stream.last_id or self.cursor


class Scene:
    """Jobs, people and a hub with small buffers, so that they overflow."""

    def __init__(self, seed: int) -> None:
        self.choice = random.Random(seed)
        self.works = Works(MemoryStore())
        self.watching = Watching(Hub(self.works.store, Pace(tick_s=0.0, heartbeat_s=3600.0)), self.works.store)
        self.jobs = [self.works.job("scan", "load")]
        self.people: list[Person] = []

    async def run(self, deeds: list[str]) -> None:
        await self.join()
        for deed in deeds:
            done = getattr(self, deed)()
            if asyncio.iscoroutine(done):
                await done
        await self.all_know_all()
        await self.watching.close()

    # workers

    def tick(self) -> None:
        job = self.works.state(self.job())
        if not job.terminal and job.step is not None:
            self.works.report(job.id, c.Advance(step=job.step))

    def note(self) -> None:
        self._report(c.Note(message="x"))

    def step(self) -> None:
        self._report(c.StartStep(step=self.choice.choice(["scan", "load"])))

    def finish(self) -> None:
        job_id = self.job()
        if self.works.state(job_id).terminal:
            self.works.committer.ask(job_id, c.Retry())
            self.works.committer.attach(job_id, producer="w", lease=None)
        else:
            self.works.report(job_id, c.Succeed())

    def new(self) -> None:
        self.jobs.append(self.works.job("scan", "load"))

    def _report(self, command: c.Report) -> None:
        job_id = self.job()
        if not self.works.state(job_id).terminal:
            self.works.report(job_id, command)

    # people

    async def join(self) -> None:
        if len(self.people) < 4:
            one = self.choice.random() < 0.3
            person = Person(Filter(jobs=frozenset({self.jobs[0]})) if one else Filter())
            self.people.append(person)
            await self._connect(person)

    def stall(self) -> None:
        if (client := self.person().client) is not None and client._held is None:
            client.stall()

    def go_on(self) -> None:
        if (client := self.person().client) is not None:
            client.go_on()

    async def cut(self) -> None:
        person = self.person()
        if person.client is not None:
            person.take()
            self.watching.leave(person.client)
            await self._connect(person)

    def beat(self) -> None:
        self.watching.hub._channels.beat()

    async def breathe(self) -> None:
        for _ in range(self.choice.randrange(20)):
            await asyncio.sleep(0)

    async def all_know_all(self) -> None:
        async with asyncio.timeout(20):
            for person in self.people:
                while not self._knows_all(person):
                    await self._look_again(person)

    def _knows_all(self, person: Person) -> bool:
        person.take()
        jobs = [self.works.state(job_id) for job_id in person.filter.jobs or self.jobs]
        heard = dict(person.board.events)  # the last seq of each job; a snapshot may tell of events that follow it
        late = not person.board.resets and any(heard.get(job.id, job.seq) < job.seq for job in jobs)
        return not late and not any(person.board.lacks(job) for job in jobs)

    async def _look_again(self, person: Person) -> None:
        """A person whose stream has ended comes back, as a browser does; the others wait."""
        assert person.client is not None
        person.client.go_on()
        if person.client.finished:
            await self._connect(person)
        else:
            person.client._changed.clear()
            await asyncio.wait([asyncio.ensure_future(person.client._changed.wait())], timeout=0.05)

    async def _connect(self, person: Person) -> None:
        person.client = await self.watching.client(person.filter, person.cursor)
        person.read = 0

    def job(self) -> str:
        return self.choice.choice(self.jobs)

    def person(self) -> Person:
        return self.choice.choice(self.people)


@given(st.integers(0, 2**32), st.lists(st.sampled_from(DEEDS), min_size=5, max_size=120))
@settings(deadline=None)
def test_every_reader_ends_up_knowing_everything(seed: int, deeds: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channels, "Backlog", lambda base: Backlog(base, events_max=8, states_max=3))
        patch.setattr(tailer, "DELTA_MAX", 5)
        scene = Scene(seed)
        asyncio.run(scene.run(deeds))
        for person in scene.people:
            _every_event_once(scene, person)


def _every_event_once(scene: Scene, person: Person) -> None:
    """Of each job, events come in order; without a reset none is left out, from the first one on."""
    for job in person.filter.jobs or scene.jobs:
        told = [seq for job_id, seq in person.board.events if job_id == job]
        assert told == sorted(set(told))
        if told and not person.board.resets:
            assert told == list(range(told[0], scene.works.state(job).seq + 1))
