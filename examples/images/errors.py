"""Owns what can go wrong with a picture or with its stages; what concerns a person is said in one plain sentence."""

from __future__ import annotations


class PictureError(Exception):
    """A picture that cannot be worked on; `str()` is the sentence shown to the person who brought it."""


class EmptyPicture(PictureError):
    """There is a name and nothing behind it."""

    def __init__(self) -> None:
        super().__init__("This file is empty: it has no bytes at all.")


class NotAPicture(PictureError):
    """`looks_like` names what the first bytes say it is, when they say anything."""

    def __init__(self, looks_like: str | None = None) -> None:
        self.looks_like = looks_like
        seems = f"it looks like {looks_like}" if looks_like else "nothing in it looks like one"
        super().__init__(f"This is not a picture that can be taken here: {seems}. Bring a JPEG, PNG, WebP or GIF.")


class DamagedPicture(PictureError):
    """It begins as a picture does, and the rest is cut off or broken."""

    def __init__(self) -> None:
        super().__init__("This picture is damaged or was cut off on its way; export or download it again.")


class PictureTooHeavy(PictureError):
    """More bytes than anybody's photograph has."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"This file is too large, {size / 1e6:,.1f} MB: at most {limit / 1e6:,.0f} MB can be taken. "
            "Save it with a higher compression."
        )


class PictureTooLarge(PictureError):
    """More pixels than may be unpacked: a huge picture, or a small file that is made to burst."""

    def __init__(self, size: tuple[int, int] | None, limit: int) -> None:
        claims = f"{size[0]:,} × {size[1]:,} pixels" if size else "more pixels than can be unpacked"
        super().__init__(
            f"This picture is too large, {claims}: at most {limit / 1e6:,.0f} million pixels can be taken. "
            "Make it smaller."
        )


class PictureTooSmall(PictureError):
    """Nothing can be drawn from it."""

    def __init__(self, size: tuple[int, int], least: int) -> None:
        super().__init__(
            f"This picture is too small, {size[0]} × {size[1]} pixels: each side must have at least {least}."
        )


class MovingPicture(PictureError):
    """An animation: which of its pictures is meant, nobody can know."""

    def __init__(self, frames: int) -> None:
        super().__init__(f"This picture moves, it has {frames:,} frames: save the one that you want as a picture.")


class GenerationRefused(PictureError):
    """The generator looked at the picture and does not want to."""

    def __init__(self) -> None:
        super().__init__("The image service declined to work on this picture; try another one.")


class GenerationUnavailable(PictureError):
    """The generator could not be asked, or answered without a picture."""

    def __init__(self) -> None:
        super().__init__("The image service is not available just now; try again in a few minutes.")


class StageError(Exception):
    """What the caller of a stage did wrong, or what kept it from being written."""


class UnknownStage(StageError):
    """`stage` is not in the plan."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        super().__init__(f"there is no stage {stage!r}")


class BackwardStage(StageError):
    """A stage behind the one that was reached; nothing was changed."""

    def __init__(self, stage: str, reached: str) -> None:
        self.stage, self.reached = stage, reached
        super().__init__(f"stage {stage!r} comes before {reached!r}, which was reached already")


class StageNotStored(StageError):
    """The store cannot take the stage, and the local disk could not keep it either."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        super().__init__(f"stage {stage!r} could not be stored")
