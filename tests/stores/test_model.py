"""Whatever is asked of them in whatever order, a database and the memory store answer the same."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from headway.core import commands as c
from headway.core.changes import Event, fold
from headway.core.errors import HeadwayError
from headway.core.job import Job
from headway.core.plan import Plan
from headway.stores.codec import NO_CHECKPOINT, checkpoint_of
from headway.stores.memory import MemoryStore
from headway.stores.postgres.store import PostgresStore
from headway.stores.protocol import BatchMark, Commit, Delta, Filter, JobQuery, Lease, Store
from headway.stores.reach import Reach, up_to
from headway.stores.sqlite.store import SQLiteStore
from tests.core import reports
from tests.postgres.databases import Databases
from tests.stores.conftest import IN_MEMORY
from tests.stores.lives import NOTHING, NOW, birth, commit_of, loaded, new_id

PARENTS = [new_id(), new_id()]
LABELS: list[dict[str, Any]] = [{}, {"ref": "main"}, {"ref": "dev", "n": 1}]

facts = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["index", "report"]),
        "project": st.sampled_from([None, "acme", "other"]),
        "tenant": st.sampled_from([None, "t"]),
        "subject": st.sampled_from([None, "file:1"]),
        "external_id": st.sampled_from([None, None, "a", "b"]),
        "labels": st.sampled_from(LABELS),
    }
)
parents = st.sampled_from(
    [{}, {}, *({"parent_id": id, "parent_step": step} for id in PARENTS for step in ("scan", None))]
)
marks = st.builds(
    BatchMark,
    producer=st.sampled_from("pq"),
    seq=st.integers(0, 3),
    attempt=st.integers(1, 2),
    lease=st.sampled_from([None, "one", "two"]),
)


def _some(values: list[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.just(frozenset[str]()) | st.frozensets(st.sampled_from(values), min_size=1, max_size=2)


filters = st.builds(
    Filter,
    jobs=st.just(frozenset()),
    kinds=_some(["index", "report"]),
    projects=_some(["acme", "other"]),
    subjects=_some(["file:1", "file:2"]),
    parent=st.sampled_from([None, None, None, *PARENTS]),
    tenant=st.sampled_from([None, None, "t"]),
)
queries = st.builds(
    JobQuery,
    filter=filters,
    statuses=_some(["pending", "running", "waiting", "succeeded", "failed", "cancelled"]),
    step=st.sampled_from([None, None, "scan", "load"]),
    health=st.sampled_from([None, None, "ok", "lost"]),
    label=st.sampled_from([None, None, ("ref", "main"), ("n", 1)]),
    created_after=st.sampled_from([None, None, NOW]),
    created_before=st.sampled_from([None, None, NOW + 1]),
    quiet_since=st.sampled_from([None, None, NOW, NOW + 60_000_000]),
    before=st.none(),
    limit=st.integers(0, 5),
)


class Cut(NamedTuple):
    """How far a reader may have read: the same place in the order of both stores."""

    model: int
    reach: Reach
    position: int


class TwoStores(RuleBasedStateMachine):
    """Two stores that are told the same; the second must answer as the first."""

    jobs: Bundle[str] = Bundle("jobs")
    dense = True  # positions are those of the first: it hands out one after the other

    def open(self, resources: ExitStack) -> Store:
        """An empty store."""
        raise NotImplementedError

    @initialize()
    def opens(self) -> None:
        self.resources = ExitStack()
        self.model: Store = MemoryStore()
        self.store = self.resources.enter_context(closing(self.open(self.resources)))
        self.now = NOW
        self.past: dict[str, Job] = {}
        self.changed_at: dict[str, int] = {}
        self.cuts = [Cut(0, NOTHING, 0)]

    @rule(seconds=st.sampled_from([1, 60]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1_000_000

    @rule(target=jobs, facts=facts, parent=parents, plan=reports.plans, id=st.sampled_from([None, *PARENTS]))
    def a_job_is_born(self, facts: dict[str, Any], parent: dict[str, Any], plan: Plan, id: str | None) -> str:
        if id == parent.get("parent_id"):
            id = None
        born = birth(plan, id=id or new_id(), now=self.now, **facts, **parent)
        self._commit(born)
        return born.after.id

    @rule(
        chosen=st.lists(st.tuples(jobs, st.lists(reports.reports | reports.asked, max_size=3)), max_size=3),
        marks=st.lists(marks, max_size=3),
        late=st.booleans(),
    )
    def a_group_is_committed(
        self, chosen: list[tuple[str, list[c.Command]]], marks: list[BatchMark], late: bool
    ) -> None:
        commits = {
            job_id: self._decided(job_id, [c.Attach(), *commands], late)._replace(marks=marks)
            for job_id, commands in chosen
            if self.model.load(job_id)
        }
        self._commit(*commits.values())

    @rule(lease=st.sampled_from(["one", "two"]), ends=st.booleans())
    def a_worker_lives_or_leaves(self, lease: str, ends: bool) -> None:
        for store in (self.model, self.store):
            store.release(lease) if ends else store.beat([Lease(id=lease, ttl_ms=1000, owner="host:1")])

    @rule(job_id=jobs)
    def a_job_is_repaired(self, job_id: str) -> None:
        job = self.model.load(job_id)
        if job is not None:
            told = fold(job.facts, self.model.history(job_id, limit=10_000))
            assert self.model.repair(told)
            assert self.store.repair(told)
            ((self.changed_at[job_id], _),) = self.store.delta(self.cuts[-1].reach).jobs
            self._cut(self.changed_at[job_id])

    @rule(query=queries)
    def somebody_lists(self, query: JobQuery) -> None:
        expected = self.model.jobs(query)
        assert self.store.jobs(query) == expected
        if expected:
            following = query._replace(before=(expected[-1].facts.created_at, expected[-1].id))
            assert self.store.jobs(following) == self.model.jobs(following)

    @rule(filter=filters, finished=st.integers(0, 3))
    def a_stream_begins(self, filter: Filter, finished: int) -> None:
        expected, jobs = self.model.snapshot(filter, finished=finished)
        horizon, found = self.store.snapshot(filter, finished=finished)
        assert found == jobs
        assert all(horizon.reach.covers(at) for at in self.changed_at.values())
        assert not self.dense or horizon.position == expected.position

    @rule(job_id=jobs, after=st.integers(0, 40), limit=st.integers(1, 20))
    def somebody_reads_a_history(self, job_id: str, after: int, limit: int) -> None:
        expected = self.model.history(job_id, after=after, limit=limit)
        assert self.store.history(job_id, after=after, limit=limit) == expected

    @rule(back=st.integers(0, 30))
    def somebody_resumes(self, back: int) -> None:
        whole = self.store.delta(NOTHING, limit=10_000)
        cuts = self._all_cuts(whole)
        cut = cuts[max(0, len(cuts) - 1 - back)]
        expected, found = self.model.delta(up_to(cut.model)), self.store.delta(cut.reach)
        assert _histories(found) == _histories(expected)
        assert {job.id: job for _, job in found.jobs} == {job.id: job for _, job in expected.jobs}
        assert [at for at, _ in found.jobs] == sorted(self.changed_at[job.id] for _, job in expected.jobs)
        assert found.more == expected.more
        assert not self.store.delta(found.reach).jobs
        read = [stored for stored in whole.events if stored.position <= cut.position]
        assert self.store.checkpoint(cut.position) == (checkpoint_of(read[-1]) if read else NO_CHECKPOINT)
        assert self.store.children(cut.position) == self.model.children(cut.model)

    @precondition(lambda self: self.dense)
    @rule(back=st.integers(0, 30))
    def somebody_resumes_at_a_number(self, back: int) -> None:
        position = max(0, self.model.horizon().position - back)
        assert self.store.delta(up_to(position)) == self.model.delta(up_to(position))
        assert self.store.checkpoint(position) == self.model.checkpoint(position)

    @invariant()
    def both_hold_the_same(self) -> None:
        ids = list(self.model.job_ids())
        assert list(self.store.job_ids()) == ids
        assert [self.store.load(id) for id in ids] == [self.model.load(id) for id in ids]
        assert not self.dense or self.store.horizon().position == self.model.horizon().position
        assert sorted(self.store.holdings(), key=repr) == sorted(self.model.holdings(), key=repr)
        numbers = [(id, attempt, who) for id in ids for attempt in (1, 2) for who in "pq"]
        assert [self.store.last_batch(*n) for n in numbers] == [self.model.last_batch(*n) for n in numbers]

    def teardown(self) -> None:
        if hasattr(self, "resources"):
            self.resources.close()

    def _decided(self, job_id: str, commands: list[c.Command], late: bool) -> Commit:
        """What the commands make of the job as it is, or as it was before its last change."""
        commit = commit_of(self.past[job_id] if late else loaded(self.model, job_id), now=self.now)
        for command in commands:
            with suppress(HeadwayError):
                more = commit_of(commit.after, command, now=self.now)
                events, steps = [*commit.events, *more.events], commit.steps | more.steps
                commit = commit._replace(after=more.after, events=events, steps=steps)
        return commit

    def _commit(self, *commits: Commit) -> None:
        expected, answers = self.model.commit(commits), self.store.commit(commits)
        assert [answer is None for answer in answers] == [answer is None for answer in expected]
        assert not self.dense or answers == expected
        for commit, answer in zip(commits, answers, strict=True):
            if answer is not None:
                self._written(commit, answer)

    def _written(self, commit: Commit, answer: int) -> None:
        before, after = commit.before, commit.after
        self.past[after.id] = before or after
        if before is None or before.version != after.version:
            assert answer > self.changed_at.get(after.id, 0)
            self.changed_at[after.id] = answer
            self._cut(max(self.changed_at.values()))

    def _cut(self, position: int) -> None:
        """Where a reader is who has read all that was written so far."""
        cut = Cut(self.model.horizon().position, self.store.horizon().reach, position)
        if self.cuts[-1].model == cut.model:
            self.cuts.pop()
        self.cuts.append(cut)

    def _all_cuts(self, whole: Delta) -> list[Cut]:
        """Those, and one after each event but where the two stores have the jobs of a group in another order."""
        cuts, one, other = list(self.cuts), set[tuple[str, int]](), set[tuple[str, int]]()
        for model, stored in zip(self.model.delta(NOTHING, limit=10_000).events, whole.events, strict=True):
            one.add((model.job_id, model.event.seq))
            other.add((stored.job_id, stored.event.seq))
            if one == other:
                cuts.append(Cut(model.position, up_to(stored.position), stored.position))
        return sorted(cuts)


def _histories(delta: Delta) -> dict[str, list[Event]]:
    """The events of each job, in their order."""
    told: dict[str, list[Event]] = {}
    for stored in delta.events:
        told.setdefault(stored.job_id, []).append(stored.event)
    return told


class OnSQLite(TwoStores):
    def open(self, resources: ExitStack) -> Store:
        folder = resources.enter_context(tempfile.TemporaryDirectory(dir=IN_MEMORY))
        return SQLiteStore(Path(folder) / "jobs.db")


class OnPostgres(TwoStores):
    dense = False
    databases: ClassVar[Databases]

    def open(self, resources: ExitStack) -> Store:
        return PostgresStore(resources.enter_context(self.databases.fresh(template=self.databases.template())))


@pytest.fixture(autouse=True)
def _databases_of_the_session(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unittest's class is given no fixtures."""
    if request.cls is TestOnPostgres:
        monkeypatch.setattr(OnPostgres, "databases", request.getfixturevalue("databases"), raising=False)


TestOnSQLite = OnSQLite.TestCase
TestOnPostgres = OnPostgres.TestCase
TestOnPostgres.settings = settings(max_examples=settings().max_examples // 5)  # each costs ten times as much
