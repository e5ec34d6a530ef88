"""What a command works with: where jobs are, and where its output goes."""

from __future__ import annotations

import json
import os
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from headway.cli.render.bars import Glyphs, glyphs_for
from headway.cli.sources.local import LocalSource
from headway.cli.sources.remote import RemoteSource
from headway.cli.sources.source import Source
from headway.core.errors import InvalidSetting, StoreUnavailable
from headway.reporting.committer import now_us
from headway.stores.address import POSTGRES, default_url, open_store
from headway.stores.protocol import Store

_SQLITE = "sqlite:///"


class Desk:
    """One call of the program. The global options are set on it before its command runs."""

    def __init__(self) -> None:
        self.store: str | None = None
        self.as_json = False
        self.no_color = False

    @property
    def url(self) -> str:
        """The address that is meant: the option, else HEADWAY_STORE, else the user's own file."""
        return self.store or default_url(os.environ)

    @property
    def remote(self) -> bool:
        """Whether the address is a server's."""
        return self.url.startswith(("http://", "https://"))

    def source(self) -> Source:
        """The jobs of the address; nothing is created by looking."""
        return RemoteSource(self.url) if self.remote else LocalSource(self.opened())

    def opened(self, *, create: bool = False) -> Store:
        """The store itself, for commands that no server can answer."""
        url = self.url
        if self.remote:
            raise InvalidSetting("--store", "this reads the store itself: give its address, not a server's")
        if url == "memory:":
            raise InvalidSetting("--store", "memory: lives inside one process; give a file, or the address of a server")
        if not create and (path := self.file) is not None and not path.exists():
            raise StoreUnavailable(
                url,
                "there is no such file; the first job makes it, or `headway serve`, or choose another (--store)",
            )
        return open_store(url, bus=os.environ.get("HEADWAY_BUS"))

    @property
    def file(self) -> Path | None:
        """The file of the store, if it is one."""
        return Path(self.url.removeprefix(_SQLITE)) if self.url.startswith(_SQLITE) else None

    @property
    def database(self) -> bool:
        """Whether the store is a database on a server."""
        return self.url.startswith(POSTGRES)

    @cached_property
    def console(self) -> Console:
        """Standard output. Text is never read as markup, and never wrapped by accident."""
        return _Output(
            no_color=True if self.no_color else None,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )

    @property
    def live(self) -> bool:
        """Whether output may be drawn over. Asked of the stream itself: FORCE_COLOR makes no pipe a terminal."""
        return not self.as_json and sys.stdout.isatty() and not self.console.is_dumb_terminal

    @property
    def width(self) -> int | None:
        """How wide lines may be; None where they are not for eyes."""
        return self.console.width if sys.stdout.isatty() else None

    @cached_property
    def glyphs(self) -> Glyphs:
        """The characters that standard output can carry."""
        return glyphs_for(sys.stdout.encoding)

    def now(self) -> int:
        """Microseconds since 1970, UTC."""
        return now_us()

    def say(self, *lines: Text | str) -> None:
        """Lines for people. What is in them must be harmless already."""
        for line in lines:
            self.console.print(line, soft_wrap=True)
        sys.stdout.flush()

    def emit(self, value: Any) -> None:
        """A line for programs: plain ASCII, so that it is harmless on a terminal too."""
        text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        sys.stdout.write(text.replace("\x7f", "\\u007f") + "\n")
        sys.stdout.flush()


class _Output(Console):
    """Leaves it to the program what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError
