"""Owns a job that lives twice, in the core alone and in a database, and what must be the same about both."""

from __future__ import annotations

from typing import Any

from headway.cli.audit import Audit
from headway.core import commands as c
from headway.core.errors import HeadwayError, IllegalTransition, InvalidReport, UnknownStep
from headway.core.job import Job
from headway.core.plan import Plan
from headway.core.rules import apply
from headway.core.wire import job_wire
from headway.stores.postgres.store import PostgresStore
from tests.conformance.meaning import FUNCTIONS, Call, Twin
from tests.conformance.psql import Answer, Psql, Refused
from tests.stores.lives import NOW, SECOND, birth, commit_of, loaded

_UNLIKE = ("id", "eta", "last_step", "created_at", "updated_at")  # of which two clocks tell, or what follows from them
_SQLSTATES: dict[type[HeadwayError], str] = {IllegalTransition: "HW409", UnknownStep: "HW404", InvalidReport: "HW422"}
_FIELDS = {"step": "stage", "current": "current_step", "total": "total_steps", "error": "error_message"}


class Lives:
    """One plan, two jobs: whatever is told to one is told to the other."""

    def __init__(self, store: PostgresStore, psql: Psql, plan: Plan) -> None:
        self._store = store
        self._psql = psql
        born = birth(plan)
        assert store.commit((born,)) != [None]
        self.id = born.after.id
        self.twin = Twin(born.after, born.events[0])
        self._now = NOW

    def tell(self, *commands: c.Command) -> None:
        """What came from elsewhere: a worker in Python, a person, the sweeper. What the core refuses is left out."""
        for command in commands:
            self._now += SECOND
            try:
                apply(self.twin.job, command, self._now)
            except HeadwayError:
                continue
            self.twin.tell(command, self._now)
            commit = commit_of(loaded(self._store, self.id), command, now=self._now)
            if commit.after != commit.before:
                assert self._store.commit((commit,)) != [None]

    def report(self, call: Call) -> None:
        """A report by psql, and by the core."""
        self._now += SECOND
        answer = self._psql.call(FUNCTIONS[type(call)], self.id, *call)
        expected = self._expected(call)
        if isinstance(expected, Refused) and isinstance(answer, Refused):
            assert (answer.sqlstate, answer.sentence.startswith(expected.sentence)) == (expected.sqlstate, True), (
                expected
            )
        else:
            assert answer == expected, call
        self.are_the_same()

    def _expected(self, call: Call) -> Answer | Refused:
        try:
            problem = self.twin.report(call, self._now)
        except HeadwayError as error:
            return Refused(_SQLSTATES[type(error)], _sentence(error))
        job = self.twin.job
        outcome, asked = "fenced" if problem else "stored", job.cancel_requested_at is not None
        return Answer(outcome, job.attempt, job.status, job.version, job.seq, asked, problem)

    def are_the_same(self) -> None:
        """All of the state but ids and times."""
        stored, twin = loaded(self._store, self.id), self.twin.job
        assert _timeless(job_wire(stored)) == _timeless(job_wire(twin))
        assert _inside(stored) == _inside(twin)

    def tell_the_same(self) -> None:
        """All of the history, from which alone the state can be made."""
        history = self._store.history(self.id, limit=1000)
        assert [_timeless(vars(event)) for event in history] == [_timeless(vars(event)) for event in self.twin.history]
        assert [event.seq for event in history] == list(range(1, len(history) + 1))
        assert Audit(self._store).look(self.id) is None


def _inside(job: Job) -> Any:
    """What is not on the wire too: bounds, versions, marks."""
    return _timeless({**vars(job), "facts": None, "steps": [vars(step) for step in job.steps.values()]})


def _timeless(value: Any) -> Any:
    """Of a time only whether there is one."""
    if isinstance(value, dict):
        return {
            key: inner is not None if str(key).endswith("_at") or key == "at" else _timeless(inner)
            for key, inner in value.items()
            if key not in _UNLIKE
        }
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value


def _sentence(error: HeadwayError) -> str:
    """The core's own sentence, but for the names of fields."""
    if isinstance(error, InvalidReport):
        return f"{_FIELDS.get(error.field, error.field)}: {error.reason}"
    return str(error)
