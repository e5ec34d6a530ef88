"""A whole store is moved into any other: every job as it was, and told where one is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.errors import InvalidSetting, JobExists, StoreUnusable
from headway.core.job import Job
from headway.core.record import changed
from headway.stores import copying
from headway.stores.copying import Copied, Copy
from headway.stores.memory import MemoryStore
from headway.stores.protocol import BatchMark, JobQuery, Store
from headway.stores.sqlite.store import SQLiteStore
from tests.stores.lives import NOW, SECOND, Life, commit_of


def mark(seq: int, attempt: int = 1, producer: str = "w", lease: str | None = "lease") -> BatchMark:
    return BatchMark(producer, seq, attempt, lease)


def filled(store: Store) -> list[str]:
    """Jobs of every kind: waiting for their worker, at work with ticks, parents and children, retried, ended."""
    pending = Life(store, "scan", "load", project="acme", labels={"ref": "é 🎉"}, external_id="42")
    parent = Life(store, "files").begun()
    child = Life(store, parent_id=parent.id, parent_step="files").begun()
    child.tell(c.Succeed(result={"rows": [1, 2.5, None]}))
    at_work = Life(store, "scan", "load").begun(NOW + SECOND)
    at_work.tell(c.StartStep(step="scan"), marks=[mark(0), mark(1)])
    at_work.tell(c.Advance(delta=3), marks=[mark(2)])
    at_work.tell(c.Update(current=7, total=9, message="reading"), now=NOW + 9 * SECOND, marks=[mark(3)])
    at_work.tell(c.Note(message="other"), marks=[mark(1, producer="x", lease=None)])
    again = Life(store, "scan").begun()
    again.tell(c.StartStep(step="scan"), marks=[mark(1), mark(2)])
    again.tell(c.Fail(error="x"), marks=[mark(3)])
    again.tell(c.Retry())
    again.tell(c.Attach(), marks=[mark(0, attempt=2)])
    return [life.id for life in (pending, parent, child, at_work, again)]


@pytest.fixture
def other(folder: Path) -> Iterator[Store]:
    """A store of another make than the one that the contract is held to."""
    with closing(SQLiteStore(folder / "other.db")) as opened:
        yield opened


def copied(source: Store, target: Store, *, resume: bool = False) -> Copied:
    copy, ids = Copy(source, target, resume=resume), list(source.job_ids())
    *_, done = copy.run(ids)
    assert list(copy.differing(ids)) == [(job_id, None) for job_id in ids]
    return done


def test_the_producers_of_the_present_attempt_are_told(store: Store) -> None:
    filled(store)
    at_work, again = list(store.job_ids())[3:]
    assert store.producers([at_work, again, "unknown"]) == {
        at_work: [mark(3), mark(1, producer="x", lease=None)],
        again: [mark(0, attempt=2)],
    }


def test_every_job_is_there_as_it_was(store: Store, other: Store) -> None:
    ids = filled(store)
    done = copied(store, other)
    assert (done.jobs, done.there) == (len(ids), 0)
    assert list(other.job_ids()) == ids
    for job_id in ids:
        assert other.load(job_id) == store.load(job_id)
        assert other.history(job_id) == store.history(job_id)


def test_every_store_can_be_copied_into(store: Store, other: Store) -> None:
    ids = filled(other)
    done = copied(other, store)
    assert done.events == sum(len(other.history(job_id)) for job_id in ids)
    assert list(store.job_ids()) == ids
    assert store.find_external(None, "index", "42") == ids[0]
    assert [job.id for job in store.jobs(JobQuery())] == [job.id for job in other.jobs(JobQuery())]


def test_a_batch_that_was_stored_before_has_no_second_effect_after_it(store: Store, other: Store) -> None:
    at_work = filled(other)[3]
    copied(other, store)
    assert store.last_batch(at_work, 1, "w") == 3
    repeated = commit_of(present(store, at_work), c.Note(message="again"), marks=[mark(3)])
    following = commit_of(present(store, at_work), c.Note(message="next"), marks=[mark(4)])
    assert store.commit([repeated]) == [None]
    assert store.commit([following]) != [None]
    assert store.last_batch(at_work, 1, "w") == 4


def present(store: Store, job_id: str) -> Job:
    job = store.load(job_id)
    assert job is not None
    return job


def test_a_copy_that_was_broken_off_goes_on(store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "EVENTS_AT_ONCE", 1)
    ids = filled(other)
    running = Copy(other, store).run(ids)
    assert next(running).jobs == 1
    with pytest.raises(InvalidSetting, match=re.escape("has jobs already; give an empty store, or --resume")):
        Copy(other, store)
    done = copied(other, store, resume=True)
    assert (done.jobs, done.there) == (len(ids) - 1, 1)


def test_a_store_is_not_copied_into_itself(store: Store) -> None:
    with pytest.raises(InvalidSetting, match="this is the store that is to be copied"):
        Copy(store, store)


def test_what_differs_is_told(store: Store, other: Store) -> None:
    ids = filled(other)
    copied(other, store)
    other.repair(changed(present(other, ids[0]), {"message": "drifted", "version": 9}))
    life = Life(other).begun()
    other.commit([commit_of(present(other, ids[3]), marks=[mark(4)])])
    found = dict(Copy(other, store, resume=True).differing([*ids, life.id]))
    assert found == {ids[0]: "state", ids[1]: None, ids[2]: None, ids[3]: "producers", ids[4]: None, life.id: "state"}


def test_a_job_that_is_there_under_its_outside_id_is_named(store: Store, other: Store) -> None:
    ids = filled(other)
    Life(store, external_id="42")
    with pytest.raises(JobExists, match=ids[0]):
        list(Copy(other, store, resume=True).run(ids[:1]))


def test_a_broken_history_is_not_copied(store: Store) -> None:
    broken = MemoryStore()
    life = Life(broken).begun()
    del broken._histories[life.id][0]
    with pytest.raises(StoreUnusable, match=r"history of job .* is broken; headway verify tells more"):
        list(Copy(broken, store).run([life.id]))
    assert store.load(life.id) is None
