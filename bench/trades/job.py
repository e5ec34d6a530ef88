"""Owns what a trade gives: the job of a number, from its input to what comes out of it."""

from __future__ import annotations

from collections.abc import Callable

Job = Callable[[int], None]
