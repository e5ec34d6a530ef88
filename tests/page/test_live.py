"""Owns the proof that the page shows what a worker reports, in every state, while it happens."""

from __future__ import annotations

import re

from tests.page.processes import Worker
from tests.page.sight import Desk

STEPS = ["read", ("render", 8), "store"]


def test_a_job_appears_moves_and_ends_without_a_reload(desk: Desk, worker: Worker) -> None:
    tab = desk.open().live()
    job = worker.does("start", kind="report", subject="file:1", steps=STEPS)
    row = tab.row(job)
    tab.expect(row.get_by_role("link", name="Running: report file:1")).to_be_visible()
    worker.does("step", name="render")
    worker.does("update", current=4, total=8, message="page 4")
    tab.expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    tab.expect(row).to_contain_text("page 4")
    worker.does("succeed")
    ended = tab.page.get_by_role("region", name="Ended")
    tab.expect(ended.get_by_role("link", name="Succeeded: report file:1")).to_be_visible()


def test_a_job_shows_its_steps_messages_and_history(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", subject="file:2", steps=STEPS, labels={"ref": "main"})
    tab = desk.open(f"#/jobs/{job}").live()
    worker.does("step", name="read")
    worker.does("step", name="render")
    worker.does("update", current=2, total=8, unit="pages", message="page 2")
    worker.does("note", text="the second page is upside down", detail={"page": 2})
    steps = tab.page.get_by_role("region", name="Steps")
    tab.expect(steps.get_by_role("listitem")).to_contain_text(["Succeeded: read", "Running: render", "Pending: store"])
    tab.expect(steps).to_contain_text("25.0\u202f%, 2 of 8 pages")
    tab.expect(tab.find(".head")).to_contain_text("page 2")
    tab.expect(tab.entries()).to_have_text(
        [
            re.compile("the second page is upside down"),
            re.compile("render started"),
            re.compile("read done"),
            re.compile("read started"),
            re.compile("Started"),
            re.compile("Created"),
        ]
    )
    tab.entries().first.get_by_text("Detail").click()
    tab.expect(tab.entries().first).to_contain_text('"page": 2')
    tab.expect(tab.page.get_by_role("complementary")).to_contain_text("main")


def test_two_tabs_show_the_same(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", subject="file:3", steps=STEPS)
    one = desk.open(f"#/jobs/{job}").live()
    two = desk.beside(one, f"#/jobs/{job}").live()
    worker.does("step", name="render")
    worker.does("update", current=6, total=8, message="page 6")
    worker.does("fail", error="the printer is on fire")
    for tab in (one, two):
        tab.expect(tab.find(".trouble")).to_contain_text("the printer is on fire")
        tab.expect(tab.entries()).to_have_count(5)
        tab.expect(".link").to_have_text("Ended, nothing more to come")
    assert one.text() == two.text()


def test_a_reload_shows_the_same_again(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", subject="file:4", steps=STEPS)
    worker.does("step", name="render")
    worker.does("update", current=6, total=8, message="page 6")
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect(tab.entries()).to_have_count(3)
    before = tab.text()
    tab.page.reload()
    tab.live().expect(tab.entries()).to_have_count(3)
    assert tab.text() == before
    worker.does("update", current=7)
    tab.expect(tab.bar()).to_have_attribute("aria-valuenow", "70")


def test_an_unknown_total_claims_no_percent(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="crawl")
    tab = desk.open(f"#/jobs/{job}").live()
    worker.does("update", current=1204, unit="pages")
    tab.expect(tab.find(".head")).to_contain_text("1\u202f204 pages")
    tab.expect(tab.bar()).to_have_attribute("aria-valuetext", "working, the total is not known, 1204 pages")
    tab.expect(tab.bar()).not_to_have_attribute("aria-valuenow", re.compile(".*"))
    assert "%" not in tab.find(".head").inner_text()


def test_a_waiting_job_says_for_what(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", steps=STEPS)
    worker.does("wait", reason="input")
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect(tab.find(".head .status")).to_have_text("Waiting for input")
    tab.go("#/").live().expect(tab.row(job)).to_contain_text("Waiting for input")


def test_a_failed_job_shows_its_error_and_keeps_its_percent(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", steps=STEPS)
    worker.does("step", name="render")
    worker.does("update", current=4, total=8)
    tab = desk.open(f"#/jobs/{job}").live()
    worker.does("fail", error="OSError: no space left\nwhile writing page 5")
    tab.expect(tab.page.get_by_role("heading", name="Failed at 40.0\u202f%")).to_be_visible()
    tab.expect(tab.find(".trouble")).to_contain_text("while writing page 5")
    tab.expect(tab.bar()).to_have_attribute("aria-valuenow", "40")
    tab.go("#/").live().expect(tab.row(job)).to_contain_text("OSError: no space left")


def test_attempts_stand_side_by_side(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", steps=STEPS)
    worker.does("step", name="render")
    worker.does("update", current=4, total=8)
    worker.does("retry", error="connection reset")
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect(tab.find(".head .status")).to_have_text("Waiting for its next attempt")
    tab.expect(tab.find(".trouble")).to_contain_text("connection reset")
    worker.does("attach", id=job)
    tab.expect(tab.find(".head")).to_contain_text("attempt 2")
    tab.expect(tab.bar()).to_have_attribute("aria-valuenow", "0")
    second, first = (tab.page.get_by_role("region", name=f"Attempt {number}") for number in (2, 1))
    tab.expect(second.get_by_role("heading")).to_contain_text("Running")
    tab.expect(first.get_by_role("heading")).to_contain_text("Failed, to be tried again at 40.0\u202f%")
    [left, right] = [region.bounding_box() for region in (second, first)]
    assert left
    assert right
    assert (left["y"], left["x"] < right["x"]) == (right["y"], True)


def test_a_long_history_is_read_on_request_and_each_entry_once(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report")
    for number in range(120):
        worker.does("note", text=f"note {number}")
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect(tab.entries()).to_have_count(100)
    worker.does("note", text="the last one")
    tab.expect(tab.entries().first).to_contain_text("the last one")
    tab.button("Show 100 earlier entries").click()
    tab.expect(tab.entries()).to_have_count(123)
    texts = [text.split("\n")[-1] for text in tab.entries().all_inner_texts()]
    assert texts == ["the last one", *[f"note {number}" for number in reversed(range(120))], "Started", "Created"]
    tab.expect(tab.button("Show 100 earlier entries")).to_be_hidden()


def test_a_job_of_hundreds_of_steps_folds_those_that_are_alike(desk: Desk, worker: Worker) -> None:
    job = worker.does("create", kind="index", steps=[f"shard {n}" for n in range(300)])
    tab = desk.open(f"#/jobs/{job}").live()
    steps = tab.page.get_by_role("region", name="Steps").get_by_role("listitem")
    tab.expect(steps).to_have_count(3)
    tab.button("Show 298 pending steps").press("Enter")
    tab.expect(steps).to_have_count(301)
    tab.expect(tab.button("Hide 298 pending steps")).to_be_focused()


def test_the_list_is_filtered_and_searched_and_keeps_it_over_a_reload(desk: Desk, worker: Worker) -> None:
    failed = worker.does("start", kind="thumbnail", subject="file:zebra.png")
    worker.does("fail", error="no zebra")
    other = worker.does("start", kind="thumbnail", subject="file:horse.png")
    tab = desk.open().live()
    tab.page.get_by_role("radio", name="Failed").check()
    tab.page.get_by_role("searchbox").fill("thumb zebra")
    tab.expect(tab.row(failed)).to_be_visible()
    tab.expect(tab.row(other)).to_have_count(0)
    tab.page.reload()
    tab.live().expect(tab.row(failed)).to_be_visible()
    tab.expect(tab.row(other)).to_have_count(0)
    tab.page.get_by_role("searchbox").fill("unicorn")
    tab.expect(tab.page.get_by_role("heading", name="No job here matches")).to_be_visible()
    tab.button("Show all").click()
    tab.expect(tab.row(other)).to_be_visible()


def test_older_jobs_are_found(desk: Desk, worker: Worker) -> None:
    jobs = []
    for number in range(24):
        jobs.append(worker.does("start", kind="old", subject=str(number)))
        worker.does("succeed")
    tab = desk.open("#/?status=succeeded").live()
    tab.expect(tab.row(jobs[-1])).to_be_visible()
    tab.expect(tab.row(jobs[0])).to_have_count(0)
    tab.button("Show older jobs").click()
    tab.expect(tab.row(jobs[0])).to_be_visible()


def test_an_ended_job_that_goes_on_is_followed_again(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report")
    worker.does("fail", error="not today")
    tab = desk.open()
    tab.page.clock.install()
    tab.go(f"#/jobs/{job}").expect(".link").to_have_text("Ended, nothing more to come")
    worker.does("ask_again", id=job)
    tab.page.clock.run_for(11_000)
    tab.live().expect(tab.find(".head .status")).to_have_text("Waiting for its next attempt")


def test_a_running_clock_ticks_by_itself(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report")
    tab = desk.open()
    tab.page.clock.install()
    tab.go(f"#/jobs/{job}").live()
    tab.page.clock.fast_forward(3_600_000)
    tab.expect(tab.find(".below")).to_contain_text(re.compile(r"running for 1:00:\d\d"))


def test_an_eta_comes_also_when_only_steps_are_reported(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", steps=["a", "b"])
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect(tab.find(".below")).to_contain_text(re.compile(r"running for (?!0:0[01])"))
    worker.does("step", name="a")
    worker.does("step", name="b")
    tab.expect(tab.find(".expected")).to_have_text(re.compile(r"left, done|done any moment|later than expected"))


def test_a_tab_that_nobody_sees_gives_its_connection_back(desk: Desk, worker: Worker) -> None:
    tab = desk.open()
    tab.page.clock.install()
    tab.page.reload()
    tab.live().page.evaluate(HIDE, True)
    tab.page.clock.run_for(61_000)
    tab.expect(".link").to_have_text("Paused while hidden")
    job = worker.does("start", kind="report", subject="unseen")
    tab.page.evaluate(HIDE, False)
    tab.live().expect(tab.row(job)).to_be_visible()


def test_an_empty_store_says_how_to_begin(desk: Desk) -> None:
    tab = desk.open("#/?search=nothing")
    tab.page.route("**/v1/events", lambda route: route.fulfill(content_type="text/event-stream", body=EMPTY))
    tab.page.reload()
    tab.expect(tab.page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    tab.expect("main pre").to_contain_text('with headway.start("hello") as job:')


EMPTY = 'event: synced\ndata: {"cursor": "x"}\n\n'
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
