"""Owns the proof that a PostgreSQL restarted under load loses nothing; `make soak` goes on for five minutes."""

from __future__ import annotations

from pathlib import Path

from tests.system.campaign import Campaign, run


def test_restarts_under_load_lose_double_and_reorder_nothing(tmp_path: Path) -> None:
    outcome = run(Campaign(seconds=8.0, every=(1.0, 2.5), workers=3, clients=2, notes=60), tmp_path)
    assert outcome.faultless, outcome
    assert outcome.restarts >= 3
    assert outcome.verdict.transitions > 300
    assert outcome.verdict.blocked_s < 10.0  # patience is a second; the disk may be busy
