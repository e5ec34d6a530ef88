"""Owns the proof that a client whose network is gone, or that takes nothing, costs little and is let go."""

from __future__ import annotations

import ctypes
import socket
import struct
import time
from functools import partial

import psutil
import pytest

from headway.http import server as serving
from headway.hub.hub import Pace
from headway.stores.protocol import Store
from tests.http.conftest import Api, Running
from tests.http.streaming import Listening
from tests.hub.conftest import Works
from tests.scale import Scale
from tests.waiting import eventually

SO_ATTACH_FILTER = 26
DROP_EVERYTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # one instruction of the packet filter: return 0
EACH_MAX_KIB = 16


def unplug(client: Listening) -> None:
    """From now on nothing arrives at the client, and nothing tells the server so."""
    program = ctypes.create_string_buffer(DROP_EVERYTHING)
    client.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HxxxxxxP", 1, ctypes.addressof(program)))


@pytest.fixture
def pace() -> Pace:
    return Pace(tick_s=0.005, heartbeat_s=0.1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second where people get fifteen."""
    monkeypatch.setattr(serving, "DEAD_CLIENT_S", 1)


@pytest.mark.usefixtures("impatient")
def test_a_client_whose_network_is_gone_is_freed(server: Running) -> None:
    with Listening(server.url).synced() as stays, Listening(server.url).synced() as gone:
        unplug(gone)
        eventually(lambda: len(server.hub.readers) == 1)
        stays.until(lambda: stays.stream.comments > 3)


def test_clients_that_read_nothing_cost_little_beside_those_that_do(api: Api, store: Store, scale: Scale) -> None:
    """What they cost stays within what the system and one batch hold for each; the others get all, and soon."""
    works, count = Works(store), 400
    job_id = works.job()
    stalled = [Listening(api.url, buffer=4096).synced() for _ in range(scale(50, 1_000))]
    healthy = [Listening(api.url).synced() for _ in range(scale(2, 100))]
    before, began = psutil.Process().memory_info().rss, time.monotonic()
    for number in range(count):
        works.note(job_id, f"{number} {'x' * 1900}")
        for client in healthy if number % 20 == 19 else ():
            client.until(partial(has_come, client, number + 3))
            client.got.clear()  # what the clients keep is not what is measured
    took, grown = time.monotonic() - began, psutil.Process().memory_info().rss - before
    print(f"{count} notes to {len(healthy)} in {took:.1f} s, {grown / 1024 / len(stalled):,.0f} KiB for each stalled")
    assert grown < len(stalled) * 1024 * 1024
    assert all(client.board.events == [(job_id, seq) for seq in range(3, count + 3)] for client in healthy)
    for client in stalled + healthy:
        client.close()


def has_come(client: Listening, seq: int) -> bool:
    return bool(client.seqs) and client.seqs[-1] == seq


def test_a_reader_that_waits_costs_at_most_sixteen_kib(api: Api, server: Running) -> None:
    def held(count: int) -> tuple[float, list[Listening]]:
        before = psutil.Process().memory_info().rss
        clients = [Listening(api.url) for _ in range(count)]
        eventually(lambda: len(server.hub.readers) == count)
        for client in clients:
            client.synced()
        return (psutil.Process().memory_info().rss - before) / 1024 / count, clients

    _, first = held(100)  # what the process needs anyway
    for client in first:
        client.close()
    eventually(lambda: not server.hub.readers)
    each, clients = held(300)
    for client in clients:
        client.close()
    assert each < 2 * EACH_MAX_KIB, "server and test client together"
