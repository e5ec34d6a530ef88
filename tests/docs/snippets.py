"""Owns the running of a snippet as a reader would: the code as it is printed, in the surroundings that it speaks of."""

from __future__ import annotations

import ast
import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

from tests.docs.pages import block

OPEN_END = "..."


def ran(place: str, **around: Any) -> SimpleNamespace:
    """What the snippet's names are at its end. `around`: the names that it takes from its reader's program.

    Where it says `...`, the reader's own work stands: `around["own_work"]`.
    """
    text = block(place).text.replace(f" {OPEN_END}\n", " own_work()\n")
    code = compile(text, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, around))  # noqa: S307  # the same, for a snippet that awaits
    else:
        exec(code, around)  # noqa: S102  # running what is printed is the point
    return SimpleNamespace(**{name: value for name, value in around.items() if not name.startswith("__")})
