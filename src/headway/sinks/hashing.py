"""Stable hashes: a person's id that tells nothing, and who belongs to a sample."""

from __future__ import annotations

import hashlib
import uuid

_ONCE = uuid.UUID("5b0c7a1e-33c4-5a57-9d0b-6a0f6f1f6e51")


def hashed(value: str, *, salt: str = "") -> str:
    """A distinct id from something that must not leave the house: a session token, a user's name.

    The same for the same value and salt, and no way back to a value that is long and random. What can be guessed, such
    as an address, needs a secret `salt`.
    """
    return hashlib.blake2b(value.encode(), key=salt.encode()[:64], digest_size=16).hexdigest()


def sampled(key: str, rate: float) -> bool:
    """Whether a key belongs to a sample of this rate (0 to 1): the same answer everywhere and always."""
    point = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
    return point < rate * 2**64


def once_id(key: str) -> str:
    """The UUID of an event that is counted once: the same in every process."""
    return str(uuid.uuid5(_ONCE, key))
