"""The tutorial is true: whoever does what it says sees what it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.docs.pages import Block, blocks
from tests.docs.reader import Reader
from tests.house.rules import ROOT
from tests.waiting import eventually

TUTORIAL = ROOT / "docs" / "tutorial.md"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with Reader(tmp_path) as reader:
        yield reader


def section(number: int) -> tuple[Block, ...]:
    return tuple(block for block in blocks(TUTORIAL) if block.heading.startswith(f"{number}. "))


def jobs(reader: Reader, query: str) -> list[Any]:
    with urlopen(f"{reader.url('8765')}v1/jobs?{query}") as answer:
        return list(json.load(answer)["items"])


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(url)
    return page


def percents(page: Page) -> list[float]:
    return [float(value) for value in page.locator("progress").evaluate_all("all => all.map(one => one.value)")]


def test_the_tutorial_leads_from_an_empty_folder_to_work_that_outlives_its_worker(
    reader: Reader, browser: Browser
) -> None:
    follow(reader, 1, 2)
    sees_the_page_of_the_server(reader, browser)
    follow(reader, 4)
    mine = opened(browser, reader.url("8000"))
    sees_a_live_bar(reader, mine)
    follow(reader, 5, 6, 7)
    rows = mine.get_by_role("listitem")
    expect(rows.nth(0)).to_contain_text(re.compile(r"cancelled · .* %"))
    expect(rows.nth(1)).to_contain_text("failed · 60 % · page 25 has no text")
    expect(rows.nth(2)).to_contain_text("succeeded · 100 %")
    sees_a_worker_lost_and_replaced(reader)
    expect(rows.nth(0)).to_contain_text("succeeded · 100 %")
    for terminal in ("second", "third"):
        reader.stop(terminal)
    reader.ends()


def follow(reader: Reader, *numbers: int) -> None:
    for block in (block for number in numbers for block in section(number)):
        reader.follow(block)


def sees_the_page_of_the_server(reader: Reader, browser: Browser) -> None:
    *prepared, run = section(3)
    for block in prepared:
        reader.follow(block)
    page = opened(browser, reader.url("8765"))
    reader.follow(run, {"headway ls": lambda: eventually(lambda: is_halfway(page))})
    page.close()


def is_halfway(page: Page) -> bool:
    told = page.get_by_role("progressbar").evaluate_all("all => all.map(one => Number(one.ariaValueNow ?? one.value))")
    return any(0 < percent < 100 for percent in told)


def sees_a_worker_lost_and_replaced(reader: Reader) -> None:
    in_the_middle = reader.home / "pages" / "10.txt"
    before = {
        "kill": lambda: eventually(in_the_middle.exists),
        "headway stuck": lambda: eventually(lambda: jobs(reader, "health=lost"), within_s=30),
    }
    for block in section(8):
        reader.follow(block, before)


def sees_a_live_bar(reader: Reader, page: Page) -> None:
    expect(page.get_by_role("listitem")).to_have_count(1)
    reader.type("python report.py")
    expect(page.get_by_role("listitem")).to_have_count(2)
    halfway = eventually(lambda: [percent for percent in percents(page)[:1] if 20 < percent < 90])
    page.reload()
    expect(page.get_by_text("succeeded · 100 %")).to_have_count(2)
    assert halfway < percents(page)[:1]
