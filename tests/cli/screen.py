"""A terminal's screen as a person would see it: it obeys what `headway` may send, and refuses everything else."""

from __future__ import annotations

import re
import unicodedata

_SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Refused(AssertionError):
    """Something was sent that a calm program has no need of."""


class Screen:
    """Rows of cells with a cursor. Long lines wrap and the last line scrolls, as they do on a real one."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.width, self.height = width, height
        self.rows = [""] * height
        self.scrolled: list[str] = []
        self.moved = False  # whether the cursor ever went up or back
        self.styled = False
        self._row = self._column = 0
        self._rest = ""

    def feed(self, text: str) -> None:
        """Shows a piece of output, however it is cut."""
        text, self._rest = self._rest + text, ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = _SEQUENCE.match(text, at)
                if match is None:
                    self._wait_for_more(text[at:])
                    return
                self._obey(match)
                at = match.end()
            else:
                self._put(text[at])
                at += 1

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(row.rstrip() for row in self.rows).rstrip()

    def _wait_for_more(self, rest: str) -> None:
        if len(rest) > 12 or (len(rest) > 1 and rest[1] != "["):
            raise Refused(f"an escape sequence that nobody needs: {rest[:20]!r}")
        self._rest = rest

    def _obey(self, match: re.Match[str]) -> None:
        private, digits, letter = match.groups()
        if letter == "m":
            self.styled = self.styled or digits not in ("", "0")
        elif (private, digits, letter) in (("?", "25", "l"), ("?", "25", "h")):
            return
        elif letter == "A" and not private:
            self.moved = True
            self._row = max(0, self._row - int(digits or 1))
        elif (digits, letter) == ("2", "K"):
            self.rows[self._row] = ""
        else:
            raise Refused(f"the screen was sent {match[0]!r}")

    def _put(self, char: str) -> None:
        if char == "\r":
            self._column = 0
        elif char == "\n":
            self._down()
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs"):
            raise Refused(f"a character that terminals obey: {char!r}")
        elif unicodedata.combining(char):
            self.rows[self._row] += char
        else:
            self._cell(char)

    def _cell(self, char: str) -> None:
        wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if self._column + wide > self.width:
            self._column = 0
            self._down()
        row = self.rows[self._row].ljust(self._column)
        self.rows[self._row] = row[: self._column] + char + row[self._column + 1 :]
        self._column += 1
        self._column += wide - 1

    def _down(self) -> None:
        self._row += 1
        if self._row == self.height:
            self.scrolled.append(self.rows.pop(0))
            self.rows.append("")
            self._row -= 1
