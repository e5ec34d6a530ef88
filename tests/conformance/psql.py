"""Owns reporting as a shell script does it: through the program psql, by the three functions."""

from __future__ import annotations

import re
import subprocess
from types import TracebackType
from typing import Any, NamedTuple

from psycopg import sql

from tests.postgres import programs

_END = "-- that was all --"
_ERROR = re.compile(r"^(?:psql:\S+ )?ERROR:  (\w{5}): (.*)$", re.M)
_ANSWER = ("outcome", "attempt", "status", "version", "seq", "cancel_requested", "problem")


class Refused(NamedTuple):
    """An error of the database."""

    sqlstate: str
    sentence: str


class Answer(NamedTuple):
    """A row that a function returned, as psql prints it."""

    outcome: str
    attempt: int
    status: str
    version: int
    seq: int
    cancel_requested: bool
    problem: str | None


class Psql:
    """A psql that stays open, and is told one statement after the other."""

    def __init__(self, url: str) -> None:
        self._running = subprocess.Popen(
            [programs.program("psql"), "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self.run("\\set VERBOSITY verbose\nset client_encoding to 'utf8';")

    def call(self, function: str, *arguments: Any) -> Answer | Refused:
        """Calls one of the three functions."""
        said = self.run(call(function, *arguments))
        if refused := _ERROR.search(said):
            return Refused(*refused.groups())
        return _answer(said.splitlines()[-1])

    def run(self, statements: str) -> str:
        """All that psql says to these."""
        asked, told = self._running.stdin, self._running.stdout
        assert asked is not None
        assert told is not None
        asked.write(f"{statements}\n\\echo '{_END}'\n")
        asked.flush()
        lines: list[str] = []
        while (line := told.readline()).rstrip("\n") != _END:
            assert line, f"psql has left: {''.join(lines)}"
            lines.append(line)
        return "".join(lines).strip()

    def close(self) -> None:
        self._running.communicate("\\q\n", timeout=10)

    def __enter__(self) -> Psql:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def call(function: str, *arguments: Any) -> str:
    """The statement that a program writes."""
    names = sql.SQL(", ").join(map(sql.Literal, arguments))
    statement = sql.SQL("select * from headway.{}({});").format(sql.Identifier(function), names)
    return statement.as_string()


def _answer(row: str) -> Answer:
    outcome, attempt, status, version, seq, cancel_requested, problem = row.split("|", len(_ANSWER) - 1)
    return Answer(outcome, int(attempt), status, int(version), int(seq), cancel_requested == "t", problem or None)
