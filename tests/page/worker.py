"""Owns a worker process that does what a test tells it: one verb a line comes in, one answer a line goes out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import headway
from headway import JobHandle, Reporter
from tests.waiting import eventually


class Hands:
    """The one job that this worker has in hand, and what can be done with it. Every verb answers the job's id."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._job: JobHandle | None = None

    @property
    def job(self) -> JobHandle:
        assert self._job is not None, "start or attach first"
        return self._job

    def create(self, **facts: Any) -> str:
        return self._reporter.create(**facts).id

    def start(self, **facts: Any) -> None:
        self._job = self._reporter.start(**facts)

    def attach(self, id: str) -> None:
        self._job = self._reporter.attach(id)

    def step(self, name: str) -> None:
        self.job.step(name)

    def fail_step(self, name: str, error: str) -> None:
        self.job.step(name).fail(error)

    def update(self, **counts: Any) -> None:
        self.job.update(**counts)
        self.job.flush()

    def note(self, text: str, detail: Any = None) -> None:
        self.job.note(text, detail=detail)

    def wait(self, reason: str) -> None:
        self.job.wait(reason)

    def retry(self, error: str) -> None:
        self.job.retry(error)

    def ask_again(self, id: str) -> None:
        self._reporter.retry(id)

    def succeed(self, result: Any = None) -> None:
        self.job.succeed(result)

    def fail(self, error: str) -> None:
        self.job.fail(error)

    def stop_when_asked(self) -> None:
        """Works on until it hears that it should stop, then says that it did."""
        eventually(lambda: self.job.cancelled)
        self.job.acknowledge_cancel()

    def do(self, verb: str, given: dict[str, Any]) -> str:
        act: Callable[..., str | None] = getattr(self, verb)
        return act(**given) or self.job.id


def main(store: str) -> None:
    hands = Hands(headway.connect(store))
    for line in sys.stdin:
        verb, given = json.loads(line)
        print(json.dumps(hands.do(verb, given)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
