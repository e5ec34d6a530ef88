"""What the README shows is what happens."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

import examples.intake

README = Path(examples.intake.__file__).parent / "README.md"


def test_the_functions_work_as_the_readme_shows_them(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"^    from examples\.intake\.ledger.*?(?=^\S)", README.read_text("utf-8"), re.M | re.S)
    assert block is not None
    shown = re.search(r"get_step_summary\(ledger, \"42\"\) +# (.*)", block[0])
    assert shown is not None
    lines = textwrap.dedent(block[0]).replace("    get_step_summary(", "    told = get_step_summary(")
    monkeypatch.setenv("HEADWAY_STORE", store)
    names: dict[str, object] = {}

    exec("import headway\n" + lines, names)  # noqa: S102  # it is what a reader would run

    assert names["told"] == json.loads(shown[1])


def test_every_setting_of_the_readme_is_one_that_is_read() -> None:
    named = set(re.findall(r"`((?:INTAKE|OPENAI|DROPBOX)_[A-Z_]+)`", README.read_text("utf-8")))
    read = "\n".join(path.read_text("utf-8") for path in README.parent.glob("*.py"))

    assert len(named) >= 8
    assert [name for name in sorted(named) if name not in read] == []
