"""Owns the proof that what a user can call, catch, set or type is written down."""

from __future__ import annotations

import inspect
import re

import headway
from headway.cli.program import SECTIONS
from headway.http import openapi
from tests.house.rules import ROOT, sources

PAGES = "\n".join(page.read_text() for page in (*ROOT.glob("README.md"), *sorted((ROOT / "docs").glob("*.md"))))


def undocumented(words: set[str]) -> list[str]:
    return sorted(word for word in words if not re.search(rf"(?<![\w]){re.escape(word)}(?!\w)", PAGES))


def test_every_public_call_is_written_down() -> None:
    calls = {name for name in headway.__all__ if inspect.isfunction(getattr(headway, name))}
    assert undocumented({f"headway.{name}" for name in calls}) == []


def test_every_public_error_is_written_down() -> None:
    public = {name: getattr(headway, name) for name in headway.__all__}
    errors = {name for name, thing in public.items() if isinstance(thing, type) and issubclass(thing, BaseException)}
    assert undocumented(errors) == []


def test_every_setting_is_written_down() -> None:
    settings = {
        found for source in sources() if source.room == "src" for found in re.findall(r"HEADWAY_\w+", source.text)
    }
    assert undocumented(settings) == []


def test_every_command_is_written_down() -> None:
    assert undocumented({f"headway {command}" for commands in SECTIONS.values() for command in commands}) == []


def test_every_route_is_written_down() -> None:
    routes = set(openapi.document()["paths"])
    assert "/v1/jobs/{id}/retry" in routes
    assert [route for route in undocumented(routes) if f"`/{route.rpartition('/')[2]}`" not in PAGES] == []
