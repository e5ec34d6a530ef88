"""The proof that jobs are what their log says, by the store's own words and not by those that wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Named
from pathlib import Path
from typing import Any, NamedTuple

from headway.core import limits
from headway.core.changes import Event, fold
from headway.core.errors import InvalidReport, StoreUnavailable
from headway.core.instant import to_text
from headway.core.job import Job, Status
from headway.importing.importer import exists, opened
from headway.importing.logs import Log, open_log
from headway.importing.mapping import Mapping, parse_mapping
from headway.importing.replay import detail_of, job_id, meaning
from headway.importing.rows import Raw, Row, place_of, reader
from headway.stores.protocol import Store

_PAGE = 1_000
_TOLD = ("started", "succeeded", "failed", "skipped")
_SHOWN = {"started": "running"}


class Verdict(NamedTuple):
    """A file and its job. `differences`: sentences; none when they agree."""

    file: str
    job_id: str
    rows: int
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the job is what the log says."""
        return not self.differences


def verify_logs(
    source: str | Path,
    mapping: Mapping | Named[str, Any],
    *,
    store: Store | str | None = None,
    files: Sequence[str] | None = None,
) -> Iterator[Verdict]:
    """A verdict for each file of a log; see `import_logs` for what is given."""
    known = mapping if isinstance(mapping, Mapping) else parse_mapping(mapping)
    if not exists(store):
        raise StoreUnavailable(str(store or "the default store"), "there is no such file: nothing was imported")
    with open_log(source, known) as log, opened(store) as place:
        yield from verdicts(log, place, known, files)


def verdicts(log: Log, store: Store, mapping: Mapping, files: Sequence[str] | None = None) -> Iterator[Verdict]:
    """The same for a log and a store that are open."""
    read = reader(mapping.timezone)
    for file, raws in log.files(files):
        if file is not None and (rows := _usable(raws, read)):
            id = job_id(mapping, file)
            yield Verdict(file, id, len(rows), tuple(_differences(store, mapping, id, rows)))


def _differences(store: Store, mapping: Mapping, id: str, rows: Sequence[Row]) -> Iterator[str]:
    job = store.load(id)
    if job is None:
        yield "it was not imported"
        return
    events = list(_history(store, id))
    if fold(job.facts, events) != job:
        yield "its state is not what its history tells; headway verify says more"
    if job.status is not Status.PENDING:  # of which the log says nothing but that
        yield from _other_entries([event for event in events if _of_log(event)], rows)
    yield from _other_states(mapping, job, rows)


def _other_entries(told: Sequence[Event], rows: Sequence[Row]) -> Iterator[str]:
    """Every row is an entry of the history, in its own words, at its own time and in its own place."""
    unread: dict[tuple[object, int], list[Event]] = {}
    for event in told:
        unread.setdefault((event.detail["log_id"], event.at), []).append(event)
    for row in rows:
        entries = unread.get((row.id, row.at), [])
        if not entries:
            yield f"{_named(row)} is not in its history"
        elif wrong := _otherwise(entries.pop(0), row):
            yield f"{_named(row)} is told otherwise in its history: {wrong}"
    for event in (event for entries in unread.values() for event in entries):
        yield f"entry {event.seq} tells of a row {event.detail['log_id']} at {to_text(event.at)} that the log has not"
    places = [(event.at, place_of(event.detail["log_id"])) for event in told]
    if places != sorted(places):
        yield "its entries are not in the order of their rows"


def _named(row: Row) -> str:
    return f"row {row.id} ({row.step} {row.word} at {to_text(row.at)})"


def _otherwise(event: Event, row: Row) -> str | None:
    """What an entry says that its row does not."""
    told = dict(event.detail)
    step = told.pop("step", row.step) if event.step is None else event.step
    if (step, told["status"]) != (row.step, row.word):
        return f"{step} {told['status']}"
    if told != detail_of(row):
        return f"with the detail {limits.shown(told.get('detail'))}"
    if row.message is None:
        return None
    kept = {limits.captured(row.message, limit) for limit in (limits.MESSAGE_MAX, limits.ERROR_MAX)}
    return None if event.message in kept else limits.shown(event.message)


def _other_states(mapping: Mapping, job: Job, rows: Sequence[Row]) -> Iterator[str]:
    """Each step is where its last row that says so leaves it."""
    last: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.order)):
        if meaning(mapping, row) in _TOLD:
            last[row.step] = row
    for name, row in last.items():
        said = str(meaning(mapping, row))
        step = job.steps.get(name)
        if step is None or step.status != _SHOWN.get(said, said):
            yield f"step {name} is {step.status if step else 'missing'}, and its last row says {row.word}"
        elif said != "started" and step.finished_at is not None and step.finished_at > row.at:
            yield f"step {name} ended at {to_text(step.finished_at)}, and its row says {to_text(row.at)}"


def _usable(raws: Sequence[Raw], read: Any) -> list[Row]:
    rows = []
    for raw in raws:
        try:
            rows.append(read(raw))
        except InvalidReport:
            continue  # told as a doubt when it was imported
    return rows


def _of_log(event: Event) -> bool:
    return isinstance(event.detail, dict) and {"log_id", "status"} <= event.detail.keys()


def _history(store: Store, id: str) -> Iterator[Event]:
    after = 0
    while page := store.history(id, after=after, limit=_PAGE):
        yield from page
        after = page[-1].seq
