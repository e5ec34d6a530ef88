"""Owns the proof that transactions which end late delay nobody, and that nothing of them is missed or told twice."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from headway.core import commands as c
from headway.hub.backlog import Backlog
from headway.hub.batches import batch
from headway.hub.channel import Channel
from headway.hub.cursor import Cursor, judge, parse
from headway.hub.frames import Batch, Frame, joined
from headway.hub.tide import Tide
from headway.stores.codec import NO_CHECKPOINT
from headway.stores.protocol import Filter, Horizon
from headway.stores.reach import Reach
from tests.hub.late import History
from tests.sse_client import EventStream, Message

DEEDS = (
    "begin",
    "write",
    "write",
    "write",
    "end",
    "end",
    "tail",
    "tail",
    "read",
    "settle",
    "stall",
    "go_on",
    "cut",
    "beat",
)


class Person:
    """Somebody who reads a stream, and what is known by that."""

    def __init__(self, scene: Scene) -> None:
        self.place: int | None = None
        self.reach: Reach | None = None
        self.last: Frame | None = None
        self.opening = True
        self.stalled = False
        self.told: list[Message] = []
        self._scene = scene
        self._stream = EventStream()
        self._held = b""
        self._again = False  # what a reader had that was ahead of its cursors may come once more when it comes back
        self.known: dict[str, int] = {}
        self.seqs: dict[str, int] = {}
        self.cursors: list[tuple[Cursor, dict[str, int], dict[str, int]]] = []

    def read(self) -> None:
        """Everything that can be read now."""
        history = self._scene.history
        self.known = {job.id: job.version for job in history.jobs.values()}
        self.seqs = {job.id: job.seq for job in history.jobs.values()}
        self.place, self.reach, self.opening = None, history.reach, True

    def go_on_from(self, cursor: Cursor) -> None:
        """What the channel keeps, else what the history has: as a reader that comes back."""
        history, channel = self._scene.history, self._scene.channel
        kept = channel.backlog.beyond(cursor.reach) if channel.tide.reach.includes(history.reach) else None
        if kept is None:
            made = batch(history.delta(cursor.reach, 10_000), cursor.reach, cursor.check, history)
        else:
            made = Batch(reach=channel.tide.reach, check=channel.tide.check, frames=tuple(kept))
        assert not any(cursor.reach.covers(frame.position) for frame in made.frames)
        self._again = True
        self.take(joined(made.frames, channel.mint))
        self._again = False
        self.cursors.append((channel.mint.cursor(made.reach, made.check), self.seqs.copy(), self.known.copy()))
        self.place, self.reach, self.opening = None, made.reach, True

    def write(self, body: bytes) -> bool:
        if self.stalled:
            assert not self._held, "a second write while one is under way"
            self._held = body
            return False
        self.take(body)
        return True

    def drain(self) -> None:
        self.stalled, held, self._held = False, self._held, b""
        if held:
            self.take(held)
            self._scene.channel.settle(self)

    def finish(self, last: bytes) -> None:
        raise AssertionError("this stream follows many jobs: it never ends")

    def lag(self) -> None:
        self.read()

    def take(self, body: bytes) -> None:
        for message in self._stream.feed(body):
            if message.event == "event":
                self._event(message.data["job_id"], message.data["seq"], message.data["job"]["version"])
            elif message.event == "state":
                self._state(message.data["id"], message.data["version"])
            if message.event in ("event", "mark"):
                cursor = parse(message.id or "")
                assert cursor is not None
                self.cursors.append((cursor, self.seqs.copy(), self.known.copy()))

    def _state(self, job_id: str, version: int) -> None:
        assert version > self.known[job_id] or self._again, "an old state came once more"
        self.known[job_id] = max(self.known[job_id], version)

    def _event(self, job_id: str, seq: int, version: int) -> None:
        again = self._again and seq <= self.seqs[job_id]
        assert again or seq == self.seqs[job_id] + 1, "an event came twice, or was left out"
        self.seqs[job_id] = max(self.seqs[job_id], seq)
        self.known[job_id] = max(self.known[job_id], version)


class Scene:
    """One channel over a history in which transactions stay open, and its readers."""

    def __init__(self, seed: int) -> None:
        self.choice = random.Random(seed)
        self.history = History(jobs=4)
        self.tide = Tide(epoch="e", reach=self.history.reach, check=NO_CHECKPOINT)
        self.channel = Channel(Filter(), self.tide)
        self.channel.backlog = Backlog(self.tide.reach, events_max=12, states_max=2)
        self.people: list[Person] = []

    def begin(self) -> None:
        if len(self.history.open) < 6:
            self.history.begin()

    def write(self) -> None:
        for transaction in self.choice.sample(self.history.open, len(self.history.open)):
            job_id = self.choice.choice(list(self.history.jobs))
            if self.history.writable(transaction, job_id):
                count = transaction.jobs.get(job_id, self.history.jobs[job_id]).current
                event = self.choice.random() < 0.6
                transaction.write(
                    self.history.jobs[job_id], c.Note(message="x") if event else c.Update(current=count + 1)
                )
                return

    def end(self) -> None:
        if self.history.open:
            self.history.end(self.choice.choice(self.history.open), commit=self.choice.random() < 0.8)

    def tail(self) -> bool:
        """As the tailer does it."""
        before = self.tide.reach
        delta = self.history.delta(before, limit=3)
        made = batch(delta, before, self.tide.check, self.history)
        self.tide.reach, self.tide.check = made.reach, made.check
        for frame in made.frames:
            self.channel.take(frame)
        if made.frames:
            self.channel.flush()
        return delta.more

    def read(self) -> None:
        if len(self.people) < 4:
            self.people.append(Person(self))
            self.people[-1].read()

    def settle(self) -> None:
        for person in self.people:
            if person.opening:
                person.opening = False
                self.channel.settle(person)

    def stall(self) -> None:
        if self.people:
            self.choice.choice(self.people).stalled = True

    def go_on(self) -> None:
        for person in self.people:
            person.drain()

    def cut(self) -> None:
        """Somebody goes, and comes back with any cursor that was told."""
        if not self.people or not (person := self.choice.choice(self.people)).cursors:
            return
        self.channel.leave(person)
        self.people.remove(person)
        back = Person(self)
        cursor, seqs, known = self.choice.choice(person.cursors)
        back.seqs, back.known, back.cursors = seqs.copy(), known.copy(), person.cursors
        again = judge(str(cursor), self.channel.mint, Horizon("e", self.history.reach), self.history.checkpoint)
        assert isinstance(again, Cursor), f"a cursor that was told is not taken: {again}"
        back.go_on_from(again)
        self.people.append(back)

    def beat(self) -> None:
        self.channel.beat()

    def come_to_rest(self) -> None:
        """Everything that is open ends, and everybody takes what there is."""
        while self.history.open:
            self.end()
        while self.tail():
            pass
        self.settle()
        self.go_on()
        self.settle()
        self.beat()


@given(st.integers(0, 2**32), st.lists(st.sampled_from(DEEDS), min_size=10, max_size=150))
@settings(deadline=None)
def test_whatever_ends_when_every_reader_is_told_everything_once(seed: int, deeds: list[str]) -> None:
    scene = Scene(seed)
    for deed in deeds:
        getattr(scene, deed)()
    scene.come_to_rest()
    jobs = scene.history.jobs.values()
    for person in scene.people:
        assert person.seqs == {job.id: job.seq for job in jobs}
        assert person.known == {job.id: job.version for job in jobs}
        for cursor, seqs, known in person.cursors:
            _nothing_is_claimed_in_vain(scene.history, cursor, seqs, known)


def _nothing_is_claimed_in_vain(history: History, cursor: Cursor, seqs: dict[str, int], known: dict[str, int]) -> None:
    """Whoever goes on from a cursor is told what was not known by then; and the cursor's check still holds."""
    for stored in history.events:
        assert stored.event.seq <= seqs[stored.job_id] or not cursor.reach.covers(stored.position)
    for job_id, position in history.changed.items():
        assert history.jobs[job_id].version == known[job_id] or not cursor.reach.covers(position)
    assert cursor.check == history.checkpoint(cursor.position)
