"""`headway doctor` on PostgreSQL: the server, the schema, rights, and what holds cursors up."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg
import pytest

from headway.cli.checks import postgres as checks
from headway.stores.postgres.migrations import migrate
from tests.cli.conftest import Program
from tests.postgres.pooler import Pooler
from tests.postgres.server import Server
from tests.postgres.shared import PrivateCluster


@pytest.fixture
def doctor(database: str, headway: Program) -> Program:
    """The program with a database that has the schema."""
    headway.url = database
    return headway


def verdicts(doctor: Program, **options: str) -> dict[str, Any]:
    return {told["name"]: told["verdict"] for told in doctor("doctor", "--json", **options).values}


def told(doctor: Program, name: str) -> str:
    """What is said of one thing, and what to do."""
    (found,) = (value for value in doctor("doctor", "--json").values if value["name"] == name)
    return f"{found['told']}; {found['do']}"


def do(url: str, *statements: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as db:
        for statement in statements:
            db.execute(statement.encode())


def test_a_server_in_production_is_in_order(headway: Program, private_cluster: PrivateCluster) -> None:
    with private_cluster(durable=True) as cluster:
        headway.url = cluster.url()
        migrate(headway.url)
        found = verdicts(headway)
        assert headway("doctor").status == 0
    assert {name for name, verdict in found.items() if verdict != "fine"} <= {"spool", "clock"}
    assert {"store", "schema", "commits", "slots", "standby", "open", "clock", "rights", "history", "wake-up"} <= set(
        found
    )


def test_a_server_that_forgets_when_it_crashes_needs_action(doctor: Program) -> None:
    assert verdicts(doctor)["fsync"] == "action"  # the tests' own server
    assert "synchronous_commit is off" in told(doctor, "commits")


def test_a_missing_schema_needs_action(empty_database: str, headway: Program) -> None:
    headway.url = empty_database
    assert verdicts(headway)["schema"] == "action"
    assert "not there yet" in told(headway, "schema")
    assert told(headway, "schema").endswith("bring it up: headway migrate")


def test_a_server_that_is_away_needs_action(headway: Program) -> None:
    headway.url = "postgresql://someone:hidden@127.0.0.1:1/jobs"
    answer = headway("doctor")
    assert answer.status == 1
    assert "nobody answers there; start the server" in answer.output
    assert "hidden" not in answer.output


def test_what_a_role_may_not_do_is_told(doctor: Program, postgres: Server) -> None:
    role = postgres.role(f"{psycopg.conninfo.conninfo_to_dict(doctor.url)['dbname']}_reader")
    owner, doctor.url = (
        doctor.url,
        postgres.url(str(psycopg.conninfo.conninfo_to_dict(doctor.url)["dbname"]), user=role),
    )
    try:
        do(owner, f"grant usage on schema headway to {role}")
        do(owner, f"grant select on headway.store, headway.migration to {role}")
        assert "select on job" in told(doctor, "rights")
        assert verdicts(doctor)["rights"] == "action"
        do(owner, f"grant select on all tables in schema headway to {role}")
        assert verdicts(doctor)["rights"] == "advice"
        assert "to report it lacks insert on job" in told(doctor, "rights")
        assert "grant pg_read_all_stats" in told(doctor, "open")
    finally:
        do(owner, f"drop owned by {role}", f"drop role {role}")


def test_a_transaction_that_holds_cursors_up_is_told(doctor: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_LONG_S", 0)
    with closing(psycopg.connect(doctor.url, application_name="nightly report")) as db:
        db.execute("select pg_current_xact_id()")
        found = told(doctor, "open")
        assert "has a transaction open since" in found
        assert "end it: select pg_terminate_backend(" in found
        assert verdicts(doctor)["open"] == "advice"


def test_a_prepared_transaction_and_a_slot_that_nobody_reads_are_told(
    headway: Program, private_cluster: PrivateCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_LONG_S", 0)
    with private_cluster(settings={"max_prepared_transactions": "2"}) as cluster:
        headway.url = cluster.url()
        migrate(headway.url)
        do(headway.url, "begin; select pg_current_xact_id(); prepare transaction 'left'")
        do(headway.url, "select pg_create_physical_replication_slot('gone')")
        assert told(headway, "open").endswith("end it: rollback prepared 'left'")
        assert "1 replication slots are read by nobody" in told(headway, "standby")


def test_connections_that_run_out_are_told(doctor: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_TIGHT", 0)
    assert "raise max_connections" in told(doctor, "slots")


def test_a_read_only_server_needs_action(doctor: Program) -> None:
    do(
        doctor.url,
        f"alter database {psycopg.conninfo.conninfo_to_dict(doctor.url)['dbname']} "
        "set default_transaction_read_only = on",
    )
    assert verdicts(doctor)["writing"] == "action"


def test_a_month_without_room_is_told(doctor: Program) -> None:
    do(
        doctor.url,
        """do $$ begin
      execute 'drop table headway.event_' || to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY_MM');
    end $$""",
    )
    assert "partition of the next month" in told(doctor, "history")


def test_hints_that_a_pooler_swallows_are_told(
    doctor: Program, pooler: Pooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_PROOF_S", 0.5)
    doctor.url = pooler.url
    assert "notifications don't arrive" in told(doctor, "wake-up")


def test_a_clock_that_differs_from_the_servers_is_told(doctor: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headway.cli.desk.now_us", lambda: 1_764_000_000_000_000)
    assert "ahead of this machine" in told(doctor, "clock")
