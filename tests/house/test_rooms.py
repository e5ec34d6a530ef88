"""Owns the proof that the arrows between the rooms hold, and that an arrow drawn the wrong way is found."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.rules import ROOT

SRC = ROOT / "src"
STANDARD_LIBRARY = sys.stdlib_module_names | {"headway", "__future__"}
OPTIONAL = {"pysqlite3", "psycopg", "redis", "nats"}  # loaded with a store, or a bus, that somebody asked for


def lint_imports(src: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(
        [*command, "--config", str(ROOT / "pyproject.toml")],
        cwd=src.parent,
        env=os.environ | {"PYTHONPATH": str(src)},
        capture_output=True,
        text=True,
        check=False,
    )


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_the_arrows_between_the_rooms_hold() -> None:
    checked = lint_imports(SRC)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("core", "import headway.stores"),
        ("stores", "import headway.reporting"),
        ("reporting", "import msgspec"),
    ],
)
def test_an_arrow_drawn_the_wrong_way_is_found(tmp_path: Path, room: str, line: str) -> None:
    shutil.copytree(SRC, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "src" / "headway" / room / "__init__.py").open("a") as file:
        file.write(f"\n{line}\n")
    checked = lint_imports(tmp_path / "src")
    assert checked.returncode == 1
    assert f"headway.{room}" in checked.stdout


def test_a_room_without_a_place_in_the_order_is_found(tmp_path: Path) -> None:
    shutil.copytree(SRC, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "src" / "headway" / "attic").mkdir()
    (tmp_path / "src" / "headway" / "attic" / "__init__.py").write_text('"""Owns what nobody placed."""\n')
    assert "attic" in lint_imports(tmp_path / "src").stdout


@pytest.mark.parametrize("room", ["core", "stores", "reporting"])
def test_what_runs_inside_a_worker_imports_the_standard_library_only(room: str) -> None:
    files = sorted((SRC / "headway" / room).rglob("*.py"))
    allowed = STANDARD_LIBRARY | (OPTIONAL if room == "stores" else set())
    assert files
    assert {str(file.relative_to(SRC)): other for file in files if (other := set(imported(file)) - allowed)} == {}


def test_importing_headway_loads_the_standard_library_only() -> None:
    script = "import sys; bare = set(sys.modules); import headway; print(*set(sys.modules) - bare)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.split()}
    assert "headway" in loaded
    assert loaded - STANDARD_LIBRARY == set()
