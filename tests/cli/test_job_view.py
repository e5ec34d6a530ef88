"""One job as it is drawn, in every state that it can be in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from headway.cli.render.bars import UNICODE
from headway.cli.render.job import JobView
from headway.cli.render.steps import choose
from headway.core import commands as c
from tests.cli.jobs import NOW, SECOND, wire

ATTACH = c.Attach()


def view(job: dict[str, Any], width: int = 80, height: int = 24, notice: str | None = None) -> list[str]:
    return [line.plain.rstrip() for line in JobView(job, NOW, UNICODE, notice).lines(width, height)]


def said(job: dict[str, Any]) -> str:
    return "\n".join(view(job, width=101))


def test_the_head_says_what_it_is_about() -> None:
    [head, *_] = view(wire(project="acme", subject="file:42"))
    assert head.startswith("index · acme · file:42 ")
    assert head.endswith("0192d3a0-7c00")


def test_a_pending_job_shows_no_percent() -> None:
    shown = said(wire(steps=("scan", "load")))
    assert "%" not in shown
    assert "no worker has started it yet" in shown


def test_a_running_job_says_when_it_will_be_done() -> None:
    job = wire(ATTACH, c.StartStep(step="scan"), c.Update(current=1, total=2), steps=("scan", "load"))
    shown = said(job)
    assert "running" in shown
    assert "25.0 %" in shown
    assert "any moment now" in shown or "left, until" in shown


def test_without_a_total_there_is_a_count_and_no_percent() -> None:
    shown = said(wire(ATTACH, c.Update(current=1234, unit="rows")))
    assert "1,234 rows" in shown
    assert "%" not in shown
    assert "╌" in shown
    assert "─" not in shown


def test_steps_side_by_side_are_all_shown() -> None:
    job = wire(
        ATTACH,
        c.StartStep(step="download"),
        c.StartStep(step="resize"),
        c.Update(step="download", current=12_500_000, total=40_000_000, unit="bytes"),
        c.Update(step="resize", current=7, unit="images", message="IMG_0007.jpg"),
        steps=("download", "resize", "upload"),
    )
    download, resize, message, upload = view(job)[-4:]
    assert download.startswith("  ● download  ━━")
    assert "31.2 %  12.5/40.0 MB" in download
    assert "7 images" in resize
    assert "%" not in resize
    assert message.strip() == "IMG_0007.jpg"
    assert upload.startswith("  ○ upload    ──")


def test_a_failure_is_said_once_and_its_percent_is_kept() -> None:
    begun = (ATTACH, c.StartStep(step="scan"), c.Update(current=1, total=2))
    shown = said(wire(*begun, c.Fail(error="page 4 cannot be read"), steps=("scan", "load")))
    assert shown.count("page 4 cannot be read") == 1
    assert "25.0 %" in shown
    assert "✗ scan" in shown


def test_a_skipped_step_says_why() -> None:
    job = wire(ATTACH, c.SkipStep(step="ocr", message="has a text layer"), c.Succeed(), steps=("ocr",))
    assert "has a text layer" in said(job)
    assert "– ocr" in said(job)


def test_a_step_that_failed_says_why_though_its_job_went_on() -> None:
    job = wire(ATTACH, c.FailStep(step="ocr", error="no text found"), steps=("ocr", "load"))
    assert "no text found" in said(job)


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        ((ATTACH, c.Lose()), "no worker is heard of any more"),
        ((ATTACH, c.Wait(reason="retry", until=NOW + 90 * SECOND)), "waits for the next attempt, due in 1m 30s"),
        ((ATTACH, c.Wait(reason="input")), "waits for somebody's answer"),
        ((ATTACH, c.Wait(reason="schedule", until=NOW - SECOND)), "waits for its time, due now"),
        ((ATTACH, c.RequestCancel()), "asked to stop"),
        ((ATTACH, c.Fail(error="x"), c.Retry(), ATTACH), "attempt 2"),
    ],
)
def test_what_stands_in_the_way_is_said(commands: tuple[c.Command, ...], sentence: str) -> None:
    assert sentence in said(wire(*commands))


def test_a_lost_job_is_called_lost_and_promises_no_end() -> None:
    job = wire(ATTACH, c.Update(current=5, total=10), c.Lose())
    assert view(job)[1].startswith("lost ")
    assert "left" not in said(job)


def test_a_notice_of_the_connection_is_shown() -> None:
    assert "connection lost; trying again" in "\n".join(view(wire(ATTACH), notice="connection lost; trying again"))


def test_what_is_running_or_failed_is_shown_before_what_is_not() -> None:
    names = [f"part {n}" for n in range(100)]
    begun: list[c.Command] = [ATTACH, c.FailStep(step="part 0", error="bad")]
    for name in names[1:50]:
        begun += [c.StartStep(step=name), c.FinishStep(step=name)]
    job = wire(*begun, c.StartStep(step="part 50"), steps=tuple(names))
    lines = view(job, height=14)
    assert len(lines) <= 12
    assert any("✗ part 0" in line for line in lines)
    assert any("● part 50" in line for line in lines)
    assert lines[-1].strip().startswith("… and 4")


@given(
    st.lists(st.sampled_from(["pending", "running", "succeeded", "failed", "skipped"]), max_size=60),
    st.integers(-2, 30),
)
def test_steps_are_shown_in_their_order_and_counted_when_they_are_not(statuses: list[str], room: int) -> None:
    steps = [{"name": str(n), "status": s, "message": None, "error": None} for n, s in enumerate(statuses)]
    shown, hidden = choose(steps, room)
    assert shown == [step for step in steps if step in shown]
    assert len(shown) + len(hidden) == len(steps)
    assert len(shown) <= max(room, 2)


@given(
    st.text(min_size=1, max_size=90).filter(lambda name: name.isprintable() and not name.isspace()),
    st.text(max_size=300),
    st.integers(20, 130),
    st.integers(5, 40),
)
def test_no_line_is_wider_than_the_terminal(name: str, message: str, width: int, height: int) -> None:
    clean = message.encode("utf-8", "replace").decode()
    job = wire(
        ATTACH, c.StartStep(step=name), c.Update(current=3, total=7, message=clean), steps=(name, "x"), kind=name
    )
    for line in JobView(job, NOW, UNICODE).lines(width, height):
        assert Text(line.plain).cell_len < width
        assert "\n" not in line.plain
