"""The one place where requests become stored changes: decided on the newest state, written compare-and-set.

A request that lost a race is decided again on the state that won. A refusal is never decided on a state that is
only remembered: the store is asked first.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TypeGuard

from headway.core import create as birth
from headway.core import rules
from headway.core.changes import Change, Event
from headway.core.commands import Attach, Command
from headway.core.errors import HeadwayError, JobExists, StoreUnavailable, UnknownJob
from headway.core.job import Facts, Job
from headway.core.plan import Plan
from headway.reporting.batch import Ack, Batch
from headway.reporting.group import Group
from headway.reporting.requests import Ask, Join, Numbers, Request, Send
from headway.stores.protocol import BatchMark, Commit, Store

REMEMBERED_MAX = 4096  # jobs whose state is kept to save a read; least recently written go first
ROUNDS_MAX = 50  # lost races of one request before the store is called unavailable
_events = attrgetter("events")


def now_us() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000


class Committer:
    """Writes to one store for all threads of a process; calls that come together share a transaction."""

    def __init__(self, store: Store, *, clock: Callable[[], int] = now_us) -> None:
        self._store = store
        self._clock = clock
        self.commits = 0  # transactions of the store since the beginning, or since a fork
        self._known: OrderedDict[str, _Known] = OrderedDict()  # those that were written last come last
        self._group: Group[Request] = Group(self._settle)

    def create(self, facts: Facts, plan: Plan, connection: object = None) -> Job:
        """A pending job. A job that is there already is the answer if it has the same facts (or external id).

        `connection`: the caller's own, in whose transaction it is stored.
        """
        job, event = birth.create(facts, plan, self._clock())
        commit = Commit(before=None, after=job, events=(event,), steps=frozenset(job.steps))
        made = self._store.create_in(connection, commit) if connection else self._store.commit((commit,))[0] is not None
        self.commits += not connection
        if made:
            return job
        return self._existing(facts)

    def start(self, facts: Facts, plan: Plan, *, producer: str, lease: str | None) -> tuple[Job, bool]:
        """A job and its first attempt, born in one transaction; one that is there already is attached to.

        True when this call began the attempt.
        """
        now = self._clock()
        pending, created = birth.create(facts, plan, now)
        job, changes = rules.apply(pending, Attach(), now)
        mark = BatchMark(producer=producer, seq=0, attempt=job.attempt, lease=lease)
        events = (created, *filter(_is_event, changes))
        commit = Commit(before=None, after=job, events=events, steps=frozenset(job.steps), marks=(mark,))
        made = self._store.commit((commit,))[0] is not None
        self.commits += 1
        if not made:
            return self.attach(self._existing(facts).id, producer=producer, lease=lease)
        numbers = Numbers(job.id, self._store.last_batch)
        numbers.none_yet(mark.attempt, producer)
        self._keep(_Known(job, numbers).moved_on(job))
        return job, True

    def attach(self, job_id: str, *, producer: str, lease: str | None, takeover: bool = False) -> tuple[Job, bool]:
        """Takes part in a job; True when this call began the attempt."""
        join = Join(job_id, Attach(takeover=takeover), producer=producer, lease=lease)
        state = self._answer(join)
        return state, join.before is not None and join.before.attempt < state.attempt

    def ask(self, job_id: str, command: Command) -> Job:
        """The job after a command that no worker's attempt stands behind."""
        return self._answer(Ask(job_id, command))

    def report(self, batch: Batch) -> Ack:
        """Stores a batch, or raises why it was refused."""
        answer = self.report_many((batch,))[0]
        if isinstance(answer, HeadwayError):
            raise answer
        return answer

    def report_many(self, batches: Sequence[Batch]) -> list[Ack | HeadwayError]:
        """Stores batches of different jobs in one transaction; each has its own answer."""
        sends = list(map(Send, batches))
        self._group.run(sends)
        return list(map(Send.answer, sends))

    def remembered(self, job_id: str) -> Job | None:
        """A job as it was stored by this process last; others may have changed it since."""
        known = self._known.get(job_id)
        return None if known is None else known.job

    def forget(self) -> None:
        """Drops remembered states, as after a fork."""
        self._known.clear()
        self.commits = 0
        self._group = Group(self._settle)

    def _answer(self, request: Request) -> Job:
        self._group.run((request,))
        if request.error is not None:
            raise request.error
        assert request.state is not None
        return request.state

    def _existing(self, facts: Facts) -> Job:
        found = self._store.load(facts.id)
        if found is not None:
            if _same_facts(found.facts, facts):
                return found
            raise JobExists(facts.id)
        known = facts.external_id and self._store.find_external(facts.tenant, facts.kind, facts.external_id)
        job = self._store.load(known) if known else None
        if job is None:
            raise StoreUnavailable(self._store.url, f"job {facts.id} was neither created nor found; try again")
        return job

    def _settle(self, requests: Sequence[Request]) -> None:
        """Settles one group: decides, writes, and decides again what lost a race."""
        pending = requests
        for _ in range(ROUNDS_MAX):
            pending = self._round(pending)
            if not pending:
                return
        for request in pending:
            request.error = StoreUnavailable(self._store.url, f"job {request.job_id} is written to without pause")

    def _round(self, requests: Sequence[Request]) -> Sequence[Request]:
        now = self._clock()
        drafts: dict[str, _Draft] = {}
        lost: list[Request] = []
        for request in requests:
            self._decide(request, drafts, now, lost)
        writes = list(filter(_Draft.written, drafts.values()))
        for draft, position in zip(writes, self._write(writes), strict=True):
            if position is None:
                self._known.pop(draft.after.id, None)
                lost.extend(draft.requests)
            else:
                self._keep(draft.known.moved_on(draft.after))
        return lost

    def _decide(self, request: Request, drafts: dict[str, _Draft], now: int, lost: list[Request]) -> None:
        """Adds one request to its job's draft; a refusal counts only if it was decided on the stored state."""
        draft = drafts.get(request.job_id)
        try:
            if draft is None:
                draft = drafts[request.job_id] = self._drafted(request.job_id)
            after, changes, marks = request.decide(draft.after, draft.known.numbers, now)
        except StoreUnavailable as error:
            request.error = error
            return
        except HeadwayError as error:
            if self._outdated(draft):
                lost.append(request)
            else:
                request.error = error
            return
        request.error = None
        request.before, request.state = draft.after, after
        if changes or marks or draft.written():
            draft.add(request, after, changes, marks)
        elif self._outdated(draft):
            lost.append(request)

    def _drafted(self, job_id: str) -> _Draft:
        known = self._known.get(job_id)
        if known is None:
            job = self._store.load(job_id)
            if job is None:
                raise UnknownJob(job_id)
            known = _Known(job, Numbers(job_id, self._store.last_batch))
        return _Draft(known)

    def _outdated(self, draft: _Draft | None) -> bool:
        """Whether a remembered state is not what the store holds now; then it is forgotten."""
        if draft is None or not draft.known.remembered:
            return False
        job = draft.known.job
        if self._store.version(job.id) == job.version:
            return False
        self._known.pop(job.id, None)
        return True

    def _write(self, drafts: Sequence[_Draft]) -> Sequence[int | None]:
        if not drafts:
            return ()
        commits = list(map(_Draft.commit, drafts))
        try:
            positions = self._store.commit(commits, durable=any(map(_events, commits)))
        except BaseException:
            # Whether it was stored is not known: what is remembered must not claim either.
            for draft in drafts:
                self._known.pop(draft.after.id, None)
            raise
        self.commits += 1
        return positions

    def _keep(self, one: _Known) -> None:
        """Remembers a job as it was stored just now, instead of the one that was written to least recently."""
        known, job_id = self._known, one.job.facts.id
        known[job_id] = one
        known.move_to_end(job_id)
        if len(known) > REMEMBERED_MAX:
            known.popitem(last=False)


