"""While the store is away work goes on: reports wait on the local disk and are written, once, in order, later."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from headway.core import commands as c
from headway.core.errors import StoreUnavailable
from headway.reporting import spool as spool_module
from headway.reporting.batch import Batch
from headway.reporting.handle import JobHandle
from headway.reporting.link import StoreLink
from headway.reporting.reporter import Reporter
from headway.reporting.spool import Spool
from headway.stores.address import open_store
from tests.reporting.stores import MoodyStore
from tests.waiting import eventually


def types(store: MoodyStore, job_id: str) -> list[str]:
    return [event.type for event in store.history(job_id, limit=1000)]


def test_a_report_is_spooled_while_the_store_is_away_and_written_when_it_is_back(
    reporter: Reporter, store: MoodyStore
) -> None:
    job = reporter.start("report", steps=["scan", "load"])
    store.away = True
    assert job.note("one") == "spooled"
    with job.step("scan") as step:
        step.advance(3)
    assert job.succeed({"rows": 3}) == "spooled"
    store.away = False
    eventually(lambda: (seen := store.load(job.id)) and seen.terminal)
    assert types(store, job.id)[2:] == ["noted", "step_started", "step_succeeded", "step_skipped", "succeeded"]
    assert reporter.get(job.id)["steps"][0]["current"] == 3


def test_what_was_spooled_keeps_the_time_it_happened(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    store.away = True
    before = reporter.now()
    job.note("then")
    after = reporter.now()
    store.away = False
    eventually(lambda: types(store, job.id)[-1] == "noted")
    assert before <= store.history(job.id)[-1].at <= after


def test_a_reporter_says_that_the_store_is_away(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    assert reporter.away is False
    store.away = True
    job.note("meanwhile")
    assert [reporter.away] == [True]
    store.away = False
    eventually(lambda: not reporter.away)


def test_ticks_of_an_outage_arrive_as_the_newest(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    store.away = True
    for _ in range(500):
        job.advance()
    store.away = False
    eventually(lambda: store.jobs_current(job.id) == 500)


def test_an_answer_that_was_lost_counts_once(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    job.advance(5)
    store.loses_answers = 1
    assert job.note("one") == "spooled"
    eventually(lambda: types(store, job.id)[-1] == "noted")
    assert job.note("two") in ("stored", "spooled")
    eventually(lambda: types(store, job.id)[-2:] == ["noted", "noted"])
    assert store.jobs_current(job.id) == 5


def test_a_spooled_report_that_was_superseded_is_refused_later(
    reporter: Reporter, store: MoodyStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = reporter.start("report")
    store.away = True
    job.note("from the old attempt")
    store.away = False
    with Reporter(StoreLink(store), spool=tmp_path / "other") as other:
        other.attach(job.id, takeover=True)
        eventually(lambda: "superseded by attempt 2" in caplog.text)
    assert "noted" not in types(store, job.id)


def test_a_refused_spooled_report_does_not_hold_up_those_behind_it(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report", steps=["scan"])
    store.away = True
    job.note("one")
    job._producer.report((c.FinishStep(step="nothing"),))
    job.note("two")
    store.away = False
    eventually(lambda: types(store, job.id)[-2:] == ["noted", "noted"])
    job.note("three")
    eventually(lambda: types(store, job.id)[-3:] == ["noted"] * 3)


DYING = """
import os, sys
from pathlib import Path
from headway.core.commands import Note
from headway.reporting.batch import Batch
from headway.reporting.handle import JobHandle
from headway.reporting.spool import Spool

spool = Spool(Path(sys.argv[1]), "memory:")
for seq, text in ((1, "one"), (2, "two")):
    item = Note(message=text, at=1_000_000)
    spool.append(Batch(job_id=sys.argv[2], attempt=1, producer="dead", producer_seq=seq, items=(item,)))
with spool.path.open("ab") as file:
    file.write(b'{"job_id": "cut off in the mid')
