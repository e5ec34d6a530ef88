"""The object storage: a folder, and a real S3 API; the same bytes come back, and a missing key has one error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3  # type: ignore[import-untyped]  # it ships no types
import pytest

from examples.images.room import Room
from examples.images.storage import Storage
from tests.examples.images.puppets import DONE, Puppet
from tests.examples.images.serving import served
from tests.examples.s3 import s3, s3_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty bucket."""
    for name, value in s3_settings(endpoint).items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="pictures")
    return "s3://pictures/studio"


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    place: Path | str = tmp_path / "new" if request.param == "folder" else request.getfixturevalue("bucket")
    return Storage.at(place)


def test_what_is_put_comes_back(storage: Storage) -> None:
    content = bytes(range(256)) * 40_000
    storage.put("results/a.png", content)

    assert storage.get("results/a.png") == content


def test_a_missing_key_is_a_file_not_found(storage: Storage) -> None:
    storage.put("results/a.png", b"a")
    storage.remove(["results/a.png", "results/never"])

    with pytest.raises(FileNotFoundError):
        storage.get("results/a.png")


def test_a_picture_is_made_over_s3(
    bucket: str, endpoint: str, tmp_path: Path, store: str, puppet: Puppet, drawing: bytes
) -> None:
    with served(Room(folder=tmp_path, store=store, objects=Storage.at(bucket), generator=puppet, workers=1)) as studio:
        session = studio.bring(drawing)
        puppet.orders.put(DONE)
        result_id = studio.seen(session, status="completed")["resultId"]
        assert studio.client.get(f"/api/results/{result_id}/preview.jpg").content.startswith(b"\xff\xd8\xff")

    listed = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").list_objects_v2(Bucket="pictures")
    made = {f"studio/uploads/{session.job_id}", f"studio/results/{result_id}.png", f"studio/previews/{result_id}.jpg"}
    assert made <= {entry["Key"] for entry in listed["Contents"]}
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".png", ".jpg")]
