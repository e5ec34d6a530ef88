"""Owns sending to a Dropbox account with Dropbox's own client: small files at once, large ones part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import dropbox
import requests
from dropbox.files import CommitInfo, UploadSessionCursor, WriteMode
from requests.adapters import HTTPAdapter

from examples.intake.destinations import Away, NotAllowedThere, NotKnownThere, PlaceIsFull, UploadError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from examples.intake.destinations import Sent

PART_BYTES = 4 << 20
"""A session's parts must be multiples of this."""
TIMEOUT_S = 60


class DropboxAccount:
    """A destination. `parts_of`: how much goes in one request."""

    def __init__(self, client: dropbox.Dropbox, folder: str, *, parts_of: int = PART_BYTES) -> None:
        self.client, self._folder, self._parts_of = client, folder, parts_of

    @classmethod
    def at(cls, url: str, environ: Mapping[str, str]) -> DropboxAccount:
        """`dropbox:///folder`, with the DROPBOX_* variables; DROPBOX_API_URL is where a stand-in for Dropbox is."""
        session = dropbox.create_session(max_connections=1)
        if elsewhere := environ.get("DROPBOX_API_URL"):
            session.mount("https://", _Elsewhere(elsewhere))
        client = dropbox.Dropbox(
            oauth2_access_token=environ.get("DROPBOX_ACCESS_TOKEN") or None,
            oauth2_refresh_token=environ.get("DROPBOX_REFRESH_TOKEN") or None,
            app_key=environ.get("DROPBOX_APP_KEY") or None,
            app_secret=environ.get("DROPBOX_APP_SECRET") or None,
            # A retry that nobody sees is not wanted here: each has its row and its entry in the log.
            max_retries_on_error=0,
            max_retries_on_rate_limit=0,
            session=session,
            timeout=TIMEOUT_S,
        )
        return cls(client, "/" + unquote(urlsplit(url).path).strip("/"))

    def put(self, file: Path, name: str, sent: Sent) -> None:
        path = f"{self._folder.rstrip('/')}/{name}"
        try:
            with file.open("rb") as content:
                self._put(content, path, file.stat().st_size, sent)
        except (dropbox.exceptions.DropboxException, requests.RequestException) as error:
            raise _named(error) from error

    def _put(self, content: Any, path: str, size: int, sent: Sent) -> None:
        first = content.read(self._parts_of)
        if len(first) == size:
            self.client.files_upload(first, path, mode=WriteMode.overwrite, mute=True)
            sent(size)
            return
        session = self.client.files_upload_session_start(first)
        cursor = UploadSessionCursor(session.session_id, offset=len(first))
        sent(len(first))
        while (part := content.read(self._parts_of)) and cursor.offset + len(part) < size:
            self.client.files_upload_session_append_v2(part, cursor)
            cursor.offset += len(part)
            sent(len(part))
        commit = CommitInfo(path, mode=WriteMode.overwrite, mute=True)
        self.client.files_upload_session_finish(part, cursor, commit)
        sent(len(part))


class _Elsewhere(HTTPAdapter):
    """Sends what is meant for Dropbox to another address, under the same path."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address.rstrip("/")

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
        request.url = self._address + request.path_url
        return super().send(request, *given, **named)


def _named(error: Exception) -> UploadError:
    match error:
        case dropbox.exceptions.AuthError() | dropbox.exceptions.BadInputError():
            return NotKnownThere()
        case dropbox.exceptions.ApiError():
            return PlaceIsFull() if "insufficient_space" in str(error.error) else NotAllowedThere()
        case dropbox.exceptions.RateLimitError():
            return Away()
        case dropbox.exceptions.HttpError() if error.status_code < 500:
            return NotAllowedThere()
        case _:
            return Away()
