"""Owns real servers for the tests of HTTP: in a thread of this process, on loopback, over each store."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.types import ASGIApp

from headway.http.application import Application
from headway.http.loopback import loopback
from headway.http.server import Closing, Server, address, listener, settings
from headway.hub.hub import Hub, Pace
from headway.reporting.committer import Committer
from headway.stores.address import open_store
from headway.stores.protocol import Store
from tests.waiting import eventually

QUICK = Pace(tick_s=0.005, heartbeat_s=3600.0)
Wire = dict[str, Any]


class Running:
    """A server that listens. `url` is its address."""

    def __init__(self, application: ASGIApp, closing: list[Closing], *, port: int = 0, **options: Any) -> None:
        self.application = application
        self._listening = listener("127.0.0.1", port)
        self.url = address(self._listening)
        self.port = int(self._listening.getsockname()[1])
        self._server = Server(settings(application, **options), closing)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), daemon=True)
        self._thread.start()
        eventually(lambda: self._server.started)

    @property
    def hub(self) -> Hub:
        """A look behind the application."""
        application = self.application
        assert isinstance(application, Application)
        engine = eventually(lambda: application._engine)
        assert engine is not None
        return engine.hub

    @property
    def connections(self) -> int:
        """How many clients it has, whatever they want."""
        return len(self._server.server_state.connections)

    def stop(self) -> None:
        """Tells it to go, and waits until it has gone."""
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not leave"

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def socket(self) -> socket.socket:
        """A connection of one's own, for what no well-mannered client sends."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def raw(self, request: bytes) -> bytes:
        """All that comes back until the server closes."""
        with self.socket() as connection:
            connection.sendall(request)
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


class Api:
    """The routes as a worker and a reader call them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=10, verify=False, trust_env=False)
        self._sent: dict[tuple[str, int], int] = {}

    def create(self, kind: str = "index", **order: Any) -> Wire:
        answer = self.http.post("/v1/jobs", json={"kind": kind, **order})
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    def running(self, *steps: Any, **order: Any) -> str:
        """The id of a job that a worker has attached to."""
        job_id = str(self.create(steps=list(steps) or None, **order)["id"])
        self.attach(job_id)
        return job_id

    def attach(self, job_id: str, **order: Any) -> Wire:
        answer = self.http.post(f"/v1/jobs/{job_id}/attach", json={"producer": "w", **order})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def report(self, job_id: str, *items: Wire, attempt: int = 1) -> Wire:
        number = self._sent[job_id, attempt] = self._sent.get((job_id, attempt), 0) + 1
        order = {"attempt": attempt, "producer": "w", "producer_seq": number, "items": list(items)}
        answer = self.http.post(f"/v1/jobs/{job_id}/reports", json=order)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def note(self, job_id: str, text: str) -> Wire:
        return self.report(job_id, {"type": "note", "message": text})

    def tick(self, job_id: str, current: int) -> Wire:
        return self.report(job_id, {"type": "update", "current": current})

    def job(self, job_id: str) -> Wire:
        return dict(self.http.get(f"/v1/jobs/{job_id}").json())

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.http.post(
            path, content=json.dumps(body or {}), headers={"content-type": "application/json", **headers}
        )

    def close(self) -> None:
        self.http.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    urls = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'jobs.db'}"}
    store = open_store(urls.get(request.param) or request.getfixturevalue("database"))
    yield store
    store.close()


@pytest.fixture
def pace() -> Pace:
    return QUICK


@pytest.fixture
def server(store: Store, pace: Pace) -> Iterator[Running]:
    """Headway's own server: everything is allowed."""
    application = Application(store, policy=loopback, pace=pace, committer=Committer(store), hosted=False)
    with Running(application, [application]) as running:
        yield running


@pytest.fixture
def api(server: Running) -> Iterator[Api]:
    api = Api(server.url)
    yield api
    api.close()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Running]:
    """One server for all tests of a module that leave it as it was."""
    store = open_store("memory:")
    application = Application(store, policy=loopback, pace=QUICK, hosted=False)
    with Running(application, [application]) as running:
        yield running


@pytest.fixture(scope="module")
def lasting_api(lasting: Running) -> Iterator[Api]:
    api = Api(lasting.url)
    yield api
    api.close()


def problem(answer: httpx.Response, status: int, code: str) -> Wire:
    """The problem of a refusal, after a look at what every refusal must have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    content = dict(answer.json())
    assert content["type"] == f"urn:headway:problem:{code}"
    assert content["status"] == status
    assert content["title"]
    assert "Traceback" not in answer.text
    return content
