"""Owns the proof that a request sees and does only what it was granted, alone and mounted in other applications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

import headway.http
from headway.core.errors import InvalidSetting
from headway.http import Asking, Grant, Refused
from headway.http.access import NOBODY
from headway.http.server import listener
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Filter, Store
from tests.http.conftest import Api, Running, problem
from tests.http.streaming import Listening
from tests.hub.conftest import Works

WRITES = ("attach", "reports", "cancel", "retry")


# ---- alone, on loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "localhost:1234", "[::1]", "[::1]:80"])
def test_names_of_this_machine_are_answered(api: Api, host: str) -> None:
    assert api.http.get("/v1/jobs", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost.evil", "::1", "[::1].x"]
)
def test_a_name_that_was_rebound_to_this_machine_is_not(api: Api, host: str) -> None:
    problem(api.http.get("/v1/jobs", headers={"Host": host}), 421, "foreign-host")
    problem(api.http.post("/v1/jobs", json={"kind": "x"}, headers={"Host": host}), 421, "foreign-host")
    assert api.http.get("/", headers={"Host": host}).status_code == 421


def test_a_request_without_a_host_is_not_answered(server: Running) -> None:
    assert server.raw(b"GET /v1/jobs HTTP/1.0\r\n\r\n").split()[1] == b"421"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", ""])
def test_a_page_of_another_site_may_neither_write_nor_listen(api: Api, origin: str) -> None:
    for method, path in (("POST", "/v1/jobs"), ("GET", "/v1/events"), ("GET", "/v1/jobs")):
        answer = api.http.request(
            method, path, content=b'{"kind": "x"}', headers={"Origin": origin, "Content-Type": "application/json"}
        )
        problem(answer, 403, "foreign-origin")


def test_the_servers_own_page_may(api: Api) -> None:
    answer = api.http.post("/v1/jobs", json={"kind": "x"}, headers={"Origin": api.url, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 201


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_may_not_embed_but_may_link(api: Api, site: str) -> None:
    embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
    problem(api.http.get("/v1/jobs", headers=embedded), 403, "foreign-origin")
    assert api.http.get("/", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.com", "", "localhost.evil"])
def test_it_refuses_to_listen_where_others_can_reach_it(host: str) -> None:
    with pytest.raises(InvalidSetting, match="no keys"):
        listener(host, 0)
    with pytest.raises(InvalidSetting, match="no keys"):
        headway.http.serve("memory:", host=host, port=0)


def test_a_port_that_is_taken_is_said_in_one_line(server: Running) -> None:
    with pytest.raises(
        InvalidSetting, match=f"port: {server.port} on 127.0.0.1 cannot be used: Address already in use"
    ):
        headway.http.serve("memory:", port=server.port)


# ---- mounted in an application


def by_token(asking: Asking) -> Grant | None:
    """What an application's hook may look like: each token is a tenant's, and says what it is for."""
    token = asking.headers.get("authorization", "").removeprefix("Bearer ")
    tenant, _, scopes = token.partition(":")
    granted = frozenset(scopes.split(",")) if scopes else frozenset[str]()
    return Grant(filter=Filter(tenant=tenant), scopes=granted) if tenant else None


async def by_token_later(asking: Asking) -> Grant | None:
    return by_token(asking)


class Wrapping:
    """Middleware that wraps `send`, as most does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-wrapped", b"yes"))
            await send(message)

        await self.app(scope, receive, sending)


def host(application: ASGIApp) -> Starlette:
    async def own(request: Request) -> PlainTextResponse:
        return PlainTextResponse("the host's own")

    routes = [Route("/own", own), Mount("/jobs", application)]
    return Starlette(routes=routes, middleware=[Middleware(Wrapping)])


@pytest.fixture
def mounted_store() -> Store:
    return MemoryStore()


@pytest.fixture
def mounted(request: pytest.FixtureRequest, mounted_store: Store) -> Iterator[Running]:
    """Headway below /jobs in an application with middleware, with the hook that the test names."""
    application = headway.http.app(mounted_store, authorize=getattr(request, "param", None))
    with Running(host(application), [application]) as running:
        yield running


def client(running: Running, token: str = "") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"{running.url}/jobs", headers=headers, timeout=10, verify=False, trust_env=False)


