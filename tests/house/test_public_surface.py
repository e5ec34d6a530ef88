"""Owns the proof that what `headway` exports is sorted, documented and packed whole."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import headway
from tests.house.rules import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_exports_are_sorted_and_exist() -> None:
    assert list(headway.__all__) == sorted(headway.__all__)
    assert [name for name in headway.__all__ if not hasattr(headway, name)] == []


@pytest.mark.parametrize("name", headway.__all__)
def test_a_public_name_says_what_it_is(name: str) -> None:
    thing = getattr(headway, name)
    if inspect.isclass(thing) or callable(thing):
        assert (inspect.getdoc(thing) or "").strip(), f"headway.{name} has no docstring"


def test_headway_requires_nothing() -> None:
    assert [line for line in requires("headway") or [] if "extra ==" not in line] == []


def test_the_version_is_said_once() -> None:
    assert version("headway") == PROJECT["version"]
    assert re.search(
        rf"^## \[?({re.escape(PROJECT['version'])}|Unreleased)\b", (ROOT / "CHANGELOG.md").read_text(), re.M
    )


def test_constraints_are_names_and_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[\w.+!]+", line)] == []
    assert lines == sorted(lines)


def test_every_required_package_is_constrained() -> None:
    pinned = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    wanted = [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
    named = {Requirement(line).name.lower() for line in wanted}
    assert named - pinned == {"headway"}


def test_the_source_distribution_holds_the_client_for_pages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    [packed] = tmp_path.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    client = ROOT / "js" / "client"
    files = [*client.glob("dist/*"), *client.glob("src/*"), client / "package.json"]
    assert len(files) > 30
    assert {file.relative_to(ROOT).as_posix() for file in files} <= held
    assert not [name for name in held if "node_modules" in name]


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    [wheel] = tmp_path.glob("*.whl")
    files = {f for f in (ROOT / "src" / "headway").rglob("*") if f.is_file() and "__pycache__" not in f.parts}
    with zipfile.ZipFile(wheel) as packed:
        assert {str(file.relative_to(ROOT / "src")) for file in files} <= set(packed.namelist())
