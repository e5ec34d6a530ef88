"""Owns the work on one picture: check it, make another of it, store that, and make a preview with a mark."""

from __future__ import annotations

import io
import secrets
from typing import TYPE_CHECKING, Any, Protocol

from examples.images import plan, storage
from examples.images.pictures import Limits, opened
from examples.images.watermark import marked

if TYPE_CHECKING:
    from PIL.Image import Image

    from examples.images.generator import ImageGenerator
    from examples.images.storage import Storage


class Telling(Protocol):
    """The part of `Stages` that this work uses."""

    def update(self, stage: str, progress: float | None = None) -> None: ...


def make(
    job_id: str, stages: Telling, objects: Storage, generator: ImageGenerator, limits: Limits | None = None
) -> dict[str, Any]:
    """Do the four stages; what came out, with its `id`. Raises the `PictureError` that says why nothing did."""
    stages.update(plan.VALIDATING)
    picture = opened(objects.get(storage.upload(job_id)), limits or Limits())
    low, high = plan.RANGES[plan.GENERATING]
    stages.update(plan.GENERATING, low)
    made = generator.generate(picture, lambda fraction: stages.update(plan.GENERATING, low + fraction * (high - low)))
    result_id = secrets.token_urlsafe(16)
    try:
        stages.update(plan.STORING)
        objects.put(storage.result(result_id), _encoded(made, "PNG"))
        stages.update(plan.WATERMARKING)
        objects.put(storage.preview(result_id), _encoded(marked(made), "JPEG"))
    except BaseException:
        # Nobody will ever learn this id: what stands under it would stay for ever.
        objects.remove([storage.result(result_id), storage.preview(result_id)])
        raise
    return {"id": result_id, "width": made.width, "height": made.height, "generator": generator.name}


def _encoded(picture: Image, format: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, optimize=True)
    return file.getvalue()
