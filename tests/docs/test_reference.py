"""The reference is complete and true: what a user can call, set, type, send and read is on its page."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest

import headway
import headway.http
from headway.cli.options import everywhere
from headway.cli.program import SECTIONS, program
from headway.core.errors import InvalidSetting
from headway.http import openapi
from headway.http.problems import PROBLEMS
from headway.reporting.settings import read_settings
from tests.docs.pages import pages
from tests.house.rules import ROOT, sources

TEXT = {page.stem: page.read_text("utf-8") for page in pages() if page.parent.name == "docs"}
PUBLIC_ROOMS = ("headway", "headway.aio", "headway.http", "headway.importing", "headway.sinks", "headway.testing")
HANDLES = (headway.JobHandle, headway.StepHandle, headway.Reporter, headway.Mirror, headway.Subscription, headway.Plan)
SETTING = re.compile(r"HEADWAY_[A-Z_]*[A-Z]")
# Between the rooms of the house; a user has no need of them.
INSIDE = {
    *("after_fork", "begun_steps", "counting", "drop", "followers", "forget", "outbox", "unsent"),  # of a reporter
    *("entered", "leave", "mode", "spooled", "stored"),
}


def missing(words: set[str], text: str) -> list[str]:
    return sorted(word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


def rows(page: str, first: str) -> Iterator[list[str]]:
    """The rows of a table whose first cell begins like this, as cells."""
    for line in TEXT[page].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else [""]
        if cells[0].startswith(first):
            yield cells


@pytest.mark.parametrize("room", PUBLIC_ROOMS)
def test_every_public_name_has_an_entry(room: str) -> None:
    module = importlib.import_module(room)
    own = {name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == room and name[0] != "_"}
    names = set(getattr(module, "__all__", ())) or own
    assert len(names) > 1
    assert missing(names, TEXT["python"] + TEXT["http"] + TEXT["terminal"]) == []


@pytest.mark.parametrize("handle", HANDLES, ids=lambda handle: handle.__name__)
def test_every_call_of_a_handle_has_an_entry(handle: type) -> None:
    names = {name for name in dir(handle) if not name.startswith("_")} - INSIDE
    assert missing(names, TEXT["python"]) == []


CALLS: dict[str, Callable[..., object]] = {
    f"{owner.__name__}.{name}": getattr(owner, name)
    for owner in (*HANDLES, headway)
    for name in getattr(owner, "__all__", vars(owner))
    if inspect.isfunction(getattr(owner, name)) and not name.startswith("_") and name not in INSIDE
}


@pytest.mark.parametrize("call", CALLS)
def test_every_argument_of_a_call_is_written_down(call: str) -> None:
    arguments = set(inspect.signature(CALLS[call]).parameters) - {"self", "given", "asked", "facts", "monotonic"}
    assert missing(arguments, TEXT["python"]) == []


def test_every_part_of_a_grant_is_written_down() -> None:
    names = {*headway.http.Filter._fields, *(field.name for field in dataclasses.fields(headway.http.Grant))}
    assert missing(names, TEXT["http"]) == []


def test_every_setting_that_is_read_has_a_row_and_every_row_is_read() -> None:
    code = "".join(source.text for source in sources() if source.room == "src")
    told = {cells[0].strip("`") for cells in rows("settings", "`HEADWAY_") if len(cells) == 4}
    assert {name for name in told if "," not in name} >= set(SETTING.findall(code))
    assert set(SETTING.findall(TEXT["settings"])) == set(SETTING.findall(code))


TIMES = [cells for cells in rows("settings", "`HEADWAY_") if len(cells) == 4 and " to " in cells[3]]


@pytest.mark.parametrize(("name", "default", "allowed"), [(cells[0].strip("`"), *cells[2:]) for cells in TIMES])
def test_a_time_has_the_default_and_the_limits_that_its_row_says(name: str, default: str, allowed: str) -> None:
    field = name.removeprefix("HEADWAY_").lower()
    low, high = (float(limit) for limit in allowed.split(" to "))

    assert getattr(read_settings({}), field) == float(default)
    assert [getattr(read_settings({name: str(limit)}), field) for limit in (low, high)] == [low, high]
    for outside in (low * 0.99, high * 1.01):
        with pytest.raises(InvalidSetting, match=name):
            read_settings({name: str(outside)})


def test_the_times_are_three() -> None:
    assert len(TIMES) == 3


@pytest.mark.parametrize("name", [name for names in SECTIONS.values() for name in names])
def test_every_command_has_a_row_with_its_options(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    [row] = rows("terminal", f"`headway {name}")
    everywhere_known = {param.name for param in everywhere(click.Command("any", callback=None)).params}
    own = [param for param in command.params if isinstance(param, click.Option) and param.name not in everywhere_known]
    options = {option for param in own for option in param.opts if option.startswith("--") and option != "--help"}
    assert missing({option.removeprefix("--") for option in options}, " ".join(row)) == []


def test_every_parameter_and_field_of_the_api_is_written_down() -> None:
    document = openapi.document()
    fields = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", ())}
    asked = {given["name"] for path in document["paths"].values() for given in parameters(path)}
    assert {"limit", "percent", "producer_seq"} <= asked | fields
    assert missing(asked | fields, TEXT["http"]) == []


def parameters(path: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from path.get("parameters", ())
    for name, operation in path.items():
        yield from operation.get("parameters", ()) if name != "parameters" else ()


def test_every_problem_has_a_row_with_its_status() -> None:
    told = [(cells[0], cells[1]) for hundred in "45" for cells in rows("http", hundred)]
    for code, (status, _title) in PROBLEMS.items():
        assert [first for first, types in told if str(status) in first and f"`{code}`" in types], code


def test_every_type_of_event_is_written_down_and_no_other() -> None:
    [shown] = re.findall(r"Its type is one of\n`(.*?)` or, of a step,\n`(.*?)`", TEXT["http"])
    assert set(" ".join(shown).split()) == set(types_of_events())


def types_of_events() -> Iterator[str]:
    """What the core's rules call the events that they make."""
    yield from ("created", "started", "superseded")
    yield from (f"step_{status}" for status in ("started", "succeeded", "failed", "skipped"))
    for source in sources():
        for call in ast.walk(source.tree if source.path.match("src/headway/core/*_rules.py") else ast.Module([], [])):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "event":
                named = (
                    [call.args[0].body, call.args[0].orelse] if isinstance(call.args[0], ast.IfExp) else call.args[:1]
                )
                yield from (
                    name.value for name in named if isinstance(name, ast.Constant) and isinstance(name.value, str)
                )


def test_the_index_names_every_page() -> None:
    shown = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert [page for page in TEXT if page != "README" and f"({page}.md" not in shown] == []
