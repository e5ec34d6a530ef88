"""Whatever is asked of them in whatever order, a database and the memory store answer the same."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from headway.core import commands as c
from headway.core.changes import fold
from headway.core.errors import HeadwayError
from headway.core.job import Job
from headway.core.plan import Plan
from headway.stores.memory import MemoryStore
from headway.stores.protocol import BatchMark, Commit, Filter, JobQuery, Lease, Store
from headway.stores.reach import up_to
from headway.stores.sqlite.store import SQLiteStore
from tests.core import reports
from tests.stores.conftest import IN_MEMORY
from tests.stores.lives import NOW, birth, commit_of, loaded, new_id

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


class TwoStores(RuleBasedStateMachine):
    """Two stores that are told the same; the second must answer as the first."""

    jobs: Bundle[str] = Bundle("jobs")

    @initialize()
    def opens(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.model: Store = MemoryStore()
        self.store: Store = SQLiteStore(Path(self.folder.name) / "jobs.db")
        self.now = NOW
        self.past: dict[str, Job] = {}

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
            self.model.repair(told)
            self.store.repair(told)

    @rule(query=queries)
    def somebody_lists(self, query: JobQuery) -> None:
        expected = self.model.jobs(query)
        assert self.store.jobs(query) == expected
        if expected:
            following = query._replace(before=(expected[-1].facts.created_at, expected[-1].id))
            assert self.store.jobs(following) == self.model.jobs(following)

    @rule(filter=filters, finished=st.integers(0, 3))
    def a_stream_begins(self, filter: Filter, finished: int) -> None:
        expected = self.model.snapshot(filter, finished=finished)
        horizon, jobs = self.store.snapshot(filter, finished=finished)
        assert (horizon.position, jobs) == (expected[0].position, expected[1])

    @rule(job_id=jobs, after=st.integers(0, 40), limit=st.integers(1, 20))
    def somebody_reads_a_history(self, job_id: str, after: int, limit: int) -> None:
        expected = self.model.history(job_id, after=after, limit=limit)
        assert self.store.history(job_id, after=after, limit=limit) == expected

    @rule(back=st.integers(0, 30))
    def somebody_resumes(self, back: int) -> None:
        position = max(0, self.model.horizon().position - back)
        expected, found = self.model.delta(up_to(position)), self.store.delta(up_to(position))
        assert (list(found.events), list(found.jobs)) == (list(expected.events), list(expected.jobs))
        assert (found.position, found.more) == (expected.position, expected.more)
        assert self.store.checkpoint(position) == self.model.checkpoint(position)
        assert self.store.children(position) == self.model.children(position)

    @invariant()
    def both_hold_the_same(self) -> None:
        ids = list(self.model.job_ids())
        assert list(self.store.job_ids()) == ids
        assert [self.store.load(id) for id in ids] == [self.model.load(id) for id in ids]
        assert self.store.horizon().position == self.model.horizon().position
        assert sorted(self.store.holdings(), key=repr) == sorted(self.model.holdings(), key=repr)
        numbers = [(id, attempt, who) for id in ids for attempt in (1, 2) for who in "pq"]
        assert [self.store.last_batch(*n) for n in numbers] == [self.model.last_batch(*n) for n in numbers]

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

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
        answers = self.model.commit(commits)
        assert self.store.commit(commits) == answers
        for commit, answer in zip(commits, answers, strict=True):
            if answer is not None:
                self.past[commit.after.id] = commit.before or commit.after


TestTwoStores = TwoStores.TestCase
