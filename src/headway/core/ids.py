"""Ids that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations


def uuid7(now: int, random: bytes) -> str:
    """UUID text from a time in microseconds and ten random bytes."""
    bits = int.from_bytes(random[:10], "big")
    value = (now // 1000 & (1 << 48) - 1) << 80 | bits
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
