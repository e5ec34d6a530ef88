"""The steps of a job as rows with bars, as many as there is room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from headway.cli.render import ages, bars
from headway.cli.render.bars import STYLES, Glyphs
from headway.cli.render.tables import fit
from headway.cli.render.words import Wire

_INDENT = 2
_NAME_MAX = 20
_COUNT_MAX = 20
_PERCENT = 8
_AGE = 8
_PRESENT = ("running", "failed")
_LIFE = ("succeeded", "skipped", "failed", "running", "pending")


def rows(
    steps: Sequence[Wire], width: int, room: int, now: int, glyphs: Glyphs, told_already: str | None = None
) -> list[Text]:
    """At most `room` lines; the running and failed steps and those near them come first, the rest is counted."""
    shown, hidden = choose(steps, room)
    names = min(_NAME_MAX, max((Text(step["name"]).cell_len for step in shown), default=0))
    told = [bars.counts(step["current"], step["total"], step["unit"]) if _counted(step) else "" for step in shown]
    counts = min(_COUNT_MAX, max((Text(text).cell_len for text in told), default=0))
    drawn = []
    for step, text in zip(shown, told, strict=True):
        drawn.append(_row(step, text, names, counts, width, now, glyphs))
        if _sentence(step) != told_already:
            drawn.extend(_said(step, width, names, glyphs))
    if hidden:
        drawn.append(Text(" " * (_INDENT + 2) + _rest(hidden, glyphs), style="dim"))
    return drawn


def choose(steps: Sequence[Wire], room: int) -> tuple[list[Wire], list[Wire]]:
    """The steps to show, in their order, and those that there is no room for."""
    lines = sum(1 + _talks(step) for step in steps)
    if lines <= room:
        return list(steps), []
    here = next((i for i, step in enumerate(steps) if step["status"] == "running"), _first_open(steps))
    nearest = sorted(range(len(steps)), key=lambda i: (steps[i]["status"] not in _PRESENT, abs(i - here)))
    kept: set[int] = set()
    left = max(2, room - 1)
    for i in nearest:
        left -= 1 + _talks(steps[i])
        if left < 0:
            break
        kept.add(i)
    return [s for i, s in enumerate(steps) if i in kept], [s for i, s in enumerate(steps) if i not in kept]


def _first_open(steps: Sequence[Wire]) -> int:
    return next((i for i, step in enumerate(steps) if step["status"] == "pending"), len(steps) - 1)


def _row(step: Wire, told: str, names: int, counts: int, width: int, now: int, glyphs: Glyphs) -> Text:
    style = STYLES[step["status"]]
    line = Text(" " * _INDENT)
    line.append(glyphs.marks[step["status"]], style=style).append(" ")
    line.append_text(
        fit(Text(step["name"], style="" if step["status"] in _PRESENT else "dim"), names, more=glyphs.more)
    )
    line.append("  ")
    room = width - line.cell_len - _PERCENT - 2 - counts - _AGE
    line.append_text(_bar(step, max(5, room), glyphs))
    line.append_text(fit(Text(_percent(step)), _PERCENT, right=True)).append("  ")
    line.append_text(fit(Text(told), counts, more=glyphs.more))
    line.append_text(fit(Text(_age(step, now), style="dim"), _AGE, right=True))
    line.rstrip()
    return line


def _bar(step: Wire, width: int, glyphs: Glyphs) -> Text:
    """A step that has not begun, or never will, is an empty line; one without a total has no measure."""
    percent = step["percent"]
    if step["status"] in ("pending", "skipped") or (step["status"] == "failed" and percent is None):
        return Text(glyphs.empty * width, style="dim")
    if step["status"] == "succeeded":
        percent = 100.0
    return bars.bar(percent, width, glyphs, style=STYLES[step["status"]], count=step["current"])


def _percent(step: Wire) -> str:
    if step["status"] == "skipped":
        return "skipped"
    return "" if step["status"] == "pending" else bars.percent_text(step["percent"])


def _counted(step: Wire) -> bool:
    return step["status"] not in ("pending", "skipped") and bool(step["current"] or step["total"])


def _age(step: Wire, now: int) -> str:
    started = ages.at(step["started_at"])
    if started is None or step["status"] in ("pending", "skipped"):
        return ""
    return ages.span((ages.at(step["finished_at"]) or now) - started)


def _talks(step: Wire) -> bool:
    return bool(_sentence(step))


def _sentence(step: Wire) -> str:
    if step["status"] == "failed":
        return step["error"] or step["message"] or ""
    return step["message"] or "" if step["status"] in ("running", "skipped") else ""


def _said(step: Wire, width: int, names: int, glyphs: Glyphs) -> list[Text]:
    """What a step says about itself, below it."""
    said = _sentence(step)
    if not said:
        return []
    indent = _INDENT + 2 + names + 2
    style = "red" if step["status"] == "failed" else "dim"
    line = Text(" " * indent).append_text(fit(Text(said, style=style), width - indent, more=glyphs.more))
    line.rstrip()
    return [line]


def _rest(hidden: Sequence[Wire], glyphs: Glyphs) -> str:
    by_status = Counter(step["status"] for step in hidden)
    return f"{glyphs.more} and {', '.join(f'{by_status[name]} {name}' for name in _LIFE if by_status[name])}"
