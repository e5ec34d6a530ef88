"""What happened to a job as lines: its history, and its progress where nothing can be drawn."""

from __future__ import annotations

import json
from typing import Any

from rich.text import Text

from headway.cli.render import ages, bars, clean, words
from headway.cli.render.bars import STYLES, Glyphs
from headway.cli.render.tables import fit
from headway.cli.render.words import Wire

_WHAT = 16


def entry(event: Wire, width: int | None, glyphs: Glyphs) -> Text:
    """`    9  2026-11-22 07:00:05  step failed       extract  page 17 cannot be read`."""
    event = clean.values(event)
    what = event["type"].replace("_", " ")
    line = Text.assemble((f"{event['seq']:>5}  ", "dim"))
    line.append(ages.stamp(ages.at(event["at"]) or 0), style="dim").append("  ")
    line.append(f"{what:<{_WHAT}}", style=STYLES.get(what, "")).append("  ")
    line.append(_told(event))
    line.rstrip()
    if width is not None and line.cell_len > width:
        return fit(line, width, more=glyphs.more)
    return line


def change(event: Wire) -> Text:
    """A history entry while a job is watched without a terminal."""
    event = clean.values(event)
    return _line(event["at"], event["job"]["percent"], event["type"].replace("_", " "), _told(event))


def state(job: Wire) -> Text:
    """Where a job is, for the same lines."""
    job = clean.values(job)
    return _line(job["updated_at"], job["progress"]["percent"], words.status(job), _doing(job))


def end(job: Wire) -> Text:
    """The last line: how it ended, and after how long."""
    job = clean.values(job)
    took = words.elapsed(job, ages.at(job["updated_at"]) or 0)
    told = [job["error"]] if job["status"] == "failed" and job["error"] else []
    told += [f"after {ages.span(took)}"] if took is not None else []
    return _line(job["updated_at"], job["progress"]["percent"], words.status(job), ": ".join(told))


def _line(at: str, percent: float | None, what: str, told: str) -> Text:
    line = Text(f"{ages.stamp(ages.at(at) or 0)}  {bars.percent_text(percent):>7}  ")
    line.append(f"{what:<{_WHAT}}  {told}")
    line.rstrip()
    return line


def _told(event: Wire) -> str:
    parts = [event["step"], event["message"], _detail(event)]
    if event["type"] in ("started", "superseded"):
        parts.append(f"attempt {event['attempt']}")
    return "  ".join(part for part in parts if part)


def _detail(event: Wire) -> str:
    """What a note carries along; of our own events it repeats what was said."""
    detail: Any = event["detail"]
    if event["type"] != "noted" or detail is None:
        return ""
    return json.dumps(detail, ensure_ascii=False)


def _doing(job: Wire) -> str:
    """The step that runs with its counts, else the job's own."""
    step = next((s for s in job["steps"] if s["name"] == job["step"]), None)
    holder = step or job["progress"]
    told = [job["step"]] if job["step"] else []
    if holder["current"] and (step is not None or not job["steps"]):
        told.append(bars.counts(holder["current"], holder["total"], holder["unit"]))
    message = (step or {}).get("message") or job["message"]
    if message and job["status"] not in words.TERMINAL:
        told.append(message)
    return "  ".join(told)
