"""Owns the line of files that are to be made ready, and the desk that works it off in a process of its own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import headway
from examples.house.unreadable import ReaderBrokeDown
from examples.intake.clerks import Done, Failed, Later, Outcome, Stopped
from examples.intake.crew import AGAIN_S, Crew
from examples.intake.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from examples.house.desk import Desk
    from examples.intake.ledger import Ledger

log = logging.getLogger(__name__)


class FilingLine:
    """PDFium is not thread-safe, so its workers are processes; one thread waits beside each."""

    def __init__(self, ledger: Ledger, desks: Sequence[Desk], ready: Callable[[str], None]) -> None:
        self._ledger, self._ready = ledger, ready
        self._line: Line[str] = Line()
        self._crew = Crew(self._line, desks, self._file)
        self.start, self.close = self._crew.start, self._crew.close

    def put(self, file_id: str) -> None:
        self._line.put(file_id)

    def __len__(self) -> int:
        return len(self._line)

    def _file(self, desk: Desk, file_id: str) -> None:
        try:
            # This process takes part too: it is there when the worker is not, and until the last upload has ended.
            self._ledger.part(file_id)
        except headway.IllegalTransition:
            log.info("file %s ended before anybody began with it", file_id)
            return
        over = desk.do(file_id)
        if over is not None:
            self._judge(file_id, over.outcome)
        elif not self._crew.closing:
            self._judge(file_id, Failed(str(ReaderBrokeDown())))

    def _judge(self, file_id: str, outcome: Outcome) -> None:
        match outcome:
            case Done():
                self._ready(file_id)
            case Failed(why):
                self._ledger.fail(file_id, why)
            case Later():
                self._line.put(file_id, after_s=AGAIN_S)
            case Stopped():
                self._ledger.stopped(file_id)
