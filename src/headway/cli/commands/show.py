"""`headway show`: everything about one job."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.text import Text

from headway.cli.desk import Desk
from headway.cli.options import command as declared
from headway.cli.render import ages, attempts, bars, clean, steps, words
from headway.cli.render.bars import STYLES
from headway.cli.render.tables import fit
from headway.cli.sources.source import Source, Wire

PAGE = 500
_TIMES = {
    "created_at": "created",
    "started_at": "started",
    "finished_at": "ended",
    "last_progress_at": "progress",
    "cancel_requested_at": "asked to stop",
}
_LABEL = max(map(len, _TIMES.values()))
_WIDE = 100  # lines that are drawn are no longer than a person reads
_EVERY_STEP = 10_000


@declared("show", short_help="Everything about one job.")
@click.argument("job", metavar="ID")
def command(desk: Desk, job: str) -> None:
    """Everything about one job: its facts, steps, attempts, result and error."""
    with desk.source() as source:
        wire = source.get(source.find(job))
        if desk.as_json:
            desk.emit(wire)
            return
        tries = _attempts(source, wire)
    for part in (_head(desk, wire), _steps(desk, wire), _tries(desk, tries), _texts(wire), _next(wire)):
        desk.say(*part)


def _attempts(source: Source, job: Wire) -> list[attempts.Attempt]:
    """Read from the history, page by page."""
    told = attempts.Attempts()
    after = 0
    while page := source.history(job["id"], after=after, limit=PAGE):
        for event in page:
            told.add(event)
        after = page[-1]["seq"]
    return told.list()


def _head(desk: Desk, wire: Wire) -> list[Text]:
    job = clean.values(wire)
    now = desk.now()
    title = Text.assemble((job["kind"], "bold"))
    for part in (job["project"], job["subject"]):
        if part:
            title.append(desk.glyphs.between, style="dim").append(part)
    facts = [("status", _status(desk, job, now)), ("", Text(job["message"] or "", style="italic"))]
    facts += [("", Text(sentence, style="yellow")) for sentence in words.advice(job, now)]
    facts += [("", Text(words.ending(job, now, desk.glyphs) or ""))]
    facts += [(name, Text(told)) for name, told in _facts(job, now)]
    return [title, *(_fact(name, told) for name, told in facts if told.plain)]


def _status(desk: Desk, job: Wire, now: int) -> Text:
    progress = job["progress"]
    parts = [bars.percent_text(progress["percent"])]
    if progress["current"] or progress["total"]:
        unit = progress["unit"] or ("steps" if job["steps"] else None)
        parts.append(bars.counts(progress["current"], progress["total"], unit))
    if (elapsed := words.elapsed(job, now)) is not None:
        parts.append(f"{'for' if job['status'] == 'running' else 'after'} {ages.span(elapsed)}")
    told = Text.assemble((words.status(job), words.style(job)))
    return told.append("".join(desk.glyphs.between + part for part in parts if part))


def _facts(job: Wire, now: int) -> list[tuple[str, str]]:
    times = [(label, _when(job[name], now)) for name, label in _TIMES.items()]
    labels = "  ".join(f"{key}={_plain(value)}" for key, value in job["labels"].items())
    return [
        ("id", job["id"]),
        ("tenant", job["tenant"] or ""),
        ("external id", job["external_id"] or ""),
        ("parent", job["parent_id"] or ""),
        ("labels", labels),
        ("last step", job["last_step"] or "" if job["status"] in ("failed", "cancelled") else ""),
        *times,
        ("history", f"{job['seq']} entries (headway history {words.short_id(job)})"),
    ]


def _fact(name: str, told: Text) -> Text:
    return Text.assemble((f"{name:<{_LABEL}}  ", "dim")).append_text(told)


def _when(text: str | None, now: int) -> str:
    moment = ages.at(text)
    return "" if moment is None else f"{ages.stamp(moment)}  ({ages.ago(moment, now)})"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _steps(desk: Desk, wire: Wire) -> list[Text]:
    if not wire["steps"]:
        return []
    width = min(_WIDE, (desk.width or _WIDE) - 1)
    drawn = steps.rows(clean.values(wire["steps"]), width, _EVERY_STEP, desk.now(), desk.glyphs)
    return [Text(), Text("steps", style="dim"), *drawn]


def _tries(desk: Desk, tries: list[attempts.Attempt]) -> list[Text]:
    if not tries:
        return []
    lines = [Text(), Text("attempts", style="dim")]
    for attempt in tries:
        line = Text(f"  {attempt.number:>2}  ")
        line.append(f"{attempt.how:<10}", style=STYLES.get(attempt.how, ""))
        line.append(f"  {ages.stamp(attempt.started_at)}", style="dim")
        took = (attempt.ended_at or desk.now()) - attempt.started_at
        line.append(f"  {ages.span(took):>8}  {clean.line(attempt.message or '')}")
        line.rstrip()
        if desk.width is not None and line.cell_len > desk.width:
            line = fit(line, desk.width, more=desk.glyphs.more)
        lines.append(line)
    return lines


def _texts(wire: Wire) -> list[Text]:
    """What may be long: whole, each line of it harmless."""
    lines: list[Text] = []
    if wire["error"]:
        lines += [Text(), Text("error", style="dim"), *(_indented(line, "red") for line in clean.lines(wire["error"]))]
    if wire["result"] is not None:
        shown = json.dumps(clean.values(wire["result"]), ensure_ascii=False, indent=2)
        lines += [Text(), Text("result", style="dim"), *(_indented(line) for line in shown.splitlines())]
    return lines


def _indented(line: str, style: str = "") -> Text:
    return Text("  ").append(line, style=style)


def _next(wire: Wire) -> list[Text]:
    """What one can do with it now."""
    short = words.short_id(wire)
    if wire["status"] == "failed":
        return [Text(), Text(f"try again: headway retry {short} --from-failed", style="dim")]
    if wire["status"] in words.TERMINAL:
        return []
    return [Text(), Text(f"follow it: headway watch {short}    stop it: headway cancel {short}", style="dim")]
