"""What the commands have in common that ask a running host for something."""

from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from cyclopts import Parameter

if TYPE_CHECKING:
    from servicehost.cli.host_api import HostApi

__all__ = ["ABOUT_HOSTS", "ReasonFlag", "UrlFlag", "asked"]

ABOUT_HOSTS: Final = """The host is that of --url, else of SERVICEHOST_URL, else the one that runs here by
SERVICEHOST_SETTINGS, else the one you logged in at. Who you are is said by SERVICEHOST_TOKEN, by the file that
SERVICEHOST_TOKEN_FILE names, or by servicehost login.
SERVICEHOST_CA_FILE names the certificates to trust, if the host speaks HTTPS with one of its own.

Exit codes: 0 done, 2 bad input, 3 refused by the host, 4 host not reachable.
"""
UrlFlag: TypeAlias = Annotated[str | None, Parameter(name="--url", help="The host's HTTP address.")]
ReasonFlag: TypeAlias = Annotated[str, Parameter(name="--reason", help="Why; it is recorded.")]


def asked(url: str | None) -> "HostApi":
    """The host that is meant. Raises CommandError."""
    from servicehost.cli.host_api import host_api  # noqa: PLC0415 - help needs no HTTP client

    return host_api(url)
