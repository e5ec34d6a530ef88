"""Bars, percents and counts. What is not known is never drawn as nothing done."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """The characters that a terminal can show; told apart by shape, not by colour alone."""

    full: str
    half: str
    empty: str
    unknown: str
    marks: dict[str, str]
    between: str
    dash: str
    more: str


UNICODE = Glyphs(
    full="━",
    half="╸",
    empty="─",
    unknown="╌",
    marks={"pending": "○", "running": "●", "succeeded": "✓", "failed": "✗", "skipped": "–"},
    between=" · ",
    dash="–",
    more="…",
)
ASCII = Glyphs(
    full="#",
    half="#",
    empty=".",
    unknown="~",
    marks={"pending": " ", "running": ">", "succeeded": "+", "failed": "x", "skipped": "-"},
    between=" - ",
    dash="-",
    more="...",
)

STYLES = {
    "pending": "dim",
    "running": "cyan",
    "waiting": "yellow",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "dim",
    "skipped": "dim",
    "lost": "bold red",
    "stalled": "yellow",
    "slow": "yellow",
}


def glyphs_for(encoding: str | None) -> Glyphs:
    """The fine characters where the encoding can carry them."""
    try:
        "━╸─╌○●✓✗–…·".encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return ASCII
    return UNICODE


def bar(percent: float | None, width: int, glyphs: Glyphs, *, style: str, count: int = 0) -> Text:
    """A bar of `width` cells, rounded down. Without a percent a short piece that moves only when the count does."""
    if percent is None:
        return _unknown(count, width, glyphs, style)
    halves = int(percent * width * 2 / 100)
    full, half = divmod(halves, 2)
    drawn = Text.assemble((glyphs.full * full + glyphs.half * half, style))
    return drawn.append(glyphs.empty * (width - full - half), style="dim")


def percent_text(percent: float | None) -> str:
    """`62.4 %`, `100 %`, or nothing while it is not known."""
    if percent is None:
        return ""
    return "100 %" if percent >= 100 else f"{percent:.1f} %"


def counts(current: int, total: int | None, unit: str | None) -> str:
    """`195/320 pages`, `195 pages`, `1.2/4.0 MB`."""
    if unit in ("bytes", "B"):
        scale, unit = _scale(total or current)
        shown = [f"{value / scale:.1f}" if scale > 1 else str(value) for value in (current, total) if value is not None]
    else:
        shown = [f"{value:,}" for value in (current, total) if value is not None]
    return "/".join(shown) + (f" {unit}" if unit else "")


def _scale(most: int) -> tuple[int, str]:
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        if most >= 1000**power:
            return 1000**power, unit
    return 1, "bytes"


def _unknown(count: int, width: int, glyphs: Glyphs, style: str) -> Text:
    piece = min(3, width)
    start = count % max(1, width - piece + 1)
    drawn = Text.assemble((glyphs.unknown * start, "dim"), (glyphs.full * piece, style))
    return drawn.append(glyphs.unknown * (width - start - piece), style="dim")
