"""Prints the versions of which this environment's headway[dev] consists; they belong in constraints.txt."""

import re
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement


def needed(name: str, extras: frozenset[str], seen: dict[str, str]) -> None:
    """Adds the distribution and, recursively, what it and its extras require here."""
    for line in distribution(name).requires or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            continue
        key = re.sub(r"[-_.]+", "-", requirement.name).lower()
        wanted = f"{key}[{','.join(sorted(requirement.extras))}]"
        if wanted in seen:
            continue
        try:
            seen[wanted] = "" if key == "headway" else f"{key}=={distribution(key).version}"
        except PackageNotFoundError:
            raise SystemExit(f"{key}, needed by {name}, is not installed: run `make check` first") from None
        needed(key, frozenset(requirement.extras), seen)


def main() -> None:
    """Prints one sorted `name==version` per line, nothing else: no address may come along."""
    seen: dict[str, str] = {}
    needed("headway", frozenset({"dev"}), seen)
    print("\n".join(sorted({pin for pin in seen.values() if pin})))


main()
