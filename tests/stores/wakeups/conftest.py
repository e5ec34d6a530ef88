"""The buses that the same promises hold for, each on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from headway.stores.wakeups.bus import Bus
from headway.stores.wakeups.nats import NatsBus
from headway.stores.wakeups.postgres import PostgresBus
from headway.stores.wakeups.redis import RedisBus
from tests.postgres.proxy import FaultProxy
from tests.postgres.shared import PrivateCluster
from tests.stores.wakeups.servers import nats_server, redis_server

Opened = tuple[Callable[[str], Bus], str, Bus, Callable[[], None]]


@dataclass(frozen=True)
class Place:
    """A bus, the proxy before its server, and how to make the server end every connection and come back."""

    open: Callable[[str], Bus]
    url: str
    elsewhere: Bus  # another store's, on the same server
    proxy: FaultProxy
    restart: Callable[[], None]

    @property
    def bus(self) -> Bus:
        return self.open(self.url)

    @property
    def bus_through_proxy(self) -> Bus:
        scheme = urlsplit(self.url).scheme
        return self.open(self.proxy.url if scheme == "postgresql" else f"{scheme}://127.0.0.1:{self.proxy.port}")


def _redis(stack: ExitStack) -> Opened:
    server = redis_server()
    stack.callback(server.stop)
    server.start()
    return (
        lambda url: RedisBus(url, lambda: "one", connect_s=2, say_s=1),
        server.url,
        RedisBus(server.url, lambda: "other"),
        server.restart,
    )


def _nats(stack: ExitStack) -> Opened:
    server = nats_server()
    stack.callback(server.stop)
    server.start()
    return (
        lambda url: NatsBus(url, lambda: "one", connect_s=2, say_s=1),
        server.url,
        NatsBus(server.url, lambda: "other"),
        server.restart,
    )


def _postgres(stack: ExitStack, made: PrivateCluster) -> Opened:
    cluster = stack.enter_context(made(tcp=True))
    elsewhere = PostgresBus(cluster.url("template1", tcp=True))
    return lambda url: PostgresBus(url, connect_s=2, say_s=1), cluster.url(tcp=True), elsewhere, cluster.restart


@pytest.fixture(params=["postgres", "redis", "nats"], scope="module")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with ExitStack() as stack:
        if request.param == "postgres":
            opened = _postgres(stack, request.getfixturevalue("private_cluster"))
        else:
            opened = {"redis": _redis, "nats": _nats}[request.param](stack)
        how, url, elsewhere, restart = opened
        proxy = stack.enter_context(FaultProxy(url))
        yield Place(how, url, elsewhere, proxy, restart)


@pytest.fixture(autouse=True)
def _healed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did to the proxy is over for the next one."""
    yield
    if "place" in request.fixturenames:
        request.getfixturevalue("place").proxy.heal()
