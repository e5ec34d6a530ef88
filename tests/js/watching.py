"""Owns a Node program that watches with the real client, and what it was told so far."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import Any, Self

from tests.js.package import CLIENT, program
from tests.waiting import eventually

WATCHER = CLIENT / "test" / "watcher.js"
QUICK = {
    "firstMs": 50,
    "longestMs": 400,
    "pollMs": 50,
    "waitMs": 1000,
    "streamAgainMs": 300,
    "firstByteMs": 1000,
    "staleMs": 60_000,
}
Line = list[Any]


class Watching:
    """The client in a process of its own. It leaves by itself when it is closed, or has left something behind."""

    def __init__(self, base: str, *, pace: dict[str, int] | None = None, **options: Any) -> None:
        given = {"base": base, "pace": QUICK | (pace or {}), **options}
        self.lines: list[Line] = []
        pipe = subprocess.PIPE
        command = [program("node"), str(WATCHER), json.dumps(given)]
        self._node = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def told(self, what: str) -> list[Line]:
        return [rest for kind, *rest in list(self.lines) if kind == what]

    @property
    def states(self) -> list[str]:
        return [state for state, _ in self.told("state")]

    def job(self, id: str) -> dict[str, Any]:
        """As it is known now; empty when it is not."""
        known = [job for job_id, job in self.told("job") if job_id == id]
        return known[-1] or {} if known else {}

    def seqs(self, id: str) -> list[int]:
        """The numbers of the events, in the order in which they were told."""
        return [seq for job_id, seq, *_ in self.told("event") if job_id == id]

    def until(self, what: Callable[[Watching], Any], *, within_s: float = 20.0) -> Any:
        """What is asked for, as soon as it is true."""

        def look() -> Any:
            seen = what(self)
            assert seen or self._node.poll() is None or what(self), self._left()
            return seen

        return eventually(look, within_s=within_s)

    def until_state(self, state: str) -> Self:
        """Returns when this is how it stands."""
        self.until(lambda watching: watching.states[-1:] == [state])
        return self

    def until_status(self, id: str, status: str) -> None:
        self.until(lambda watching: watching.job(id).get("status") == status)

    def until_events(self, id: str, count: int) -> None:
        """Returns when so many events of the job were told."""
        self.until(lambda watching: len(watching.seqs(id)) == count)

    def pause(self) -> None:
        self._node.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._node.send_signal(signal.SIGCONT)

    def leave(self) -> None:
        """Closes the client if it is open: then nothing keeps the process."""
        assert self._node.stdin
        self._node.stdin.close()
        assert self._node.wait(10) == 0, self._left()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        try:
            if failed is None:
                self.leave()
        finally:
            self._node.kill()
            self._node.wait(10)
            self._listening.join(10)
            for pipe in (self._node.stdin, self._node.stdout, self._node.stderr):
                if pipe is not None:
                    pipe.close()

    def _listen(self) -> None:
        assert self._node.stdout
        for line in self._node.stdout:
            self.lines.append(json.loads(line))

    def _left(self) -> str:
        assert self._node.stderr
        return f"the watcher has ended; last told {self.lines[-3:]}\n{self._node.stderr.read()}"
