"""`headway watch` behind a pipe, as a script uses it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from headway.core import commands as c
from tests.cli.conftest import Program, Works
from tests.cli.programs import Piped, Worker, run

STORES = ("sqlite", "postgres")


@pytest.mark.parametrize(
    ("how", "status"), [("succeeded", 0), ("failed", 1), ("cancelled", 3), ("lost", 4)], ids=lambda value: str(value)
)
def test_the_exit_status_tells_how_the_job_ended(how: str, status: int, works: Works, headway: Program) -> None:
    answer = headway("watch", works.ended(how)[:13])
    assert answer.status == status
    assert len(answer.lines) == 1
    assert ("failed (lost)" if how == "lost" else how) in answer.lines[0]


def test_a_job_that_ends_while_it_is_watched_ends_the_watching(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan", "load") as worker, Piped("watch", worker.id, store=url) as watch:
        watch.shows("running")
        worker.do("step scan", "total 10", "advance 5")
        watch.shows("5/10 pages")
        worker.end("fail page 6 cannot be read")
        assert watch.ends() == 1
        assert "failed" in watch.lines[-1]
        assert "page 6 cannot be read" in watch.lines[-1]


def test_every_entry_of_the_history_is_a_line(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan", "load") as worker, Piped("watch", worker.id, store=url) as watch:
        watch.shows("running")
        worker.do("step scan", "note half way", "step load")
        worker.end()
        assert watch.ends() == 0
        told = [re.sub(r"^[\d: -]+ +[\d.]* ?%? +", "", line) for line in watch.lines[1:]]
        happened = [line for line in told if not line.startswith("running")]
        assert [re.split(r" {2,}", line)[0] for line in happened] == [
            "step started",
            "noted",
            "step succeeded",
            "step started",
            "step succeeded",
            "succeeded",
            "succeeded",
        ]


def test_no_line_moves_the_cursor_or_has_a_style(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker:
        worker.do("step scan", 'say "\\u001b[2Jred"')
        with Piped("watch", worker.id, store=url, FORCE_COLOR="1") as watch:
            watch.shows("␛[2Jred")
            worker.end()
            assert watch.ends() == 0
            assert "\x1b" not in "".join(watch.lines)
            assert "\r" not in "".join(watch.lines)


def test_json_is_one_job_a_line_with_the_names_of_the_wire(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker, Piped("watch", worker.id, "--json", store=url) as watch:
        watch.shows('"running"')
        worker.do("step scan", "total 4", "advance 1", 'say "\\u009b\\u202e"')
        watch.shows("\\u009b\\u202e")
        worker.end()
        assert watch.ends() == 0
        jobs = [json.loads(line) for line in watch.lines]
        assert all(line.isascii() for line in watch.lines)
        assert {job["id"] for job in jobs} == {worker.id}
        assert jobs[-1]["status"] == "succeeded"
        assert jobs[-1]["result"] == {"pages": 320}
        assert [job["version"] for job in jobs] == sorted({job["version"] for job in jobs})


def test_a_worker_that_was_asked_to_stop_is_seen_to_stop(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker, Piped("watch", worker.id, store=url) as watch:
        watch.shows("running")
        worker.tell("stop-when-asked")
        asked = run("cancel", worker.id[:13], store=url)
        assert asked.returncode == 0
        assert "asked to stop" in asked.stdout
        assert watch.ends() == 3
        assert any("cancel requested" in line for line in watch.lines)


def test_ctrl_c_is_130_and_one_line(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker, Piped("watch", worker.id, store=url) as watch:
        watch.shows("running")
        watch.interrupt()
        assert watch.ends() == 130
        assert watch.errors == "watching ended here; the job goes on\n"


def test_a_lost_job_is_watched_on_because_its_worker_may_come_back(url: str, works: Works) -> None:
    job_id = works.job("scan")
    with Piped("watch", job_id, store=url) as watch:
        watch.shows("running")
        works.ask(job_id, c.Lose())
        watch.shows("no worker holds a lease")
        works.report(job_id, c.StartStep(step="scan"))
        watch.shows("found")
        works.report(job_id, c.Succeed())
        assert watch.ends() == 0
