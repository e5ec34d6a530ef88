"""Owns the proof that a PostgreSQL restarted under load loses nothing, five minutes long in `make soak`."""

from __future__ import annotations

from pathlib import Path

from tests.scale import Scale
from tests.system.campaign import Campaign, run


def test_restarts_under_load_lose_double_and_reorder_nothing(tmp_path: Path, scale: Scale) -> None:
    seconds = Campaign(seconds=8.0, every=(1.0, 2.5), workers=3, clients=2, notes=60)
    outcome = run(scale(seconds, Campaign(seed=scale.seed)), tmp_path)
    print(outcome)
    assert outcome.faultless, outcome
    assert outcome.restarts >= 3
    assert outcome.verdict.transitions >= scale(0, 50_000)
