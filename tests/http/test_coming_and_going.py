"""Owns the proof that clients of every kind, however many come and go, leave nothing behind."""

from __future__ import annotations

import os
import socket
import struct
from typing import NamedTuple

import psutil

from tests.http.conftest import Api, Running
from tests.http.streaming import Listening
from tests.scale import Scale
from tests.waiting import eventually

AT_ONCE = struct.pack("ii", 1, 0)  # closing sends a reset


class Kind(NamedTuple):
    path: str
    accept: str = "text/event-stream"
    answers: bool = True  # without being made to wait

    def come_and_go(self, url: str, number: int) -> None:
        """Leaves without reading, after some bytes or after a whole piece; and by a reset, every other time."""
        client = Listening(url, self.path, Accept=self.accept)
        if self.answers and number % 3:
            client.read(number % 400 + 1 if number % 3 == 1 else 65536)
        if number % 2:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        client.close()


def kinds(api: Api) -> list[Kind]:
    job_id = api.running("scan")
    cursor = api.http.get("/v1/events").json()["next_cursor"]
    return [
        Kind("/v1/events"),
        Kind("/v1/events?cursor=x"),
        Kind(f"/v1/events?cursor={cursor}"),
        Kind(f"/v1/jobs/{job_id}/events"),
        Kind("/v1/jobs", "application/json"),
        Kind(f"/v1/events?cursor={cursor}&wait=30", "application/json", answers=False),
        Kind("/nowhere"),
    ]


def test_clients_of_every_kind_leave_nothing_behind(api: Api, server: Running, scale: Scale) -> None:
    known, process = kinds(api), psutil.Process()

    def come_and_go(count: int) -> None:
        for number in range(count):
            known[number % len(known)].come_and_go(api.url, number)
        eventually(lambda: not server.hub.readers and server.connections <= 1, within_s=60)  # one is of `api`

    come_and_go(scale(60, 1_000))
    files, threads, memory = len(os.listdir("/proc/self/fd")), process.num_threads(), process.memory_info().rss
    come_and_go(scale(60, 10_000))
    grown = (process.memory_info().rss - memory) / 1024
    print(f"{len(os.listdir('/proc/self/fd'))} files after {files}, {grown:,.0f} KiB more")
    eventually(lambda: len(os.listdir("/proc/self/fd")) <= files + 10)  # a database keeps some of its connections
    assert process.num_threads() <= threads + 4
    assert grown < 16 * 1024
