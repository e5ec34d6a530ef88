"""The room of analytics events: where they go, and how they get there without anybody waiting for them."""

from __future__ import annotations

from headway.sinks.analytics import Analytics
from headway.sinks.hashing import hashed
from headway.sinks.log import LogSink
from headway.sinks.posthog import PostHogSink
from headway.sinks.sink import Sink

__all__ = ["Analytics", "LogSink", "PostHogSink", "Sink", "hashed"]
