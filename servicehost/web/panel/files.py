"""The page's own files: style, scripts, icon. Their address holds their digest, so a browser keeps them for good."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

__all__ = ["BUILD", "PageFile", "page_files"]

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class PageFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file."""

    media_type: str
    content: bytes


@cache
def page_files() -> dict[str, PageFile]:
    """By name."""
    folder = files("servicehost.web.panel").joinpath("assets")
    return {
        one.name: PageFile(media_type=_TYPES[one.name.rpartition(".")[2]], content=one.read_bytes())
        for one in folder.iterdir()
    }


def _build() -> str:
    """Of the files and the templates: a page of another build does not fit what this host sends."""
    templates = files("servicehost.web.panel").joinpath("templates")
    parts = {one.name: one.read_bytes() for one in templates.iterdir()}
    parts |= {name: file.content for name, file in page_files().items()}
    digest = hashlib.sha256()
    for name in sorted(parts):
        digest.update(name.encode() + b"\0" + parts[name] + b"\0")
    return digest.hexdigest()[:16]


BUILD: Final = _build()
"""Changes whenever one of the page's files does."""
