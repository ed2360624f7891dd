"""`servicehost login`, `logout` and `person password`: who speaks in the commands that ask a host for something."""

import getpass
import os
import sys
from typing import Any, Final

from servicehost.cli.credentials import Login, drop_login, keep_login
from servicehost.cli.errors import CommandError

_CHANGE: Final = "password_change_required"
_OVER: Final = "token_invalid"


def login(*, url: str | None = None) -> None:
    """Log in at a host and keep the token, readable by you alone, until it expires.

    Asks for Master ID and password, and for a new password when the one given was a one-time one. Without a terminal
    they are read from standard input, a line each: Master ID, password, and if needed the new password.
    Exit codes: 0 done, 2 bad input, 3 refused by the host, 4 host not reachable.

    Parameters
    ----------
    url
        The host's HTTP address; else SERVICEHOST_URL names it, else it is the host that runs here by
        SERVICEHOST_SETTINGS, else the last one, else http://127.0.0.1:8080.
    """
    from servicehost.cli.host_api import ApiRefused, host_api  # noqa: PLC0415 - help needs no HTTP client

    api = host_api(url, anonymous=True)
    order = {"master_id": _asked("Master ID"), "password": _secret("Password")}
    try:
        answer: Any = api.call("POST", "tokens", json=order)
    except ApiRefused as refused:
        if refused.api_code != _CHANGE:
            raise
        sys.stderr.write("That password was good for one log-in: choose one of your own.\n")
        order["new_password"] = _new_password()
        answer = api.call("POST", "tokens", json=order)
    _keep(api.url, answer)


def logout(*, url: str | None = None) -> None:
    """Log out at a host: the token is good no more, and the one that was kept is forgotten.

    Exit codes: 0 done, also when the token had expired, 2 bad input, 3 refused by the host, 4 host not reachable.

    Parameters
    ----------
    url
        The host's HTTP address; found as in every command.
    """
    from servicehost.cli.host_api import ApiRefused, host_api  # noqa: PLC0415 - help needs no HTTP client

    api = host_api(url)
    try:
        api.call("DELETE", "tokens/current")
    except ApiRefused as refused:
        if refused.api_code != _OVER:
            raise
    drop_login(api.url, os.environ)
    sys.stdout.write(f"Logged out at {api.url}\n")


def password(*, url: str | None = None) -> None:
    """Change your password. Every token of yours ends, wherever it is in use; a new one is kept as by login.

    Asks for the present password and twice for the new one. Without a terminal they are read from standard input, a
    line each. Exit codes: 0 done, 2 bad input, 3 refused by the host, 4 host not reachable.

    Parameters
    ----------
    url
        The host's HTTP address; found as in every command.
    """
    from servicehost.cli.host_api import host_api  # noqa: PLC0415 - help needs no HTTP client

    api = host_api(url)
    order = {"password": _secret("Password"), "new_password": _new_password()}
    _keep(api.url, api.call("POST", "people/me/password", json=order))


def _keep(url: str, answer: dict[str, Any]) -> None:
    person = answer["person"]
    kept = Login(url=url, master_id=person["master_id"], token=answer["token"], expires_at=answer["expires_at"])
    file = keep_login(kept, os.environ)
    sys.stdout.write(f"Logged in as {person['name']} ({person['master_id']}) until {kept.expires_at}; kept in {file}\n")


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        sys.stderr.write(f"{what}: ")
        sys.stderr.flush()
    return _line(what)


def _secret(what: str) -> str:
    try:
        return getpass.getpass(f"{what}: ") if sys.stdin.isatty() else _line(what)
    except EOFError as error:
        raise CommandError(f"No {what} was given") from error


def _new_password() -> str:
    new = _secret("New password")
    if sys.stdin.isatty() and _secret("New password again") != new:
        raise CommandError("The two new passwords differ; nothing was changed")
    return new


def _line(what: str) -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise CommandError(f"No {what} was given")
    return line
