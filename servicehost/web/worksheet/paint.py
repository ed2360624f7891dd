"""A work sheet as one HTML file for A4 paper: nothing is loaded from anywhere, no script runs in it."""

import base64
import hashlib
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from servicehost.domain.inheritance import INHERITED, NEVER_COPIED
from servicehost.web.worksheet.sheet import Sheet

__all__ = ["SHEET_POLICY", "paint_sheet"]

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("servicehost.web.worksheet"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE: Final = hashlib.sha256(_ENVIRONMENT.get_template("worksheet.css").render().encode()).digest()
SHEET_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(_STYLE).decode()}'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""The content security policy under which it is shown: its own style sheet and nothing else."""


def paint_sheet(sheet: Sheet) -> str:
    """The whole file."""
    return _ENVIRONMENT.get_template("worksheet.html").render(
        sheet=sheet, inherited=INHERITED, never_copied=NEVER_COPIED.values()
    )
