"""Owns the proof that the package is what its sources say: built afresh, typed, needing nothing, tested in Node."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.house.rules import ROOT
from tests.js.package import CLIENT, DIST, compiled, installed, program, run

NODE_TESTS = sorted(path.name for path in (CLIENT / "test").glob("*.test.js"))
PINNED = re.compile(r"\d+\.\d+\.\d+")


def texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_is_committed_is_what_the_compiler_makes(tmp_path: Path) -> None:
    compiled("--outDir", str(tmp_path))
    assert texts(tmp_path) == texts(DIST), "run `npx tsc` in js/client"


def test_the_types_fit_those_of_the_libraries_they_are_made_for() -> None:
    compiled("--project", "test/tsconfig.json")


@pytest.mark.parametrize("name", NODE_TESTS)
def test_node(name: str) -> None:
    installed()
    run(program("node"), "--test", f"test/{name}")


def test_there_are_node_tests() -> None:
    assert len(NODE_TESTS) >= 5


def test_the_built_files_import_only_each_other() -> None:
    for name, text in texts(DIST).items():
        assert [found for found in re.findall(r"""from ["']([^"']+)""", text) if not found.startswith("./")] == [], name


def test_nothing_is_needed_at_run_time_and_tools_are_pinned() -> None:
    package = json.loads((CLIENT / "package.json").read_text())
    assert package.keys() & {"dependencies", "peerDependencies", "optionalDependencies"} == set()
    assert all(PINNED.fullmatch(version) for version in package["devDependencies"].values())
    assert not (CLIENT / "package-lock.json").exists()


def test_every_entrance_of_the_package_is_there() -> None:
    entrances = json.loads((CLIENT / "package.json").read_text())["exports"].values()
    assert [path for entrance in entrances for path in entrance.values() if not (CLIENT / path).is_file()] == []


def test_every_file_says_first_what_it_owns() -> None:
    for path in (*CLIENT.glob("src/*.ts"), *CLIENT.glob("test/*.js")):
        assert re.match(r"/\*\*\s+(\* )?Owns ", path.read_text()), path.relative_to(ROOT)
