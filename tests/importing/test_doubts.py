"""Owns the proof that what a log does not make plain is decided by a rule, and told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from headway.core.errors import StoreUnavailable
from headway.core.instant import to_text
from headway.core.job import Status
from headway.importing import Doubt, import_logs, verify_logs
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Store
from tests.importing.legacy import MAPPING, WHOLE, Entry, Kept, agree, only


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("failure", "in_progress"), "running"),
        (("in_progress", "failure", "in_progress"), "running"),
        (("success", "failure"), "failed"),
        (("failure", "success"), "succeeded"),
        (("skipped", "pending"), "skipped"),
    ],
)
def test_contradictions_at_one_time_are_decided_by_the_id_and_told(
    words: tuple[str, ...], left: str, kept: Kept, store: Store
) -> None:
    at = "2024-03-01T10:00:00+01:00"
    source = kept([(7, "hash_file", word, None, at) for word in words])
    [doubt] = (doubt for doubt in import_logs(source, MAPPING, store=store).doubts.kept if doubt.kind == "equal_times")
    assert (doubt.file, doubt.step, doubt.ids) == ("7", "hash_file", tuple(range(1, len(words) + 1)))
    assert only(store).steps["hash_file"].status == left
    assert to_text(only(store).facts.created_at).startswith("2024-03-01T09:00:00")
    assert agree(source, store)


def test_ids_decide_equal_times_however_the_table_keeps_its_rows(tmp_path: Path, store: Store) -> None:
    rows = [{"id": id, "file_id": 7, "step_name": "hash_file", "status": word, "timestamp": 5, "message": None}
            for id, word in ((11, "in_progress"), (9, "failure"), (10, "success"))]  # fmt: skip
    source = tmp_path / "log.jsonl"
    source.write_text("".join(json.dumps(row | {"detail": None}) + "\n" for row in rows))
    import_logs(source, MAPPING, store=store)
    assert only(store).steps["hash_file"].status == "running", "11 comes after 9 and 10, which as text it would not"
    assert agree(source, store)


def test_a_step_that_begins_and_ends_at_one_time_is_in_no_doubt(kept: Kept, store: Store) -> None:
    words = ("pending", "in_progress", "in_progress", "odd", "success", "success")
    source = kept([(7, "hash_file", word, None, "2024-03-01") for word in words])
    assert set(import_logs(source, MAPPING, store=store).doubts.counts) == {"unknown_status", "unended"}


def test_a_log_that_stops_leaves_its_job_running_and_is_told(kept: Kept, store: Store) -> None:
    source = kept([*WHOLE[:5], (8, "hash_file", "success", None, "2024-03-01")])
    doubts = import_logs(source, MAPPING, store=store).doubts.kept
    assert [(doubt.kind, doubt.file, doubt.what) for doubt in doubts] == [
        ("unended", "7", "the log stops while check_text runs"),
        ("unended", "8", "the log stops before check_text"),
    ]
    assert only(store, "8").status is Status.RUNNING
    never = import_logs(source, MAPPING | {"ends": "never"}, store=MemoryStore())
    assert never.doubts.counts == {}, "where jobs never end, that is no doubt"


def test_every_doubt_is_told_as_it_comes_and_a_common_kind_leaves_no_rare_one_out(kept: Kept, store: Store) -> None:
    odd: list[Entry] = [(file, "hash_file", "odd", None, "2024-03-01") for file in range(300)]
    told: list[Doubt] = []
    report = import_logs(kept([*odd, (999, "hash_file", "success", "x" * 9_000, "1")]), MAPPING, store=store,
                         doubted=told.append)  # fmt: skip
    assert Counter(doubt.kind for doubt in told) == report.doubts.counts
    assert report.doubts.counts["unknown_status"] == 300
    assert Counter(doubt.kind for doubt in report.doubts.kept) == {"unknown_status": 200, "unended": 200, "cut": 1}


def test_what_cannot_be_is_kept_as_a_note_and_told(kept: Kept, store: Store) -> None:
    entries: list[Entry] = [
        (7, "hash_file", "success", None, "2024-03-01 10:00:00"),
        (7, "hash_file", "pending", "queued again", "2024-03-01 10:00:01"),
        (7, "hash_file", "exploded", "bang", "2024-03-01 10:00:02"),
    ]
    source = kept(entries)
    report = import_logs(source, MAPPING, store=store)
    assert report.doubts.counts == {"impossible": 1, "unknown_status": 1, "unended": 1}
    notes = [(event.message, event.detail["step"]) for event in store.history(only(store).id) if event.type == "noted"]
    assert notes == [("queued again", "hash_file"), ("bang", "hash_file")]
    assert agree(source, store)


def test_rows_that_cannot_be_used_are_told_and_left_out(tmp_path: Path, store: Store) -> None:
    lines = [
        '{"id": 1, "file_id": null, "step_name": "hash_file", "status": "success", "timestamp": 1709287200}',
        '{"id": 2, "file_id": 7, "step_name": "", "status": "success", "timestamp": 1709287200}',
        '{"id": 3, "file_id": 7, "step_name": "hash_file", "status": "success", "timestamp": "yesterday"}',
        '{"id": 4, "file_id": 7, "step_name": "hash_file", "status": "success", "timestamp": 1709287200500}',
    ]
    source = tmp_path / "log.jsonl"
    source.write_text("\n".join(lines))
    columns = {name: column for name, column in MAPPING["columns"].items() if name not in ("message", "detail")}
    mapping = MAPPING | {"columns": columns}
    report = import_logs(source, mapping, store=store)
    assert report.doubts.counts == {"unusable": 3, "unended": 1}
    assert {doubt.ids for doubt in report.doubts.kept if doubt.kind == "unusable"} == {(1,), (2,), (3,)}
    assert to_text(only(store).facts.created_at) == "2024-03-01T10:00:00.500000Z"


def test_long_texts_are_cut_and_told(kept: Kept, store: Store) -> None:
    source = kept([(7, "hash_file", "failure", "x" * 9_000, "2024-03-01"), (7, "check_text", "success", "a\x00b", "1")])
    report = import_logs(source, MAPPING, store=store)
    assert report.doubts.counts["cut"] == 1
    step = only(store).steps["hash_file"]
    assert len(step.error or "") == 4_000
    assert only(store).steps["check_text"].message == "a\ufffdb"
    assert agree(source, store)


def test_a_job_of_the_same_name_that_is_not_from_the_log_is_left_alone(kept: Kept, tmp_path: Path) -> None:
    from headway.core.create import check_facts
    from headway.core.plan import Plan
    from headway.reporting.committer import Committer

    store = MemoryStore()
    facts = check_facts("intake", id="0192d3a0-7c00-7000-8000-000000000001", now=5, external_id="7", subject="7")
    Committer(store).create(facts, Plan())
    report = import_logs(kept(WHOLE), MAPPING, store=store)
    assert (report.jobs, report.doubts.counts) == (0, {"taken": 1})
    assert "0192d3a0-7c00-7000-8000-000000000001" in report.doubts.kept[0].what


def test_a_job_that_was_changed_since_is_left_alone_and_told(kept: Kept, store: Store) -> None:
    from headway.core.commands import Note
    from headway.reporting.batch import Batch
    from headway.reporting.committer import Committer

    source = kept(WHOLE[:5])
    import_logs(source, MAPPING, store=store)
    job = only(store)
    Committer(store).report(Batch(job.id, job.attempt, "w", 1, (Note(message="by hand"),)))
    report = import_logs(kept(WHOLE[5:]), MAPPING, store=store)
    assert report.doubts.counts == {"changed": 1}
    assert store.history(job.id)[-1].message == "by hand"
    assert not agree(source, store)


def test_a_dry_run_makes_no_store_and_finds_what_is_taken(kept: Kept, tmp_path: Path, store: Store) -> None:
    source, place = kept(WHOLE), tmp_path / "jobs.db"
    assert import_logs(source, MAPPING, store=f"sqlite:///{place}", dry_run=True).jobs == 1
    assert not place.exists()
    with pytest.raises(StoreUnavailable, match="no such file"):
        next(verify_logs(source, MAPPING, store=f"sqlite:///{place}"))
    import_logs(source, MAPPING | {"kind": "other", "external_id": "old {file}"}, store=store)
    taken = import_logs(source, MAPPING | {"kind": "other", "subject": "x{file}"}, store=store, dry_run=True)
    assert taken.jobs == 1, "another external id is free"
    import_logs(source, MAPPING | {"external_id": "7{file}"}, store=store)
    seven = kept([(77, "hash_file", "success", None, "2024-03-02")])
    dry = import_logs(seven, MAPPING, store=store, dry_run=True, files=["77"])
    wet = import_logs(seven, MAPPING, store=store, files=["77"])
    assert dry.wire() | {"dry_run": False} == wet.wire()
    assert (wet.jobs, wet.events, wet.doubts.counts["taken"]) == (0, 0, 1)
