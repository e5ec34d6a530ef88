"""Checks of a store that is a PostgreSQL database: the server, the schema, rights, and what holds cursors up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from headway.cli.checks.clock import clock
from headway.cli.checks.finding import Finding, action, advice, fine
from headway.cli.desk import Desk
from headway.cli.render import ages
from headway.cli.schema import DatabaseSchema
from headway.core.errors import HeadwayError
from headway.stores.address import open_store

if TYPE_CHECKING:
    from headway.stores.postgres.condition import Condition, Examined, Opened

_TIGHT = 0.9  # of all connections
_LONG_S = 300  # a transaction; longer than any of ours by far
_PROOF_S = 3.0


def database(desk: Desk) -> Iterator[Finding]:
    """From the outside inwards; what cannot be reached ends the examination."""
    try:
        schema = DatabaseSchema(desk)
        yield from _examined(desk, schema)
    except HeadwayError as error:
        yield action("store", str(error), "see above")


def _examined(desk: Desk, schema: DatabaseSchema) -> Iterator[Finding]:
    from headway.stores.postgres.condition import examine

    found = examine(desk.url)
    yield fine("store", f"{schema.url}, PostgreSQL {found.condition.version}, as {found.condition.role}")
    yield _schema(schema, found)
    yield from _server(found.condition)
    yield _transactions(found.oldest, found.condition.sees_all)
    yield from clock(desk.now(), found.condition.clock, "the server")
    if found.works:
        yield _rights(found)
        yield _rooms(found.rooms)
        yield from _opened(desk)


def _schema(schema: DatabaseSchema, found: Examined) -> Finding:
    told = f"version {found.schema}" if found.schema else "not there yet"
    if not found.works:
        do = "upgrade headway" if found.schema > schema.newest else "bring it up: headway migrate"
        return action("schema", f"{told}, this Headway brings {schema.newest}", do)
    if found.schema < schema.newest:
        return advice(
            "schema", f"{told}, this Headway brings {schema.newest}", "when none of the old is left: headway migrate"
        )
    return fine("schema", told)


def _server(found: Condition) -> Iterator[Finding]:
    if found.read_only:
        yield action("writing", "it is read-only: a standby, or set so", "give the address of the primary server")
    if not found.survives_crashes:
        yield action("fsync", "fsync or full_page_writes is off: a crash of the server damages it", "set both on")
    if found.synchronous_commit in ("off", "local"):
        do = "nothing need be done: what Headway acknowledges it writes with it on"
        yield advice("commits", f"synchronous_commit is {found.synchronous_commit}", do)
    else:
        yield fine("commits", f"synchronous_commit is {found.synchronous_commit}")
    told = f"{found.connected} of {found.most} connections are taken"
    if found.connected > found.most * _TIGHT:
        yield advice("slots", told, "raise max_connections, or put a pooler before it")
    else:
        yield fine("slots", told)
    yield _replication(found)


def _replication(found: Condition) -> Finding:
    if found.idle_slots:
        told = f"{found.idle_slots} replication slots are read by nobody, and the server keeps its log for them"
        return advice("standby", told, "start the standby, or drop the slot: select pg_drop_replication_slot(…)")
    if not found.standbys:
        return fine("standby", "none follows this server now")
    return fine("standby", f"{found.standbys} follow this server")


def _transactions(oldest: Opened | None, sees_all: bool) -> Finding:
    """Deliveries wait for nobody, but a cursor claims nothing that an open transaction might still come before."""
    unseen = "" if sees_all else "; those of other roles are not seen (grant pg_read_all_stats)"
    if oldest is None:
        return fine("open", f"no transaction that writes is open{unseen}")
    age = int((datetime.now(UTC) - oldest.at).total_seconds())
    told = f"{oldest.whose} has a transaction open since {ages.span(age * 1_000_000)}{unseen}"
    if age < _LONG_S:
        return fine("open", told)
    told += ": live changes are not delayed, but cursors don't move on, and nothing can be vacuumed"
    return advice("open", told, f"end it: {oldest.ended_by}")


def _rights(found: Examined) -> Finding:
    if found.lacks_reading:
        return action("rights", f"the role lacks {', '.join(found.lacks_reading)}", "grant it")
    if not found.lacks_writing:
        return fine("rights", "the role may read and write")
    told = f"the role may read; to report it lacks {', '.join(found.lacks_writing)}"
    return advice("rights", told, "enough for a server that only shows; a worker needs them granted")


def _rooms(there: bool) -> Finding:
    if there:
        return fine("history", "this month and the next have their partitions")
    do = "nothing, if workers report: the next one makes it; else: select headway.make_room()"
    return advice("history", "the partition of the next month is not there yet", do)


def _opened(desk: Desk) -> Iterator[Finding]:
    with closing(open_store(desk.url)) as store:
        horizon = store.horizon()
        yield fine("content", f"up to position {horizon.position:,}, store {horizon.epoch}")
    yield _hints(desk.url)


def _hints(url: str) -> Finding:
    """Whether a listener hears what a notifier says, each on a connection of its own."""
    from headway.stores.wakeups.listener import Listener
    from headway.stores.wakeups.notifier import Notifier
    from headway.stores.wakeups.postgres import PostgresBus

    bus = PostgresBus(url)
    with closing(Notifier(bus)) as notifier, closing(Listener(bus, notifier)) as listener:
        if listener.await_proof(_PROOF_S):
            return fine("wake-up", "notifications arrive")
    told = "notifications don't arrive (a pooler in transaction mode?), so changes are looked for every second"
    return advice("wake-up", told, "name another way for them: HEADWAY_BUS, past the pooler")
