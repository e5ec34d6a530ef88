"""The how-to is true: put together as it is printed, it shows a project's members its work, and nobody else."""

from __future__ import annotations

import queue
import re
import shutil
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from playwright.sync_api import expect

from examples.house.pages import CLIENT
from tests.examples.listening import listening
from tests.house.rules import ROOT
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

HOWTO = ROOT / "docs" / "howto-project-members.md"
PIECES = r"```python\n(.*?)```", r"```html\n(.*?)```", r"```js\n(.*?)```"
TEXTS = ["more benches", "a bench by the benches", "lamps in the park"]


class Program:
    """The how-to's program, served; its comparing of texts is held until the test lets one after the other go."""

    def __init__(self, url: str, names: dict[str, Any]) -> None:
        self.url, self.names = url, names
        self.gate: queue.SimpleQueue[None] = queue.SimpleQueue()
        longest_word = names["longest_word"]

        def held(text: str) -> str:
            self.gate.get(timeout=60)
            found: str = longest_word(text)
            return found

        names["longest_word"] = held

    def let_go(self, texts: int) -> None:
        for _ in range(texts):
            self.gate.put(None)

    def client(self, person: str | None) -> httpx2.Client:
        client = httpx2.Client(base_url=self.url, timeout=30)
        if person:
            assert client.post(f"/sign-in/{person}").status_code == 204
        return client


@pytest.fixture
def program(store: str, tmp_path: Path) -> Iterator[Program]:
    page = tmp_path / "page"
    shutil.copytree(CLIENT, page / "client")
    python, html, js = (re.findall(piece, HOWTO.read_text("utf-8"), re.DOTALL) for piece in PIECES)
    (page / "index.html").write_text(html[0], "utf-8")
    (page / "page.js").write_text(js[0], "utf-8")
    names: dict[str, Any] = {"store": store, "page": page}
    for piece in python:
        exec(compile(piece, str(HOWTO), "exec"), names)  # noqa: S102  # running what is printed is the point
    with listening(names["app"]) as url:
        program = Program(url, names)
        yield program
        program.let_go(9)
    names["reporter"].close()


def test_members_see_the_job_and_for_others_it_is_not_there(program: Program) -> None:
    ada, ben, eve, nobody = (program.client(person) for person in ("ada", "ben", "eve", None))
    job_id = ada.post("/projects/harbour/jobs", json={"texts": TEXTS}).raise_for_status().json()["jobId"]
    address = f"/projects/harbour/headway/v1/jobs/{job_id}"

    eventually(lambda: ben.get(address).json()["step"] == "clustering")
    assert ben.get(address).json()["progress"]["percent"] == 20
    assert ada.get(address).json()["message"] == "3 texts"
    assert eve.get(address).status_code == ada.get("/projects/atlantis/headway/v1/jobs").status_code == 404
    assert ben.get(f"/projects/library/headway/v1/jobs/{job_id}").status_code == 404
    assert ada.get(f"/projects/library/headway/v1/jobs/{job_id}").status_code == 404, "it is another project's"
    assert (nobody.get(address).status_code, nobody.get(address).json()["detail"]) == (401, "Sign in first.")
    assert eve.post("/projects/harbour/jobs", json={"texts": TEXTS}).status_code == 404

    program.let_go(3)
    eventually(lambda: ben.get(address).json()["status"] == "succeeded")
    assert ben.get(address).json()["result"] == {"proposals": 2}
    for client in (ada, ben, eve, nobody):
        client.close()


def opened(context: BrowserContext, program: Program, person: str) -> Page:
    page = context.new_page()
    page.goto(program.url)
    page.evaluate("person => fetch(`/sign-in/${person}`, { method: 'POST' })", person)
    page.goto(f"{program.url}/#harbour")
    page.reload()
    return page


def test_the_page_shows_it_in_two_tabs_and_after_a_reload(browser: Browser, program: Program) -> None:
    people = [browser.new_context(), browser.new_context()]
    ada, ben = (opened(context, program, person) for context, person in zip(people, ("ada", "ben"), strict=True))
    tabs = [ada, opened(people[0], program, "ada"), ben]
    for tab in tabs:
        expect(tab.locator("#state")).to_have_text("Live", timeout=15_000)
    ada.get_by_role("button", name="Begin").click()
    program.let_go(1)
    for tab in tabs:
        eventually(lambda tab=tab: 33 < tab.locator("#bar").evaluate("bar => bar.value") < 34)  # type: ignore[misc]  # a default binds the loop's tab
    ada.reload()
    expect(ada.locator("#message")).to_have_text("3 texts", timeout=15_000)
    assert ada.evaluate("localStorage.getItem('active_proposal_job_harbour')")

    program.let_go(2)
    for tab in tabs:
        eventually(lambda tab=tab: tab.locator("#bar").evaluate("bar => bar.value") == 100)  # type: ignore[misc]  # the same
    eventually(lambda: ada.evaluate("localStorage.getItem('active_proposal_job_harbour')") is None)
    for context in people:
        context.close()


def test_the_page_of_a_stranger_says_why_it_shows_nothing(browser: Browser, program: Program) -> None:
    context = browser.new_context()
    page = opened(context, program, "eve")

    expect(page.locator("#bar")).to_be_hidden()
    expect(page.locator("#state")).to_contain_text("nothing", timeout=15_000)
    context.close()
