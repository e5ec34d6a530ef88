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


def test_every_example_of_the_docs_fits_the_types(tmp_path: Path) -> None:
    examples = re.findall(r"```ts\n(.*?)```", (ROOT / "docs" / "browser.md").read_text(), re.DOTALL)
    assert len(examples) >= 4
    for number, example in enumerate(examples):
        (tmp_path / f"example{number}.ts").write_text(example + "export {};\n")
    paths = {"headway-client": [str(DIST / "index.d.ts")], "*": [str(installed() / "*")]}
    options = {"paths": paths, "noEmit": True, "declaration": False, "rootDir": "/", "skipLibCheck": True}
    config = {"extends": str(CLIENT / "tsconfig.json"), "compilerOptions": options, "include": ["*.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    compiled("--project", str(tmp_path))


def test_every_name_of_the_package_is_written_down() -> None:
    words = (ROOT / "docs" / "browser.md").read_text()
    values = re.findall(r"^export \{ (.*?) \}", (DIST / "index.js").read_text(), re.MULTILINE)
    names = {name for line in values for name in line.split(", ")}
    assert "watch" in names
    assert [name for name in sorted(names) if name not in words] == []


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


ENTRANCES = [("", "watch"), ("/sse", "SseParser"), ("/query", "jobQueryOptions"), ("/resume", "resume")]


@pytest.mark.parametrize(("entrance", "name"), ENTRANCES)
def test_it_is_found_by_its_name(entrance: str, name: str) -> None:
    script = f"import {{ {name} }} from 'headway-client{entrance}'; console.log(typeof {name})"
    assert run(program("node"), "--input-type=module", "--eval", script).strip() == "function"


def test_every_file_says_first_what_it_owns() -> None:
    for path in (*CLIENT.glob("src/*.ts"), *CLIENT.glob("test/*.js")):
        assert re.match(r"/\*\*\s+(\* )?Owns ", path.read_text()), path.relative_to(ROOT)
