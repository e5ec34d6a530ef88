"""Brings a log into a store: batch by batch, each file a job, none of them twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Named
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from headway.core.changes import evolve
from headway.core.errors import HeadwayError, InvalidReport
from headway.core.job import Job
from headway.importing.doubts import CHANGED, TAKEN, UNUSABLE, Doubt, Doubts
from headway.importing.logs import Files, Log, open_log
from headway.importing.mapping import COLUMNS, Mapping, parse_mapping
from headway.importing.replay import Replayed, job_id, replay
from headway.importing.rows import Raw, reader
from headway.stores.address import default_url, open_named
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Commit, Store

BATCH: Final = 200  # files that are written in one transaction
SQLITE: Final = "sqlite:///"
EVENTS_AT_ONCE: Final = 5_000  # or fewer, when they have a lot of history


@dataclass(slots=True)
class Report:
    """What was done. `jobs` were written (or would be), `extended` had rows since, `there` had none."""

    rows: int = 0
    files: int = 0
    jobs: int = 0
    extended: int = 0
    there: int = 0
    events: int = 0
    implied: int = 0
    dry_run: bool = False
    doubts: Doubts = field(default_factory=Doubts)

    def wire(self) -> dict[str, Any]:
        """As `--json` has it: numbers, and the doubts by kind."""
        names = ("rows", "files", "jobs", "extended", "there", "events", "implied", "dry_run")
        return {name: getattr(self, name) for name in names} | {"doubts": dict(self.doubts.counts)}


def import_logs(
    source: str | Path,
    mapping: Mapping | Named[str, Any],
    *,
    store: Store | str | None = None,
    files: Sequence[str] | None = None,
    batch: int = BATCH,
    dry_run: bool = False,
    resume: bool = False,
    progress: Callable[[Report], None] | None = None,
    doubted: Callable[[Doubt], None] | None = None,
) -> Report:
    """Brings a log into a store, and tells what was done and what was in doubt.

    `source`: see `open_log`; the log is never written. `store`: one that is open, or the URL of one, or None for the
    one of the module-level calls. `files`: these only. Asking twice is asking once: a job that is there gets the rows
    that came since, or none. `resume`: jobs that are there are not looked at. `progress` is called after each batch,
    `doubted` for each doubt. A dry run makes nothing, and no store where none is.
    """
    known = mapping if isinstance(mapping, Mapping) else parse_mapping(mapping)
    with open_log(source, known) as log, opened(store, create=not dry_run) as place:
        importing = Import(log, place, known, batch=batch, dry_run=dry_run, resume=resume, doubted=doubted)
        for report in importing.run(files):
            if progress is not None:
                progress(report)
        return importing.report


@contextmanager
def opened(store: Store | str | None, *, create: bool = True) -> Iterator[Store]:
    """A store, closed again if it was opened here; an empty one in memory for a file that is not to be created."""
    if store is not None and not isinstance(store, str):
        yield store
        return
    place: Store = open_named(store, os.environ) if create or exists(store) else MemoryStore()
    try:
        yield place
    finally:
        place.close()


def exists(store: Store | str | None) -> bool:
    """Whether there is a file for an address that means one; any other store is there, or it is away."""
    if store is not None and not isinstance(store, str):
        return True
    url = store or default_url(os.environ)
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()


class Import:
    """From a log that is open into a store that is open. `report` grows while it runs."""

    def __init__(
        self,
        log: Log,
        store: Store,
        mapping: Mapping,
        *,
        batch: int = BATCH,
        dry_run: bool = False,
        resume: bool = False,
        doubted: Callable[[Doubt], None] | None = None,
    ) -> None:
        if batch < 1:
            raise InvalidReport("batch", "must be 1 or more")
        self.report = Report(dry_run=dry_run, doubts=Doubts(doubted))
        self._log = log
        self._store = store
        self._mapping = mapping
        self._batch = batch
        self._resume = resume
        self._read = reader(mapping.timezone)

    def run(self, only: Sequence[str] | None = None) -> Iterator[Report]:
        """Writes batch after batch; the report as it is after each."""
        for files in self._batches(self._log.files(only)):
            self._bring(files)
            yield self.report
        yield self.report

    def _batches(self, files: Files) -> Iterator[list[tuple[str, list[Raw]]]]:
        held: list[tuple[str, list[Raw]]] = []
        rows = 0
        for file, raws in files:
            self.report.rows += len(raws)
            if file is None:
                for raw in raws:
                    self._unusable(raw, "it has no file")
                continue
            self.report.files += 1
            held.append((file, raws))
            rows += len(raws)
            if len(held) >= self._batch or rows >= EVENTS_AT_ONCE:
                yield held
                held, rows = [], 0
        if held:
            yield held

    def _bring(self, files: Sequence[tuple[str, list[Raw]]]) -> None:
        """One batch in one transaction."""
        ids = [job_id(self._mapping, file) for file, _ in files]
        there = self._store.versions(ids)
        known = {} if self._resume else {job.id: job for job in self._store.load_many(there)}
        commits: list[tuple[str, Commit]] = []
        for id, (file, raws) in zip(ids, files, strict=True):
            if self._resume and id in there:
                self.report.there += 1
            elif (made := self._replayed(file, raws)) is not None and (
                commit := self._commit(file, made, known.get(id))
            ):
                commits.append((file, commit))
        self._write(commits)

    def _replayed(self, file: str, raws: Sequence[Raw]) -> Replayed | None:
        rows = []
        for raw in raws:
            try:
                rows.append(self._read(raw))
            except InvalidReport as error:
                self._unusable(raw, str(error))
        try:
            made = replay(self._mapping, file, rows) if rows else None
        except HeadwayError as error:
            self._doubt(Doubt(UNUSABLE, file, None, (), str(error), "left out"))
            return None
        if made is not None:
            self.report.implied += made.implied
            for doubt in made.doubts:
                self._doubt(doubt)
        return made

    def _commit(self, file: str, made: Replayed, before: Job | None) -> Commit | None:
        """What is to be written of a job: all of it, what came since, or nothing."""
        job, events = made.job, made.events
        if before is None:
            self.report.jobs += 1
        elif before == job:
            self.report.there += 1
            return None
        elif _begins_with(made, before):
            self.report.extended += 1
            events = events[before.seq :]
        else:
            self._doubt(Doubt(CHANGED, file, None, (), f"job {before.id} differs from its log", "left alone"))
            return None
        self.report.events += len(events)
        return Commit(before=before, after=job, events=events, steps=frozenset(job.steps))

    def _write(self, commits: Sequence[tuple[str, Commit]]) -> None:
        if self.report.dry_run:
            written = [commit.before is not None or self._holder(commit.after) is None for _, commit in commits]
        else:
            several = [commit for _, commit in commits]
            written = [position is not None for position in self._store.commit(several)] if several else []
        for (file, commit), stored in zip(commits, written, strict=True):
            if not stored:
                self.report.jobs -= commit.before is None
                self.report.extended -= commit.before is not None
                self.report.events -= len(commit.events)
                self._doubt(Doubt(TAKEN, file, None, (), f"{self._taken(commit.after)} is there already", "left alone"))

    def _taken(self, job: Job) -> str:
        return f"job {self._holder(job) or job.id} for {job.facts.external_id!r}"

    def _holder(self, job: Job) -> str | None:
        """The job that has this one's external id."""
        facts = job.facts
        return self._store.find_external(facts.tenant, facts.kind, facts.external_id or "")

    def _unusable(self, raw: Raw, what: str) -> None:
        step = raw[COLUMNS.index("step")]
        file = raw[COLUMNS.index("file")]
        told = Doubt(
            UNUSABLE,
            None if file is None else str(file),
            None if step is None else str(step),
            (raw[0],),
            what,
            "left out",
        )
        self._doubt(told)

    def _doubt(self, doubt: Doubt) -> None:
        self.report.doubts.add(doubt)


def _begins_with(made: Replayed, before: Job) -> bool:
    """Whether the log has only grown since a job was imported from it."""
    if before.seq >= len(made.events):
        return False
    job = Job(facts=made.job.facts)
    for event in made.events[: before.seq]:
        job = evolve(job, event)
    return job == before
