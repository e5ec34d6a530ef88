"""Lists of jobs: what a query admits, newest first, page by page; and the snapshot that a stream begins with."""

from __future__ import annotations

from typing import Any

import pytest

from headway.core import commands as c
from headway.core.job import Job
from headway.core.plan import parse_plan
from headway.stores.protocol import Filter, JobQuery, Store
from tests.stores.lives import NOW, SECOND, Life, birth, new_id, untold

PARENT = new_id()
END = c.Succeed()


@pytest.fixture
def lives(store: Store) -> dict[str, Life]:
    """Jobs of every kind and in every state, one second after the other."""
    made = {
        "pending": Life(store, now=NOW, project="acme", labels={"ref": "main", "n": 1}),
        "running": Life(store, "scan", now=NOW + SECOND, project="acme", subject="file:1", labels={"ref": "dev"}),
        "waiting": Life(store, now=NOW + 2 * SECOND, kind="report", subject="file:2", labels={"ref": "main"}),
        "succeeded": Life(store, now=NOW + 3 * SECOND, kind="report", project="other", tenant="t"),
        "failed": Life(store, now=NOW + 4 * SECOND, project="acme", parent_id=PARENT, parent_step="store"),
        "cancelled": Life(store, now=NOW + 5 * SECOND, parent_id=PARENT, tenant="t", labels={"n": 1.5, "flag": True}),
        "lost": Life(store, now=NOW + 6 * SECOND, kind="report", parent_id=PARENT),
    }
    endings: dict[str, list[c.Command]] = {
        "running": [c.Attach(), c.StartStep(step="scan")],
        "waiting": [c.Attach(), c.Wait(reason="input")],
        "succeeded": [c.Attach(), c.Succeed()],
        "failed": [c.Attach(), c.Fail(error="x")],
        "cancelled": [c.RequestCancel()],
        "lost": [c.Attach(), c.Lose()],
    }
    for number, (name, commands) in enumerate(endings.items()):
        made[name].tell(*commands, now=NOW + (10 + number) * SECOND)
    return made


def named(lives: dict[str, Life], jobs: list[Job]) -> list[str]:
    names = {life.id: name for name, life in lives.items()}
    assert all(lives[names[job.id]].job == job for job in jobs)
    return [names[job.id] for job in jobs]


ALL = ["lost", "cancelled", "failed", "succeeded", "waiting", "running", "pending"]


def shown(asked: object) -> str:
    """A name for a test that is the same in every process: sets have no order."""
    if isinstance(asked, dict):
        return " ".join(f"{key}={shown(value)}" for key, value in asked.items()) or "all"
    if isinstance(asked, Filter):
        return shown({key: value for key, value in asked._asdict().items() if value})
    words = sorted(map(str, asked)) if isinstance(asked, set | frozenset) else [str(asked)]
    return "+".join(words).encode("ascii", "replace").decode()


def filtered(**sets: Any) -> dict[str, Any]:
    return {"filter": Filter(**{key: _frozen(value) for key, value in sets.items()})}


def _frozen(value: Any) -> Any:
    return frozenset(value) if isinstance(value, set) else value


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ALL),
        ({"statuses": frozenset(["running"])}, ["lost", "running"]),
        ({"statuses": frozenset(["failed", "pending"])}, ["failed", "pending"]),
        (
            {"statuses": frozenset(["succeeded", "failed", "cancelled", "waiting"])},
            ["cancelled", "failed", "succeeded", "waiting"],
        ),
        (filtered(kinds={"report"}), ["lost", "succeeded", "waiting"]),
        (filtered(kinds={"report", "index", "none"}), ALL),
        (filtered(projects={"acme"}), ["failed", "running", "pending"]),
        (filtered(projects={"acme", "other"}), ["failed", "succeeded", "running", "pending"]),
        (filtered(subjects={"file:1", "file:2"}), ["waiting", "running"]),
        (filtered(parent=PARENT), ["lost", "cancelled", "failed"]),
        (filtered(tenant="t"), ["cancelled", "succeeded"]),
        (filtered(projects={"nobody's"}), []),
        (filtered(kinds={"\udcff"}), []),
        (filtered(kinds={"\x00"}), []),
        (filtered(kinds={"report", "\udcff", "\x00", ""}), ["lost", "succeeded", "waiting"]),
        (filtered(projects={"acme", "\x00"}, kinds={"report", "index"}), ["failed", "running", "pending"]),
        (filtered(tenant="t\x00"), []),
        ({"step": "\udcff", **filtered(projects={"acme"})}, []),
        ({"statuses": frozenset(["failed"]), **filtered(projects={"acme"})}, ["failed"]),
        ({"statuses": frozenset(["running"]), **filtered(projects={"acme"})}, ["running"]),
        ({"statuses": frozenset(["running"]), **filtered(parent=PARENT, kinds={"report"})}, ["lost"]),
        (filtered(parent=PARENT, tenant="t"), ["cancelled"]),
        ({"step": "scan"}, ["running"]),
        ({"health": "lost"}, ["lost"]),
        ({"health": "ok", "statuses": frozenset(["running"])}, ["running"]),
        ({"label": ("ref", "main")}, ["waiting", "pending"]),
        ({"label": ("ref", "main"), **filtered(projects={"acme"})}, ["pending"]),
        ({"label": ("n", 1)}, ["pending"]),
        ({"label": ("n", "1")}, []),
        ({"label": ("flag", True)}, ["cancelled"]),
        ({"label": ("flag", 1)}, []),
        ({"label": ("n", True)}, []),
        ({"label": ("n", 1.0)}, ["pending"]),
        ({"label": ("n", None)}, []),
        ({"label": ("n", [1])}, []),
        ({"label": ("n", 2**70)}, []),
        ({"label": ("n", "\x00")}, []),
        ({"label": ("n\udcff", "1")}, []),
        ({"created_after": NOW + 3 * SECOND}, ["lost", "cancelled", "failed"]),
        ({"created_before": NOW + 2 * SECOND}, ["running", "pending"]),
        ({"created_after": NOW, "created_before": NOW + 4 * SECOND}, ["succeeded", "waiting", "running"]),
        ({"quiet_since": NOW + 10 * SECOND}, ["running"]),
        ({"quiet_since": NOW + 15 * SECOND}, ["lost", "running"]),
        ({"quiet_since": NOW + 15 * SECOND, "statuses": frozenset(["waiting"])}, []),
        ({"quiet_since": NOW}, []),
        ({"limit": 2}, ["lost", "cancelled"]),
        ({"limit": 0}, []),
    ],
    ids=shown,
)
def test_a_list_holds_what_its_query_admits_newest_first(
    store: Store, lives: dict[str, Life], query: dict[str, Any], found: list[str]
) -> None:
    assert named(lives, store.jobs(JobQuery(**query))) == found


