"""Settings come from variables; a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from headway.core.errors import InvalidSetting
from headway.reporting.settings import Settings, read_settings


def test_empty_means_unset() -> None:
    assert read_settings({"HEADWAY_STORE": "", "HEADWAY_FLUSH_S": ""}) == Settings()


def test_all_are_read() -> None:
    given = {
        "HEADWAY_STORE": "memory:",
        "HEADWAY_SPOOL": "/tmp/spool",
        "HEADWAY_FLUSH_S": "0.5",
        "HEADWAY_LEASE_S": "60",
        "HEADWAY_PATIENCE_S": "1",
    }
    expected = Settings(store="memory:", spool=Path("/tmp/spool"), flush_s=0.5, lease_s=60, patience_s=1)
    assert read_settings(given) == expected


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "1e9"])
def test_a_wrong_one_is_named(value: str) -> None:
    with pytest.raises(InvalidSetting, match="HEADWAY_FLUSH_S"):
        read_settings({"HEADWAY_FLUSH_S": value})
