"""Owns the proof that a job which is not what its log says is found, whoever changed it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headway.core.changes import fold
from headway.core.record import changed
from headway.importing import import_logs, verify_logs
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Commit, Store
from tests.importing.legacy import MAPPING, WHOLE, Kept, agree, only


def test_verifying_tells_what_differs(kept: Kept, store: Store) -> None:
    source = kept(WHOLE[:5])
    [missing] = verify_logs(source, MAPPING, store=store)
    assert missing.differences == ("it was not imported",)
    import_logs(source, MAPPING, store=store)
    [behind] = verify_logs(kept(WHOLE[5:]), MAPPING, store=store)
    assert "row 6 (check_text success at 2024-03-01T10:01:05.000000Z) is not in its history" in behind.differences
    assert any("check_text is running" in each for each in behind.differences)


def rewritten(store: Store, **changes: dict[str, Any]) -> MemoryStore:
    """The same job in another store, with the entries of some numbers told otherwise."""
    job = only(store)
    events = [changed(event, changes.get(f"n{event.seq}", {})) for event in store.history(job.id, limit=100)]
    other = MemoryStore()
    other.commit([Commit(before=None, after=fold(job.facts, events), events=events, steps=frozenset(job.steps))])
    return other


@pytest.mark.parametrize(
    ("seq", "changes", "told"),
    [
        (3, {"message": "no"}, "row 1 (hash_file in_progress at 2024-03-01T10:00:00.000000Z) is told otherwise"),
        (3, {"step": "check_text"}, "is told otherwise in its history: check_text in_progress"),
        (3, {"detail": {"log_id": 1, "status": "success"}}, "is told otherwise in its history: hash_file success"),
        (3, {"detail": {"log_id": 1, "status": "in_progress", "detail": "x"}}, "with the detail 'x'"),
        (3, {"detail": None}, "row 1 (hash_file in_progress at 2024-03-01T10:00:00.000000Z) is not in its history"),
        (3, {"at": 5}, "is not in its history"),
        (2, {"detail": {"log_id": 99, "status": "success"}}, "entry 2 tells of a row 99"),
        (2, {"detail": {"log_id": 0, "status": "x"}, "at": 1 << 51}, "not in the order of their rows"),
    ],
)  # fmt: skip
def test_verifying_finds_an_entry_that_was_tampered_with(
    seq: int, changes: dict[str, Any], told: str, kept: Kept, store: Store
) -> None:
    source = kept(WHOLE)
    import_logs(source, MAPPING, store=store)
    assert agree(source, rewritten(store)), "rewriting alone changes nothing"
    [verdict] = verify_logs(source, MAPPING, store=rewritten(store, **{f"n{seq}": changes}))
    assert any(told in difference for difference in verdict.differences), verdict.differences


def test_verifying_finds_a_state_that_no_history_tells(kept: Kept, tmp_path: Path) -> None:
    source, place = kept(WHOLE), tmp_path / "jobs.db"
    import_logs(source, MAPPING, store=f"sqlite:///{place}")
    with closing(sqlite3.connect(place)) as db:
        assert (
            db.execute("update step set status = 'succeeded', permille = 1000 where name = 'upload_to_s3'").rowcount
            == 1
        )
        db.commit()
    [verdict] = verify_logs(source, MAPPING, store=f"sqlite:///{place}")
    assert verdict.differences == (
        "its state is not what its history tells; headway verify says more",
        "step upload_to_s3 is succeeded, and its last row says skipped",
    )
