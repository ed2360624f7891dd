"""What the service refuses, with a stable code that scripts may rely on and a text that says what to do."""

import msgspec

__all__ = [
    "BadCell",
    "Busy",
    "Conflict",
    "Forbidden",
    "Invalid",
    "InvalidTable",
    "NotFound",
    "Refused",
    "StaleEdit",
    "StoreFull",
    "Unauthenticated",
]


class Refused(Exception):
    """A request that was understood and not done. `code` is stable, the text is for people; nothing was changed."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class NotFound(Refused):
    """No such thing within the caller's scope; another tenant's thing looks the same as none."""


class Conflict(Refused):
    """The thing is in a state in which this cannot be done."""


class StaleEdit(Conflict):
    """An edit was made upon a revision that stands no more (0: upon none); both are there to be compared."""

    def __init__(self, text: str, service_code: str, *, standing: int, expected: int) -> None:
        super().__init__("revision_conflict", text)
        self.service_code = service_code
        self.standing = standing
        self.expected = expected


class Invalid(Refused):
    """A value is wrong; the text names it and what would be right."""


class BadCell(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong in a table. `line` counts the lines of the file from 1; `column` None: the whole row."""

    line: int
    column: str | None
    code: str
    text: str


class InvalidTable(Invalid):
    """A table with bad rows, named one by one in the order of its lines; `unlisted` more were found."""

    def __init__(self, code: str, text: str, cells: tuple[BadCell, ...], unlisted: int = 0) -> None:
        super().__init__(code, text)
        self.cells = cells
        self.unlisted = unlisted


class Unauthenticated(Refused):
    """Nobody we know, or no longer."""


class Forbidden(Refused):
    """Somebody we know, without the right."""


class Busy(Refused):
    """Not now: a bounded queue is full. `retry_after_s` says when to come back."""

    def __init__(self, code: str, text: str, retry_after_s: int) -> None:
        super().__init__(code, text)
        self.retry_after_s = retry_after_s


class StoreFull(Refused):
    """The database cannot grow: nothing was written, what was acknowledged before stands."""

    def __init__(self) -> None:
        super().__init__("store_full", "The database is full. Free space or raise its limit, then repeat the request.")