def test_mounted_without_a_hook_it_is_read_only(mounted: Running) -> None:
    with client(mounted) as http:
        assert http.get("/v1/jobs").json() == {"items": [], "next_cursor": None}
        problem(http.post("/v1/jobs", json={"kind": "x"}), 403, "read-only")
        for write in WRITES:
            answer = http.post(f"/v1/jobs/0192d3a0-7c00-7000-8000-000000000001/{write}", json={})
            assert problem(answer, 403, "read-only")["scope"] in ("report", "control")
        assert httpx.get(f"{mounted.url}/own").text == "the host's own"


@pytest.mark.parametrize("mounted", [by_token, by_token_later], indirect=True, ids=["sync", "async"])
def test_a_hook_decides_who_may_do_what(mounted: Running) -> None:
    with client(mounted) as nobody, client(mounted, "a:report,control") as a, client(mounted, "a") as reader:
        problem(nobody.get("/v1/jobs"), 404, "unknown-route")
        created = a.post("/v1/jobs", json={"kind": "x"})
        assert created.status_code == 201
        assert created.json()["tenant"] == "a"
        assert created.headers["location"] == f"/jobs/v1/jobs/{created.json()['id']}"
        job_id = created.json()["id"]
        problem(reader.post(f"/v1/jobs/{job_id}/cancel", json={}), 403, "read-only")
        assert a.post(f"/v1/jobs/{job_id}/cancel", json={}).status_code == 202
        assert reader.get(f"/v1/jobs/{job_id}").json()["status"] == "cancelled"


@pytest.mark.parametrize("mounted", [by_token], indirect=True)
def test_jobs_of_others_do_not_exist(mounted: Running) -> None:
    with client(mounted, "a:report,control") as a, client(mounted, "b:report,control") as b:
        job_id = a.post("/v1/jobs", json={"kind": "x", "external_id": "7"}).json()["id"]
        unknown = job_id[:-1] + ("0" if job_id[-1] != "0" else "1")
        calls = [("GET", ""), ("GET", "/history"), ("GET", "/events"), *(("POST", f"/{write}") for write in WRITES)]
        for method, tail in calls:
            foreign = b.request(method, f"/v1/jobs/{job_id}{tail}", json={})
            nothing = b.request(method, f"/v1/jobs/{unknown}{tail}", json={})
            assert problem(foreign, 404, "unknown-job") == problem(nothing, 404, "unknown-job") | {
                "job_id": job_id,
                "detail": foreign.json()["detail"],
            }
        assert b.get("/v1/jobs").json()["items"] == []
        assert b.get("/v1/events").json()["items"] == []
        assert b.get("/v1/jobs", params={"job": job_id}).json()["items"] == []
        problem(b.post("/v1/jobs", json={"kind": "x", "id": job_id}), 409, "job-exists")
        assert b.post("/v1/jobs", json={"kind": "x", "external_id": "7"}).json()["id"] != job_id
        refused = b.post("/v1/jobs", json={"kind": "x", "parent_id": job_id})
        assert problem(refused, 422, "invalid")["field"] == "parent_id"


@pytest.mark.parametrize("mounted", [by_token], indirect=True)
def test_a_stream_tells_only_what_its_reader_may_see(mounted: Running) -> None:
    with client(mounted, "a:report") as a, client(mounted, "b:report") as b:
        with Listening(mounted.url, "/jobs/v1/events", Authorization="Bearer b").synced() as listening:
            assert listening.headers["x-wrapped"] == "yes"
            a.post("/v1/jobs", json={"kind": "x"})
            own = b.post("/v1/jobs", json={"kind": "x"}).json()["id"]
            listening.until(lambda: listening.seqs)
            assert list(listening.board.jobs) == [own]
            cursor = listening.stream.last_id
        with Listening(mounted.url, "/jobs/v1/events", cursor=cursor, Authorization="Bearer a").synced() as other:
            assert other.named("reset") == [{"reason": "other_filter"}], "another tenant's cursor"
            assert own not in other.board.jobs


def test_streams_work_behind_middleware(mounted: Running, mounted_store: Store) -> None:
    worker = Works(mounted_store)
    with Listening(mounted.url, "/jobs/v1/events").synced() as listening:
        job_id = worker.job()
        for number in range(20):
            worker.note(job_id, f"note {number}")
        listening.until(lambda: len(listening.seqs) == 22)


