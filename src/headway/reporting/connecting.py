"""From a URL to a reporter: which link it means, and the settings that it works with."""

from __future__ import annotations

import os

from headway.reporting.link import Link, StoreLink
from headway.reporting.reporter import Reporter
from headway.reporting.settings import Settings, read_settings
from headway.stores.address import data_folder, default_url, open_store


def connected(url: str | None) -> Reporter:
    """A reporter for a URL, or for HEADWAY_STORE, or for the file in the user's data folder."""
    settings = read_settings(os.environ)
    return Reporter(
        _link(url or settings.store or default_url(os.environ), settings),
        spool=settings.spool or data_folder(os.environ) / "spool",
        flush_s=settings.flush_s,
        lease_s=settings.lease_s,
    )


def _link(url: str, settings: Settings) -> Link:
    if url.startswith(("http://", "https://")):
        from headway.reporting.remote import HttpLink

        return HttpLink(url, patience_s=settings.patience_s)
    return StoreLink(open_store(url, busy_s=settings.patience_s, bus=settings.bus), lease_s=settings.lease_s)
