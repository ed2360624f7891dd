"""Where a command finds the host and the token it speaks with. A token never stands on a command line."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from servicehost.cli.errors import CommandError
from servicehost.cli.own_host import FoundHost, own_host

__all__ = [
    "CA_VARIABLE",
    "DEFAULT_URL",
    "Login",
    "drop_login",
    "keep_login",
    "kept_login",
    "login_file",
    "the_host",
    "the_token",
]

DEFAULT_URL: Final = "http://127.0.0.1:8080"
URL_VARIABLE: Final = "SERVICEHOST_URL"
TOKEN_VARIABLE: Final = "SERVICEHOST_TOKEN"  # noqa: S105 - its name, not itself
TOKEN_FILE_VARIABLE: Final = "SERVICEHOST_TOKEN_FILE"  # noqa: S105
CA_VARIABLE: Final = "SERVICEHOST_CA_FILE"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LARGEST: Final = 65_536


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """What `servicehost login` keeps: the token is sent to this host and to no other."""

    url: str
    master_id: str
    token: str
    expires_at: str


def login_file(environment: Mapping[str, str]) -> Path:
    """Below XDG_STATE_HOME, else ~/.local/state; readable by its owner alone."""
    state = environment.get("XDG_STATE_HOME") or ""
    folder = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return folder / "servicehost" / "login.json"


def keep_login(login: Login, environment: Mapping[str, str]) -> Path:
    """Write it in one step, 0600; where to. Raises CommandError when it cannot be written."""
    file = login_file(environment)
    candidate = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(msgspec.json.encode(login) + b"\n")
        candidate.replace(file)
    except OSError as error:
        candidate.unlink(missing_ok=True)
        text = f"{file}: the login cannot be kept ({error.strerror}); set XDG_STATE_HOME to a folder of yours"
        raise CommandError(text, code=1) from error
    return file


def kept_login(environment: Mapping[str, str]) -> Login | None:
    """None when nobody has logged in. Raises CommandError for a file that others can read, or that is damaged."""
    file = login_file(environment)
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(_secret(file), type=Login)
    except msgspec.DecodeError as error:
        raise CommandError(f"{file}: it is damaged ({error}); log in again with servicehost login") from error


def drop_login(url: str, environment: Mapping[str, str]) -> None:
    """Forget the kept login if it is the one by which commands speak at `url`; else it is another's, and stays."""
    named = environment.get(TOKEN_VARIABLE) or environment.get(TOKEN_FILE_VARIABLE)
    login = None if named else kept_login(environment)
    if login is not None and login.url == url:
        login_file(environment).unlink(missing_ok=True)


def the_host(given: str | None, environment: Mapping[str, str]) -> FoundHost:
    """The one at --url, else at SERVICEHOST_URL, else the one that runs here by SERVICEHOST_SETTINGS.

    Without these the one logged in at last, else DEFAULT_URL. Raises CommandError.
    """
    if found := given or environment.get(URL_VARIABLE):
        return FoundHost(url=found.rstrip("/"))
    if (own := own_host(environment)) is not None:
        return own
    login = kept_login(environment)
    return FoundHost(url=DEFAULT_URL if login is None else login.url)


def the_token(url: str, environment: Mapping[str, str]) -> str:
    """SERVICEHOST_TOKEN, else what is in the file that SERVICEHOST_TOKEN_FILE names, else the kept login's.

    Raises CommandError when there is none for this host.
    """
    if token := environment.get(TOKEN_VARIABLE):
        return token.strip()
    if name := environment.get(TOKEN_FILE_VARIABLE):
        return _secret(Path(name)).decode(errors="replace").strip()
    login = kept_login(environment)
    if login is None or login.url != url:
        known = "nobody is logged in" if login is None else f"the login kept is one at {login.url}"
        raise CommandError(f"No token for {url}: {known}; run servicehost login --url {url}")
    return login.token


def _secret(file: Path) -> bytes:
    try:
        with file.open("rb") as secret:
            mode = os.fstat(secret.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & _OTHERS:
                raise CommandError(f"{file}: others can read it; run chmod 600 {file}")
            return secret.read(_LARGEST)
    except OSError as error:
        raise CommandError(f"{file}: it cannot be read ({error.strerror})") from error
