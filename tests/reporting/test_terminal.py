"""The bar of a loop outside any job: on a terminal only, in its width, and never more than there is to tell."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest

from headway.reporting.terminal import drawn, line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_last_line_says_how_it_ended() -> None:
    out = Terminal()
    assert list(drawn("abc", label="letters", stream=out)) == ["a", "b", "c"]
    last = out.getvalue().rstrip().split("\r")[-1]
    assert last.startswith("letters  ━")
    assert "100%" in last
    assert "3 of 3" in last


def test_a_break_ends_the_line_where_it_was() -> None:
    out = Terminal()
    for letter in drawn("abcd", stream=out):
        if letter == "c":
            break
    assert "2 of 4" in out.getvalue().split("\r")[-1]
    assert out.getvalue().endswith("\n")


def test_no_terminal_gets_no_bar() -> None:
    out = io.StringIO()
    assert list(drawn([1, 2], stream=out)) == [1, 2]
    assert out.getvalue() == ""


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("total", [None, 0, 10, 10**12])
def test_a_line_fits(width: int, total: int | None) -> None:
    for done in (0, 5, 10):
        assert len(line("a label of some length", done, total, "rows", 3.2, width)) < width


def test_a_total_that_nobody_knows_is_no_percent() -> None:
    assert "%" not in line("rows", 7, None, None, 1.0, 80)


def test_more_than_the_total_is_not_more_than_a_hundred() -> None:
    assert "100%" in line(None, 11, 10, None, 1.0, 80)


def test_a_real_terminal_shows_it() -> None:
    parent, child = pty.openpty()
    script = "import headway\nfor _ in headway.track(range(3), step='pages', bar=True): pass"
    done = subprocess.run([sys.executable, "-c", script], stderr=child, stdout=child, check=True, timeout=30)
    os.close(child)
    shown = os.read(parent, 65536).decode()
    os.close(parent)
    assert done.returncode == 0
    assert "3 of 3" in shown
