"""Owns sending to what keeps objects under keys: a folder of this machine, S3, WebDAV and so Nextcloud."""

from __future__ import annotations

import base64
import errno
import os
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import obstore
from obstore import exceptions
from obstore.store import HTTPStore, LocalStore, S3Store

from examples.intake.destinations import Away, NoSuchPlace, NotAllowedThere, NotKnownThere, PlaceIsFull, UploadError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from urllib.parse import SplitResult

    from obstore.store import ClientConfig, ObjectStore, RetryConfig

    from examples.intake.destinations import Sent

TIMEOUT = timedelta(seconds=60)
# A retry that nobody sees is not wanted here: each has its row and its entry in the log.
_ONCE: RetryConfig = {"max_retries": 0, "retry_timeout": TIMEOUT}

_NAMED: tuple[tuple[type[Exception], type[UploadError]], ...] = (
    (exceptions.UnauthenticatedError, NotKnownThere),
    (exceptions.PermissionDeniedError, NotAllowedThere),
    (PermissionError, NotAllowedThere),
    (exceptions.NotFoundError, NoSuchPlace),
    (FileNotFoundError, NoSuchPlace),
)
_FULL = (os.strerror(errno.ENOSPC), "507 Insufficient Storage")


class ObjectStorage:
    """A destination behind obstore. Putting an object replaces the one of that key, whole or not at all."""

    def __init__(self, objects: ObjectStore, prefix: str = "") -> None:
        self._objects, self._prefix = objects, prefix

    @classmethod
    def at(cls, url: str, environ: Mapping[str, str]) -> ObjectStorage:
        """`file:///folder`, `s3://bucket/folder` with what the AWS_* variables say, `davs://user:password@host/folder`."""
        parts = urlsplit(url)
        match parts.scheme:
            case "file":
                return cls(LocalStore(url2pathname(parts.path), mkdir=True))
            case "dav" | "davs":
                # The folders of the path are made one by one, which only works below where the store begins.
                return cls(_web(parts), unquote(parts.path).strip("/") + "/")
            case _:
                plain = environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
                options: ClientConfig = {"timeout": TIMEOUT, "allow_http": plain}
                return cls(S3Store.from_url(url, client_options=options, retry_config=_ONCE))

    def put(self, file: Path, name: str, sent: Sent) -> None:
        try:
            obstore.put(self._objects, (self._prefix + name).lstrip("/"), file)
        except (exceptions.BaseError, OSError) as error:
            raise _named(error) from error
        sent(file.stat().st_size)


def _web(parts: SplitResult) -> HTTPStore:
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    headers = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return HTTPStore.from_url(
        f"{'http' if parts.scheme == 'dav' else 'https'}://{host}",
        client_options={"timeout": TIMEOUT, "allow_http": parts.scheme == "dav", "default_headers": headers},
        retry_config=_ONCE,
    )


def _named(error: Exception) -> UploadError:
    if any(sign in str(error) for sign in _FULL):
        return PlaceIsFull()
    return next((named() for known, named in _NAMED if isinstance(error, known)), Away())
