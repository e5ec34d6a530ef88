"""Owns a disk so small that it is soon full, under a server's data folder: memory of which nobody else takes any.

Root mounts it. Anybody else mounts it where only they see it, in a namespace of their own: the server's programs run
inside, and whoever is outside reaches the files through /proc.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.postgres import programs


class Disk:
    """The data folder, on a disk of this size if one is asked for."""

    def __init__(self, data: Path, size_mb: int | None = None) -> None:
        self.data = data
        self.inside: tuple[str, ...] = ()
        if size_mb is None:
            return
        data.mkdir(mode=0o700)
        mount = self._mount(size_mb)
        if os.geteuid() == 0:
            subprocess.run(mount, check=True)
        else:
            self._mount_apart(mount)

    def _mount(self, size_mb: int) -> list[str]:
        owner = programs.account()
        options = f"size={size_mb}m,mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}"
        return ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.data)]

    def _mount_apart(self, mount: list[str]) -> None:
        """The namespace lasts as long as its first program, which ends with this process, or the server does."""
        apart = ["unshare", "--user", "--map-current-user", "--mount", "--keep-caps"]
        command = [*apart, "sh", "-c", '"$@" && echo mounted && exec cat', "sh", *mount]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._keeper.stdout
        if not self._keeper.stdout.readline():
            raise RuntimeError("a small disk needs root, or a system that lets users have namespaces of their own")
        self.inside = ("nsenter", f"--target={self._keeper.pid}", "--user", "--mount", "--preserve-credentials")
        self.data = Path(f"/proc/{self._keeper.pid}/root{self.data}")

    def close(self) -> None:
        """What still runs inside keeps it until it ends."""
        if self.inside:
            self._keeper.communicate()
