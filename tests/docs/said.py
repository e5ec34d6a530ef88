"""Owns what the program can say: every text in its source, with … for what is filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.docs.shown import ELIDED
from tests.house.rules import sources

_FILLED = re.compile(r"\{\w+(?:![rs])?(?::[^}]*)?\}|%(?:\.\d+)?[sdr]")


@cache
def everything_said() -> str:
    """One text on each line. Literals that Python joins are one text."""
    trees = (source.tree for source in sources() if source.room == "src" and source.path.suffix == ".py")
    return "\n".join(_FILLED.sub(ELIDED, text) for tree in trees for text in _texts(tree))


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else ELIDED
