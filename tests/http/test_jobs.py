"""Owns the proof that a job can be created, worked on, read and listed over HTTP."""

from __future__ import annotations

import threading
import time
import uuid

import pytest

from tests.http.conftest import Api, problem


def test_a_created_job_is_pending_and_has_an_address(api: Api) -> None:
    answer = api.http.post("/v1/jobs", json={"kind": "index", "steps": ["scan", ["load", 8]], "project": "acme"})
    assert answer.status_code == 201
    job = answer.json()
    assert (job["status"], job["project"], job["version"], job["seq"]) == ("pending", "acme", 1, 1)
    assert [step["name"] for step in job["steps"]] == ["scan", "load"]
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert api.http.get(answer.headers["location"]).json() == job


def test_a_chosen_id_makes_creating_twice_creating_once(api: Api) -> None:
    order = {"kind": "index", "id": str(uuid.uuid4()), "subject": "file:42"}
    assert api.http.post("/v1/jobs", json=order).status_code == 201
    again = api.http.post("/v1/jobs", json=order)
    assert (again.status_code, again.json()["id"]) == (200, order["id"])
    problem(api.http.post("/v1/jobs", json=order | {"subject": "file:43"}), 409, "job-exists")


def test_an_idempotency_key_does_the_same(api: Api) -> None:
    headers = {"Idempotency-Key": "order 7"}
    first = api.http.post("/v1/jobs", json={"kind": "index"}, headers=headers)
    again = api.http.post("/v1/jobs", json={"kind": "index"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = api.http.post("/v1/jobs", json={"kind": "index"}, headers={"Idempotency-Key": "order 8"})
    assert other.json()["id"] != first.json()["id"]
    problem(api.http.post("/v1/jobs", json={"kind": "scan"}, headers=headers), 409, "job-exists")


def test_an_outside_id_that_exists_is_that_job(api: Api) -> None:
    first = api.create(external_id="celery-1")
    answer = api.http.post("/v1/jobs", json={"kind": "index", "external_id": "celery-1"})
    assert (answer.status_code, answer.json()["id"]) == (200, first["id"])
    assert answer.headers["location"] == f"/v1/jobs/{first['id']}"


def test_a_plan_in_full_says_whether_steps_may_be_added(api: Api) -> None:
    plan = {"steps": [{"name": "scan", "group": "uploads", "weight": 2}], "open": True}
    job_id = api.create(plan=plan)["id"]
    api.attach(job_id)
    api.report(job_id, {"type": "add_steps", "steps": ["load"]})
    assert [(step["name"], step["group"]) for step in api.job(job_id)["steps"]] == [
        ("scan", "uploads"),
        ("load", "main"),
    ]


def test_a_worker_reports_and_the_job_moves(api: Api) -> None:
    job_id = api.running("scan", "load")
    ack = api.report(job_id, {"type": "start_step", "step": "scan"}, {"type": "update", "current": 3, "total": 4})
    assert ack == {
        "job_id": job_id,
        "attempt": 1,
        "version": 4,
        "seq": 3,
        "status": "running",
        "cancel_requested": False,
        "outcome": "stored",
    }
    job = api.job(job_id)
    assert (job["step"], job["progress"]["percent"], job["steps"][0]["percent"]) == ("scan", 37.5, 75.0)


def test_a_repeated_batch_changes_nothing_and_a_gap_says_what_is_missing(api: Api) -> None:
    job_id = api.running()
    order = {"attempt": 1, "producer": "w", "producer_seq": 1, "items": [{"type": "advance", "delta": 5}]}
    first, again = (api.http.post(f"/v1/jobs/{job_id}/reports", json=order).json() for _ in range(2))
    assert first == again
    gap = problem(api.http.post(f"/v1/jobs/{job_id}/reports", json=order | {"producer_seq": 4}), 409, "batch-gap")
    assert (gap["expected"], gap["got"]) == (2, 4)
    assert api.job(job_id)["progress"]["current"] == 5


def test_a_superseded_worker_is_told_so(api: Api) -> None:
    job_id = api.running()
    assert api.attach(job_id, producer="other", takeover=True)["attempt"] == 2
    order = {"attempt": 1, "producer": "w", "producer_seq": 1, "items": []}
    fenced = problem(api.http.post(f"/v1/jobs/{job_id}/reports", json=order), 409, "fenced")
    assert (fenced["job_id"], fenced["attempt"], fenced["current"]) == (job_id, 1, 2)


def test_a_refused_item_is_named_and_nothing_of_its_batch_is_written(api: Api) -> None:
    job_id = api.running("scan")
    before = api.job(job_id)
    items = [{"type": "start_step", "step": "scan"}, {"type": "update", "current": -1}]
    order = {"attempt": 1, "producer": "w", "producer_seq": 1, "items": items}
    refused = problem(api.http.post(f"/v1/jobs/{job_id}/reports", json=order), 422, "invalid")
    assert (refused["index"], refused["field"]) == (1, "current")
    assert api.job(job_id) == before
    unknown = order | {"items": [{"type": "start_step", "step": "dance"}]}
    assert problem(api.http.post(f"/v1/jobs/{job_id}/reports", json=unknown), 422, "unknown-step")["index"] == 0


def test_attaching_says_who_takes_part_in_what(api: Api) -> None:
    job_id = api.create()["id"]
    first = api.attach(job_id, producer="one")
    assert (first["attempt"], first["began"], first["kind"], first["producer"]) == (1, True, "index", "one")
    second = api.attach(job_id, producer="two")
    assert (second["attempt"], second["began"]) == (1, False)
    assert first["lease"] != second["lease"]


def test_a_report_renews_the_lease_and_the_end_gives_it_back(api: Api, store: object) -> None:
    job_id = api.create()["id"]
    lease = api.attach(job_id)["lease"]
    holdings = store.holdings  # type: ignore[attr-defined]  # of both stores
    assert [holding.lease.id for holding in holdings()] == [lease]
    assert holdings()[0].lease.ttl_ms == 30_000
    order = {"attempt": 1, "producer": "w", "lease": lease}
    assert api.post(f"/v1/jobs/{job_id}/reports", {**order, "producer_seq": 1, "items": []}).status_code == 200
    ended = {**order, "producer_seq": 2, "items": [{"type": "succeed"}]}
    assert api.post(f"/v1/jobs/{job_id}/reports", ended).status_code == 200
    assert holdings() == []


def test_cancelling_and_retrying_are_asked_for(api: Api) -> None:
    job_id = api.running()
    answer = api.post(f"/v1/jobs/{job_id}/cancel")
    assert answer.status_code == 202
    assert answer.json()["cancel_requested_at"]
    assert api.report(job_id)["cancel_requested"]
    api.report(job_id, {"type": "cancelled"})
    problem(api.post(f"/v1/jobs/{job_id}/cancel"), 409, "illegal-transition")
    again = api.post(f"/v1/jobs/{job_id}/retry", {"keep_steps": True})
    assert (again.status_code, again.json()["status"], again.json()["reason"]) == (202, "waiting", "retry")


def test_a_job_that_did_not_change_is_not_sent_again(api: Api) -> None:
    job_id = api.running()
    first = api.http.get(f"/v1/jobs/{job_id}")
    etag = first.headers["etag"]
    for asked in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        same = api.http.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": asked})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    api.tick(job_id, 3)
    changed = api.http.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.json()["progress"]["current"] == 3
    assert changed.headers["etag"] != etag


def test_every_read_tells_the_newest_state(api: Api) -> None:
    job_id, other = api.running(), api.running()
    for number in range(1, 30):
        api.tick(other, number)
        assert api.job(job_id)["progress"]["current"] == number - 1
        api.tick(job_id, number)
        assert api.job(job_id)["progress"]["current"] == number


def test_a_running_job_says_when_to_ask_again(api: Api) -> None:
    job_id = api.running()
    assert 1 <= int(api.http.get(f"/v1/jobs/{job_id}").headers["retry-after"]) <= 30
    api.report(job_id, {"type": "succeed"})
    assert "retry-after" not in api.http.get(f"/v1/jobs/{job_id}").headers


@pytest.mark.parametrize(
    "how", [{"params": {"wait": "10"}}, {"headers": {"Prefer": "wait=10"}}], ids=["wait", "prefer"]
)
def test_a_long_poll_answers_as_soon_as_the_job_changes(api: Api, how: dict[str, dict[str, str]]) -> None:
    job_id = api.running()
    etag = api.http.get(f"/v1/jobs/{job_id}").headers["etag"]
    change = threading.Timer(0.1, api.tick, (job_id, 5))
    change.start()
    began = time.monotonic()
    headers = {"If-None-Match": etag, **how.get("headers", {})}
    answer = api.http.get(f"/v1/jobs/{job_id}", params=how.get("params"), headers=headers)
    assert answer.status_code == 200
    assert answer.json()["progress"]["current"] == 5
    assert 0.05 < time.monotonic() - began < 5
    change.join()


def test_a_long_poll_that_has_waited_enough_says_that_nothing_changed(api: Api) -> None:
    job_id = api.running()
    etag = api.http.get(f"/v1/jobs/{job_id}").headers["etag"]
    answer = api.http.get(f"/v1/jobs/{job_id}", params={"wait": "0.05"}, headers={"If-None-Match": etag})
    assert answer.status_code == 304


def test_a_list_is_read_page_by_page_newest_first(api: Api) -> None:
    made = [api.create()["id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = api.http.get("/v1/jobs", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


def test_a_list_is_filtered_by_every_parameter(api: Api) -> None:
    parent = api.create(kind="parent")["id"]
    wanted = api.running(
        "scan", kind="index", project="acme", subject="file:1", labels={"ref": "main", "n": 3}, parent_id=parent
    )
    api.report(wanted, {"type": "start_step", "step": "scan"})
    api.create(kind="other", project="acme")
    job = api.job(wanted)
    for asked in (
        {"kind": "index"},
        {"status": "running"},
        {"project": "acme", "kind": ["index", "parent"]},
        {"subject": "file:1"},
        {"step": "scan"},
        {"label": "ref:main"},
        {"label": "n:3"},
        {"parent": parent},
        {"job": wanted},
        {"status": ["running", "failed"], "health": "ok", "kind": "index"},
        {"created_after": job["created_at"].replace("Z", "+00:00"), "created_before": "2100-01-01T00:00:00Z"}
        | {"kind": "index", "created_after": "2001-01-01T00:00:00Z"},
        {"quiet_since": "2100-01-01T00:00:00Z"},
    ):
        found = api.http.get("/v1/jobs", params=asked).json()["items"]
        assert [item["id"] for item in found] == [wanted], asked
    for asked in ({"health": "lost"}, {"label": "ref:dev"}, {"created_before": "2001-01-01T00:00:00Z"}):
        assert api.http.get("/v1/jobs", params=asked).json() == {"items": [], "next_cursor": None}


def test_a_history_is_read_page_by_page(api: Api) -> None:
    job_id = api.running()
    for number in range(5):
        api.note(job_id, f"note {number}")
    first = api.http.get(f"/v1/jobs/{job_id}/history", params={"limit": 4}).json()
    rest = api.http.get(f"/v1/jobs/{job_id}/history", params={"cursor": first["next_cursor"]}).json()
    events = first["items"] + rest["items"]
    assert [event["seq"] for event in events] == list(range(1, 8))
    assert [event["type"] for event in events[:3]] == ["created", "started", "noted"]
    assert events[-1]["message"] == "note 4"
    assert rest["next_cursor"] is None
    after = api.http.get(f"/v1/jobs/{job_id}/history", params={"after": 6}).json()
    assert [event["seq"] for event in after["items"]] == [7]


def test_the_server_says_that_it_lives_and_is_ready(api: Api) -> None:
    for path in ("/livez", "/healthz"):
        assert api.http.get(path).json() == {"status": "ok"}
    assert api.http.get("/readyz").json() == {"status": "ok", "parts": {"store": "ok", "streams": "ok"}}


def test_a_head_has_no_body(api: Api) -> None:
    job_id = api.running()
    answer = api.http.head(f"/v1/jobs/{job_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == api.http.get(f"/v1/jobs/{job_id}").headers["etag"]
    assert api.http.head(f"/v1/jobs/{job_id}/events", headers={"Accept": "text/event-stream"}).status_code == 200
