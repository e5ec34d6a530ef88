"""Owns the proof that the proxy does to connections what a test asks of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from tests.postgres.proxy import Direction, FaultProxy
from tests.postgres.server import Server
from tests.waiting import eventually


@pytest.fixture(params=[False, True], ids=["socket", "tcp"])
def proxy(postgres: Server, request: pytest.FixtureRequest) -> Iterator[FaultProxy]:
    with FaultProxy(postgres.url(tcp=request.param)) as proxy:
        yield proxy


def connected(proxy: FaultProxy) -> psycopg.Connection[tuple[object, ...]]:
    """Leaving its `with` may ask once more; who has had it cut closes it instead."""
    return psycopg.connect(proxy.url, autocommit=True, connect_timeout=10)


def test_it_passes_everything_while_all_is_well(proxy: FaultProxy) -> None:
    with connected(proxy) as connection:
        row = connection.execute("select repeat('x', 3000000)").fetchone()
        assert row == ("x" * 3_000_000,)
        assert proxy.connections == 1
        assert proxy.passed("down") > 3_000_000
    assert eventually(lambda: proxy.connections == 0)


def test_latency_is_felt_once_a_round_trip_and_direction(proxy: FaultProxy) -> None:
    with connected(proxy) as connection:
        proxy.latency(0.5)
        began = time.monotonic()
        connection.execute("select 1")
        assert 1.0 <= time.monotonic() - began < 2.0  # felt twice each way, it would take two


@pytest.mark.parametrize("direction", ["up", "down"])
def test_what_is_swallowed_arrives_after_healing(proxy: FaultProxy, direction: Direction) -> None:
    with connected(proxy) as connection, ThreadPoolExecutor(1) as elsewhere:
        with proxy.swallowing(direction):
            before = proxy.passed(direction)
            asked = elsewhere.submit(connection.execute, "select 7")
            with pytest.raises(TimeoutError):
                asked.result(0.3)
            assert proxy.passed(direction) == before
            assert proxy.connections == 1
        assert asked.result(10).fetchone() == (7,)


def test_nobody_gets_in_through_a_black_hole(proxy: FaultProxy) -> None:
    with proxy.swallowing(), pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(proxy.url, connect_timeout=2)
    connected(proxy).close()


def test_a_reset_ends_what_is_open_and_nothing_else(proxy: FaultProxy) -> None:
    with closing(connected(proxy)) as connection:
        proxy.reset()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    connected(proxy).close()


def test_a_refused_connection_leaves_the_others_alone(proxy: FaultProxy) -> None:
    with connected(proxy) as connection:
        proxy.refuse()
        with pytest.raises(psycopg.OperationalError):
            connected(proxy)
        assert connection.execute("select 1").fetchone() == (1,)
        proxy.heal()
        connected(proxy).close()


def test_an_answer_can_be_cut_after_the_server_has_done_its_work(proxy: FaultProxy, postgres: Server) -> None:
    with postgres.connect() as witness, closing(connected(proxy)) as connection:
        [pid] = connection.execute("select pg_backend_pid()").fetchone() or ()
        before = proxy.passed("down")
        proxy.cut(5, "down")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select pg_advisory_lock(7004)")
        assert proxy.passed("down") == before + 5
        gone = "select count(*) = 0 from pg_stat_activity where pid = %s"
        assert eventually(lambda: witness.execute(gone, [pid]).fetchone() == (True,))


def test_a_question_can_be_cut_before_the_server_knows_it(proxy: FaultProxy, postgres: Server) -> None:
    with closing(connected(proxy)) as connection:
        proxy.cut(10, "up")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("create table never (x int)")
    with postgres.connect() as witness:
        assert witness.execute("select to_regclass('never')").fetchone() == (None,)
