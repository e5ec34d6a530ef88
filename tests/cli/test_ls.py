"""`headway ls`: the jobs that are asked for, newest first."""

from __future__ import annotations

import json
from pathlib import Path

from headway.core import commands as c
from headway.core.wire import job_wire
from tests.cli.conftest import Program, Works
from tests.cli.programs import Piped, Terminal, Worker

STORES = ("sqlite", "postgres")


def ids(answer_lines: list[str]) -> list[str]:
    return [line.split()[0] for line in answer_lines[1:]]


def test_the_newest_job_comes_first(works: Works, headway: Program) -> None:
    first, second = works.job(), works.job()
    assert ids(headway("ls").lines) == [second, first]


def test_filters_join_and_repeat(works: Works, headway: Program) -> None:
    index = works.job(kind="index", project="acme", subject="file:42")
    report = works.job(kind="report", project="acme")
    ended = works.ended("failed")
    assert ids(headway("ls", "--kind", "index", "--project", "acme").lines) == [index]
    assert ids(headway("ls", "--project", "acme").lines) == [report, index]
    assert ids(headway("ls", "--kind", "report", "--kind", "index").lines) == [ended, report, index]
    assert ids(headway("ls", "--subject", "file:42").lines) == [index]
    assert ids(headway("ls", "--status", "failed").lines) == [ended]
    assert ids(headway("ls", "--status", "failed", "--status", "running", "-n", "2").lines) == [ended, report]


def test_no_jobs_are_said_beside_the_output(works: Works, headway: Program) -> None:
    answer = headway("ls", "--kind", "nothing")
    assert (answer.status, answer.output, answer.errors) == (0, "", "no jobs\n")


def test_json_is_a_job_a_line_as_it_is_on_the_wire(works: Works, headway: Program) -> None:
    first, second = works.job("scan"), works.ended("succeeded")
    told = headway("ls", "--json").values
    assert told == [json.loads(json.dumps(job_wire(works.state(id)))) for id in (second, first)]


def test_options_may_stand_before_the_command_too(works: Works, headway: Program) -> None:
    job_id = works.job()
    assert headway("--json", "ls").values[0]["id"] == job_id
    elsewhere = Program("sqlite:////nowhere/at/all.db")
    assert elsewhere("--store", headway.url, "ls").lines[1].startswith(job_id)
    assert elsewhere("--store", "sqlite:////nowhere", "ls", "--store", headway.url).status == 0


def test_followed_jobs_are_drawn_in_place(url: str, tmp_path: Path) -> None:
    with Worker(url, tmp_path, "scan") as worker, Terminal("ls", "-f", store=url) as terminal:
        terminal.shows(worker.id[:13], "acme · file:42")
        worker.do("step scan", "total 4", "advance 1")
        terminal.shows("25.0 %")
        with Worker(url, tmp_path, kind="report") as another:
            terminal.shows("report")
            another.end()
            terminal.shows("succeeded")
        assert terminal.screen.scrolled == []
        assert all(len(row.rstrip()) < 80 for row in terminal.screen.rows)
        terminal.press(b"\x03")
        assert terminal.ends() == 130


def test_a_list_longer_than_the_terminal_does_not_scroll(url: str, works: Works) -> None:
    for _ in range(30):
        works.job()
    with Terminal("ls", "-f", "-n", "30", store=url, height=12) as terminal:
        terminal.shows("running")
        works.report(newest := works.job("scan"), c.StartStep(step="scan"))
        terminal.shows(newest[:13])
        assert terminal.screen.scrolled == []


def test_followed_jobs_are_a_line_for_each_change_behind_a_pipe(url: str, works: Works) -> None:
    job_id = works.job("scan")
    with Piped("ls", "-f", store=url) as listing, Piped("ls", "-f", "--json", store=url) as lines:
        assert listing.shows(job_id).split()[1] == "index"
        lines.shows(job_id)
        works.report(job_id, c.StartStep(step="scan"), c.Update(current=1, total=4))
        listing.shows("25.0 %")
        assert json.loads(lines.shows('"percent":25.0'))["step"] == "scan"
        listing.interrupt()
        assert listing.ends() == 130
        assert listing.errors == ""
