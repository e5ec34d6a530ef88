"""Owns the proof that any log at all becomes jobs that agree with it, at once or in parts, however its rows lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from headway.core.changes import fold
from headway.importing import Import, parse_mapping
from headway.importing.logs import Files
from headway.importing.rows import Raw
from headway.importing.verifying import verdicts
from headway.stores.memory import MemoryStore
from tests.importing.legacy import MAPPING, Entry

WORDS = ("pending", "in_progress", "success", "failure", "skipped", "odd", "")
STEPS = ("hash_file", "check_text", "upload_to_s3")
TIMES = tuple(f"2024-03-01 10:00:0{second}" for second in range(4))
MEANT = {"in_progress": "running", "success": "succeeded", "failure": "failed", "skipped": "skipped"}

ROW: st.SearchStrategy[Entry] = st.tuples(
    st.sampled_from([1, 2, 10]),
    st.sampled_from(STEPS),
    st.sampled_from(WORDS),
    st.none() | st.text(max_size=8),
    st.sampled_from(TIMES),
)
LOG = st.lists(ROW, min_size=1, max_size=25)


class Listed:
    """A log that is a list of rows: the id, the file, the step, the word, the time, the message, no detail."""

    url = "a list"

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._files: dict[str, list[Raw]] = {}
        for id, (file, step, word, message, at) in enumerate(entries, 1):
            self._files.setdefault(str(file), []).append((id, file, step, word, at, message, None))

    def count(self) -> int:
        return sum(map(len, self._files.values()))

    def files(self, only: Sequence[str] | None = None) -> Files:
        return iter([(file, rows) for file, rows in self._files.items() if only is None or file in only])

    def close(self) -> None:
        return

    def __enter__(self) -> Listed:
        return self

    def __exit__(self, *_: object) -> None:
        return


def brought(entries: list[Entry], store: MemoryStore, given: dict[str, Any] = MAPPING) -> None:
    """The log in the store, which then agrees with it, and has nothing more to learn from it."""
    log, mapping = Listed(entries), parse_mapping(given)
    *_, done = Import(log, store, mapping, batch=2).run()
    assert done.jobs + done.extended + done.there == done.files
    assert [verdict for verdict in verdicts(log, store, mapping) if not verdict.agrees] == []
    *_, again = Import(log, store, mapping).run()
    assert (again.there, again.events) == (again.files, 0)


@given(LOG)
def test_every_step_is_where_its_last_row_leaves_it(entries: list[Entry]) -> None:
    store = MemoryStore()
    brought(entries, store)

    last: dict[tuple[str, str], str] = {}
    for _, (file, step, word, _, _) in sorted(enumerate(entries), key=lambda each: (each[1][4], each[0])):
        if word in MEANT:
            last[str(file), step] = MEANT[word]
    for job in store.load_many(store.job_ids()):
        assert fold(job.facts, store.history(job.id, limit=1_000)) == job
        for name, reached in job.steps.items():
            assert reached.status == last.get((job.facts.subject or "", name), "pending")


@given(LOG, st.data())
def test_in_parts_or_at_once_is_the_same(entries: list[Entry], data: st.DataObject) -> None:
    """As long as jobs do not end: of one that has ended, nobody could know that its log was to go on."""
    mapping = MAPPING | {"ends": "never"}
    entries = sorted(entries, key=lambda entry: entry[4])
    cut = data.draw(st.integers(0, len(entries)))
    parts, once = MemoryStore(), MemoryStore()
    if cut:
        brought(entries[:cut], parts, mapping)

    brought(entries, parts, mapping)
    brought(entries, once, mapping)

    for job in once.load_many(once.job_ids()):
        assert parts.load(job.id) == job
        assert parts.history(job.id, limit=1_000) == once.history(job.id, limit=1_000)
