"""`headway stuck`: jobs that need somebody, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterable

import click
from rich.text import Text

from headway.cli.desk import Desk
from headway.cli.leases import Pulse, pulses
from headway.cli.options import Duration
from headway.cli.options import command as declared
from headway.cli.render import ages, clean, words
from headway.cli.sources.local import LocalSource
from headway.cli.sources.source import Source, Wire
from headway.stores.protocol import JobQuery

MOST = 1_000


@declared("stuck", short_help="Jobs that need somebody, and what to do.")
@click.option("--quiet-for", type=Duration(), metavar="TIME", help="Also running jobs without progress for this long.")
@click.option(
    "--listen",
    type=Duration(),
    default="0s",
    metavar="TIME",
    help="Listen to the workers' heartbeats for this long; a worker beats every third of its lease.",
)
def command(desk: Desk, quiet_for: int | None, listen: int) -> None:
    """Jobs that need somebody, each with its step, its times, its workers, and what to do.

    Lost jobs, and with --quiet-for (90s, 15m, 2h, 1d) running jobs that made no progress for so long. With --listen
    also those whose workers are not heard in that time, though nobody has judged them lost yet.
    """
    with desk.source() as source:
        heard = pulses(source.store, listen) if isinstance(source, LocalSource) else {}
        found = _found(desk, source, quiet_for, heard)
    for job in found:
        if desk.as_json:
            desk.emit(job)
        else:
            desk.say(*_lines(desk, clean.values(job), heard.get(job["id"], ())))
    if not found:
        click.echo("nothing is stuck", err=True)


def _found(desk: Desk, source: Source, quiet_for: int | None, heard: dict[str, tuple[Pulse, ...]]) -> list[Wire]:
    """Oldest progress first."""
    running = frozenset({"running"})
    jobs = source.jobs(JobQuery(statuses=running, health="lost", limit=MOST))
    if quiet_for is not None:
        jobs += source.jobs(JobQuery(statuses=running, quiet_since=desk.now() - quiet_for, limit=MOST))
    silent = [job_id for job_id, held in heard.items() if held and all(pulse.silent for pulse in held)]
    jobs += [job for job_id in silent if (job := source.get(job_id))["status"] == "running"]
    by_id = {job["id"]: job for job in jobs}
    return sorted(by_id.values(), key=_since)


def _since(job: Wire) -> int:
    return ages.at(job["last_progress_at"] or job["started_at"] or job["created_at"]) or 0


def _lines(desk: Desk, job: Wire, held: Iterable[Pulse]) -> list[Text]:
    now = desk.now()
    head = Text.assemble((words.short_id(job), "dim"), "  ", (job["kind"], "bold"))
    head.append("  ").append(words.status(job), style=words.style(job))
    facts = [
        ("step", job["step"] or ""),
        ("about", words.subject(job, desk.glyphs)),
        ("started", _ago(job["started_at"], now)),
        ("progress", _ago(job["last_progress_at"], now) or "none yet"),
        *(("worker", clean.line(str(pulse))) for pulse in held),
        ("do", _do(job, list(held))),
    ]
    return [head, *(Text.assemble((f"    {name:<9}", "dim"), told) for name, told in facts if told)]


def _ago(text: str | None, now: int) -> str:
    moment = ages.at(text)
    return "" if moment is None else ages.ago(moment, now)


def _do(job: Wire, held: list[Pulse]) -> str:
    short = words.short_id(job)
    if job["cancel_requested_at"]:
        return "it was asked to stop, and its worker does not answer; see whether the worker still runs"
    if job["health"] == "lost" or (held and all(pulse.silent for pulse in held)):
        return f"restart its worker, which takes it up again; or headway cancel {short}"
    return f"see what its worker does (headway history {short}); or headway cancel {short}"
