"""Owns what a page is made of and where it finds that: its own files, those all pages share, Headway's client."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

SHARED = Path(__file__).parent / "page"
CLIENT = Path(__file__).parents[2] / "js" / "client" / "dist"


def parts(page: Path) -> list[Mount]:
    """The mounts of the page in this folder: it asks for them as `page/…`, relative to where its application is."""
    return [
        Mount("/page/client", StaticFiles(directory=CLIENT)),
        Mount("/page/house", StaticFiles(directory=SHARED)),
        Mount("/page", StaticFiles(directory=page)),
    ]