class _Known:
    """A job's state and its producers' numbers. `remembered`: it may have been changed by others since."""

    __slots__ = ("job", "numbers", "remembered")

    def __init__(self, job: Job, numbers: Numbers) -> None:
        self.job = job
        self.numbers = numbers
        self.remembered = False

    def moved_on(self, job: Job) -> _Known:
        """The same job, as it was stored just now."""
        self.job = job
        self.remembered = True
        return self


class _Draft:
    """What one commit will change about one job, for all requests of the group."""

    __slots__ = ("after", "events", "known", "marks", "requests", "steps")

    def __init__(self, known: _Known) -> None:
        self.known = known
        self.after = known.job
        self.events: list[Event] = []
        self.steps: frozenset[str] = frozenset()
        self.marks: list[BatchMark] = []
        self.requests: list[Request] = []

    def written(self) -> bool:
        """Whether anything of it is to be stored."""
        return bool(self.requests)

    def add(self, request: Request, after: Job, changes: Sequence[Change], marks: Sequence[BatchMark]) -> None:
        self.after = after
        self.requests.append(request)
        for change in changes:
            if isinstance(change, Event):
                self.events.append(change)
            if change.steps:
                self.steps = self.steps.union(change.steps)
        for mark in marks:
            self.marks.append(mark)
            self.known.numbers.note(mark)

    def commit(self) -> Commit:
        return Commit(self.known.job, self.after, self.events, self.steps, self.marks)


def _is_event(change: Change) -> TypeGuard[Event]:
    return isinstance(change, Event)


def _same_facts(one: Facts, other: Facts) -> bool:
    ours, theirs = dict(vars(one)), dict(vars(other))
    ours.pop("created_at"), theirs.pop("created_at")
    return ours == theirs