def test_a_mounted_page_finds_its_parts(mounted: Running) -> None:
    with client(mounted) as http:
        assert http.get("/").headers["content-type"].startswith("text/html")
        assert http.get("/openapi.json").status_code == 200


def test_a_hook_that_fails_is_a_failure_without_details(mounted_store: Store, caplog: pytest.LogCaptureFixture) -> None:
    def broken(asking: Asking) -> Grant | None:
        raise ValueError("the secret of the house")

    application = headway.http.app(mounted_store, authorize=broken)
    with Running(application, [application]) as running, httpx.Client(base_url=running.url, verify=False) as http:
        assert "secret" not in str(problem(http.get("/v1/jobs"), 500, "error"))
    assert "the secret of the house" in caplog.text


async def by_session(asking: Asking) -> Grant | None:
    """A job's own token, and 401 in the application's own words; projects by the path around the mount."""
    if project := asking.path_params.get("project"):
        member = asking.cookies.get("user") in ("ann", "bob") and project == "p1"
        return Grant(filter=Filter(projects=frozenset({project}))) if member else None
    if asking.headers.get("x-session-token") != "right" and asking.take("token") != "right":
        raise Refused(JSONResponse({"success": False, "error": {"code": "UNAUTHORIZED"}}, 401, {"x-own": "yes"}))
    if asking.job_id == "banned":
        raise HTTPException(418, "of the host")
    return Grant()


@pytest.fixture
def in_rooms(mounted_store: Store) -> Iterator[Running]:
    """Headway with one hook, for everybody and below each project of an application."""
    application = headway.http.app(mounted_store, authorize=by_session)
    outer = Starlette(routes=[Mount("/projects/{project}", application), Mount("/jobs", application)])
    with Running(outer, [application]) as running:
        yield running


def test_a_hook_may_answer_with_a_response_of_its_own(in_rooms: Running, mounted_store: Store) -> None:
    job_id = Works(mounted_store).job()
    with client(in_rooms) as http:
        for path in ("/v1/jobs", f"/v1/jobs/{job_id}", f"/v1/jobs/{job_id}/events"):
            refused = http.get(path, headers={"X-Session-Token": "wrong", "Accept": "text/event-stream"})
            assert (refused.status_code, refused.headers["x-own"]) == (401, "yes")
            assert refused.json() == {"success": False, "error": {"code": "UNAUTHORIZED"}}
        assert http.get(f"/v1/jobs/{job_id}", headers={"X-Session-Token": "right"}).json()["id"] == job_id
        assert http.get(f"/v1/jobs/{job_id}?wait=0&token=right").json()["id"] == job_id
        assert http.get(f"/v1/jobs/{job_id}?other=1&token=right").status_code == 422, "a parameter that nobody knows"
        assert http.get("/v1/jobs/banned", headers={"X-Session-Token": "right"}).status_code == 418


def test_a_hook_knows_the_path_around_it_and_the_cookies(in_rooms: Running, mounted_store: Store) -> None:
    worker = Works(mounted_store)
    inside, outside = worker.job(project="p1"), worker.job(project="p2")
    with httpx.Client(base_url=in_rooms.url, trust_env=False) as http:
        member = {"Cookie": "user=ann"}
        found = http.get("/projects/p1/v1/jobs", headers=member).json()["items"]
        assert [job["id"] for job in found] == [inside]
        problem(http.get(f"/projects/p1/v1/jobs/{outside}", headers=member), 404, "unknown-job")
        problem(http.get("/projects/p2/v1/jobs", headers=member), 404, "unknown-route")
        problem(http.get(f"/projects/p1/v1/jobs/{inside}"), 404, "unknown-job")


def test_a_filter_is_narrowed_to_what_was_granted() -> None:
    grant = Grant(filter=Filter(projects=frozenset({"a", "b"}), tenant="t"))
    assert grant.narrowed(Filter()) == grant.filter
    assert Grant().narrowed(Filter(projects=frozenset({"c"}))) == Filter(projects=frozenset({"c"}))
    both = grant.narrowed(Filter(projects=frozenset({"b", "c"}), kinds=frozenset({"k"})))
    assert both == Filter(projects=frozenset({"b"}), kinds=frozenset({"k"}), tenant="t")
    assert grant.narrowed(Filter(projects=frozenset({"c"}))) == NOBODY
    assert Grant(filter=Filter(parent="p")).narrowed(Filter(parent="q")) == NOBODY
