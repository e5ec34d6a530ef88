"""Each destination, against a server that really runs: a file arrives whole, once, and a refusal has a sentence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]  # it ships no types
import pytest

import headway
from examples.intake.destinations import (
    Away,
    NoSuchPlace,
    NotAllowedThere,
    NotKnownThere,
    PlaceIsFull,
    UploadError,
    chosen,
    opened,
)
from examples.intake.dropbox_account import DropboxAccount
from tests.examples.intake.places import TOKEN, Dav, DropboxStandIn
from tests.examples.s3 import s3, s3_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples.intake.destinations import Destination

NAME = "2026-03-14-überfahrt-3f786850.pdf"
CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 4000


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in s3_settings(endpoint).items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="papers")
    bucket.objects.all().delete()
    return bucket


@pytest.fixture
def dav(tmp_path: Path) -> Iterator[Dav]:
    dav = Dav(tmp_path / "dav")
    yield dav
    dav.close()


@pytest.fixture
def dropbox() -> Iterator[DropboxStandIn]:
    with DropboxStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "filed.pdf"
    path.write_bytes(CONTENT)
    return path


def account(dropbox: DropboxStandIn, token: str = TOKEN) -> Destination:
    return opened("dropbox:///In/of anna", {"DROPBOX_ACCESS_TOKEN": token, "DROPBOX_API_URL": dropbox.url})


def sent(destination: Destination, file: Path, name: str = NAME) -> list[int]:
    told: list[int] = []
    destination.put(file, name, told.append)
    return told


def test_a_folder_takes_the_file_and_is_made_if_need_be(tmp_path: Path, file: Path) -> None:
    folder = tmp_path / "a" / "new folder"

    told = sent(opened(folder.as_uri(), {}), file)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {NAME: CONTENT}
    assert told == [len(CONTENT)]


def test_a_bucket_takes_the_file_below_its_prefix(bucket: Any, file: Path) -> None:
    told = sent(opened("s3://papers/in/2026", os.environ), file)

    assert [found.key for found in bucket.objects.all()] == [f"in/2026/{NAME}"]
    assert bucket.Object(f"in/2026/{NAME}").get()["Body"].read() == CONTENT
    assert sum(told) == len(CONTENT)


def test_webdav_takes_the_file_and_makes_the_folders_above_it(dav: Dav, file: Path) -> None:
    told = sent(opened(dav.url, {}), file)

    assert dav.files() == {f"inbox/of anna/{NAME}": CONTENT}
    assert sum(told) == len(CONTENT)


def test_dropbox_takes_a_small_file_in_one_request(dropbox: DropboxStandIn, file: Path) -> None:
    told = sent(account(dropbox), file)

    assert dropbox.files == {f"/In/of anna/{NAME}": CONTENT}
    assert dropbox.requests == ["/2/files/upload"]
    assert told == [len(CONTENT)]


def test_dropbox_takes_a_large_file_part_by_part(dropbox: DropboxStandIn, file: Path) -> None:
    whole = account(dropbox)
    assert isinstance(whole, DropboxAccount)
    parts = DropboxAccount(whole.client, "/In", parts_of=300_000)

    told = sent(parts, file)

    assert dropbox.files == {f"/In/{NAME}": CONTENT}
    session = "/2/files/upload_session"
    assert dropbox.requests == [f"{session}/start", *[f"{session}/append_v2"] * 2, f"{session}/finish"]
    assert told == [300_000, 300_000, 300_000, len(CONTENT) - 900_000]


@pytest.mark.parametrize("which", ["folder", "s3", "webdav", "dropbox"])
def test_sending_the_same_again_leaves_one_file(
    which: str, tmp_path: Path, bucket: Any, dav: Dav, dropbox: DropboxStandIn, file: Path
) -> None:
    urls = {"folder": (tmp_path / "there").as_uri(), "s3": "s3://papers", "webdav": dav.url}
    destination = account(dropbox) if which == "dropbox" else opened(urls[which], os.environ)

    sent(destination, file)
    sent(destination, file)

    there = {
        "folder": [path.name for path in (tmp_path / "there").glob("*")],
        "s3": [found.key for found in bucket.objects.all()],
        "webdav": [Path(path).name for path in dav.files()],
        "dropbox": [Path(path).name for path in dropbox.files],
    }
    assert there[which] == [NAME]


def refusal(destination: Destination, file: Path) -> UploadError:
    with pytest.raises(UploadError) as refused:
        sent(destination, file)
    return refused.value


def test_a_place_that_cannot_be_reached_is_away_for_now(
    dav: Dav, dropbox: DropboxStandIn, bucket: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    gone = {"DROPBOX_ACCESS_TOKEN": TOKEN, "DROPBOX_API_URL": "http://127.0.0.1:1"}
    dav.gates["inbox"].refuses = 1
    busy = {"error": {"reason": {".tag": "too_many_requests"}, "retry_after": 3}}
    dropbox.answers = [(503, {}), (429, busy)]

    away = [
        refusal(opened("s3://papers", os.environ), file),
        refusal(opened("dav://anna:x@127.0.0.1:1/in", {}), file),
        refusal(opened("dropbox:///In", gone), file),
        refusal(opened(dav.url, {}), file),
        refusal(account(dropbox), file),
        refusal(account(dropbox), file),
    ]

    for error in away:
        assert isinstance(error, Away)
        assert error.passing
        assert str(error) == "It cannot be reached, or takes nothing just now."
    assert len(dav.gates["inbox"].asked) == 1, "whoever sends tries once: every further try is told"


def test_wrong_credentials_will_not_be_right_the_next_time(dav: Dav, dropbox: DropboxStandIn, file: Path) -> None:
    for destination in (opened(dav.at("anna:wrong"), {}), account(dropbox, token="wrong")):
        error = refusal(destination, file)
        assert isinstance(error, NotKnownThere)
        assert not error.passing
        assert "credentials" in str(error)


def test_a_bucket_that_is_not_there_is_said_to_be_not_there(bucket: Any, file: Path) -> None:
    assert isinstance(refusal(opened("s3://nobodys/in", os.environ), file), NoSuchPlace)


def test_a_full_account_may_have_room_another_time(dropbox: DropboxStandIn, file: Path) -> None:
    why = {".tag": "path", "reason": {".tag": "insufficient_space"}, "upload_session_id": "1"}
    dropbox.answers = [(409, {"error_summary": "path/insufficient_space/.", "error": why})]

    error = refusal(account(dropbox), file)

    assert isinstance(error, PlaceIsFull)
    assert error.passing


def test_a_place_that_does_not_let_anybody_write_says_so(tmp_path: Path, dropbox: DropboxStandIn, file: Path) -> None:
    why = {".tag": "path", "reason": {".tag": "no_write_permission"}, "upload_session_id": "1"}
    dropbox.answers = [(409, {"error_summary": "path/no_write_permission/.", "error": why})]

    assert isinstance(refusal(account(dropbox), file), NotAllowedThere)


def test_no_password_or_token_is_in_what_is_said(dav: Dav, dropbox: DropboxStandIn, file: Path) -> None:
    dav.gates["inbox"].refuses = 1
    errors = [refusal(opened(dav.url, {}), file), refusal(account(dropbox, token="another-secret"), file)]

    said = " ".join(f"{error} {error.__cause__}" for error in errors)

    assert "s3cret" not in said
    assert "another-secret" not in said


def test_destinations_are_named_in_one_setting(tmp_path: Path) -> None:
    given = {"INTAKE_DESTINATIONS": " s3=s3://papers/in  team=davs://anna:x@cloud.example/dav "}

    assert chosen(given, tmp_path) == {"s3": "s3://papers/in", "team": "davs://anna:x@cloud.example/dav"}
    assert chosen({}, tmp_path) == {
        "archive": (tmp_path / "sent" / "archive").as_uri(),
        "bookkeeping": (tmp_path / "sent" / "bookkeeping").as_uri(),
    }


@pytest.mark.parametrize("given", ["s3://papers", "Team=s3://papers", "x=ftp://anna:secret@host/", "=file:///x", "x="])
def test_a_setting_that_names_no_destination_is_refused_without_its_secrets(tmp_path: Path, given: str) -> None:
    with pytest.raises(headway.InvalidSetting, match="INTAKE_DESTINATIONS") as refused:
        chosen({"INTAKE_DESTINATIONS": given}, tmp_path)

    assert "secret" not in str(refused.value)
