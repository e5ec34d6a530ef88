"""Both generators: the sketch moves truly and is whole; Gemini is asked as its protocol wants, and is understood."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops

from examples.images import sketch
from examples.images.errors import GenerationRefused, GenerationUnavailable
from examples.images.gemini import GeminiGenerator
from examples.images.generator import chosen
from examples.images.samples import encoded, lighthouse
from examples.images.sketch import SketchGenerator
from examples.images.watermark import marked
from tests.examples.played import Answer, Played, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "geheim-key"


def test_the_sketch_moves_with_every_band_that_is_painted() -> None:
    moves: list[float] = []

    SketchGenerator().generate(lighthouse(200, 160), moves.append)

    assert moves == [number / sketch.BANDS for number in range(sketch.BANDS + 1)]


def test_the_bands_of_a_sketch_have_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = lighthouse(200, 160)
    banded = SketchGenerator().generate(picture, lambda _part: None)
    monkeypatch.setattr(sketch, "BANDS", 1)

    assert ImageChops.difference(banded, SketchGenerator().generate(picture, lambda _part: None)).getbbox() is None
    assert ImageChops.difference(banded, picture).getbbox() is not None


@pytest.mark.parametrize("size", [(32, 32), (3000, 40), (40, 3000), (1, 1)])
def test_a_sketch_of_any_shape_can_be_made(size: tuple[int, int]) -> None:
    made = SketchGenerator().generate(Image.new("RGB", size, "teal"), lambda _part: None)

    assert max(made.size) <= sketch.SIDE
    assert min(made.size) >= 1


@pytest.mark.parametrize("size", [(400, 300), (64, 900), (1600, 100)])
def test_the_mark_is_in_every_part_of_a_preview(size: tuple[int, int]) -> None:
    bare = Image.new("RGB", size, "white")
    preview = marked(bare)

    assert max(preview.size) <= 900
    width, height = preview.size
    side = min(width, height)
    for left in range(0, width - side + 1, max(1, side // 2)):
        for top in range(0, height - side + 1, max(1, side // 2)):
            part = preview.crop((left, top, left + side, top + side))
            assert part.getextrema() != ((255, 255),) * 3, (left, top)


class Gemini(Played):
    """The service's side of the protocol: an event stream of what the test wants to be answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[dict[str, Any]] = []
        self.status = 200
        self.generator = GeminiGenerator(KEY, address=self.url, timeout_s=5)

    def says(self, *answers: dict[str, Any], status: int = 200) -> None:
        self.answers, self.status = list(answers), status

    def answer(self, question: Question) -> Answer:
        lines = [json.dumps(answer).encode() for answer in self.answers]
        if self.status != 200:
            return Answer(b"".join(lines), self.status)
        return Answer(b"".join(b"data: " + line + b"\r\n\r\n" for line in lines), content_type="text/event-stream")


@pytest.fixture
def gemini() -> Iterator[Gemini]:
    with Gemini() as gemini:
        yield gemini


def parts(*parts: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})]}


def picture(colour: str, **more: Any) -> dict[str, Any]:
    content = base64.b64encode(encoded(Image.new("RGB", (50, 40), colour), "PNG")).decode()
    return {"inlineData": {"mimeType": "image/png", "data": content}, **more}


def test_gemini_is_sent_the_picture_and_its_answer_is_the_result(gemini: Gemini) -> None:
    gemini.says(
        parts({"text": "I begin."}),
        parts(picture("red", thought=True)),
        parts(picture("lime"), finish="STOP"),
    )
    moves: list[float] = []

    made = gemini.generator.generate(lighthouse(2000, 1500), moves.append)

    assert (made.size, made.getpixel((5, 5))) == ((50, 40), (0, 255, 0))
    assert moves == sorted(moves)
    assert (moves[0], moves[-1], len(moves)) == (0.0, 1.0, 5)
    (asked,) = gemini.asked
    assert asked.path.split("?")[0].endswith("/models/gemini-2.5-flash-image:streamGenerateContent")
    assert asked.headers["x-goog-api-key"] == KEY
    assert KEY not in asked.path
    assert asked.body["generationConfig"]["responseModalities"] == ["TEXT", "IMAGE"]
    sent, prompt = asked.body["contents"][0]["parts"]
    assert "image/jpeg" in sent["inlineData"].values()
    with Image.open(io.BytesIO(base64.urlsafe_b64decode(sent["inlineData"]["data"]))) as shown:
        assert (shown.format, shown.size) == ("JPEG", (1536, 1152))
    assert "illustration" in prompt["text"]


@pytest.mark.parametrize(
    "answer",
    [
        {"promptFeedback": {"blockReason": "IMAGE_SAFETY"}},
        parts(finish="IMAGE_SAFETY"),
        parts(finish="PROHIBITED_CONTENT"),
    ],
    ids=["blocked", "unsafe", "prohibited"],
)
def test_a_refusal_is_said_as_one(gemini: Gemini, answer: dict[str, Any]) -> None:
    gemini.says(answer)

    with pytest.raises(GenerationRefused):
        gemini.generator.generate(lighthouse(64, 64), lambda _part: None)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, parts({"text": "No picture today."}, finish="STOP")),
        (200, parts({"inlineData": {"mimeType": "image/png", "data": base64.b64encode(b"no picture").decode()}})),
        (400, {"error": {"code": 400, "message": f"bad key {KEY}", "status": "INVALID_ARGUMENT"}}),
        (429, {"error": {"code": 429, "message": "too many", "status": "RESOURCE_EXHAUSTED"}}),
        (500, {"error": {"code": 500, "message": "oh", "status": "INTERNAL"}}),
    ],
    ids=["no picture", "broken picture", "bad request", "too many", "broken"],
)
def test_an_answer_without_a_picture_says_come_back_later(gemini: Gemini, status: int, answer: dict[str, Any]) -> None:
    gemini.says(answer, status=status)

    with pytest.raises(GenerationUnavailable) as caught:
        gemini.generator.generate(lighthouse(64, 64), lambda _part: None)

    assert KEY not in str(caught.value)


def test_a_service_that_cannot_be_reached_says_come_back_later() -> None:
    with pytest.raises(GenerationUnavailable):
        GeminiGenerator(KEY, address="http://127.0.0.1:1").generate(lighthouse(64, 64), lambda _part: None)


@pytest.mark.parametrize("environ", [{"GEMINI_API_KEY": "x"}, {"GOOGLE_API_KEY": "x"}])
def test_gemini_works_where_its_key_is_set(environ: dict[str, str]) -> None:
    assert chosen(environ).name == "gemini"


@pytest.mark.parametrize("environ", [{}, {"GEMINI_API_KEY": ""}])
def test_the_sketch_works_everywhere_else(environ: dict[str, str]) -> None:
    assert chosen(environ).name == "sketch"
