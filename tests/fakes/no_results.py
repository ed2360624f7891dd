"""A folder of results where there is none, for tests that care for no large ones."""

from pathlib import Path
from typing import Final

from servicehost.backends.result_files import FilesOfResults

__all__ = ["NO_RESULTS"]

NO_RESULTS: Final = FilesOfResults(Path("/nowhere/results"), most_bytes=0)
