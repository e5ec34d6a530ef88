"""Owns the profile with which `make fuzz` looks for counterexamples: random, long, remembered."""

from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

settings.register_profile(
    "fuzz",
    database=DirectoryBasedExampleDatabase(".hypothesis/fuzz"),
    deadline=None,
    derandomize=False,
    max_examples=20_000,
    stateful_step_count=100,
)
