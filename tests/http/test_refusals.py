"""Owns the proof that bad input is refused by name, with the field and the reason, and leaves everything as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from headway.http.body import BODY_MAX
from tests.http.conftest import Api, Running, problem

UNKNOWN = "0192d3a0-7c00-7000-8000-000000000001"
JSON = {"content-type": "application/json"}
DEEP = 100_000


IDS = [UNKNOWN, UNKNOWN[:-1], UNKNOWN + "x", "7", "%00", "%F0%9F%92%A3", "x" * 4000, "'%20or%201=1"]
CURSORS = ["", "nonsense", "9" * 3000, "%00", "%F0%9F%A7%AD", "WzEsIDJd", "bnVsbA", "WzEsICIuLi8uLiJd", "-1"]
NOWHERE = ["/v2/jobs", "/v1", "/v1/", "/v1/job", "/v1/jobs/a/b/c", "/%2e%2e/x", "/..%2f..%2fetc/passwd", "/.git"]
POST = "POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(lasting: Running) -> Running:
    """One server for all: whatever it is sent, it must be as before."""
    return lasting


@pytest.fixture(scope="module")
def api(lasting_api: Api) -> Api:
    return lasting_api


@pytest.fixture
def unchanged(api: Api) -> Iterator[None]:
    """Nothing may have been written when the test is over."""
    before = api.http.get("/v1/events").json()["next_cursor"]
    yield
    assert api.http.get("/v1/events").json()["next_cursor"] == before


@pytest.mark.parametrize(
    "body",
    {
        "nothing": b"",
        "not JSON": b"{kind: index}",
        "half": b'{"kind": "ind',
        "two documents": b'{"kind": "a"} {"kind": "b"}',
        "not UTF-8": b'{"kind": "\xff"}',
        "NaN": b'{"kind": "index", "labels": {"n": NaN}}',
        "infinity": b'{"kind": "index", "labels": {"n": -Infinity}}',
        "an overflowing number": b'{"kind": "index", "labels": {"n": 1e999}}',
        "five thousand digits": b'{"kind": "index", "labels": {"n": ' + b"9" * 5000 + b"}}",
        "the same name twice": b'{"kind": "index", "kind": "scan"}',
        "the same name twice, deep inside": b'{"kind": "index", "labels": {"a": [{"b": 1, "b": 2}]}}',
        "a hundred thousand levels": b'{"kind": "index", "labels": {"n": ' + b"[" * DEEP + b"]" * DEEP + b"}}",
        "a comment": b'{"kind": "index" /* so */}',
        "a control character": b'{"kind": "in\ndex"}',
    }.values(),
)
@pytest.mark.usefixtures("unchanged")
def test_what_is_not_json_is_malformed(api: Api, body: bytes) -> None:
    problem(api.http.post("/v1/jobs", content=body, headers=JSON), 400, "malformed")


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ([], "body"),
        ("index", "body"),
        ({}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": 3}, "kind"),
        ({"kind": ""}, "kind"),
        ({"kind": " \t"}, "kind"),
        ({"kind": "a\0b"}, "kind"),
        ({"kind": "x" * 101}, "kind"),
        ({"kind": "\ud800"}, "kind"),
        ({"kind": "index", "id": "7"}, "id"),
        ({"kind": "index", "id": 7}, "id"),
        ({"kind": "index", "project": "x" * 201}, "project"),
        ({"kind": "index", "labels": []}, "labels"),
        ({"kind": "index", "labels": {"": 1}}, "labels"),
        ({"kind": "index", "labels": {"n": "x" * 5000}}, "labels"),
        ({"kind": "index", "steps": "scan"}, "steps"),
        ({"kind": "index", "steps": ["scan", "scan"]}, "steps"),
        ({"kind": "index", "steps": [["scan", -1]]}, "steps[0].weight"),
        ({"kind": "index", "steps": [{"name": "scan", "colour": "red"}]}, "steps[0].colour"),
        ({"kind": "index", "steps": [f"step {n}" for n in range(2001)]}, "steps"),
        ({"kind": "index", "steps": ["scan"], "plan": {"steps": ["scan"]}}, "steps"),
        ({"kind": "index", "plan": {"steps": ["scan"], "closed": True}}, "plan.closed"),
        ({"kind": "index", "parent_id": UNKNOWN}, "parent_id"),
        ({"kind": "index", "parent_step": "scan"}, "parent_step"),
        ({"kind": "index", "speed": 3}, "speed"),
        ({"kind": "index", "tenant": "other"}, "tenant"),
        ({"kind": "index", "seq": 7}, "seq"),
        ({"kind": "index", "version": 7}, "version"),
        ({"kind": "index", "attempt": 7}, "attempt"),
        ({"kind": "index", "status": "succeeded"}, "status"),
        ({"kind": "index", "created_at": "2001-01-01T00:00:00Z"}, "created_at"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict | list) else str(value),
)
@pytest.mark.usefixtures("unchanged")
def test_a_job_with_a_wrong_value_is_not_created(api: Api, order: Any, field: str) -> None:
    answer = api.http.post("/v1/jobs", content=json.dumps(order), headers=JSON)
    refused = problem(answer, 422, "invalid")
    assert refused["field"] == field
    assert refused["reason"]


ITEM = {"type": "note", "message": "x"}
BATCH = {"attempt": 1, "producer": "w", "producer_seq": 1, "items": []}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"attempt": None}, "attempt"),
        ({"attempt": 0}, "attempt"),
        ({"attempt": 2}, "attempt"),
        ({"attempt": 1.5}, "attempt"),
        ({"attempt": 2**63}, "attempt"),
        ({"attempt": "1"}, "attempt"),
        ({"attempt": True}, "attempt"),
        ({"producer": ""}, "producer"),
        ({"producer": "x" * 101}, "producer"),
        ({"producer_seq": 0}, "producer_seq"),
        ({"producer_seq": 2**63}, "producer_seq"),
        ({"lease": ""}, "lease"),
        ({"items": {}}, "items"),
        ({"items": [ITEM] * 1001}, "items"),
        ({"seq": 5}, "seq"),
        ({"version": 5}, "version"),
        ({"items": ["note"]}, "items"),
        ({"items": [{}]}, "type"),
        ({"items": [{"type": "dance"}]}, "type"),
        ({"items": [{"type": "note"}]}, "message"),
        ({"items": [{"type": "note", "message": 3}]}, "message"),
        ({"items": [{"type": "note", "message": "x" * 2001}]}, "message"),
        ({"items": [{"type": "note", "message": "x", "seq": 3}]}, "seq"),
        ({"items": [{"type": "note", "message": "x", "attempt": 1}]}, "attempt"),
        ({"items": [{"type": "note", "message": "x", "at": "yesterday"}]}, "at"),
        ({"items": [{"type": "note", "message": "x", "at": "2026-01-01T00:00:00"}]}, "at"),
        ({"items": [{"type": "note", "message": "x", "at": 5}]}, "at"),
        ({"items": [{"type": "advance", "delta": -1}]}, "delta"),
        ({"items": [{"type": "advance", "delta": 0.5}]}, "delta"),
        ({"items": [{"type": "advance", "delta": 2**63}]}, "delta"),
        ({"items": [{"type": "update", "current": 2**53}]}, "current"),
        ({"items": [{"type": "update", "current": 5, "total": 3}]}, "current"),
        ({"items": [{"type": "fail", "error": ""}]}, "error"),
        ({"items": [{"type": "wait", "reason": "lunch"}]}, "reason"),
        ({"items": [{"type": "succeed", "result": "\ud800"}]}, "result"),
        ({"items": [{"type": "add_steps", "steps": [{}]}]}, "steps[0].name"),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else str(value),
)
def test_a_batch_with_a_wrong_value_changes_nothing(api: Api, change: dict[str, Any], field: str) -> None:
    job_id = api.running()
    before = api.job(job_id)
    answer = api.http.post(f"/v1/jobs/{job_id}/reports", content=json.dumps(BATCH | change), headers=JSON)
    refused = problem(answer, 422, "invalid")
    assert refused["field"] == field
    if change.get("items") and change["items"] != [ITEM] * 1001:
        assert refused["index"] == 0
    assert api.job(job_id) == before
    assert api.note(job_id, "the number was not used up")["seq"] == 3


def test_a_thousand_items_are_one_batch(api: Api) -> None:
    job_id = api.running()
    assert api.report(job_id, *[ITEM] * 1000)["seq"] == 1002


@pytest.mark.parametrize("job_id", IDS, ids=lambda value: value[:20])
def test_unknown_and_malformed_ids_get_the_same_answer_everywhere(api: Api, job_id: str) -> None:
    for method, tail, body in (
        ("GET", "", None),
        ("GET", "/history", None),
        ("GET", "/events", None),
        ("POST", "/attach", {}),
        ("POST", "/reports", BATCH),
        ("POST", "/cancel", {}),
        ("POST", "/retry", {}),
    ):
        answer = api.http.request(method, f"/v1/jobs/{job_id}{tail}", json=body)
        refused = problem(answer, 404, "unknown-job")
        assert set(refused) - {"job_id"} == {"type", "title", "status", "detail"}


def test_an_id_in_capitals_is_the_same_id(api: Api) -> None:
    job_id = api.running()
    assert api.job(job_id.upper())["id"] == job_id
    assert api.http.get(f"/v1/jobs/{job_id.upper()}/history").status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/v1/jobs", "status=done", "status"),
        ("/v1/jobs", "limit=0", "limit"),
        ("/v1/jobs", "limit=501", "limit"),
        ("/v1/jobs", "limit=ten", "limit"),
        ("/v1/jobs", "limit=1&limit=2", "limit"),
        ("/v1/jobs", "created_after=yesterday", "created_after"),
        ("/v1/jobs", "label=ref", "label"),
        ("/v1/jobs", "health=bad", "health"),
        ("/v1/jobs", "kind=", "kind"),
        ("/v1/jobs", "parent=7", "parent"),
        ("/v1/jobs", "job=7", "job"),
        ("/v1/jobs", "colour=red", "query"),
        ("/v1/jobs", "kind=%FF", "query"),
        ("/v1/jobs", "&".join(f"kind=k{n}" for n in range(400)), "query"),
        ("/v1/events", "knd=index", "query"),
        ("/v1/events", "wait=soon", "wait"),
        ("/v1/events", "wait=-1", "wait"),
        ("/v1/events", "wait=nan", "wait"),
        ("/v1/events", "status=running", "query"),
        ("/livez", "x=1", "query"),
    ],
)
def test_a_query_that_cannot_be_followed_is_refused(api: Api, path: str, query: str, field: str) -> None:
    assert problem(api.http.get(f"{path}?{query}"), 422, "invalid")["field"] == field


@pytest.mark.parametrize("cursor", CURSORS, ids=lambda value: value[:20])
def test_a_cursor_that_is_garbage_is_refused_by_lists(api: Api, cursor: str) -> None:
    job_id = api.running()
    problem(api.http.get(f"/v1/jobs?cursor={cursor}"), 400, "invalid-cursor")
    problem(api.http.get(f"/v1/jobs/{job_id}/history?cursor={cursor}"), 400, "invalid-cursor")


def test_other_methods_are_named(api: Api) -> None:
    job_id = api.running()
    for method, path, allowed in (
        ("DELETE", f"/v1/jobs/{job_id}", "GET, HEAD"),
        ("PUT", "/v1/jobs", "GET, HEAD, POST"),
        ("GET", f"/v1/jobs/{job_id}/cancel", "POST"),
        ("POST", "/v1/events", "GET, HEAD"),
    ):
        answer = api.http.request(method, path)
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", NOWHERE)
def test_there_is_nothing_elsewhere(api: Api, path: str) -> None:
    assert api.http.get(path).status_code == 404
    problem(api.http.post(path), 404, "unknown-route")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/jsonp"},
        {**JSON, "content-encoding": "gzip"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("unchanged")
def test_a_body_that_does_not_say_that_it_is_json_is_not_read(api: Api, headers: dict[str, str]) -> None:
    problem(api.http.post("/v1/jobs", content=b'{"kind": "index"}', headers=headers), 415, "unsupported-media-type")


def test_json_may_say_that_it_is_utf_8(api: Api) -> None:
    headers = {"content-type": "Application/JSON; Charset=UTF-8"}
    assert api.http.post("/v1/jobs", content=b'{"kind": "index"}', headers=headers).status_code == 201


@pytest.mark.usefixtures("unchanged")
def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(api: Api) -> None:
    for size, status in ((BODY_MAX, 422), (BODY_MAX + 1, 413), (8 * BODY_MAX, 413)):
        body = b'{"kind": "index", "x": "'
        answer = api.http.post("/v1/jobs", content=body + b"x" * (size - len(body) - 2) + b'"}', headers=JSON)
        assert answer.status_code == status


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 30])
def test_a_length_that_is_none_is_refused(server: Running, length: str) -> None:
    answer = server.raw(f"{POST}Content-Length: {length}\r\nConnection: close\r\n\r\n{{}}".encode())
    assert answer.split()[1] in (b"400", b"413")


def test_an_endless_body_is_cut_off(server: Running) -> None:
    head = f"{POST}Transfer-Encoding: chunked\r\n\r\n".encode()
    piece = b"10000\r\n" + b"[" * 65536 + b"\r\n"
    with server.socket() as connection:
        connection.sendall(head)
        for _ in range(5):
            connection.sendall(piece)
        answer = connection.recv(65536)
        assert answer.split()[1] == b"413"
        try:
            for _ in range(10_000):
                connection.sendall(piece)
        except OSError:
            return
    raise AssertionError("the server reads for ever")


def test_a_client_that_hangs_up_in_mid_body_changes_nothing(server: Running, api: Api) -> None:
    with server.socket() as connection:
        head = (
            b"POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n"
        )
        connection.sendall(head + b'{"kind": "')
    assert api.http.get("/livez").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_has_a_length(api: Api, key: str) -> None:
    answer = api.http.post("/v1/jobs", json={"kind": "index"}, headers={"Idempotency-Key": key})
    assert problem(answer, 422, "invalid")["field"] == "Idempotency-Key"


def test_a_key_and_a_chosen_id_contradict_each_other(api: Api) -> None:
    order = {"kind": "index", "id": UNKNOWN}
    answer = api.http.post("/v1/jobs", json=order, headers={"Idempotency-Key": "a"})
    assert problem(answer, 422, "invalid")["field"] == "id"
