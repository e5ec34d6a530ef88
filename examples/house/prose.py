"""Owns the words of the sample documents: endless plain sentences about a harbour, the same every time."""

import random

_WHO = (
    "the pilot",
    "the harbour master",
    "a dredging crew",
    "the lock keeper",
    "the survey boat",
    "a coaster from the north",
    "the tug",
    "the night watch",
    "an apprentice",
    "the cartographer",
)
_DID = ("measured", "marked", "reported", "passed", "sounded", "waited for", "wrote down", "returned to")
_WHAT = (
    "the outer bar",
    "a drifting buoy",
    "the ebb",
    "the eastern light",
    "two metres of silt",
    "the old quay",
    "the third mooring",
    "a change in the current",
    "the tide gauge",
    "the fairway",
)
_WHEN = (
    "at first light",
    "an hour before high water",
    "in a rising wind",
    "during the dog watch",
    "under a clear sky",
    "after the rain",
    "at slack water",
    "before the bell",
    "in thick fog",
    "on the spring tide",
)
_THEN = (
    "and nobody was surprised",
    "which the log confirms",
    "as the chart had promised",
    "and the work went on",
    "so the entry was signed",
    "though the glass was falling",
)


def sentence(dice: random.Random) -> str:
    parts = [dice.choice(_WHO), dice.choice(_DID), dice.choice(_WHAT), dice.choice(_WHEN)]
    if dice.random() < 0.4:
        parts[-1] += ","
        parts.append(dice.choice(_THEN))
    words = " ".join(parts)
    return words[0].upper() + words[1:] + "."


def lines(dice: random.Random, count: int, width: int) -> list[str]:
    """`count` full lines of at most `width` characters, broken between words."""
    words: list[str] = []
    broken: list[str] = []
    line = ""
    while len(broken) < count:
        words = words or sentence(dice).split()
        longer = f"{line} {words[0]}".lstrip()
        if len(longer) > width:
            broken.append(line)
            line = ""
        else:
            line = longer
            words.pop(0)
    return broken
