"""Owns the two processes beside the browser: the server of the page, and the worker that reports."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Self
from urllib.request import urlopen

from tests.house.rules import ROOT
from tests.waiting import eventually


class Child:
    """A Python process of the test; gone when its `with` is left."""

    def __init__(self, *command: str, folder: Path) -> None:
        self._command = [sys.executable, *command]
        self._env = os.environ | {"HEADWAY_SPOOL": str(folder / "spool"), "HEADWAY_STORE": ""}
        self._process: subprocess.Popen[str] | None = None

    @property
    def running(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._env, stdin=pipe, stdout=pipe, text=True)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.communicate(timeout=20)
        self._process = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.end(signal.SIGKILL)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)


ALONE = "from headway.http import serve; serve({store!r}, port={port})"
MOUNTED = """
import uvicorn
from headway.http import app
from starlette.applications import Starlette
from starlette.routing import Mount
uvicorn.run(Starlette(routes=[Mount("/tools/jobs", app({store!r}))]), port={port}, log_level="warning")
"""


class Served(Child):
    """The server, always on the same port, so that it can come back under an open page."""

    def __init__(self, store: str, folder: Path, *, script: str = ALONE, prefix: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/{prefix}"
        super().__init__("-c", script.format(store=store, port=port), folder=folder)

    def start(self) -> None:
        super().start()
        eventually(self._answers, within_s=30)

    def _answers(self) -> bool:
        assert self.running.poll() is None, "the server has ended; its output says why"
        try:
            with urlopen(f"{self.url}livez", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Worker(Child):
    """A worker process."""

    def __init__(self, store: str, folder: Path) -> None:
        super().__init__("-m", "tests.page.worker", store, folder=folder)

    def does(self, verb: str, **given: Any) -> str:
        """Tells it to do something, waits until it has, and answers the id of its job."""
        assert self.running.stdin
        assert self.running.stdout
        self.running.stdin.write(json.dumps([verb, given]) + "\n")
        self.running.stdin.flush()
        answer = self.running.stdout.readline()
        assert answer, f"the worker died while it should {verb}"
        return str(json.loads(answer))
