"""Owns the arithmetic of fan-out: what many watchers cost. `python -m bench.fanout` prints it for docs/scaling.md."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, exp
from typing import Final, NamedTuple

# Measured on one core on a slow day (bench/results.md has the last run), and what a server process reads and encodes of
# PostgreSQL's changes.
WRITES_PER_S: Final = 66_000  # to sockets, one message each
MESSAGES_PER_S: Final = 560_000  # when many are joined in a write
READER_KIB: Final = 13.0
FOLLOWED_PER_S: Final = 5_000  # changes that one process reads and encodes, on a busy core
EVENT_BYTES: Final = 560

TICKS_PER_S: Final = 50  # changes within 20 ms leave a server together
READERS_MAX: Final = 10_000  # of one process
USED: Final = 0.5  # of what was measured: the other half is for bursts and for those who come back at once


class Scene(NamedTuple):
    """So many people, so many of them at each job, and how often such a job changes."""

    watchers: int
    per_job: int
    changes_per_s: float

    @property
    def jobs(self) -> int:
        return max(1, self.watchers // self.per_job)


class Cost(NamedTuple):
    changes_per_s: float
    messages_per_s: float
    writes_per_s: float
    mb_per_s: float
    processes: int
    memory_gib: float
    reads_per_s: float
    databases: int


def cost(scene: Scene) -> Cost:
    """Of one scene. Every process reads every change of its database, and sends what its own readers watch."""
    changes = scene.jobs * scene.changes_per_s
    messages = scene.watchers * scene.changes_per_s
    writes = scene.watchers * ticks(scene.changes_per_s)
    databases = ceil(changes / (FOLLOWED_PER_S * USED))
    wanted = (writes / WRITES_PER_S / USED, messages / MESSAGES_PER_S / USED, scene.watchers / READERS_MAX, databases)
    processes = ceil(max(wanted))
    return Cost(
        changes_per_s=changes,
        messages_per_s=messages,
        writes_per_s=writes,
        mb_per_s=messages * EVENT_BYTES / 1e6,
        processes=processes,
        memory_gib=scene.watchers * READER_KIB / 2**20,
        reads_per_s=processes * ticks(changes / databases),
        databases=databases,
    )


def ticks(changes_per_s: float) -> float:
    """In how many ticks of a second something happens, when changes come by chance."""
    return TICKS_PER_S * (1 - exp(-changes_per_s / TICKS_PER_S))


SCENES: Final = (
    Scene(1_000, 1, 1),
    Scene(10_000, 1, 1),
    Scene(10_000, 100, 10),
    Scene(100_000, 1, 0.2),
    Scene(100_000, 10, 1),
    Scene(100_000, 1_000, 10),
    Scene(1_000_000, 1, 0.02),
    Scene(1_000_000, 10, 0.2),
    Scene(1_000_000, 100, 1),
    Scene(1_000_000, 10_000, 1),
    Scene(1_000_000, 1_000_000, 10),
)

HEAD: Final = (
    *("watchers", "at each job", "changes/s of a job", "changes/s", "messages/s", "writes/s", "MB/s", "processes"),
    *("MB/s of each", "memory GiB", "database reads/s", "databases"),
)


def lines() -> Iterator[str]:
    """The table, in Markdown."""
    yield f"| {' | '.join(HEAD)} |"
    yield "|" + "--:|" * len(HEAD)
    for scene in SCENES:
        yield f"| {' | '.join(map(number, cells(scene)))} |"


def cells(scene: Scene) -> tuple[float, ...]:
    each = cost(scene)
    return (
        *(scene.watchers, scene.per_job, scene.changes_per_s, each.changes_per_s, each.messages_per_s),
        *(each.writes_per_s, each.mb_per_s, each.processes, each.mb_per_s / each.processes),
        *(each.memory_gib, each.reads_per_s, each.databases),
    )


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


if __name__ == "__main__":
    print("\n".join(lines()))
