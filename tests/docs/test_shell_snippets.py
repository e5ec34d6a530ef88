"""What the pages show for a shell, for a database and for a log works, as it is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

import headway
import headway.http
from headway.stores.address import open_store
from tests.docs.pages import block
from tests.house.rules import ROOT
from tests.http.conftest import Running
from tests.importing.legacy import WHOLE, kept_in_sqlite
from tests.js.package import program


def shell(script: str, folder: Path, **more: str) -> str:
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    environ = os.environ | {"PATH": path} | more
    done = subprocess.run(
        ["/bin/sh", "-eu"], input=script, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_shell_reports_over_http(store: str, reporter: headway.Reporter, tmp_path: Path) -> None:
    program("curl")
    scopes = frozenset({"report", "control"})
    application = headway.http.app(store, authorize=lambda _: headway.http.Grant(scopes=scopes))
    with Running(application, [application]) as server:
        script = block("docs/http.md · Reporting · 1").text.replace("http://127.0.0.1:8765", server.url)
        named = shell(script + "\necho\necho $lease\n", tmp_path).split()[-1]

    [job] = reporter.jobs()
    assert (job["kind"], job["status"], job["message"]) == ("backup", "running", "copying")
    assert (job["progress"]["current"], job["progress"]["total"]) == (3, 10)
    with closing(open_store(store)) as opened:
        assert [holding.lease.id for holding in opened.holdings() if holding.lease] == [named]


def test_statements_report(database: str) -> None:
    steps = [*(("load", "group", "embed")[at] for at in range(2)), "clustering", "judge", "write"]
    with headway.connect(database) as reporter:
        jobs = [reporter.create("proposals", steps=steps) for _ in range(2)]
    update, complete, fail = block("docs/other-languages.md · In SQL · 1").text.splitlines()
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as db:

        def told(statement: str, job: Any) -> tuple[str, str]:
            row = db.execute(statement.replace("0192d3a0-…", job.id).encode()).fetchone()
            assert row
            return row["outcome"], row["status"]

        assert [told(update, job) for job in jobs] == [("stored", "running")] * 2
        assert told(complete, jobs[0]) == ("stored", "succeeded")
        assert told(fail, jobs[1]) == ("stored", "failed")


def test_a_mapping_brings_a_log_in(tmp_path: Path) -> None:
    kept_in_sqlite(tmp_path / "app.db", WHOLE)
    (tmp_path / "mapping.json").write_text(block("docs/terminal.md · A log from before · 1").text)
    page = (ROOT / "docs" / "terminal.md").read_text("utf-8")
    dry, real = (line for line in page.splitlines() if line.startswith("    headway import-logs"))
    store = {"HEADWAY_STORE": f"sqlite:///{tmp_path}/jobs.db"}

    shell(dry, tmp_path, **store)
    assert not (tmp_path / "jobs.db").exists()
    shell(real.replace("--store postgresql://worker@db/jobs", ""), tmp_path, **store)
    assert [json.loads(line)["kind"] for line in shell("headway ls --json", tmp_path, **store).splitlines()] == [
        "intake"
    ]
