"""Owns where pictures are kept: an object storage under keys of its own, a local folder unless another is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

import headway

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SETTING = "IMAGES_STORAGE"


class Storage:
    """Objects by key. Errors are obstore's own; a key that is not there is a FileNotFoundError."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    @classmethod
    def at(cls, place: Path | str) -> Storage:
        """A folder, made if need be, or a URL: `s3://bucket/prefix`, with what the AWS_* variables say.

        Raises `InvalidSetting` for a URL of nothing that is known.
        """
        if isinstance(place, Path):
            return cls(LocalStore(place, mkdir=True))
        try:
            return cls(from_url(place))
        except (BaseError, ValueError) as error:
            # What it says has its own inside added below the first line.
            raise headway.InvalidSetting(SETTING, str(error).partition("\n")[0]) from error

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self._objects, key, content)

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self._objects, key).bytes())

    def remove(self, keys: list[str]) -> None:
        """Those that are there; a missing one is as good as removed."""
        for key in keys:
            try:
                obstore.delete(self._objects, key)
            except FileNotFoundError:
                continue


def upload(job_id: str) -> str:
    """The key of what a person brought."""
    return f"uploads/{job_id}"


def result(result_id: str) -> str:
    """The key of what was made of it, as large as it is."""
    return f"results/{result_id}.png"


def preview(result_id: str) -> str:
    """The key of what may be shown to anybody."""
    return f"previews/{result_id}.jpg"
