"""Owns `headway serve` as a program of its own: started, killed, paused, started again at the same address."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.cli.programs import HEADWAY, environ
from tests.postgres.cluster import free_port


class Serving:
    """One server; its clients find it again where it was. `log` is a file with what it said."""

    def __init__(self, store: str, log: Path) -> None:
        self._port = free_port()
        self._store = store
        self._log = log
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Returns when it listens."""
        with self._log.open("a") as log:
            self._popen = subprocess.Popen(
                [*HEADWAY, "serve", "--json", "--port", str(self._port)],
                env=environ(self._store),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._popen.stdout
        line = self._popen.stdout.readline()
        assert line, self.log
        assert json.loads(line)["url"] == self.url

    @property
    def log(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """As a machine does that loses power."""
        self._popen.kill()
        self._gone()

    def end(self) -> int:
        """Tells it to go; its exit status."""
        self._popen.terminate()
        return self._gone()

    def _gone(self) -> int:
        status = self._popen.wait(20)
        assert self._popen.stdout
        self._popen.stdout.close()
        return status

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still: who is connected stays so, and hears nothing."""
        self._popen.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._popen.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def serving(store: str, log: Path) -> Iterator[Serving]:
    server = Serving(store, log)
    try:
        yield server
    finally:
        server.kill()
