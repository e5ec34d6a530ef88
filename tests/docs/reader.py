"""Owns a reader of the tutorial, who writes the files that it names, types what it says, and compares what comes."""

from __future__ import annotations

import os
import re
import site
import socket
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Self

from tests.docs import shown
from tests.docs.pages import Block
from tests.docs.shell import CTRL_C, Shell
from tests.house.rules import ROOT
from tests.waiting import eventually

PORTS = ("8765", "8000")  # of the tutorial; a test takes free ones
_FILE = re.compile(r"\A(?:# |<!-- )(\S+\.\w+)")
_TERMINAL = re.compile(r"\A# (\w+) terminal\n")
_SERVE = "headway serve"
_SWIFT_VENV = """#!/bin/sh
# A person's venv brings a pip of its own, which takes ten seconds; here the one that is on PATH does.
[ "$2" = venv ] && set -- "$@" --without-pip
exec {python} "$@"
"""


class Line(NamedTuple):
    """What is typed, and what the page shows below it. Without a command: what the running one says next."""

    command: str
    shown: str


class Reader:
    """Sits in an empty folder, with what pip would bring already on this machine. Works five times as fast."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "work"
        self._folder.mkdir()
        self._environ = _environ(folder)
        self._ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        self._names: dict[str, str] = {}
        self._awaited: dict[str, str] = {}
        self._shells: dict[str, Shell] = {}
        self._stack = ExitStack()

    @property
    def home(self) -> Path:
        """The folder that the tutorial made."""
        return self._folder / "hello-headway"

    def url(self, port: str) -> str:
        """Where the page says http://127.0.0.1:port."""
        return f"http://127.0.0.1:{self._ports[port]}/"

    def follow(self, block: Block, before: dict[str, Callable[[], object]] | None = None) -> None:
        """Does what a block says. `before`: what must have happened before a command, by its first words."""
        if block.language != "console":
            self._write(block)
            return
        terminal = _TERMINAL.match(block.text)
        for line in lines(block.text[terminal.end() if terminal else 0 :]):
            for words, wait in (before or {}).items():
                if line.command.startswith(words):
                    wait()
            self._type(terminal[1] if terminal else "first", line)

    def type(self, command: str) -> None:
        """Types something of the reader's own into the first terminal."""
        self._type("first", Line(command, shown.ELIDED))

    def stop(self, terminal: str) -> None:
        """Presses Ctrl-C there."""
        self._shells[terminal].press(CTRL_C)
        self._shells[terminal].is_idle()

    def ends(self) -> None:
        """All that ended has said what the page shows, and nothing more."""
        for terminal in self._shells:
            self._ended(terminal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _type(self, terminal: str, line: Line) -> None:
        shell = self._shell(terminal)
        if line.command:
            self._ended(terminal)
            shell.type(self._translated(line.command))
            self._awaited[terminal] = ""
        self._awaited[terminal] += line.shown
        self._compare(terminal)

    def _shell(self, terminal: str) -> Shell:
        if terminal not in self._shells:
            folder = self.home if self._shells else self._folder
            self._shells[terminal] = self._stack.enter_context(Shell(folder, self._environ))
        return self._shells[terminal]

    def _ended(self, terminal: str) -> None:
        """Waits for the end of what runs there, and looks whether the page shows all that it said."""
        self._shells[terminal].is_idle()
        if terminal in self._awaited:
            self._compare(terminal, within_s=0)

    def _compare(self, terminal: str, within_s: float = 30) -> None:
        try:
            eventually(lambda: self._fits(terminal), within_s=within_s)
        except AssertionError:
            awaited, said = self._translated(self._awaited[terminal]), self._shells[terminal].said
            raise AssertionError(f"the page shows\n{awaited}\nbut this came:\n{said}") from None

    def _fits(self, terminal: str) -> bool:
        awaited = self._awaited[terminal]
        found = shown.pattern(self._translated(awaited)).fullmatch(self._shells[terminal].said)
        named = shown.names(awaited, found) if found else {}
        self._names |= {name: real for name, real in named.items() if name not in self._names}
        return found is not None and all(self._names[name] == real for name, real in named.items())

    def _translated(self, text: str) -> str:
        """The page's ports and names in those of this run."""
        text = text + f" --port {PORTS[0]}" if text == _SERVE else text
        for port, free in self._ports.items():
            text = re.sub(rf"\b{port}\b", str(free), text)
        for name in sorted(self._names, key=len, reverse=True):  # an id before what it is cut to
            text = re.sub(rf"\b{name}\b", self._names[name], text)
        return text

    def _write(self, block: Block) -> None:
        named = _FILE.match(block.text)
        assert named, f"{block.place}: which file is it? The first line says it in a comment"
        (self.home / named[1]).write_text(block.text.replace("sleep(0.1)", "sleep(0.02)"), "utf-8")


def lines(text: str) -> Iterator[Line]:
    """The commands of a console block, each with its output."""
    command, output = "", ""
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            if command or output:
                yield Line(command, output)
            command, output = line[2:].rstrip(), ""
        else:
            output += line
    yield Line(command, output)


def _environ(folder: Path) -> dict[str, str]:
    """A machine on which pip finds everything installed, and asks no index."""
    home, programs = folder / "home", folder / "bin"
    for made in (home, programs):
        made.mkdir()
    (programs / "python3").write_text(_SWIFT_VENV.format(python=sys.executable))
    (programs / "python3").chmod(0o755)
    return {
        "PATH": os.pathsep.join((str(programs), sysconfig.get_path("scripts"), os.environ["PATH"])),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), *site.getsitepackages())),
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "VIRTUAL_ENV_DISABLE_PROMPT": "1",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TZ": "UTC",
    }


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        free = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [taken.getsockname()[1] for taken in free]
