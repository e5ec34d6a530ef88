"""Owns the line of uploads and the two desks that work it off, each try of each upload told as it happens."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import headway
from examples.intake import plan
from examples.intake.clerks import Done, Failed, Later, Outcome, Stopped, Upload
from examples.intake.crew import AGAIN_S, Crew
from examples.intake.line import Line
from examples.intake.progress import add_upload_steps, get_file_step_status, update_step_status
from examples.intake.tables import FAILURE, IN_PROGRESS, PENDING, SETTLED, SKIPPED, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from examples.house.desk import Desk
    from examples.intake.destinations import Places
    from examples.intake.ledger import Ledger

log = logging.getLogger(__name__)

WAITS_S = (2.0, 10.0, 60.0)
"""How long to wait before the second try of an upload, the third, and so on: there is one more try than waits."""
SETTING = "INTAKE_WAITS_S"
GONE = "The worker that sent it broke down."


def patience(environ: Mapping[str, str]) -> tuple[float, ...]:
    """The waits that `INTAKE_WAITS_S` names, as `1 30 600`. Raises InvalidSetting."""
    try:
        given = environ.get(SETTING, "").split()
        waits = tuple(map(float, given)) if given else WAITS_S
    except ValueError:
        waits = ()
    if not waits or not all(0 <= wait <= 86_400 for wait in waits):
        raise headway.InvalidSetting(SETTING, "must be seconds as numbers from 0 to 86400, one after the other")
    return waits


class _Way(NamedTuple):
    """An upload that is neither there nor given up; until when it waits, if it does."""

    upload: Upload
    waits_until: datetime | None = None


class Dispatch:
    """One thread waits beside each desk. An upload that may work later goes back into the line, and says so."""

    def __init__(self, ledger: Ledger, desks: Sequence[Desk], places: Places, waits_s: Sequence[float]) -> None:
        self._ledger, self._places, self._waits_s = ledger, places, waits_s
        self._line: Line[Upload] = Line()
        self._lock = threading.Lock()
        self._under_way: defaultdict[str, dict[str, _Way]] = defaultdict(dict)  # by file and destination
        self._crew = Crew(self._line, desks, self._send)
        self.start, self.close = self._crew.start, self._crew.close

    def send_to_all(self, file_id: str) -> None:
        """The last main step: the destinations are known now, and the file stands in the line for each."""
        try:
            self._send_to_all(file_id)
        except headway.Cancelled:
            self._ledger.stopped(file_id)

    def hurry(self, file_id: str) -> None:
        """Wait no longer with what is to be sent of a file: somebody wants to see it stopped."""
        self._line.hurry(lambda upload: upload.file_id == file_id)

    def go_on(self, file_id: str) -> None:
        """Put a file into the line for each destination that does not have it yet."""
        rows = get_file_step_status(self._ledger, file_id)
        lacking = [
            destination
            for destination in self._places
            if (row := rows.get(plan.upload_step(destination))) and row["status"] not in SETTLED
        ]
        for queue in map(plan.queue_step, lacking):
            if rows[queue]["status"] != SUCCESS:
                update_step_status(self._ledger, file_id, queue, SUCCESS, message="In the line")
        self._skip_what_is_gone(file_id, rows)
        # Not before all is told: a first try may fail at once, and would look like the last step of the file.
        for destination in lacking:
            self._put(Upload(file_id, destination, 0, len(self._waits_s) + 1))

    def _skip_what_is_gone(self, file_id: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """A destination that is set up no longer cannot get it."""
        for name, row in rows.items():
            if row["status"] == PENDING and (plan.destination_of(name) or "") not in {*self._places, ""}:
                message = "This destination is not set up any more"
                update_step_status(self._ledger, file_id, name, SKIPPED, message=message)

    def _send_to_all(self, file_id: str) -> None:
        def told(status: str, message: str | None = None) -> None:
            update_step_status(self._ledger, file_id, plan.SEND_TO_ALL, status, message=message)

        if not self._places:
            told(SKIPPED, "There is no destination to send it to")
            return
        told(IN_PROGRESS)
        add_upload_steps(self._ledger, file_id, self._places)
        told(SUCCESS, f"In the line for {', '.join(self._places)}")
        self.go_on(file_id)

    def _put(self, upload: Upload) -> None:
        self._mark(upload, None)
        self._line.put(upload)

    def _send(self, desk: Desk, upload: Upload) -> None:
        try:
            self._try(desk, upload)
        except (headway.Cancelled, headway.Fenced, headway.IllegalTransition) as stop:
            log.info("%r stopped: %s", upload, stop)
            self._drop(upload.file_id)

    def _try(self, desk: Desk, upload: Upload) -> None:
        if not self._wanted(upload):
            return
        if upload.tried:
            self._mark(upload, None)
            self._queued(upload, SUCCESS, f"Try {upload.tried + 1} of {upload.tries}")
        over = desk.do(upload)
        if over is not None:
            self._judge(upload, over.outcome)
        elif not self._crew.closing:
            self._judge(upload, Failed(GONE, passing=True))

    def _judge(self, upload: Upload, outcome: Outcome) -> None:
        match outcome:
            case Done():
                self._settle(upload)
            case Stopped():
                self._drop(upload.file_id)
            case Later():
                self._line.put(upload, after_s=AGAIN_S)
            case Failed(why, passing):
                step = plan.upload_step(upload.destination)
                # The worker has told it, unless it died over it: telling twice is telling once.
                update_step_status(self._ledger, upload.file_id, step, FAILURE, why, more_follows=True)
                if passing and not upload.last:
                    self._wait(upload)
                else:
                    self._settle(upload)

    def _wait(self, upload: Upload) -> None:
        """Back into the line, not before its time."""
        wait_s = self._waits_s[upload.tried]
        until = datetime.now(UTC) + timedelta(seconds=wait_s)
        message = f"Waits {wait_s:g} s for try {upload.tried + 2} of {upload.tries}"
        self._queued(upload, IN_PROGRESS, message, {"until": until.isoformat(timespec="milliseconds")})
        again = upload.again()
        self._mark(again, until)
        self._rest(upload.file_id)
        self._line.put(again, after_s=wait_s)

    def _queued(self, upload: Upload, status: str, message: str, detail: object = None) -> None:
        step = plan.queue_step(upload.destination)
        update_step_status(
            self._ledger, upload.file_id, step, status, message=message, detail=detail, more_follows=True
        )

    def _mark(self, upload: Upload, waits_until: datetime | None) -> None:
        with self._lock:
            self._under_way[upload.file_id][upload.destination] = _Way(upload, waits_until)

    def _wanted(self, upload: Upload) -> bool:
        """Whether it is still the one under way: its file may have been stopped while it stood in the line."""
        with self._lock:
            way = self._under_way.get(upload.file_id, {}).get(upload.destination)
            return way is not None and way.upload is upload

    def _drop(self, file_id: str) -> None:
        """Nothing of a file is sent any more."""
        with self._lock:
            self._under_way.pop(file_id, None)
        self._ledger.stopped(file_id)

    def _settle(self, upload: Upload) -> None:
        """An upload is over, one way or the other."""
        with self._lock:
            self._under_way[upload.file_id].pop(upload.destination, None)
        self._rest(upload.file_id)

    def _rest(self, file_id: str) -> None:
        """With the last upload its file ends; where all that are left only wait, the file waits."""
        with self._lock:
            left = [way.waits_until for way in self._under_way[file_id].values()]
            if not left:
                del self._under_way[file_id]
        if not left:
            self._ledger.conclude(file_id)
        elif None not in left:
            self._ledger.part(file_id).wait("schedule", until=min(filter(None, left)))
