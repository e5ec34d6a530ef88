"""The pages hold together: each snippet is run by some test, each link leads somewhere, each command can be called."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from headway.cli.program import SECTIONS, program
from tests.docs.pages import Block, blocks, pages
from tests.house.rules import ROOT

NOT_RUN = {
    "docs/transitions.md · Jobs · 1": "written by `python -m headway.core.spec`, which a test compares",
    "docs/transitions.md · Steps · 1": "the same",
    "docs/other-languages.md · Two programs to begin with · 1": "run by tests/conformance/test_other_languages.py",
    "docs/other-languages.md · Two programs to begin with · 2": "the same",
}
FOLLOWED = {"tutorial.md", "howto-audit-trail.md"}  # by a reader who does all that they say
PAGES = pages()
LINKED = [*PAGES, *sorted(ROOT.glob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
TESTS = {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))}


def is_run(block: Block, page: Path) -> bool:
    """Named by a test of this room, or on a page whose blocks of this language some test takes as they are printed."""
    here = any(f'"{block.place}"' in text for path, text in TESTS.items() if path.parent == Path(__file__).parent)
    return here or page.name in FOLLOWED or is_taken_whole(page.name, block.language)


def is_taken_whole(page: str, language: str) -> bool:
    return any(f'"{page}"' in text and f"```{language}\\n" in text for text in TESTS.values())


def test_every_snippet_is_run_or_says_why_not() -> None:
    found = {block.place: is_run(block, page) for page in PAGES for block in blocks(page)}
    assert len(found) > 30
    assert [place for place, run in found.items() if not run and place not in NOT_RUN] == []
    assert set(NOT_RUN) - set(found) == set()


def test_every_place_that_a_test_names_is_there() -> None:
    places = {block.place for page in PAGES for block in blocks(page)}
    named = {
        place for text in TESTS.values() for place in re.findall(r'"((?:README\.md|docs/[\w.-]+) · .+? · \d+)"', text)
    }
    assert named - places == set()


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    page = ROOT / "docs" / "README.md"
    assert leads_somewhere(page, "http.md#mounted-in-an-application")
    assert not leads_somewhere(page, "http.md#mounted-in-a-dream")
    assert not leads_somewhere(page, "dream.md")


def links(page: Path) -> Iterator[str]:
    """What the page links to inside the repository."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"https?:|mailto:", link):
            yield link


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """The headings as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> set[str]:
    """Every call of `headway` that a page shows: in a line of code, in a block, in a console."""
    text = "\n".join(page.read_text("utf-8") for page in LINKED)
    found = re.findall(r"^(?: {4}|\$ )(headway .+)$|`(headway [^`]+)`", text, re.MULTILINE)
    return {re.sub(r"\s{2,}#.*|\s+#.*", "", block or line).replace("\n", " ") for block, line in found}


@pytest.mark.parametrize("shown", sorted(commands()))
def test_every_command_that_is_shown_has_its_options(shown: str) -> None:
    name, *arguments = shlex.split(shown.replace("…", "").replace("ID", "01a2035e-0b10"))[1:]
    assert name in {one for names in SECTIONS.values() for one in names}
    command = program.get_command(click.Context(program), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert [option for option in arguments if option.startswith("-") and option not in known] == []
