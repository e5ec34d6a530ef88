"""Owns the comparison of output that a page shows with what came: the same but for times, ids and what is elided."""

from __future__ import annotations

import re

# What differs from one run to the next. The first that fits at a place counts.
_VARYING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}(?:(?:-[0-9a-f]{4}){2}-[0-9a-f]{12})?"), r"[0-9a-f-]{13,36}"),
    (re.compile(r"(?<=process )\d+"), r"\d+"),
    (re.compile(r"\d+(?:\.\d)?(?:s|/s)(?!\w)"), r"\d+(?:\.\d)?(?:s|/s)"),
    (re.compile(r"━+─*"), r"━+╸?─*"),
    (re.compile(r" +"), r" +"),
    (re.compile(r"…"), r".*?"),
)
_NAMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}[0-9a-f-]*|(?<=process )\d+")
ELIDED = "…"
CUT = 13  # as the terminal cuts an id


def pattern(shown: str) -> re.Pattern[str]:
    """What output must be like to be this. A line that is only … stands for any lines, or for none."""
    lines = (r"(?:.*\n)*?" if line == ELIDED else _line(line) + "\n" for line in shown.splitlines())
    return re.compile("".join(lines))


def _line(line: str) -> str:
    made, at = "", 0
    while at < len(line):
        for varying, like in _VARYING:
            if found := varying.match(line, at):
                made += f"({like})" if _NAMED.match(line, at) else like
                at = found.end()
                break
        else:
            made += re.escape(line[at])
            at += 1
    return made


def names(shown: str, found: re.Match[str]) -> dict[str, str]:
    """The ids and numbers of the page, and what stands for them in the output that fitted; ids also as they are cut."""
    told = dict(zip(_NAMED.findall(shown), found.groups(), strict=True))
    return told | {name[:CUT]: real[:CUT] for name, real in told.items() if len(name) > CUT}
