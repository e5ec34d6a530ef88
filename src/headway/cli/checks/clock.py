"""Whether this machine's clock can be believed."""

from __future__ import annotations

from collections.abc import Iterator

from headway.cli.checks.finding import Finding, action, advice, fine
from headway.cli.render import ages

_RELEASED = 1_763_000_000_000_000  # µs: this program did not exist before
_TOLERATED = 5_000_000  # µs


def clock(now: int, elsewhere: int | None, whose: str) -> Iterator[Finding]:
    """Compared with the newest time that is known from elsewhere, and which may not lie in the future."""
    if now < _RELEASED:
        yield action("clock", f"it says {ages.stamp(now)}, before this program was made", "set the clock")
    elif elsewhere is not None and elsewhere - now > _TOLERATED:
        told = f"{whose} is {ages.span(elsewhere - now)} ahead of this machine"
        yield advice("clock", told, "keep clocks in step (NTP); ages are wrong until then, nothing else is")
    else:
        yield fine("clock", ages.stamp(now))
