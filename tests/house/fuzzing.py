"""Owns the profiles of those who look for counterexamples: `make fuzz` longer at a time, `make soak` over and over."""

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

KEPT = DirectoryBasedExampleDatabase(".hypothesis/found")  # what was found once is tried first the next time

settings.register_profile(
    "soak", database=KEPT, deadline=None, derandomize=False, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", settings.get_profile("soak"), max_examples=20_000, stateful_step_count=100)
