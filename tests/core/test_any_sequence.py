"""Owns the proof that the promises hold whatever is asked of a job, in whatever order, however often."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from headway.core import commands as c
from headway.core.changes import Change, Event, evolve, fold
from headway.core.create import check_facts, create
from headway.core.errors import Fenced, HeadwayError, IllegalTransition, InvalidReport
from headway.core.items import item_wire, parse_item
from headway.core.job import Job
from headway.core.plan import Plan
from headway.core.rules import apply, report
from headway.core.wire import header_wire, job_wire
from tests.core import reports, truths
from tests.core.jobs import ID, NOW
from tests.core.reckoning import Reckoning

REPORTS = get_args(c.Report)


class AnySequence(RuleBasedStateMachine):
    """One job and everybody around it: workers of several attempts, people who ask, the sweeper, and a reader."""

    job: Job

    @initialize(plan=reports.plans)
    def is_born(self, plan: Plan) -> None:
        facts = check_facts("index", id=ID, now=NOW)
        self.now = NOW
        self.job, event = create(facts, plan, NOW)
        self.history: list[Event] = [event]
        self.told = fold(facts, (event,))
        self.reckoning = Reckoning(self.job)
        self.copy = _shown(self.job)

    @rule(seconds=st.sampled_from([0, 1, 60]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1_000_000

    @rule(commands=st.lists(reports.starts | reports.progress, min_size=1, max_size=4))
    def a_worker_works(self, commands: list[c.Command]) -> None:
        self._work(*commands)

    @rule(command=reports.settling)
    def a_worker_ends_a_step(self, command: c.Command) -> None:
        self._work(command)

    @rule(command=reports.words | reports.pauses)
    def a_worker_says_or_waits(self, command: c.Command) -> None:
        self._work(command)

    @rule(command=reports.ends)
    def a_worker_ends_the_job(self, command: c.Command) -> None:
        self._work(command)

    @precondition(lambda self: not self._at_work())
    @rule(command=reports.reports)
    def a_worker_comes_too_early_or_too_late(self, command: c.Command) -> None:
        assert self._ask(command) == () or isinstance(command, c.Cancel)

    @rule(command=reports.asked)
    def somebody_asks(self, command: c.Command) -> None:
        self._ask(command)

    @precondition(lambda self: self.job.terminal)
    @rule(keep_steps=st.booleans())
    def somebody_retries(self, keep_steps: bool) -> None:
        self._ask(c.Retry(keep_steps=keep_steps))
        assert not self.job.terminal

    @rule(items=st.lists(reports.reports, max_size=4), ago=st.sampled_from([0, 0, 0, 1, -1]))
    def a_batch_comes(self, items: list[c.Report], ago: int) -> None:
        """All of it or nothing, and nothing from an attempt that is not the present one."""
        self._work()
        job, frozen = self.job, pickle.dumps(self.job)
        try:
            after, changes = report(job, job.attempt - ago, items, self.now)
        except HeadwayError as error:
            _is_refused(error, ago)
            report(job, job.attempt, items[: error.index or 0], self.now)  # those before it would have been taken
            assert pickle.dumps(job) == frozen
            return
        alone = [change for item in items for change in self._ask(item)]
        assert (self.job, changes, ago) == (after, tuple(alone), 0)

    @rule()
    def a_reader_asks_for_the_state(self) -> None:
        self.copy = _shown(self.job)

    @invariant()
    def what_is_always_true(self) -> None:
        truths.of_job(self.job)

    def teardown(self) -> None:
        """The history alone, told from its beginning, is the state at the last event."""
        if hasattr(self, "job"):
            assert fold(self.job.facts, self.history) == self.told
            assert [event.seq for event in self.history] == list(range(1, len(self.history) + 1))

    def _at_work(self) -> bool:
        return self.job.status in ("running", "waiting") and self.job.reason != "retry"

    def _work(self, *commands: c.Command) -> None:
        """What a worker reports, after it has taken part where nobody did."""
        if self.job.terminal:
            self._ask(c.Retry(keep_steps=self.job.version % 2 == 0))
        if not self._at_work():
            self._ask(c.Attach())
        for command in commands:
            self._ask(command)

    def _ask(self, command: c.Command) -> Sequence[Change]:
        job, frozen = self.job, pickle.dumps(self.job)
        try:
            after, changes = apply(job, command, self.now)
        except HeadwayError as error:
            _is_refused(error)
            assert pickle.dumps(job) == frozen
            return ()
        if isinstance(command, REPORTS):
            assert not job.terminal
            assert parse_item(item_wire(command)) == command
        for change in changes:
            self._follow(command, change)
        assert pickle.dumps(job) == frozen
        assert self.job == after
        return changes

    def _follow(self, command: c.Command, change: Change) -> None:
        before, after = self.job, evolve(self.job, change)
        truths.of_change(before, change, after)
        if isinstance(change, Event):
            self._is_told(change, after)
            if after.plan_rev > before.plan_rev:
                self.reckoning.plan_changed(after, attempt_began=change.type in truths.RENEWED)
                self._shares_are_right(after)
        assert after.permille in self.reckoning.expected(before, command, change, after)
        self.job = after

    def _is_told(self, event: Event, after: Job) -> None:
        self.history.append(event)
        self.told = evolve(self.told, event)
        assert self.told == after
        self.copy = truths.applied(self.copy, header_wire(event))
        assert self.copy == _shown(after)

    def _shares_are_right(self, job: Job) -> None:
        for name, step in job.steps.items():
            if job.mode == "weights" and not step.settled:
                share = float(self.reckoning.shares[name])
                assert abs(step.high - step.low - share) <= 1e-9 * max(1.0, share)


def _shown(job: Job) -> dict[str, Any]:
    """The wire of a job but for what a reader reckons anew."""
    return {name: value for name, value in job_wire(job).items() if name not in ("eta", "last_step")}


def _is_refused(error: HeadwayError, ago: int = 0) -> None:
    """By a named error that can be written down; only a batch of an older attempt is fenced."""
    assert isinstance(error, Fenced if ago > 0 else InvalidReport | IllegalTransition)
    assert ago == 0 or error.index is None
    assert len(str(error).encode()) < 2000


TestAnySequence = AnySequence.TestCase
