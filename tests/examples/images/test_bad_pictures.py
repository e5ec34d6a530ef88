"""Whatever people bring: a failed job with a sentence, or the right picture; nobody else's job is touched."""

from __future__ import annotations

import io
import random
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from examples.images import errors, samples, storage
from examples.images.pictures import Limits, opened
from examples.images.samples import encoded, lighthouse
from tests.examples.images.puppets import DONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.examples.images.puppets import GatedStorage, Puppet
    from tests.examples.images.serving import Studio

    Make = Callable[[], bytes]


def animated(format: str) -> bytes:
    frames = [lighthouse(64, 64, night=True, beam=turn) for turn in (0.1, 0.9)]
    return encoded(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def two_in_one_jpeg() -> bytes:
    """As phones take them: a JPEG with a second picture behind it, of the depth or the brightness."""
    return encoded(lighthouse(64, 64), "MPO", save_all=True, append_images=[lighthouse(32, 32)])


def text_bomb() -> bytes:
    """A small picture with a kilobyte of text that unpacks to a hundred megabytes."""
    chunk = b"zTXtnote\x00\x00" + zlib.compress(bytes(100_000_000), 9)
    whole = encoded(lighthouse(64, 64), "PNG")
    ihdr_end = 8 + 25
    packed = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return whole[:ihdr_end] + packed + whole[ihdr_end:]


BAD: dict[str, tuple[Make, str]] = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: b"Dear keeper, the light is out.\n" * 9, "looks like plain text"),
    "pdf": (lambda: b"%PDF-1.7\n", "looks like a PDF"),
    "heic": (lambda: b"\x00\x00\x00\x18ftypheic" + bytes(90), "looks like a HEIC photograph"),
    "svg": (lambda: b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "looks like an SVG drawing"),
    "tiff": (lambda: encoded(lighthouse(64, 64), "TIFF"), "looks like a TIFF picture"),
    "noise": (lambda: random.Random(1).randbytes(5000), "nothing in it looks like one"),
    "truncated jpeg": (samples.torn, "damaged or was cut off"),
    "truncated png": (lambda: encoded(lighthouse(300, 200), "PNG")[:3000], "damaged or was cut off"),
    "head only": (lambda: encoded(lighthouse(64, 64), "PNG")[:20], "damaged or was cut off"),
    "text bomb": (text_bomb, "damaged or was cut off"),
    "bomb": (lambda: samples.bomb(20_000, 20_000), "more pixels than can be unpacked"),
    "little bomb": (lambda: samples.bomb(2_000, 2_000), "2,000 × 2,000 pixels: at most 1 million"),
    "heavy": (lambda: bytes(400_000), "too large, 0.4 MB: at most 0 MB"),
    "tiny": (lambda: encoded(lighthouse(64, 12), "PNG"), "too small, 64 × 12 pixels"),
    "moving gif": (lambda: animated("GIF"), "moves, it has 2 frames"),
    "moving png": (lambda: animated("PNG"), "moves, it has 2 frames"),
    "moving webp": (lambda: animated("WEBP"), "moves, it has 2 frames"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_picture_is_a_failed_job_with_its_sentence(
    studio: Studio, puppet: Puppet, gated: GatedStorage, drawing: bytes, kind: str
) -> None:
    make, sentence = BAD[kind]
    before = studio.bring(drawing)
    puppet.orders.put(DONE)
    good = studio.seen(before, status="completed")

    session = studio.bring(make(), f"{kind}.jpg")
    status = studio.seen(session, status="failed")

    assert (status["stage"], status["progress"], status["resultId"]) == ("failed", 10, None)
    assert sentence in status["errorMessage"]
    assert status["errorMessage"].endswith((".", "!"))
    assert studio.status(before) == good, "everything else is untouched"
    assert len(gated.keys) == 4, "two uploads, and what was made of the good one"
    after = studio.bring(drawing)
    puppet.orders.put(DONE)
    studio.seen(after, status="completed")


GOOD: dict[str, tuple[Make, tuple[int, int]]] = {
    "cmyk": (lambda: encoded(lighthouse(90, 60).convert("CMYK"), "JPEG"), (90, 60)),
    "grey": (lambda: encoded(lighthouse(90, 60).convert("L"), "PNG"), (90, 60)),
    "sixteen bits": (lambda: encoded(Image.new("I;16", (90, 60), 40_000), "PNG"), (90, 60)),
    "palette with holes": (lambda: encoded(lighthouse(90, 60).quantize(16), "PNG", transparency=3), (90, 60)),
    "still gif": (lambda: encoded(lighthouse(90, 60), "GIF"), (90, 60)),
    "two in one": (two_in_one_jpeg, (64, 64)),
    "held upright": (samples.held_upright, (600, 900)),
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_cameras_and_programs_write_is_taken(
    studio: Studio, puppet: Puppet, gated: GatedStorage, kind: str
) -> None:
    make, size = GOOD[kind]
    session = studio.bring(make())
    puppet.orders.put(DONE)

    result_id = studio.seen(session, status="completed")["resultId"]

    with Image.open(io.BytesIO(gated.get(storage.result(result_id)))) as made:
        assert (made.mode, made.size) == ("RGB", size)


def test_a_turned_picture_is_set_upright_and_cmyk_keeps_its_colours() -> None:
    upright, plain = lighthouse(600, 900), lighthouse(90, 60)

    turned = opened(samples.held_upright(), Limits())
    printed = opened(encoded(plain.convert("CMYK"), "JPEG", quality=95), Limits())

    for made, meant in ((turned, upright), (printed, plain)):
        for x, y in ((5, 5), (meant.width - 6, meant.height - 6), (meant.width // 2, 9)):
            got, wanted = made.getpixel((x, y)), meant.getpixel((x, y))
            assert isinstance(got, tuple)
            assert isinstance(wanted, tuple)
            assert all(abs(a - b) < 30 for a, b in zip(got, wanted, strict=True)), (x, y)


def test_what_is_see_through_lies_on_white_paper() -> None:
    glass = Image.new("RGBA", (64, 64), (255, 0, 0, 0))

    assert opened(encoded(glass, "PNG"), Limits()).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_no_damage_is_anything_but_a_sentence(format: str) -> None:
    whole = encoded(lighthouse(80, 60), format)
    dice = random.Random(11)
    for _ in range(300):
        broken = bytearray(whole)
        for _flip in range(dice.randrange(1, 12)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        del broken[dice.randrange(1, len(broken) + 1) :]
        with suppress(errors.PictureError):  # anything else fails this test
            assert opened(bytes(broken), Limits()).mode == "RGB"
