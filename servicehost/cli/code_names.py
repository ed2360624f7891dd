"""How commands take codes: as people type them."""

from servicehost.cli.errors import CommandError
from servicehost.domain.code_reading import CodeKind, read_code
from servicehost.domain.errors import Invalid

__all__ = ["customer_named", "management_named", "service_named"]


def customer_named(typed: str) -> str:
    """The customer code in its one spelling. Raises CommandError."""
    return _read(typed, CodeKind.CUSTOMER)


def management_named(typed: str) -> str:
    """The management code in its one spelling. Raises CommandError."""
    return _read(typed, CodeKind.MANAGEMENT)


def service_named(typed: str) -> str:
    """The service code in its one spelling. Raises CommandError."""
    return _read(typed, CodeKind.SERVICE)


def _read(typed: str, kind: CodeKind) -> str:
    try:
        return read_code(typed, kind)
    except Invalid as error:
        raise CommandError(f"{error.text} ({error.code})") from error
