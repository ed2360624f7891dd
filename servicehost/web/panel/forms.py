"""What somebody filled in: read within a deadline, and taken apart field by field."""

import asyncio
import enum
from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import parse_qs

from aiohttp import web

from servicehost.domain.errors import Invalid
from servicehost.web.door import DOOR
from servicehost.web.problems import Malformed

__all__ = ["NO_FORM", "Form", "read_form", "read_number"]

_MAX_FIELDS: Final = 48
_MAX_TEXT: Final = 255
_DIGITS: Final = 15
"""Fewer than 2**53 has: what a browser's script can hold exactly."""
_E = TypeVar("_E", bound=enum.StrEnum)


def read_number(text: str) -> int:
    """The number that somebody wrote or that stands in an address; 0 for what cannot be one, and belongs to nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


class Form:
    """The fields of one form. Of a field that was sent twice the last counts, but for `many`."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        """As it was sent."""
        values = self._fields.get(name)
        return values[-1] if values else default

    def line(self, name: str, longest: int = _MAX_TEXT) -> str:
        """One line without outer blanks, perhaps empty. Raises Invalid `text_too_long` or `text_not_a_line`."""
        text = self.get(name).strip()
        if len(text) > longest:
            raise Invalid("text_too_long", f"At most {longest} characters; these are {len(text)}")
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):  # noqa: PLR2004 - the control characters
            raise Invalid("text_not_a_line", "One line without control characters")
        return text

    def number(self, name: str) -> int:
        """As `read_number` has it."""
        return read_number(self.get(name))

    def chosen(self, name: str, kind: type[_E]) -> _E:
        """One of the values that were offered. Raises Invalid `nothing_chosen`."""
        found = self.maybe(name, kind)
        if found is None:
            raise Invalid("nothing_chosen", f"Choose one: {name}")
        return found

    def maybe(self, name: str, kind: type[_E]) -> _E | None:
        """As above; None when it was left open."""
        given = self.get(name)
        return kind(given) if given in {one.value for one in kind} else None

    def many(self, name: str, kind: type[_E]) -> tuple[_E, ...]:
        """Every one that was ticked, in the order of the enumeration."""
        given = set(self._fields.get(name, ()))
        return tuple(one for one in kind if one.value in given)

    def yes_or_no(self, name: str) -> bool | None:
        """None when it was left open."""
        return {"yes": True, "no": False}.get(self.get(name))

    def fields(self) -> list[tuple[str, str]]:
        """Every name with each of its values, but for what belongs to the form itself."""
        return [(name, one) for name, values in self._fields.items() if name not in ("form", "sure") for one in values]

    def ticked(self, name: str, value: str) -> bool:
        """Whether the value was sent under that name."""
        return value in self._fields.get(name, ())


NO_FORM: Final = Form({})


async def read_form(request: web.Request) -> Form:
    """Raises Malformed."""
    if request.content_type != "application/x-www-form-urlencoded" or request.headers.get("Content-Encoding"):
        raise Malformed("media_type_unsupported", "A form comes as application/x-www-form-urlencoded, not compressed")
    deadline_s = request.app[DOOR].settings.body_deadline_s
    try:
        async with asyncio.timeout(deadline_s):
            raw = await request.read()
        return Form(parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS))
    except TimeoutError as error:
        raise Malformed("body_too_slow", f"The form did not arrive within {deadline_s:g} seconds") from error
    except ValueError as error:
        raise Malformed("request_malformed", "The form cannot be read") from error
