"""One absence of a store is one line in the log, and lasts until each who noticed it was answered."""

from __future__ import annotations

import pytest

from headway.core.errors import StoreUnavailable
from headway.reporting.outage import Outage

AWAY = StoreUnavailable("memory:", "is away")


def test_several_that_notice_it_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage()
    outage.noticed("reports", AWAY, "they are kept")
    outage.noticed("watching", AWAY, "it is watched again when it is back")
    assert [line.getMessage() for line in caplog.records] == ["store memory:: is away; they are kept"]


def test_what_was_read_before_it_began_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "headway")
    outage = Outage()
    outage.noticed("reports", AWAY, "they are kept")
    lasted = []
    for by in ("watching", "reports", "reports"):
        outage.over(by)
        lasted.append(outage.lasting)
    assert lasted == [True, False, False]
    assert [line.getMessage() for line in caplog.records][1:] == ["the store is back"]


def test_it_lasts_until_the_last_who_noticed_it_was_answered() -> None:
    outage = Outage()
    outage.noticed("reports", AWAY, "they are kept")
    outage.noticed("watching", AWAY, "it is watched again when it is back")
    outage.over("reports")
    lasted = outage.lasting
    outage.over("watching")
    assert (lasted, outage.lasting) == (True, False)
