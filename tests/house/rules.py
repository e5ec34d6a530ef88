"""The rules of the house that no ready-made checker knows: each takes a file and says what is wrong in it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CODE = ("src", "tests", "examples", "bench", "scripts")
TEXT = (*CODE, "docs", "spec", "js")
SUFFIXES = {".py", ".sql", ".js", ".ts", ".css", ".html", ".md", ".toml", ".txt", ".json", ".sh", ".yml"}
BUILT = {"__pycache__", "node_modules", "dist", "build"}
MAX_LINES = 400

EMPTY_NAMES = {"manager", "utils", "util", "helpers", "helper", "common", "misc", "service", "handler"}
EMPTY_NAMES_ALONE = EMPTY_NAMES | {"data", "info", "process"}
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|npm[m]irror|registry\.yarnpkg|deb\.debian\.org|jsdelivr\.net|unpkg\.com"
)
MACHINES = re.compile(r"(?<![\w.])/(?:work|root)/[\w.]")
SPELLING = re.compile(r"\bcanceled\b|\bcanceling\b|\bcanceller?d_at\b", re.IGNORECASE)
BARE_EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore|pragma: no)\b[^#]*$")
SKIPS = {"skip", "skipif", "xfail", "flaky", "importorskip", "skipTest", "skipIf", "skipUnless", "SkipTest"}
SLEEPERS = {"time", "asyncio", "anyio", "trio"}


class Source(NamedTuple):
    """A file as the rules see it; `path` is relative to the repository."""

    path: Path
    text: str

    @property
    def room(self) -> str:
        """The top folder that it stands in, or nothing for a file beside them."""
        return self.path.parts[0] if len(self.path.parts) > 1 else ""

    @property
    def tree(self) -> ast.Module:
        """What Python reads in it; nothing in a file of another language."""
        return ast.parse(self.text if self.path.suffix == ".py" else "")


class Fault(NamedTuple):
    """One sentence about one line."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        """As editors and terminals make a link of it."""
        return f"{self.path}:{self.line}: {self.what}"


Rule = Callable[[Source], Iterator[tuple[int, str]]]


def a_file_owns_one_thing(source: Source) -> Iterator[tuple[int, str]]:
    lines = source.text.count("\n")
    if source.room in {*CODE, "js"} and lines > MAX_LINES:
        yield lines, f"{lines} lines, at most {MAX_LINES}: it owns more than one thing"


def a_module_says_what_it_owns(source: Source) -> Iterator[tuple[int, str]]:
    if source.text.strip() and source.path.suffix == ".py" and not ast.get_docstring(source.tree):
        yield 1, "no sentence at the top that says what this file owns"


def names_say_what_they_name(source: Source) -> Iterator[tuple[int, str]]:
    if source.room in CODE and source.path.stem in EMPTY_NAMES_ALONE:
        yield 1, f"a file named {source.path.stem}: name what it holds"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((node.lineno, f"{node.name}: {word} says nothing") for word in _empty_words(node))


def _empty_words(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    words = set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower().split("_"))
    if isinstance(node, ast.ClassDef):
        return words & EMPTY_NAMES
    return {node.name.strip("_")} & EMPTY_NAMES_ALONE


def nobody_sleeps(source: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module in SLEEPERS and _imports(node, "sleep"):
            yield node.lineno, "imports sleep: wait for an event"
        elif isinstance(node, ast.Call) and _is_sleep(node):
            yield node.lineno, "sleeps: wait for the event that it hopes for"


def _imports(node: ast.ImportFrom, name: str) -> bool:
    return any(alias.name == name for alias in node.names)


def _is_sleep(call: ast.Call) -> bool:
    """Whether time passes: `asyncio.sleep(0)` only gives others their turn."""
    match call.func:
        case ast.Attribute(attr="sleep", value=ast.Name(id=module)) if module in SLEEPERS:
            return module == "time" or [ast.unparse(arg) for arg in call.args] != ["0"]
    return False


def no_test_is_skipped(source: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree) if source.room == "tests" else ():
        if skip := _skip(node):
            yield getattr(node, "lineno", 1), f"{skip}: a test that may not run proves nothing"


def _skip(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(attr=name, value=owner) if name in SKIPS:
            return name if re.match(r"pytest|unittest|mark\b", ast.unparse(owner)) or name == "skipTest" else None
        case ast.ImportFrom(module="pytest" | "unittest", names=names):
            return next((alias.name for alias in names if alias.name in SKIPS), None)
    return None


def every_lint_exception_has_a_reason(source: Source) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if source.path.suffix == ".py" and BARE_EXCEPTION.search(line):
            yield number, "an exception to a check without its reason: add `  # because …`"


def no_address_of_a_registry_or_machine(source: Source) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.splitlines(), 1):
        for found in (REGISTRIES.search(line), MACHINES.search(line)):
            if found:
                yield number, f"{found[0]}: an address that is true on one machine only"


def it_is_spelled_cancelled(source: Source) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := SPELLING.search(line):
            yield number, f"{found[0]}: cancelled has two l"


RULES: tuple[Rule, ...] = (
    a_file_owns_one_thing,
    a_module_says_what_it_owns,
    names_say_what_they_name,
    nobody_sleeps,
    no_test_is_skipped,
    every_lint_exception_has_a_reason,
    no_address_of_a_registry_or_machine,
    it_is_spelled_cancelled,
)


def sources(root: Path = ROOT) -> Iterator[Source]:
    """Every file that people wrote here, those beside the folders included."""
    inside = (path for room in TEXT for path in sorted((root / room).rglob("*")))
    for path in (*inside, *sorted(root.glob("*"))):
        written = path.suffix in SUFFIXES or path.name == "Makefile"
        if written and path.is_file() and BUILT.isdisjoint(path.relative_to(root).parts):
            yield Source(path.relative_to(root), path.read_text())


def faults(rules: tuple[Rule, ...] = RULES, root: Path = ROOT) -> list[Fault]:
    """All that is wrong by these rules, in the order of the files."""
    return [Fault(s.path, line, what) for s in sources(root) for rule in rules for line, what in rule(s)]


if __name__ == "__main__":
    found = faults()
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)
