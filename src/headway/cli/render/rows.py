"""Many jobs as a table, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from headway.cli.render import ages, bars, clean, words
from headway.cli.render.bars import Glyphs
from headway.cli.render.tables import Column, table
from headway.cli.render.words import Wire

COLUMNS = (
    Column(head="id"),
    Column(head="kind", least=6),
    Column(head="status", least=15),
    Column(head="done", right=True),
    Column(head="step", least=6),
    Column(head="for", right=True),
    Column(head="left", right=True),
    Column(head="about", least=6),
)


def job_table(jobs: Sequence[Wire], now: int, glyphs: Glyphs, width: int | None) -> list[Text]:
    """Newest first, as given. Without a width (not a terminal) nothing is cut, ids neither."""
    cleaned = [clean.values(job) for job in jobs]
    size = id_length([job["id"] for job in cleaned]) if width else None
    return table(COLUMNS, [_cells(job, now, glyphs, size) for job in cleaned], width, glyphs.more)


def id_length(ids: Sequence[str]) -> int:
    """How much of these ids tells them apart."""
    size = words.ID_SHOWN
    while size < 36 and len({id[:size] for id in ids}) < len(set(ids)):
        size += 1
    return size


def _cells(job: Wire, now: int, glyphs: Glyphs, size: int | None) -> list[Text]:
    since = words.elapsed(job, now)
    age = now - (ages.at(job["created_at"]) or now) if since is None else since
    return [
        Text(job["id"][:size], style="dim"),
        Text(job["kind"]),
        Text(words.status(job), style=words.style(job)),
        Text(_done(job)),
        Text(job["step"] or ""),
        Text(ages.short(age), style="dim"),
        Text(words.ending_short(job, now)),
        Text(words.subject(job, glyphs)),
    ]


def _done(job: Wire) -> str:
    progress = job["progress"]
    if job["status"] == "pending":
        return ""
    if progress["percent"] is None:
        return f"{progress['current']:,}" if progress["current"] else ""
    return bars.percent_text(progress["percent"])
