"""What whoever runs the room asks it: whether it is well, what it holds in memory, and what past jobs took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.proposals import plan
from tests.examples.proposals.puppets import refused
from tests.examples.proposals.serving import API

if TYPE_CHECKING:
    from examples.proposals.room import Room
    from tests.examples.proposals.puppets import Puppet
    from tests.examples.proposals.serving import Served


def test_health_names_its_parts(box: Served) -> None:
    answer = box.as_(None).get("/api/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "parts": {"store": "ok", "stream": "ok", "cleanup": "ok"}}


def test_health_notices_that_nobody_follows_the_store(box: Served, room: Room) -> None:
    room.ends.close()

    answer = box.as_(None).get("/api/health")
    assert answer.status_code == 503
    assert "nobody follows the store" in answer.json()["parts"]["stream"]


def test_the_debug_view_shows_the_five_columns_and_what_is_in_memory(box: Served, puppet: Puppet) -> None:
    job_id, other = box.bring(), box.bring(project="library")
    puppet.tell(plan.CLUSTERING, 0, 1, "groups")
    box.seen(job_id, stage="clustering")

    seen = box.as_("ben").get(f"{API}/debug").json()
    [row] = seen["jobs"]
    assert row["id"] == job_id != other
    assert {
        "progress_stage": "clustering",
        "progress_current": 2,
        "progress_total": 5,
        "progress_message": "groups",
        "cached": True,
    }.items() <= row.items()
    assert row["progress_updated_at"].endswith("Z")
    assert (seen["cached"], seen["clients"], seen["parts"]["store"]) == (1, 0, "ok")


def test_past_jobs_teach_how_long_a_stage_takes_and_when_a_job_will_end(box: Served, puppet: Puppet) -> None:
    assert box.as_("ada").get(f"{API}/analytics").json()[plan.PROPOSALS]["medianMs"] is None
    for _ in range(3):
        puppet.finish()
        box.seen(box.bring(), stage="complete")
    puppet.orders.put(refused("no"))
    box.seen(box.bring(), stage="error")

    taught = box.as_("ada").get(f"{API}/analytics").json()[plan.PROPOSALS]
    assert (taught["complete"], taught["failed"], taught["cancelled"]) == (3, 1, 0)
    assert 0 <= taught["medianMs"] < 10_000
    assert list(taught["stages"]) == ["initializing", "clustering", "synthesizing", "deduplicating", "complete"]
    assert all(0 <= spent < 10_000 for spent in taught["stages"].values())

    job_id = box.bring()
    puppet.tell(plan.CLUSTERING)
    eta = box.seen(job_id, stage="clustering")["eta"]
    assert (eta["basis"], eta["n"]) == ("history", 3)
    assert eta["at"] >= box.room.reporter.get(job_id)["started_at"]
