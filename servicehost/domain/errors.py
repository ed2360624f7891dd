"""What the service refuses, with a stable code that scripts may rely on and a text that says what to do."""

__all__ = ["Busy", "Conflict", "Forbidden", "Invalid", "NotFound", "Refused", "StoreFull", "Unauthenticated"]


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


class Invalid(Refused):
    """A value is wrong; the text names it and what would be right."""


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
