"""`headway import-logs`: the log that another program kept becomes jobs, steps and history."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.text import Text

from headway.cli import exits
from headway.cli.desk import Desk
from headway.cli.drawing import drawing
from headway.cli.options import command as declared
from headway.cli.render import ages, clean
from headway.cli.render.bars import bar, counts, percent_text
from headway.importing import Doubt, Import, Log, Mapping, Report, open_log, read_mapping
from headway.importing.verifying import Verdict, verdicts
from headway.stores.memory import MemoryStore
from headway.stores.protocol import Store

REDRAW_S = 0.1
_BAR = 30
_SHOWN = 20  # doubts, and jobs that differ; --json has them all

Draw = Callable[[str, int], None]


@declared("import-logs", short_help="Make jobs of a log that another program kept.")
@click.argument("source", metavar="SOURCE")
@click.option(
    "--mapping",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A JSON file that says what the log's columns and words mean.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--batch", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Files in a transaction.")
@click.option("--resume", is_flag=True, help="Go on with an import that was broken off: leave out what is there.")
def command(desk: Desk, source: str, path: Path, dry_run: bool, batch: int, resume: bool) -> int:
    """Bring a log (sqlite:///…, postgresql://…, .csv, .jsonl) into the store: each file a job, each row an entry.

    Times stay as they were, and the log is only read. Asking twice is asking once: jobs that are there get the rows
    that came since. What could not be decided is told. At the end every job is held against its log; the exit status
    is 1 if one differs.
    """
    mapping = read_mapping(path)
    with open_log(source, mapping) as log, closing(_store(desk, dry_run)) as store:
        importing = Import(log, store, mapping, batch=batch, dry_run=dry_run, resume=resume, doubted=_emitted(desk))
        return _imported(desk, importing, log, store, mapping)


def _store(desk: Desk, dry_run: bool) -> Store:
    """A dry run comes before the store is there, and does not make it."""
    if dry_run and desk.file is not None and not desk.file.exists():
        return MemoryStore()
    return desk.opened(create=not dry_run)


def _emitted(desk: Desk) -> Callable[[Doubt], None] | None:
    """Programs get each doubt as it comes, however many there are; people the first ones, at the end."""
    return (lambda doubt: desk.emit({"doubt": doubt.wire()})) if desk.as_json else None


def _imported(desk: Desk, importing: Import, log: Log, store: Store, mapping: Mapping) -> int:
    began, total, report = time.monotonic(), log.count(), importing.report
    with _progress(desk, total) as draw:
        for report in importing.run():
            draw("read", report.rows)
        differing = [] if report.dry_run else list(_differing(log, store, mapping, draw))
    _tell_doubts(desk, report)
    for verdict in differing if desk.as_json else differing[:_SHOWN]:
        _tell_difference(desk, verdict)
    _sum_up(desk, report, len(differing), time.monotonic() - began)
    return exits.FAILED if differing else exits.SUCCEEDED


def _differing(log: Log, store: Store, mapping: Mapping, draw: Draw) -> Iterator[Verdict]:
    rows = 0
    for verdict in verdicts(log, store, mapping):
        rows += verdict.rows
        draw("verified", rows)
        if not verdict.agrees:
            yield verdict


@contextmanager
def _progress(desk: Desk, total: int) -> Iterator[Draw]:
    """A bar on a terminal, and nothing elsewhere."""
    if not desk.live:
        yield lambda _word, _count: None
        return
    drawn = {"at": 0.0}
    with drawing(desk, passing=True) as place:

        def draw(word: str, count: int) -> None:
            if time.monotonic() - drawn["at"] < REDRAW_S and count < total:
                return
            drawn["at"] = time.monotonic()
            percent = min(100.0, 100 * count / total) if total else 100.0
            line = bar(percent, _BAR, desk.glyphs, style="cyan")
            line.append(f"  {percent_text(percent):>6}  {counts(count, total, 'rows')} {word}")
            place.update(line, refresh=True)

        yield draw


def _tell_doubts(desk: Desk, report: Report) -> None:
    if desk.as_json:
        return
    for doubt in report.doubts.kept[:_SHOWN]:
        place = " ".join(part for part in (doubt.file and f"file {doubt.file}", doubt.step) if part)
        rows = ", ".join(map(str, doubt.ids))
        told = f"{place}{f' (rows {rows})' if rows else ''}: {doubt.what}; {doubt.decided}"
        desk.say(Text(clean.line(told), style="yellow"))
    more = report.doubts.counts.total() - min(len(report.doubts.kept), _SHOWN)
    if more > 0:
        desk.say(f"and {more:,} more; --json tells them all")


def _tell_difference(desk: Desk, verdict: Verdict) -> None:
    if desk.as_json:
        desk.emit({"file": verdict.file, "job_id": verdict.job_id, "differs": list(verdict.differences)})
    else:
        told = f"file {verdict.file}, job {verdict.job_id}: {verdict.differences[0]}"
        desk.say(Text(clean.line(told), style="red"))


def _sum_up(desk: Desk, report: Report, differ: int, took_s: float) -> None:
    if desk.as_json:
        desk.emit({**report.wire(), "differ": differ})
        return
    would = "would make" if report.dry_run else "made"
    told = f"{report.rows:,} rows of {report.files:,} files {would} {report.jobs:,} jobs with {report.events:,} entries"
    extended = f", {report.extended:,} got what came since" if report.extended else ""
    there = f", {report.there:,} were there already" if report.there else ""
    doubts = "".join(f", {count:,} × {kind.replace('_', ' ')}" for kind, count in sorted(report.doubts.counts.items()))
    line = Text(clean.line(f"{told}{extended}{there}{doubts}, in {ages.span(int(took_s * 1e6))}"))
    if not report.dry_run:
        verdict = (
            Text(f"{differ:,} differ", style="red") if differ else Text("all are what the log says", style="green")
        )
        line = line.append(": ").append(verdict)
    desk.say(line)
