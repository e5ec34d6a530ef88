"""What the terminal shows while jobs run: drawn over itself on a terminal, line by line elsewhere; and at the end."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from examples.house.terminal import follow


def job(status: str, percent: float | None, step: str | None = None, **more: Any) -> dict[str, Any]:
    running = {"name": "extracting_text", "status": "running", "current": 812, "total": 3000, "unit": "pages"}
    return {
        "id": "0192",
        "kind": "document",
        "labels": {"file": "the-harbour-log.pdf"},
        "status": status,
        "step": step,
        "steps": [{"name": "starting", "status": "succeeded", "current": 0, "total": None, "unit": None}, running],
        "progress": {"percent": percent},
        "started_at": None if status == "pending" else "2026-11-22T07:00:00Z",
        "finished_at": "2026-11-22T07:00:08.2Z" if status == "succeeded" else None,
        **more,
    }


STATES = [
    job("pending", 0.0),
    job("running", 2.0, "extracting_text"),
    job("running", 2.4, "extracting_text"),
    job("running", 37.2, "extracting_text"),
    job("succeeded", 100.0),
]


def shown(console: Console, states: list[dict[str, Any]]) -> str:
    coming = iter(states)
    last = follow(console, ["0192"], lambda _id: next(coming))
    assert last == states[-1:]
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_away_from_a_terminal_it_is_plain_lines_and_only_news() -> None:
    output = shown(Console(file=io.StringIO(), force_terminal=False, width=80), STATES)

    assert "\x1b" not in output
    assert [line.split("log.pdf")[1].split() for line in output.splitlines()] == [
        ["pending"],
        ["2.0", "%", "extracting", "text,", "812", "of", "3,000", "pages"],
        ["37.2", "%", "extracting", "text,", "812", "of", "3,000", "pages"],
        ["100.0", "%", "succeeded"],
    ]


def test_on_a_terminal_it_draws_over_itself_with_bar_steps_and_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")  # whatever the tests themselves run on
    output = shown(Console(file=io.StringIO(), force_terminal=True, width=80), STATES)

    assert "\x1b[2K" in output, "it draws over what it drew before"
    for words in ("waiting for its turn", "37.2 %", "◐ extracting text", "✓ starting", "━", "100.0 %", "8.2 s"):
        assert words in output


def test_a_job_without_a_percent_is_never_shown_as_zero() -> None:
    states = [job("running", None, "extracting_text"), job("succeeded", 100.0)]

    for terminal in (False, True):
        output = shown(Console(file=io.StringIO(), force_terminal=terminal, width=80), states)
        assert " 0.0 %" not in output


def test_a_name_with_markup_or_control_sequences_is_only_text() -> None:
    hostile = job("succeeded", 100.0, labels={"file": "[red]a[/red]\x1b]52;c;x\x07.pdf"})

    for terminal in (False, True):
        output = shown(Console(file=io.StringIO(), force_terminal=terminal, width=80), [hostile])
        assert "[red]a[/red]" in output
        assert "\x1b]52" not in output
