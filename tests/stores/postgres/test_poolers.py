"""Threads that find out together that a pooler keeps no prepared statements all get their answers."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from headway.stores.postgres.store import PostgresStore
from tests.postgres.pooler import pooling

HANDS = 8


def test_threads_that_meet_a_pooler_at_the_same_time_are_all_answered(database: str) -> None:
    with pooling(database, size=3) as pooler, ThreadPoolExecutor(HANDS) as hands:
        for _ in range(10):
            with closing(PostgresStore(pooler.url, bus=None)) as store:
                start = threading.Barrier(HANDS)

                def ask(_: int, store: PostgresStore = store, start: threading.Barrier = start) -> None:
                    start.wait(10)
                    for _ in range(20):
                        store.horizon()
                        store.holdings()

                list(hands.map(ask, range(HANDS)))
