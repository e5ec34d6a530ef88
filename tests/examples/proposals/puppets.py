"""Owns what the tests put in place of the worker: a hand that does what it is told."""

from __future__ import annotations

import json
import queue
import threading
from typing import TYPE_CHECKING

from examples.proposals import plan
from examples.proposals.errors import ProposalError
from examples.proposals.work import PROPOSALS_FILE, TREE_FILE, Done

if TYPE_CHECKING:
    from examples.proposals.reporting import Report
    from examples.proposals.work import Balk, Errand

Order = tuple[str, int, int, str] | str | Exception
DONE = "done"
MADE = {"made": "by a puppet", "proposals": [], "left_out": [], "blocks": []}
RESULT = {"proposals": [{"title": "More benches", "texts": 2}], "texts": 3, "blocks": []}


class Puppet:
    """A worker: a report is told, an exception raised, DONE ends the errand. It asks whether to go on all the time."""

    def __init__(self) -> None:
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self.begun: list[Errand] = []
        self.free = threading.Event()

    def tell(self, stage: str, done: int = 0, of: int = 1, message: str = "at work") -> None:
        self.orders.put((stage, done, of, message))

    def finish(self) -> None:
        self.orders.put(DONE)

    def let_go(self) -> None:
        """Whatever is held, and whatever comes after it, runs to its end."""
        self.free.set()

    def __call__(self, errand: Errand, report: Report, balk: Balk) -> Done:
        self.begun.append(errand)
        stage = plan.STEPS[errand.kind][0][0]
        while (order := self._next(balk)) != DONE:
            if isinstance(order, Exception):
                raise order
            assert not isinstance(order, str)
            report(*order)
            stage = order[0]
        return self._made(errand, report, stage)

    def _next(self, balk: Balk) -> Order:
        while True:
            balk()
            try:
                return self.orders.get(timeout=0.02)
            except queue.Empty:
                if self.free.is_set():
                    return DONE

    def _made(self, errand: Errand, report: Report, reached: str) -> Done:
        stages = [stage for stage, _low, _high in plan.STEPS[errand.kind]]
        for stage in stages[stages.index(reached) :]:
            report(stage, 1, 1, "at work")
        name = PROPOSALS_FILE if errand.kind == plan.PROPOSALS else TREE_FILE
        (errand.folder / name).write_text(json.dumps(MADE))
        return Done("2 proposals from 3 texts", RESULT)


def refused(sentence: str) -> ProposalError:
    return ProposalError(sentence)