os._exit(9)
"""


def test_a_spool_that_a_dead_process_left_is_adopted(reporter: Reporter, store: MoodyStore, tmp_path: Path) -> None:
    job = reporter.start("report")
    died = subprocess.run([sys.executable, "-c", DYING, str(tmp_path / "spool"), job.id], check=False)
    assert died.returncode == 9
    eventually(lambda: types(store, job.id)[-2:] == ["noted", "noted"])
    eventually(lambda: list((tmp_path / "spool").glob("*")) == [])
    eventually(lambda: not reporter._outbox.away)
    assert job.note("three") == "stored"


def test_an_unreadable_line_is_told_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path, "memory:")
    spool.append(Batch(job_id="j", attempt=1, producer="p", producer_seq=1, items=()))
    with spool.path.open("ab") as file:
        file.write(json.dumps({"strange": True}).encode() + b"\n")
    spool.append(Batch(job_id="j", attempt=1, producer="p", producer_seq=2, items=()))
    numbers = []
    while found := spool.oldest(1):
        numbers.append(found[0].producer_seq)
        spool.drop(1)
    assert numbers == [1, 2]
    assert list(tmp_path.iterdir()) == []
    assert "cannot be read" in caplog.text


def test_reports_of_many_threads_during_an_outage_all_arrive(reporter: Reporter, store: MoodyStore) -> None:
    jobs = [reporter.start("report") for _ in range(8)]
    stop = threading.Event()

    def flap() -> None:
        while not stop.wait(0.05):
            store.away = not store.away

    def work(job: JobHandle) -> None:
        for number in range(100):
            job.note(str(number))

    flapping = threading.Thread(target=flap)
    flapping.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, jobs))
    stop.set()
    flapping.join()
    store.away = False
    for job in jobs:
        eventually(partial(_noted, store, job.id, 100))
        told = [event.message for event in store.history(job.id, limit=1000) if event.type == "noted"]
        assert told == [str(number) for number in range(100)]


def _noted(store: MoodyStore, job_id: str, count: int) -> bool:
    return types(store, job_id).count("noted") == count


def test_what_was_spooled_is_written_in_groups(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    store.away = True
    for number in range(500):
        job.note(str(number))
    before = len(store.groups)
    store.away = False
    eventually(lambda: not reporter._outbox.away)
    assert [event.message for event in store.history(job.id, limit=1000)[2:]] == [str(n) for n in range(500)]
    assert len(store.groups) - before <= 10


def test_what_is_refused_in_a_group_is_left_out_and_the_rest_is_written(
    reporter: Reporter, store: MoodyStore, caplog: pytest.LogCaptureFixture
) -> None:
    job = reporter.start("report", steps=["scan"])
    store.away = True
    job.note("one")
    job.step("unknown")
    job.note("two")
    store.away = False
    eventually(lambda: not reporter._outbox.away)
    assert types(store, job.id)[2:] == ["noted", "noted"]
    assert "unknown" in caplog.text


def test_without_a_place_to_spool_the_report_says_so(store: MoodyStore, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with Reporter(StoreLink(store), spool=blocked / "spool") as reporter:
        job = reporter.start("report")
        store.away = True
        with pytest.raises(StoreUnavailable, match="spool cannot be written"):
            job.note("nowhere")
        store.away = False
        assert job.note("somewhere") == "stored"


def test_starting_while_the_store_is_away_says_so(reporter: Reporter, store: MoodyStore) -> None:
    store.away = True
    with pytest.raises(StoreUnavailable, match="is away"):
        reporter.start("report")


def test_a_spool_folder_may_be_shared_by_reporters_to_different_stores(
    reporter: Reporter, store: MoodyStore, tmp_path: Path
) -> None:
    left = Spool(tmp_path / "spool", "http://elsewhere:8765")
    left.append(Batch(job_id="theirs", attempt=1, producer="p", producer_seq=1, items=()))
    left.close()
    reporter._outbox.recover()
    assert not reporter._outbox.away
    assert len(list((tmp_path / "spool").glob("*.jsonl"))) == 1
    again = Spool(tmp_path / "spool", "http://elsewhere:8765")
    assert again.adopt()
    again.close()


def test_a_relative_store_is_another_in_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for folder in (tmp_path / "one", tmp_path / "two", tmp_path / "one"):
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        with Reporter(StoreLink(open_store("sqlite:///jobs.db")), spool=tmp_path / "spool") as reporter:
            names.append(reporter._outbox._spool.path.name.split("-")[0])
    assert names[0] == names[2] != names[1]


def test_what_follows_an_unreadable_line_is_written(reporter: Reporter, store: MoodyStore) -> None:
    job = reporter.start("report")
    store.away = True
    for text in ("one", "two", "three"):
        job.note(text)
    path = reporter._outbox._spool.path
    path.write_bytes(path.read_bytes().replace(b'"one"', b"~one~"))
    store.away = False
    eventually(lambda: not reporter._outbox.away)
    assert [event.message for event in store.history(job.id) if event.type == "noted"] == ["two", "three"]
    assert job.note("four") == "stored"


def test_a_spool_that_another_adopts_while_it_is_being_opened_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, answers = Spool(tmp_path, "memory:"), [False, True]
    monkeypatch.setattr(spool_module, "lock_file", lambda file: answers.pop(0))
    first = spool.path
    spool.append(Batch(job_id="j", attempt=1, producer="p", producer_seq=1, items=()))
    assert spool.path != first
    assert spool.path.stat().st_size > 0
    spool.close()
