"""Owns who may see which project: the demo's people, their signed cookie, and the hook that Headway asks.

The sign-in is the demo's: whoever opens the page says who they are, and no password is asked. What is real is all that
comes after it: the cookie cannot be made up, and a project's jobs are shown to its members only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.house.problems import problem
from examples.proposals import plan
from headway.http import Asking, Filter, Grant, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COOKIE = "proposals_person"
UNKNOWN = "Nobody has signed in here: say who you are first, at POST api/sign-in."


@dataclass(frozen=True, slots=True)
class Person:
    """`projects`: the ones that this person is a member of."""

    id: str
    name: str
    projects: frozenset[str]


PROJECTS = {"harbour": "The old harbour", "library": "The town library"}
PEOPLE = {
    person.id: person
    for person in (
        Person("ada", "Ada", frozenset(PROJECTS)),
        Person("ben", "Ben", frozenset({"harbour"})),
        Person("eve", "Eve, a stranger", frozenset()),
    )
}


class Sessions:
    """Cookies that say who somebody is. Servers that share a folder, or a given secret, know each other's."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def at(cls, folder: Path, environ: Mapping[str, str] = os.environ) -> Sessions:
        """With the secret of PROPOSALS_SECRET, else with that of the folder, which is made when there is none."""
        if given := environ.get("PROPOSALS_SECRET"):
            return cls(given.encode())
        place = folder / "secret"
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(32))
        try:
            place.hardlink_to(draft)  # whole, and only if no other server was first
        except FileExistsError:
            pass  # then its secret is ours as well
        finally:
            draft.unlink()
        return cls(place.read_bytes())

    def cookie_of(self, person: Person) -> str:
        return f"{person.id}.{self._signed(person.id)}"

    def person_of(self, cookies: Mapping[str, str]) -> Person | None:
        """Who asks; None without a cookie, and with one that was not made here."""
        claimed, _dot, signature = cookies.get(COOKIE, "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._signed(claimed).encode()):
            return None
        return PEOPLE.get(claimed)

    def authorize(self, asking: Asking) -> Grant | None:
        """What Headway's own routes and streams show: the jobs of one's projects, or of the one that the path names.

        Without any, nothing is there: 404.
        """
        person = self.person_of(asking.cookies)
        if person is None:
            raise Refused(problem(401, "unknown-person", UNKNOWN))
        asked = asking.path_params.get("project")
        projects = person.projects if asked is None else person.projects & {asked}
        if not projects:  # an empty set would be no condition at all
            return None
        return Grant(filter=Filter(projects=projects, kinds=frozenset(plan.KINDS)))

    def _signed(self, person_id: str) -> str:
        return hmac.new(self._secret, person_id.encode(), hashlib.sha256).hexdigest()
