"""`headway copy`: moves a whole store, and proves that it arrived."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import click
from rich.text import Text

from headway.cli import exits
from headway.cli.audit import Audit
from headway.cli.desk import Desk
from headway.cli.drawing import drawing
from headway.cli.options import command as declared
from headway.cli.render import ages, clean
from headway.cli.render.bars import bar, counts, percent_text
from headway.stores.copying import Copied, Copy
from headway.stores.protocol import Store

REDRAW_S = 0.1
_BAR = 30
_SHOWN = 20  # jobs that differ; --json has them all

Draw = Callable[[str, int], None]


@declared("copy", short_help="Move a whole store, and prove that it arrived.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--resume", is_flag=True, help="Go on with a copy that was broken off.")
def command(desk: Desk, source: str, target: str, resume: bool) -> int:
    """Copy every job of one store into another, empty one: states, steps, and histories with their times.

    Stop the workers first. At the end each job is compared in both stores, and its history folded; the exit status is
    1 if any differs. Give the workers and the server the new address then.
    """
    with closing(_desk(source).opened()) as old, closing(_desk(target).opened(create=True)) as new:
        return _copied(desk, old, new, Copy(old, new, resume=resume))


def _desk(url: str) -> Desk:
    """The place that an argument names."""
    desk = Desk()
    desk.store = url
    return desk


def _copied(desk: Desk, old: Store, new: Store, copy: Copy) -> int:
    began, job_ids, done = time.monotonic(), list(old.job_ids()), Copied()
    with _progress(desk, len(job_ids)) as draw:
        for done in copy.run(job_ids):
            draw("copied", done.jobs + done.there)
        job_ids = list(old.job_ids())  # those that came meanwhile differ, and are told
        differing = list(_proven(new, copy, job_ids, draw))
    for job_id, what in differing if desk.as_json else differing[:_SHOWN]:
        _tell(desk, job_id, what)
    _sum_up(desk, done, len(differing), time.monotonic() - began)
    return exits.FAILED if differing else exits.SUCCEEDED


def _proven(new: Store, copy: Copy, job_ids: Sequence[str], draw: Draw) -> Iterator[tuple[str, str]]:
    """The jobs that are not the same in both stores, or whose state is not what their history tells."""
    audit = Audit(new)
    for number, (job_id, what) in enumerate(copy.differing(job_ids), 1):
        draw("compared", number)
        if what or audit.look(job_id):
            yield job_id, what or "history"


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
            place.update(_line(desk, word, count, total), refresh=True)

        yield draw


def _line(desk: Desk, word: str, count: int, total: int) -> Text:
    percent = 100 * count / total if total else 100.0
    line = bar(percent, _BAR, desk.glyphs, style="cyan")
    return line.append(f"  {percent_text(percent):>6}  {counts(count, total, 'jobs')} {word}")


def _tell(desk: Desk, job_id: str, what: str) -> None:
    if desk.as_json:
        desk.emit({"job_id": job_id, "differs": what})
    else:
        desk.say(Text(f"{job_id}  ").append(f"its {what} differs", style="red"))


def _sum_up(desk: Desk, done: Copied, differ: int, took_s: float) -> None:
    if desk.as_json:
        desk.emit({"jobs": done.jobs, "there_already": done.there, "events": done.events, "differ": differ})
        return
    told = f"{done.jobs:,} jobs with {done.events:,} entries of history copied in {ages.span(int(took_s * 1e6))}"
    there = f", {done.there:,} were there already" if done.there else ""
    verdict = Text(f"{differ:,} differ", style="red") if differ else Text("all are the same", style="green")
    desk.say(Text(f"{clean.line(told + there)}: ").append(verdict))
