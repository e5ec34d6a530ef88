"""Owns the proof that the application starts by itself, wherever it is run, and ends when it is told to."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

import headway.http
from headway.core.commands import StartStep, Succeed
from headway.core.job import Status
from headway.http.application import Application
from headway.stores.address import open_store
from headway.stores.memory import MemoryStore
from tests.http.conftest import Running
from tests.http.test_leaving import SERVE, Process
from tests.hub.conftest import Works
from tests.waiting import eventually


def asked(application: Application, scope: dict[str, Any], *told: Message) -> list[Message]:
    """What the application sends when it is called once, as a server would."""

    async def call() -> list[Message]:
        sent: list[Message] = []
        left = iter(told)

        async def receive() -> Message:
            return next(left)

        async def send(message: Message) -> None:
            sent.append(message)

        await application(scope, receive, send)
        await application.close()
        return sent

    return asyncio.run(call())


def test_it_starts_with_its_first_request_and_needs_no_lifespan() -> None:
    application = headway.http.app(MemoryStore())
    for _ in range(2):  # each in an event loop of its own
        assert TestClient(application).get("/livez").json() == {"status": "ok"}


def test_it_answers_a_lifespan_where_it_stands_alone() -> None:
    told: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = asked(headway.http.app(MemoryStore()), {"type": "lifespan"}, *told)
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_web_socket_is_turned_away() -> None:
    sent = asked(headway.http.app(MemoryStore()), {"type": "websocket", "path": "/v1/events"})
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_it_opens_the_store_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_STORE", f"sqlite:///{tmp_path / 'jobs.db'}")
    with TestClient(headway.http.app()) as client:
        assert client.get("/v1/jobs").json()["items"] == []
    assert (tmp_path / "jobs.db").exists()


def test_a_store_that_cannot_be_opened_is_said_with_every_request(tmp_path: Path) -> None:
    application = headway.http.app(f"sqlite:///{tmp_path / 'missing' / 'folder' / 'jobs.db'}")
    client = TestClient(application)
    for _ in range(2):
        answer = client.get("/v1/jobs")
        assert answer.status_code == 503
        assert answer.json()["type"].startswith("urn:headway:problem:store-")


def test_one_application_serves_one_loop_at_a_time() -> None:
    application = headway.http.app(MemoryStore())
    with Running(application, [application]) as running, httpx.Client(base_url=running.url, verify=False) as http:
        assert http.get("/livez").status_code == 200
        with pytest.raises(RuntimeError, match="one for each"):
            asyncio.run(application.engine())


def test_it_is_told_which_extra_is_missing() -> None:
    script = "import sys; sys.modules['msgspec'] = None; import headway.http"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "msgspec is not installed; run: pip install 'headway[serve]'" in ran.stderr


def test_serving_alone_it_rolls_up_children_and_judges_leases(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'jobs.db'}"
    store = open_store(address)
    works = Works(store)
    parent = works.job("children")
    works.report(parent, StartStep(step="children"))
    child = works.job(parent_id=parent, parent_step="children")
    with Process(SERVE, address) as server:
        server.url()
        works.report(child, Succeed())
        eventually(lambda: works.state(parent).steps["children"].current == 1)
    assert works.state(child).status is Status.SUCCEEDED
    store.close()
