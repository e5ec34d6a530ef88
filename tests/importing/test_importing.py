"""Owns the proof that a foreign log becomes jobs, steps and history: the same each time, with the times they had."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from headway.core.errors import InvalidSetting
from headway.core.instant import to_text
from headway.core.job import Status
from headway.importing import Import, Report, import_logs, open_log, parse_mapping, read_mapping, verify_logs
from headway.stores.memory import MemoryStore
from headway.stores.protocol import JobQuery, Store
from headway.stores.sqlite.store import SQLiteStore
from tests.importing.legacy import MAPPING, WHOLE, Entry, Kept, agree, kept_as_csv, kept_as_lines, kept_in_sqlite, only


@pytest.mark.parametrize(
    ("keep", "name"), [(kept_in_sqlite, "log.db"), (kept_as_csv, "log.csv"), (kept_as_lines, "log.jsonl")]
)
def test_every_form_of_a_log_makes_the_same_job(keep: Any, name: str, tmp_path: Path, store: Store) -> None:
    source = keep(tmp_path / name, WHOLE)
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    report = import_logs(source, MAPPING, store=store)
    assert (report.rows, report.files, report.jobs, dict(report.doubts.counts)) == (8, 1, 1, {})
    job = only(store)
    assert (job.status, job.facts.external_id, to_text(job.facts.created_at)) == (
        Status.SUCCEEDED,
        "7",
        "2024-03-01T10:00:00.000000Z",
    )
    steps = {step.name: (step.status, step.group, step.attempt) for step in job.steps.values()}
    assert steps == {
        "hash_file": ("succeeded", "main", 1),
        "check_text": ("succeeded", "main", 2),
        "upload_to_s3": ("skipped", "uploads", 1),
    }
    assert job.steps["check_text"].message == "found text"
    assert to_text(job.steps["check_text"].finished_at or 0) == "2024-03-01T10:01:05.000000Z"
    assert to_text(job.finished_at or 0) == "2024-03-01T10:02:01.000000Z"
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before, "the log is only read"
    assert agree(source, store)


def test_every_row_is_an_entry_of_the_history_at_its_own_time(kept: Kept, store: Store) -> None:
    import_logs(kept(WHOLE), MAPPING, store=store)
    told = [event for event in store.history(only(store).id, limit=100) if event.detail and "log_id" in event.detail]
    assert [event.detail["log_id"] for event in told] == list(range(1, 9))
    assert [event.message for event in told][:2] == ["hashing", "sha256 done"]
    assert [to_text(event.at)[11:19] for event in told][:3] == ["10:00:00", "10:00:02", "10:00:03"]


def test_asking_twice_is_asking_once(kept: Kept, store: Store) -> None:
    source = kept(WHOLE)
    import_logs(source, MAPPING, store=store)
    before = only(store)
    again = import_logs(source, MAPPING, store=store)
    assert (again.jobs, again.there, again.events) == (0, 1, 0)
    assert only(store) == before


def test_what_came_since_is_added(kept: Kept, store: Store) -> None:
    import_logs(kept(WHOLE[:5]), MAPPING, store=store)
    first = only(store)
    assert (first.status, first.step) == (Status.RUNNING, "check_text")
    source = kept(WHOLE[5:])
    report = import_logs(source, MAPPING, store=store)
    assert (report.jobs, report.extended) == (0, 1)
    assert only(store).id == first.id
    assert only(store).status is Status.SUCCEEDED
    assert agree(source, store)
    other = MemoryStore()
    import_logs(source, MAPPING, store=other)
    assert only(other) == only(store), "in two parts or at once is the same"


def test_a_broken_off_import_goes_on(kept: Kept, tmp_path: Path) -> None:
    source = kept([(file, step, status, message, at) for file in range(20) for _, step, status, message, at in WHOLE])
    store = SQLiteStore(tmp_path / "jobs.db")
    mapping = parse_mapping(MAPPING)
    with open_log(source, mapping) as log:
        running = Import(log, store, mapping, batch=4).run()
        next(running)
        next(running)
    assert len(list(store.job_ids())) == 8
    seen: list[int] = []
    report = import_logs(
        source, MAPPING, store=store, batch=4, resume=True, progress=lambda report: seen.append(report.rows)
    )
    assert (report.jobs, report.there) == (12, 8)
    assert seen == sorted(seen)
    assert seen[-1] == 160
    assert agree(source, store)
    store.close()


def test_a_dry_run_writes_nothing_and_tells_the_same(kept: Kept, store: Store) -> None:
    source = kept([*WHOLE, (8, "hash_file", "exploded", None, "2024-03-02")])
    dry = import_logs(source, MAPPING, store=store, dry_run=True)
    assert list(store.job_ids()) == []
    wet = import_logs(source, MAPPING, store=store)
    assert dry.wire() | {"dry_run": False} == wet.wire()
    assert wet.doubts.counts == {"unknown_status": 1, "unended": 1}


def test_one_file_alone_can_be_asked_for(kept: Kept, store: Store) -> None:
    source = kept([*WHOLE, (8, "hash_file", "success", None, "2024-03-02")])
    report = import_logs(source, MAPPING, store=store, files=["8"])
    assert (report.files, report.rows) == (1, 1)
    assert [verdict.file for verdict in verify_logs(source, MAPPING, store=store, files=["8"])] == ["8"]
    assert [job.facts.subject for job in store.jobs(JobQuery())] == ["8"]


def test_a_file_that_is_a_number_here_and_text_there_is_one_file(tmp_path: Path, store: Store) -> None:
    files = (7, "a", "7", 8, " 7 ")
    row = {"step_name": "hash_file", "status": "in_progress", "message": None, "detail": None}
    source = tmp_path / "log.jsonl"
    lines = ({"id": at, "file_id": file, "timestamp": at, **row} for at, file in enumerate(files, 1))
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert import_logs(source, MAPPING, store=store).files == 3
    assert [verdict.rows for verdict in verify_logs(source, MAPPING, store=store, files=["7"])] == [3]
    assert agree(source, store)


def test_jobs_are_labelled_as_the_mapping_says(kept: Kept, store: Store) -> None:
    labels = {"file": "file {file}", "imported": True}
    import_logs(kept(WHOLE), MAPPING | {"labels": labels}, store=store)
    assert only(store).facts.labels == {"file": "file 7", "imported": True}


def test_rows_in_any_order_of_the_table_are_put_in_order_of_time(kept: Kept, store: Store) -> None:
    source = kept(WHOLE[::-1])
    import_logs(source, MAPPING, store=store)
    assert only(store).steps["check_text"].status == "succeeded"
    assert agree(source, store)


def test_a_step_that_ends_otherwise_was_begun_anew(kept: Kept, store: Store) -> None:
    entries: list[Entry] = [
        (7, "hash_file", "failure", "no disk", "2024-03-01 10:00:00"),
        (7, "hash_file", "failure", "still no disk", "2024-03-01 10:00:01"),
        (7, "hash_file", "success", "at last", "2024-03-01 10:00:02"),
    ]
    source = kept(entries)
    report = import_logs(source, MAPPING, store=store)
    assert report.implied == 2
    step = only(store).steps["hash_file"]
    assert (step.status, step.attempt, step.message) == ("succeeded", 3, "at last")
    assert only(store).status is Status.RUNNING, "a declared step is left to do"
    assert agree(source, store)


@pytest.mark.parametrize(
    ("ends", "expected"), [("settled", "running"), ("logged", "failed"), ("never", "running")], ids=str
)
def test_the_mapping_says_when_a_job_has_ended(kept: Kept, store: Store, ends: str, expected: str) -> None:
    source = kept([(7, "hash_file", "failure", "no disk", "2024-03-01 10:00:00")])
    mapping = MAPPING | {"ends": ends}
    import_logs(source, mapping, store=store)
    assert only(store).status == expected
    assert agree(source, store, mapping)
    if expected == "failed":
        assert only(store).error == "no disk"


def test_a_file_that_only_waits_is_a_pending_job(kept: Kept, store: Store) -> None:
    source = kept([(7, "hash_file", "pending", None, "2024-03-01"), (7, "check_text", "pending", None, "2024-03-01")])
    import_logs(source, MAPPING, store=store)
    assert only(store).status is Status.PENDING
    assert agree(source, store)


def test_a_time_without_an_offset_is_of_the_given_zone(kept: Kept, store: Store) -> None:
    source = kept([(7, "hash_file", "success", None, "2024-07-01 10:00:00")])
    import_logs(source, MAPPING | {"timezone": "Europe/Berlin"}, store=store)
    assert to_text(only(store).facts.created_at) == "2024-07-01T08:00:00.000000Z"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": None}, "mapping"),
        ({"columns": {"file": "file_id"}}, "mapping.columns.step"),
        ({"columns": MAPPING["columns"] | {"color": "x"}}, "mapping.columns.color"),
        ({"statuses": {"ok": "fine"}}, "mapping.statuses"),
        ({"statuses": {}}, "mapping.statuses"),
        ({"ends": "sometimes"}, "mapping.ends"),
        ({"timezone": "Mars/Base"}, "mapping.timezone"),
        ({"subject": "always the same"}, "mapping.subject"),
        ({"groups": ["x"]}, "mapping.groups"),
        ({"color": 1}, "mapping.color"),
    ],
)
def test_a_wrong_mapping_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        parse_mapping(MAPPING | changes)
    assert refused.value.name == field


def test_a_source_that_is_no_log_is_refused(tmp_path: Path, kept: Kept) -> None:
    mapping = parse_mapping(MAPPING)
    with pytest.raises(InvalidSetting, match=r"^source: there is no file .*nothing\.db$"):
        open_log(tmp_path / "nothing.db", mapping)
    with pytest.raises(InvalidSetting):
        open_log("ftp://somewhere", mapping)
    source = kept(WHOLE)
    with pytest.raises(InvalidSetting, match="no such table"):
        open_log(source, mapping._replace(table='x"; drop table processing_logs; --'))
    with pytest.raises(InvalidSetting, match="no such column"):
        open_log(source, mapping._replace(columns={**mapping.columns, "step": "color"}))
    (tmp_path / "log.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidSetting, match="has no column"):
        open_log(tmp_path / "log.csv", mapping)
    (tmp_path / "log.jsonl").write_text("[1]\n")
    with pytest.raises(InvalidSetting, match="line 1"):
        open_log(tmp_path / "log.jsonl", mapping)
    (tmp_path / "mapping.json").write_text("{")
    with pytest.raises(InvalidSetting):
        read_mapping(tmp_path / "mapping.json")


def test_the_report_counts_what_it_says() -> None:
    assert Report().wire()["doubts"] == {}