def test_a_list_of_chosen_jobs(store: Store, lives: dict[str, Life]) -> None:
    ids = frozenset([lives["pending"].id, lives["failed"].id, new_id()])
    assert named(lives, store.jobs(JobQuery(filter=Filter(jobs=ids)))) == ["failed", "pending"]
    query = JobQuery(filter=Filter(jobs=ids), statuses=frozenset(["failed", "running"]))
    assert named(lives, store.jobs(query)) == ["failed"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"statuses": frozenset(["pending", "running", "waiting"])},
        filtered(kinds={"index", "report"}),
        {"label": ("odd", 1)},
        {"created_after": NOW - 1, "created_before": NOW + SECOND},
    ],
    ids=shown,
)
def test_pages_follow_each_other_though_times_are_equal(store: Store, query: dict[str, Any], limit: int) -> None:
    births = [
        birth(parse_plan(), now=NOW + (number // 4) * SECOND // 2, kind="index", labels={"odd": number % 2})
        for number in range(11)
    ]
    store.commit(births)
    whole = store.jobs(JobQuery(**query, limit=100))
    read: list[Job] = []
    while page := store.jobs(JobQuery(**query, limit=limit, before=_last(read))):
        read += page
    assert read == whole
    assert len({job.id for job in read}) == len(read) > 0


def _last(read: list[Job]) -> tuple[int, str] | None:
    return (read[-1].facts.created_at, read[-1].id) if read else None


def test_a_rare_job_is_found_among_many(store: Store) -> None:
    plan = parse_plan()
    births = [birth(plan, now=NOW + number, labels={"rare": number in (7, 4999)}) for number in range(5000)]
    for start in range(0, 5000, 1000):
        store.commit(births[start : start + 1000], durable=False)
    expected = [births[4999].after, births[7].after]
    assert store.jobs(JobQuery(label=("rare", True), limit=5)) == expected
    assert store.jobs(JobQuery(label=("rare", True), limit=1, before=(NOW + 4999, births[4999].after.id))) == [
        births[7].after
    ]


def test_a_snapshot_holds_the_live_jobs_and_the_last_finished(store: Store, lives: dict[str, Life]) -> None:
    for finished, expected in ((0, []), (1, ["cancelled"]), (2, ["failed", "cancelled"])):
        horizon, jobs = store.snapshot(Filter(), finished=finished)
        names = named(lives, jobs)
        assert [name for name in names if name in ("succeeded", "failed", "cancelled")] == expected
        assert [name for name in names if name not in expected] == ["pending", "running", "waiting", "lost"]
        assert horizon.epoch == store.horizon().epoch
        assert untold(store, horizon.reach)


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"kinds": {"report"}}, ["waiting", "succeeded", "lost"]),
        ({"projects": {"acme"}}, ["pending", "running", "failed"]),
        ({"projects": {"acme", "other"}, "kinds": {"report"}}, ["succeeded"]),
        ({"subjects": {"file:1"}}, ["running"]),
        ({"parent": PARENT}, ["failed", "cancelled", "lost"]),
        ({"tenant": "t"}, ["succeeded", "cancelled"]),
        ({"parent": PARENT, "tenant": "t"}, ["cancelled"]),
        ({"kinds": {"none"}}, []),
    ],
    ids=shown,
)
def test_a_snapshot_keeps_to_its_filter(
    store: Store, lives: dict[str, Life], filter: dict[str, Any], found: list[str]
) -> None:
    chosen = Filter(**{key: _frozen(value) for key, value in filter.items()})
    assert named(lives, store.snapshot(chosen)[1]) == found


@pytest.mark.parametrize("name", ["running", "failed"])
def test_a_snapshot_of_one_job(store: Store, lives: dict[str, Life], name: str) -> None:
    chosen = Filter(jobs=frozenset([lives[name].id]))
    assert named(lives, store.snapshot(chosen, finished=1)[1]) == [name]
    assert store.snapshot(chosen._replace(tenant="other"), finished=1)[1] == []


def test_the_last_finished_are_those_that_ended_last(store: Store) -> None:
    lives = [Life(store, now=NOW + number).begun() for number in range(4)]
    for ended_at, life in zip((3, 1, 4, 2), lives, strict=True):
        life.tell(END, now=NOW + ended_at * SECOND)
    assert store.snapshot(Filter(), finished=2)[1] == [lives[0].job, lives[2].job]
    lives[2].tell(c.Retry())
    assert store.snapshot(Filter(), finished=1)[1] == [lives[0].job, lives[2].job]
