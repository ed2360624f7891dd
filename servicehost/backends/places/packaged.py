"""The list that comes with this program."""

from functools import cache
from importlib.resources import files
from typing import Final

from servicehost.backends.places.table import read_places
from servicehost.domain.places import Places

__all__ = ["FILE", "packaged_places"]

FILE: Final = "japan.tsv"


@cache
def packaged_places() -> Places:
    """Read once, in about a tenth of a second: not for the event loop's thread."""
    return read_places(files("servicehost.backends.places").joinpath(FILE).read_text("utf-8"))
