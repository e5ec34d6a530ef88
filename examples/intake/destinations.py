"""Owns the port through which a filed document reaches a place, and which places there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import headway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Places = Mapping[str, str]
    """By name, where it is, as a URL: `file:///folder`, `s3://bucket/folder`, `davs://host/folder`, `dropbox:///folder`."""
    Sent = Callable[[int], None]
    """Told how many bytes more have arrived."""

SETTING = "INTAKE_DESTINATIONS"
SCHEMES = ("file", "s3", "dav", "davs", "dropbox")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)


class Destination(Protocol):
    """A place that takes files. Sending the same again under the same name leaves one file there."""

    def put(self, file: Path, name: str, sent: Sent) -> None:
        """Bring a file there. Raises an `UploadError`."""
        ...


class UploadError(Exception):
    """A file that could not be sent; `str()` is the sentence for a person."""

    passing = False
    """Whether the same may work when it is tried again later."""


class Away(UploadError):
    """The place cannot be reached, or cannot take anything just now."""

    passing = True

    def __init__(self) -> None:
        super().__init__("It cannot be reached, or takes nothing just now.")


class NotKnownThere(UploadError):
    """The place does not know who is asking."""

    def __init__(self) -> None:
        super().__init__("It did not accept the credentials; whoever runs this should check them.")


class NotAllowedThere(UploadError):
    """The place knows who is asking, and does not let them write."""

    def __init__(self) -> None:
        super().__init__("It does not allow files to be put there; whoever runs this should check its permissions.")


class NoSuchPlace(UploadError):
    """The bucket, the account or the folder is not there."""

    def __init__(self) -> None:
        super().__init__("There is no such place; whoever runs this should check its address.")


class PlaceIsFull(UploadError):
    """There is no room left. Somebody may make some."""

    passing = True

    def __init__(self) -> None:
        super().__init__("There is no room left in it.")


def chosen(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The places that `INTAKE_DESTINATIONS` names, as `s3=s3://bucket/in team=davs://me:secret@host/in`.

    Without it two folders, so that there is something to see. Raises InvalidSetting, and never shows a password.
    """
    given = environ.get(SETTING, "").split()
    if not given:
        return {name: (folder / "sent" / name).resolve().as_uri() for name in ("archive", "bookkeeping")}
    return dict(map(_place, given))


def opened(url: str, environ: Mapping[str, str]) -> Destination:
    """The destination at a URL."""
    if urlsplit(url).scheme == "dropbox":
        try:
            from examples.intake.dropbox_account import DropboxAccount
        except ModuleNotFoundError as missing:
            raise headway.MissingExtra("dropbox", "dropbox") from missing
        return DropboxAccount.at(url, environ)
    from examples.intake.object_storage import ObjectStorage

    return ObjectStorage.at(url, environ)


def _place(given: str) -> tuple[str, str]:
    name, _, url = given.partition("=")
    if not _NAME.fullmatch(name):
        raise headway.InvalidSetting(SETTING, f"needs name=URL, its name of a-z, 0-9, _ and -, not {name[:40]!r}")
    if urlsplit(url).scheme not in SCHEMES:
        raise headway.InvalidSetting(SETTING, f"the URL of {name} must begin with {':, '.join(SCHEMES)}:")
    return name, url
