"""Owns the proof that text of others stays text on the page, however it is made and however long it is."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import urlopen

from tests.page.processes import Served, Worker
from tests.page.sight import Desk, Tab

MARKUP = "<img src=x onerror='window.owned=1'><script>window.owned=1</script><b>bold</b>&amp;"
FORGED = "\u202egnp.exe\u202c \u2066hidden\u2069"
TERMINAL = "\x1b[31mred\x1b[0m \x1b]52;c;eA==\x07"
HOSTILE = f"{MARKUP} {FORGED}"
FOREIGN = "main :is(img, script, b, i, iframe, style)"


def inert(tab: Tab) -> None:
    """Nothing of the text became part of the page, and nothing ran."""
    assert tab.page.evaluate("window.owned") is None
    tab.expect(FOREIGN).to_have_count(0)
    assert not set("\x1b\x07\u202e\u202c\u2066\u2069") & set(tab.find("body").inner_text())


def test_names_and_messages_stay_text(desk: Desk, worker: Worker) -> None:
    name = f"{MARKUP[:80]}\u202e"
    job = worker.does(
        "start", kind=name, subject=HOSTILE, project=HOSTILE, steps=[name, "next"], labels={"<b>id</b>": HOSTILE}
    )
    worker.does("step", name=name)
    worker.does("update", current=1, total=2, unit="<i>pages</i>", message=f"{HOSTILE} {TERMINAL}")
    worker.does("note", text=f"{HOSTILE} {TERMINAL}", detail={"<script>": HOSTILE})
    tab = desk.open(f"#/jobs/{job}").live()
    tab.expect("h1").to_contain_text("<img src=x onerror='window.owned=1'>")
    tab.entries().first.get_by_text("Detail").click()
    tab.expect(tab.entries().first).to_contain_text('"<script>"')
    inert(tab)
    worker.does("fail", error=f"{HOSTILE}\n{TERMINAL}")
    tab.expect(".trouble").to_contain_text("[U+202E]gnp.exe")
    tab.expect(".trouble").to_contain_text("[U+001B][31mred")
    inert(tab)
    tab.go("#/").expect(tab.row(job)).to_contain_text("<b>bold</b>")
    inert(tab)


def test_a_name_that_runs_from_right_to_left_does_not_turn_the_line(desk: Desk, worker: Worker) -> None:
    job = worker.does("start", kind="report", subject="دفتر 2025", steps=["קריאה", "b"])
    worker.does("step", name="קריאה")
    tab = desk.open().live()
    name, figure = tab.row(job).locator(".name").bounding_box(), tab.row(job).locator(".figure").bounding_box()
    assert name
    assert figure
    assert name["x"] < figure["x"]


def test_a_megabyte_of_error_does_not_drown_the_page(desk: Desk, worker: Worker, served: Served) -> None:
    job = worker.does("start", kind="report")
    worker.does("fail", error="x")
    with urlopen(f"{served.url}v1/jobs/{job}") as answer:
        wire: dict[str, Any] = json.load(answer)
    body = f"event: snapshot\ndata: {json.dumps(wire | {'error': 'e' * 1_000_000, 'message': 'm' * 1_000_000})}\n\n"
    ends = f'event: synced\ndata: {{"cursor": "x"}}\n\nevent: end\ndata: {{"job_id": "{job}", "status": "failed"}}\n\n'
    tab = desk.open()
    tab.page.route("**/events", lambda route: route.fulfill(content_type="text/event-stream", body=body + ends))
    tab.go(f"#/jobs/{job}").expect(".trouble pre").to_have_text("e" * 3000 + "…")
    assert len(tab.find("body").inner_text()) < 10_000
    tab.button("Show 100\u202f000 of 1\u202f000\u202f000 characters").click()
    tab.page.wait_for_function("document.querySelector('.trouble pre').textContent === 'e'.repeat(1e5) + '…'")


def test_the_page_forbids_whatever_did_not_come_with_it(served: Served) -> None:
    with urlopen(served.url) as answer:
        policy, html = answer.headers["content-security-policy"], answer.read().decode()
    assert "unsafe" not in policy
    assert " style=" not in html
    assert "<style" not in html
    assert "<script>" not in html
    assert " on" not in html.replace(" on ", "")
