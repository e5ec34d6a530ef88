"""Owns the generator behind Google's Gemini: one streamed request, and what its answers mean."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import httpx2
from google import genai
from google.genai import errors, types
from PIL import Image

from examples.images.errors import GenerationRefused, GenerationUnavailable, PictureError
from examples.images.pictures import Limits, opened, reduced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from examples.images.generator import Moved

PROMPT = (
    "Redraw this photograph as a hand-made illustration: flat colours, clear pencil outlines, warm paper. "
    "Keep the composition, the people and their poses as they are. Answer with the picture only."
)
MODEL = "gemini-2.5-flash-image"
SIDE = 1536
TIMEOUT_S = 120
_ANSWER = Limits(bytes=60_000_000, side=1)
_LAST = 0.95
"""Parts of an answer that are not the picture come closer and closer to it, and never reach it."""


class GeminiGenerator:
    """Gemini tells no percent. Each part of its answer that arrives halves what seems left, and the picture ends it."""

    name = "gemini"

    def __init__(self, key: str, *, address: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        options = types.HttpOptions(base_url=address, timeout=int(timeout_s * 1000))
        self._client = genai.Client(api_key=key, vertexai=False, http_options=options)
        self._model = os.environ.get("GEMINI_IMAGE_MODEL") or MODEL

    def generate(self, picture: Image.Image, moved: Moved) -> Image.Image:
        moved(0.0)
        try:
            content = _picture_in(self._answers(picture), moved)
        except (errors.APIError, errors.UnknownApiResponseError, httpx2.HTTPError) as error:
            raise GenerationUnavailable from error
        try:
            made = opened(content, _ANSWER)
        except PictureError as error:
            raise GenerationUnavailable from error
        moved(1.0)
        return made

    def _answers(self, picture: Image.Image) -> Iterator[types.GenerateContentResponse]:
        file = io.BytesIO()
        reduced(picture, SIDE).save(file, "JPEG", quality=92)
        asked = [types.Part.from_bytes(data=file.getvalue(), mime_type="image/jpeg"), types.Part.from_text(text=PROMPT)]
        return self._client.models.generate_content_stream(
            model=self._model,
            contents=types.Content(role="user", parts=asked),
            config=types.GenerateContentConfig(response_modalities=["TEXT", "IMAGE"]),
        )


def _picture_in(answers: Iterable[types.GenerateContentResponse], moved: Moved) -> bytes:
    """The last picture of the answers: earlier ones are drafts."""
    found: bytes | None = None
    done = 0.0
    for answer in answers:
        if answer.prompt_feedback and answer.prompt_feedback.block_reason:
            raise GenerationRefused
        for part in answer.parts or ():
            if part.inline_data and part.inline_data.data and not part.thought:
                found = part.inline_data.data
        if found is None and any(_declines(candidate) for candidate in answer.candidates or ()):
            raise GenerationRefused
        done += (_LAST - done) / 2
        moved(done)
    if found is None:
        raise GenerationUnavailable
    return found


def _declines(candidate: types.Candidate) -> bool:
    return candidate.finish_reason in (
        types.FinishReason.SAFETY,
        types.FinishReason.PROHIBITED_CONTENT,
        types.FinishReason.BLOCKLIST,
        types.FinishReason.RECITATION,
        types.FinishReason.IMAGE_SAFETY,
        types.FinishReason.IMAGE_PROHIBITED_CONTENT,
        types.FinishReason.IMAGE_RECITATION,
    )
