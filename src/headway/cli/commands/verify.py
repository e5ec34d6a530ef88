"""`headway verify`: proves on a real store that state and history agree."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from headway.cli import exits
from headway.cli.audit import Audit, Finding
from headway.cli.desk import Desk
from headway.cli.drawing import drawing
from headway.cli.options import command as declared
from headway.cli.render import clean
from headway.stores.protocol import Store

REDRAW_S = 0.2
_SHOWN = 6  # fields of one job; --json has them all


@declared("verify", short_help="Prove that every job's state is what its history tells.")
@click.option("--repair", is_flag=True, help="Put what the history tells in the place of what drifted.")
def command(desk: Desk, repair: bool) -> int:
    """Prove that every job's state is what its history tells.

    Each job's history is folded from its first entry and compared with the stored state. The exit status is 1 if any
    job drifted and was not repaired. Safe while workers report.
    """
    store = desk.opened()
    try:
        return _verify(desk, store, repair)
    finally:
        store.close()


def _verify(desk: Desk, store: Store, repair: bool) -> int:
    audit = Audit(store)
    jobs = drifted = repaired = 0
    for job_id in _counted(desk, store.job_ids()):
        jobs += 1
        finding = _confirmed(audit, job_id)
        if finding is None:
            continue
        drifted += 1
        mended = repair and finding.told is not None and store.repair(finding.told)
        repaired += mended
        _tell(desk, finding, mended)
    _sum_up(desk, {"jobs": jobs, "events": audit.events, "drifted": drifted, "repaired": repaired})
    return exits.FAILED if drifted > repaired else exits.SUCCEEDED


def _counted(desk: Desk, job_ids: Iterator[str]) -> Iterator[str]:
    """The ids; on a terminal with a line that says how far it is, for large stores take minutes."""
    if not desk.live:
        yield from job_ids
        return
    drawn_at = time.monotonic()
    with drawing(desk, passing=True) as place:
        for number, job_id in enumerate(job_ids, 1):
            yield job_id
            if time.monotonic() - drawn_at > REDRAW_S:
                drawn_at = time.monotonic()
                place.update(Text(f"{number:,} jobs looked at", style="dim"), refresh=True)


def _confirmed(audit: Audit, job_id: str) -> Finding | None:
    """Looks twice before it accuses, and repairs from the second look: workers may be writing."""
    return audit.look(job_id) and audit.look(job_id)


def _tell(desk: Desk, finding: Finding, mended: bool) -> None:
    if desk.as_json:
        fields = {name: {"stored": _plain(ours), "told": _plain(told)} for name, (ours, told) in finding.fields.items()}
        desk.emit({"job_id": finding.job_id, "events": finding.events, "repaired": mended, "fields": fields})
        return
    said = "repaired" if mended else "drifted" if finding.told is not None else "its history is broken"
    desk.say(Text(f"{finding.job_id}  ").append(said, style="green" if mended else "red"))
    for name, (ours, told) in list(finding.fields.items())[:_SHOWN]:
        desk.say(f"    {clean.line(name)}: stored {_short(ours)}, its history tells {_short(told)}")
    if len(finding.fields) > _SHOWN:
        desk.say(f"    and {len(finding.fields) - _SHOWN} more fields")


def _sum_up(desk: Desk, told: dict[str, int]) -> None:
    if desk.as_json:
        desk.emit(told)
        return
    verdict = f"{told['drifted']:,} drifted, {told['repaired']:,} repaired" if told["drifted"] else "no drift"
    style = "green" if told["drifted"] == told["repaired"] else "red"
    desk.say(Text(f"{told['jobs']:,} jobs, {told['events']:,} entries of history: ").append(verdict, style=style))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)


def _short(value: Any) -> str:
    text = clean.line("nothing" if value is None else value)
    return text if len(text) <= 60 else f"{text[:59]}…"
