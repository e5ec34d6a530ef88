"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass

FINE = "fine"
ADVICE = "advice"  # works, but could work better or more safely
ACTION = "action"  # does not work, or is about to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor's: what was looked at, the verdict, what was seen, and what to do."""

    name: str
    verdict: str
    told: str
    do: str | None = None


def fine(name: str, told: str) -> Finding:
    return Finding(name=name, verdict=FINE, told=told)


def advice(name: str, told: str, do: str) -> Finding:
    return Finding(name=name, verdict=ADVICE, told=told, do=do)


def action(name: str, told: str, do: str) -> Finding:
    return Finding(name=name, verdict=ACTION, told=told, do=do)
