"""The old log becomes the jobs of its files: this room's functions answer for them, and the log says the same."""

from __future__ import annotations

import re
import sqlite3
import textwrap
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from starlette.testclient import TestClient

import headway
from examples.intake import legacy, plan
from examples.intake.app import app
from examples.intake.backfill import (
    Backfill,
    migrate_all_files,
    migrate_logs_to_steps,
    verify_all_files,
    verify_migration,
)
from examples.intake.ledger import Ledger, UnknownFile
from examples.intake.progress import (
    get_file_overall_status,
    get_file_step_status,
    get_processing_logs,
    get_step_summary,
    initialize_file_steps,
    update_step_status,
)
from examples.intake.room import Room
from tests.examples.intake.old_logs import at, fingerprint, kept, said, whole
from tests.house.rules import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.examples.intake.old_logs import Entry

PASSED: list[Entry] = [
    (7, step, status, f"{step} {status}", f"2024-01-15 10:00:{2 * second + (status == 'success'):02}")
    for second, step in enumerate(plan.MAIN_STEPS)
    for status in ("in_progress", "success")
]
SENT: list[Entry] = [
    (7, "queue_s3", "pending", "Queued for s3", "2024-01-15 10:01:00"),
    (7, "queue_s3", "success", None, "2024-01-15 10:01:01"),
    (7, "upload_to_s3", "in_progress", None, "2024-01-15 10:02:00"),
    (7, "upload_to_s3", "failure", "Connection reset", "2024-01-15 10:02:09"),
    (7, "queue_dropbox", "success", None, "2024-01-15 10:03:00"),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """One file that was filed, and sent to one of two destinations without success."""
    return kept(tmp_path / "logs.db", [*PASSED, *SENT])


def test_this_rooms_functions_answer_for_an_old_file(log: Path, either_store: str) -> None:
    done = migrate_logs_to_steps(Backfill(str(log), either_store), 7)

    assert (done["file_id"], done["rows"], done["migrated"], done["dry_run"]) == (7, 21, 1, False)
    with headway.connect(either_store) as reporter, Ledger(reporter) as ledger:
        steps = get_file_step_status(ledger, 7)
        assert {name: row["status"] for name, row in steps.items()} == {
            **dict.fromkeys(plan.MAIN_STEPS, "success"),
            "queue_s3": "success",
            "upload_to_s3": "failure",
            "queue_dropbox": "success",
        }
        assert steps["hash_file"]["started_at"] == at("2024-01-15 10:00:00")
        assert steps["hash_file"]["completed_at"] == at("2024-01-15 10:00:01")
        assert steps["upload_to_s3"]["error_message"] == "Connection reset"
        assert get_file_overall_status(ledger, 7)["has_errors"]
        assert get_step_summary(ledger, 7)["main"] == {"success": 8}
        rows = [row for row in get_processing_logs(ledger, 7) if row["detail"] and "log_id" in row["detail"]]
        assert [row["detail"]["log_id"] for row in rows if row["status"]] == [id for id in range(1, 22) if id != 17]
        assert rows[1]["message"] == "hash_file success"


def test_an_old_file_stands_in_the_room_with_the_others(log: Path, store: str, tmp_path: Path) -> None:
    migrate_all_files(Backfill(str(log), store))
    room = Room(folder=tmp_path / "room", store=store, places={})
    client = TestClient(app(room), base_url="http://127.0.0.1")  # not entered: nobody works here

    (listed,) = client.get("/api/files").json()["files"]
    shown = client.get("/api/files/7").json()

    assert (listed["file_id"], listed["name"]) == ("7", "file 7")
    assert shown["overall"]["has_errors"]
    assert [row["status"] for row in shown["steps"] if "upload_to_s3" in row.values()] == ["failure"]
    assert "Connection reset" in [entry["message"] for entry in client.get("/api/files/7/logs").json()["logs"]]
    room.reporter.close()


def test_an_old_file_goes_on_where_its_log_stops(log: Path, store: str) -> None:
    backfill = Backfill(str(log), store)
    migrate_logs_to_steps(backfill, 7)

    with headway.connect(store) as reporter, Ledger(reporter) as ledger:
        before = get_processing_logs(ledger, 7)
        update_step_status(ledger, 7, "upload_to_s3", "in_progress")
        update_step_status(ledger, 7, "upload_to_s3", "success")
        assert initialize_file_steps(ledger, 7) == before[0]["task_id"], "it has one job, and keeps it"
        assert get_file_step_status(ledger, 7)["upload_to_s3"]["status"] == "success"
        assert get_processing_logs(ledger, 7)[: len(before)] == before
    assert migrate_logs_to_steps(backfill, 7)["undecided"][0]["kind"] == "changed", "and the old log is left behind"


def test_equal_times_are_decided_by_the_id(tmp_path: Path, store: str) -> None:
    moment = "2024-01-15 10:00:00"
    entries = [(7, "hash_file", "failure", "no", moment), (7, "hash_file", "in_progress", None, moment)]
    entries += [(8, "hash_file", status, message, moment) for _, _, status, message, _ in reversed(entries)]
    backfill = Backfill(str(kept(tmp_path / "logs.db", entries)), store)

    done = [migrate_logs_to_steps(backfill, file) for file in (7, 8)]

    kinds = [[doubt["kind"] for doubt in each["undecided"]] for each in done]
    assert kinds == [["unended", "equal_times"], ["unended"]], "only one of the two orders is in doubt"
    with headway.connect(store) as reporter, Ledger(reporter) as ledger:
        statuses = [get_file_step_status(ledger, file)["hash_file"]["status"] for file in (7, 8)]
    assert statuses == ["in_progress", "failure"]


def test_a_file_that_the_log_does_not_name_is_unknown(log: Path, store: str) -> None:
    backfill = Backfill(str(log), store)
    for dry_run in (True, False):
        with pytest.raises(UnknownFile):
            migrate_logs_to_steps(backfill, 99, dry_run=dry_run)
    with pytest.raises(UnknownFile):
        verify_migration(backfill, 99)


def test_a_dry_run_tells_the_same_and_makes_nothing(tmp_path: Path, store: str) -> None:
    log = tmp_path / "logs.db"
    legacy.write(log, 2_000)
    backfill = Backfill(str(log), store)

    dry = migrate_all_files(backfill, dry_run=True)

    assert not (tmp_path / "jobs.db").exists()
    assert dry | {"dry_run": False} == migrate_all_files(backfill)


def test_every_file_is_as_its_log_says_and_the_log_is_as_it_was(tmp_path: Path, either_store: str) -> None:
    log = tmp_path / "logs.db"
    legacy.write(log, 3_000)
    before, backfill = fingerprint(log), Backfill(str(log), either_store)

    done = migrate_all_files(backfill, batch_size=20)

    expected = said(log)
    assert (done["rows"], done["migrated"]) == (3_000, len(expected))
    with headway.connect(either_store) as reporter, Ledger(reporter) as ledger:
        for file, steps in expected.items():
            rows = {name: row["status"] for name, row in get_file_step_status(ledger, file).items()}
            assert rows == dict.fromkeys(plan.MAIN_STEPS, "pending") | steps, file
            assert get_step_summary(ledger, file)["main"].total() == 8
    assert all(verdict.agrees for verdict in verify_all_files(backfill))
    assert [verify_migration(backfill, file)["agrees"] for file in (1, 2)] == [True, True]
    assert fingerprint(log) == before


def test_asking_twice_is_asking_once(log: Path, store: str) -> None:
    backfill = Backfill(str(log), store)
    migrate_all_files(backfill)
    once = whole(store)

    again = migrate_all_files(backfill)

    assert (again["migrated"], again["there"], again["entries"]) == (0, 1, 0)
    assert whole(store) == once


def test_what_came_since_is_added_to_a_file_on_its_way(tmp_path: Path, store: str) -> None:
    log = kept(tmp_path / "logs.db", PASSED[:5])
    backfill = Backfill(str(log), store)
    migrate_all_files(backfill)
    kept(log, PASSED[5:] + SENT)

    since = migrate_all_files(backfill)

    assert (since["migrated"], since["extended"]) == (0, 1)
    assert verify_migration(backfill, 7)["agrees"]
    migrate_all_files(backfill._replace(store=f"sqlite:///{tmp_path}/at-once.db"))
    assert whole(store) == whole(f"sqlite:///{tmp_path}/at-once.db"), "in two parts or at once is the same"


def test_what_came_since_to_a_file_that_had_ended_is_told(log: Path, store: str) -> None:
    backfill = Backfill(str(log), store)
    migrate_all_files(backfill)
    kept(log, [(7, "upload_to_s3", "in_progress", "again", "2024-01-15 11:00:00")])

    since = migrate_all_files(backfill)

    assert (since["migrated"], since["extended"], since["undecided"]["changed"]) == (0, 0, 1)
    assert "row 22 (upload_to_s3 in_progress" in verify_migration(backfill, 7)["differences"][0]


def test_a_file_that_this_room_works_on_already_is_left_alone(log: Path, store: str) -> None:
    with headway.connect(store) as reporter, Ledger(reporter) as ledger:
        initialize_file_steps(ledger, 7)
    before, backfill = whole(store), Backfill(str(log), store)

    done = migrate_logs_to_steps(backfill, 7)

    assert done["migrated"] == 0
    assert done["undecided"][0]["kind"] == "taken"
    assert whole(store) == before
    assert verify_migration(backfill, 7)["differences"] == ["it was not imported"]


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update step set status = 'succeeded', permille = 1000 where name = 'upload_to_s3'", "step upload_to_s3 is"),
        ("update step set message = 'fine' where name = 'upload_to_s3'", "its state is not what its history tells"),
        ("update event set message = 'fine' where type = 'step_failed'", "row 20 (upload_to_s3 failure at"),
        ("update event set detail = null where seq = 3", "row 1 (hash_file in_progress at"),
        ("update event set at = at + 1 where seq = 3", "row 1 (hash_file in_progress at"),
    ],
)
def test_a_job_that_was_tampered_with_is_found(
    tampering: str, told: str, log: Path, store: str, tmp_path: Path
) -> None:
    backfill = Backfill(str(log), store)
    migrate_all_files(backfill)
    assert verify_migration(backfill, 7)["agrees"]
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as db:
        db.execute("drop trigger events_never_change")  # the store defends itself: this takes some doing
        assert db.execute(tampering).rowcount == 1
        db.commit()

    verdict = verify_migration(backfill, 7)

    assert not verdict["agrees"]
    assert any(difference.startswith(told) for difference in verdict["differences"]), verdict


