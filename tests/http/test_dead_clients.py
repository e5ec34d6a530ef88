"""Owns the proof that a client whose network is gone, or that takes nothing, costs little and is let go."""

from __future__ import annotations

import ctypes
import socket
import struct

import psutil
import pytest

from headway.http import server as serving
from headway.hub.hub import Pace
from headway.stores.protocol import Store
from tests.http.conftest import Api, Running
from tests.http.streaming import Listening
from tests.hub.conftest import Works
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


def test_clients_that_read_nothing_cost_little_beside_those_that_do(api: Api, store: Store) -> None:
    """Scaled down from a thousand: what they cost stays within what the system and one batch hold for each."""
    works = Works(store)
    job_id = works.job()
    stalled = [Listening(api.url, buffer=4096).synced() for _ in range(50)]
    before = psutil.Process().memory_info().rss
    with Listening(api.url).synced() as healthy:
        for number in range(400):
            works.note(job_id, f"{number} {'x' * 1900}")
        healthy.until(lambda: len(healthy.seqs) == 400)
    grown = psutil.Process().memory_info().rss - before
    assert grown < 50 * 1024 * 1024
    for client in stalled:
        client.close()


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
