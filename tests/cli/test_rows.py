"""Many jobs as a table."""

from __future__ import annotations

from typing import Any

from headway.cli.render.bars import UNICODE
from headway.cli.render.rows import id_length, job_table
from headway.core import commands as c
from tests.cli.jobs import NOW, wire

RUNNING = (c.Attach(), c.StartStep(step="scan"), c.Update(current=6, total=8))


def lines(*jobs: dict[str, Any], width: int | None = 80) -> list[str]:
    return [line.plain for line in job_table(jobs, NOW, UNICODE, width)]


def test_a_job_is_one_line() -> None:
    job = wire(*RUNNING, steps=("scan", "load"), project="acme", subject="file:42")
    assert lines(job) == [
        "ID             KIND   STATUS     DONE  STEP  FOR  LEFT  ABOUT",
        "0192d3a0-7c00  index  running  37.5 %  scan   9m    0s  acme · file:42",
    ]


def test_where_it_is_not_read_by_people_nothing_is_cut() -> None:
    job = wire(*RUNNING, steps=("scan",), subject="s" * 150)
    assert lines(job, width=None)[1].startswith("0192d3a0-7c00-7000-8000-000000000001 ")
    assert lines(job, width=None)[1].endswith("s" * 150)


def test_80_columns_are_enough_for_long_names() -> None:
    job = wire(*RUNNING, steps=("scan",), kind="k" * 60, subject="s" * 150, project="p" * 100)
    retrying = wire(c.Attach(), c.Wait(reason="retry"))
    shown = lines(job, retrying)
    assert max(map(len, shown)) <= 80
    assert "waiting (retry)" in shown[2]


def test_a_pending_job_has_no_percent_and_a_lost_one_is_called_lost() -> None:
    pending, lost = lines(wire(steps=("scan",)), wire(c.Attach(), c.Lose()))[1:]
    assert "%" not in pending
    assert " lost " in lost


def test_ids_are_as_long_as_they_must_be_to_differ() -> None:
    assert id_length(["0192d3a0-7c00-7000-8000-000000000001"]) == 13
    assert id_length(["0192d3a0-7c00-7000-8000-000000000001", "0192d3a0-7c00-7001-8000-000000000001"]) == 18


def test_hostile_names_stay_text() -> None:
    job = wire(c.Attach(), kind="k\x9b", project="p\u202e", subject="s\u2028")
    assert lines(job)[1].split()[1:3] == ["k\ufffd", "running"]
    assert not any(char in "".join(lines(job)) for char in "\x9b\u202e\u2028")