def test_a_log_in_a_database_becomes_jobs_in_it(database: str) -> None:
    rows: list[Any] = [(number, *row[:-1]) for number, row in enumerate(legacy.entries(600), 1)]
    with psycopg.connect(database) as db:
        db.execute(
            "create table processing_logs (id integer primary key, file_id integer, task_id varchar, step_name varchar,"
            " status varchar, message varchar, detail text, timestamp timestamp)"
        )
        with db.cursor() as cursor:
            cursor.executemany("insert into processing_logs values (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
    backfill = Backfill(database, database)

    done = migrate_all_files(backfill)

    assert (done["rows"], done["migrated"]) == (600, len({row[1] for row in rows} - {None}))
    assert all(verdict.agrees for verdict in verify_all_files(backfill))


def test_what_the_readme_shows_works(tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "examples" / "intake" / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"(?:^    .*\n|^\n)*^    old = Backfill.*\n(?:^    .+\n)+", readme, re.MULTILINE)
    kept(tmp_path / "LOGS.db", [(42, "hash_file", "success", None, "2024-01-15 10:00:00")])
    monkeypatch.chdir(tmp_path)

    calls = textwrap.dedent(shown).replace("postgresql://worker@db/jobs", store).strip().splitlines()
    told: dict[str, Any] = {}
    exec("\n".join(calls[:3]), told)  # noqa: S102  # running what is printed is the point
    for call in calls[3:]:
        made, promised = eval(call, told), call.partition("# ")[2]  # noqa: S307  # the same
        assert set(re.findall(r'"(\w+)":', promised)) <= set(made)
    assert verify_migration(told["old"], 42)["agrees"]
