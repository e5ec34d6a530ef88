"""Owns the proof that the tree obeys the rules of the house, and that each rule notices its fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import rules

PLANTED = [
    (rules.a_file_owns_one_thing, "src/headway/long.py", "x = 1\n" * 401),
    (rules.a_module_says_what_it_owns, "src/headway/silent.py", "x = 1\n"),
    (rules.names_say_what_they_name, "src/headway/utils.py", '"""Owns."""\n'),
    (rules.names_say_what_they_name, "src/headway/x.py", "class JobManager: ...\n"),
    (rules.names_say_what_they_name, "src/headway/x.py", "def process(): ...\n"),
    (rules.nobody_sleeps, "tests/x.py", "import time\ntime.sleep(0)\n"),
    (rules.nobody_sleeps, "tests/x.py", "async def f(): await asyncio.sleep(0.1)\n"),
    (rules.nobody_sleeps, "bench/x.py", "from time import sleep\n"),
    (rules.no_test_is_skipped, "tests/x.py", "@pytest.mark.skipif(True, reason='')\ndef test_x(): ...\n"),
    (rules.no_test_is_skipped, "tests/x.py", "def test_x(): pytest.importorskip('x')\n"),
    (rules.no_test_is_skipped, "tests/x.py", "from pytest import skip\n"),
    (rules.every_lint_exception_has_a_reason, "src/x.py", "import x  # type" + ": ignore[import]\n"),
    (rules.every_lint_exception_has_a_reason, "src/x.py", "import x  # no" + "qa: F401\n"),
    (rules.no_address_of_a_registry_or_machine, "docs/x.md", "see https://" + "pypi." + "org/simple\n"),
    (rules.no_address_of_a_registry_or_machine, "docs/x.md", "cd /root" + "/.venv\n"),
    (rules.it_is_spelled_cancelled, "docs/x.md", "it was cance" + "led\n"),
]

FAIR = {
    "tests/fair.py": '"""Owns what looks like a fault and is none."""\n'
    "async def test_x(processes: int):\n"
    "    await asyncio.sleep(0)\n"
    "    job.skip_step('scan')\n"
    "    step.skip('nothing to do')\n"
    "    x = 1  # noqa" + ": E501  # the table reads better in one line\n",
    "docs/fair.md": "HEADWAY_STORE=sqlite:////srv/work/jobs.db, see https://example.org/root/page\n",
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_obeys(rule: rules.Rule) -> None:
    assert [str(fault) for fault in rules.faults((rule,))] == []


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED, ids=lambda value: getattr(value, "__name__", None))
def test_a_fault_is_noticed(rule: rules.Rule, path: str, text: str) -> None:
    assert list(rule(rules.Source(Path(path), text)))


def test_every_rule_is_known_to_notice_something() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(rules.RULES)


def test_what_is_fair_is_left_alone(tmp_path: Path) -> None:
    for name, text in FAIR.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    assert [str(fault) for fault in rules.faults(root=tmp_path)] == []


def test_files_that_tools_made_are_not_read(tmp_path: Path) -> None:
    made = tmp_path / "js" / "node_modules" / "else.js"
    made.parent.mkdir(parents=True)
    made.write_text("\n" * 1000)
    assert list(rules.sources(tmp_path)) == []


def test_every_room_is_read() -> None:
    rooms = {source.room for source in rules.sources()}
    assert {"src", "tests", "scripts", ""} <= rooms
