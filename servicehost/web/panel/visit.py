"""Who looks at the page: the session's cookie, the proof that a form is ours, and where a request comes from.

The cookie holds the same token that the API gives for the same log-in, so that one log-out, one change of password
and one expiry end both. Scripts cannot read it. Behind TLS its name makes browsers refuse it from anywhere else.
"""

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import urlsplit

import msgspec
from aiohttp import hdrs, web

from servicehost.domain.acting import actor_of
from servicehost.domain.errors import Forbidden, Unauthenticated
from servicehost.domain.people import Actor
from servicehost.domain.token import hash_token
from servicehost.operations.log_in import LoggedIn
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.door import DOOR
from servicehost.web.panel.language import Language, language_of

__all__ = [
    "Visitor",
    "check_form",
    "check_origin",
    "drop_session",
    "form_proof",
    "keep_language",
    "keep_seed",
    "keep_session",
    "language_of_request",
    "seed_of",
    "session_cookie",
    "still_there",
    "visitor_of",
]

_SESSION: Final = "servicehost_session"
_SEED: Final = "servicehost_form"
_LANGUAGE: Final = "servicehost_language"
_YEAR_S: Final = 365 * 86_400
_SEED_BYTES: Final = 32


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody logged in, and the token they hold."""

    actor: Actor
    token: str


def _secure(settings: OperatorsDoor) -> bool:
    return settings.certificate is not None or settings.behind_proxy


def session_cookie(settings: OperatorsDoor) -> str:
    """The name of the session's cookie. `__Host-` needs TLS: browsers refuse it without."""
    return f"__Host-{_SESSION}" if _secure(settings) else _SESSION


def _seed_cookie(settings: OperatorsDoor) -> str:
    return f"__Host-{_SEED}" if _secure(settings) else _SEED


async def visitor_of(request: web.Request) -> Visitor:
    """Raises Unauthenticated `no_token` or `token_invalid`."""
    door = request.app[DOOR]
    token = request.cookies.get(session_cookie(door.settings), "")
    if not token:
        raise Unauthenticated("no_token", "Log in at /panel/login")
    person = await door.reads.person_by_token(hash_token(token), door.clock.wall())
    if person is None:
        raise Unauthenticated("token_invalid", "The log-in has ended; log in again at /panel/login")
    return Visitor(actor=actor_of(person, source=request.remote or "", token=token), token=token)


async def still_there(request: web.Request, visitor: Visitor) -> bool:
    """Whether the visitor's log-in is as good as it was."""
    door = request.app[DOOR]
    person = await door.reads.person_by_token(hash_token(visitor.token), door.clock.wall())
    return person is not None and actor_of(person).scope == visitor.actor.scope


def keep_session(response: web.Response, settings: OperatorsDoor, logged_in: LoggedIn, now: int) -> None:
    """Give the browser the token for as long as it is good."""
    response.set_cookie(
        session_cookie(settings),
        logged_in.token,
        max_age=max(0, (logged_in.expires_at - now) // 1000),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_secure(settings),
    )


def drop_session(response: web.Response, settings: OperatorsDoor) -> None:
    """Take it back."""
    response.del_cookie(session_cookie(settings), path="/", httponly=True, samesite="Lax", secure=_secure(settings))


def seed_of(request: web.Request) -> str:
    """The secret that binds a log-in form to this browser; a fresh one when it has none."""
    kept = request.cookies.get(_seed_cookie(request.app[DOOR].settings), "")
    return kept if len(kept) >= _SEED_BYTES else secrets.token_urlsafe(_SEED_BYTES)


def keep_seed(response: web.Response, settings: OperatorsDoor, seed: str) -> None:
    """Until the browser is closed."""
    response.set_cookie(
        _seed_cookie(settings), seed, path="/", httponly=True, samesite="Strict", secure=_secure(settings)
    )


def form_proof(secret: str) -> str:
    """What a form carries: only who holds the cookie's secret can make it, and it does not give the secret away."""
    return hashlib.sha256(f"servicehost form {secret}".encode()).hexdigest()


def check_form(secret: str, given: str) -> None:
    """Raises Forbidden `form_stale`."""
    if not hmac.compare_digest(form_proof(secret).encode(), given.encode()):
        raise Forbidden("form_stale", "The form is not one of this browser's, or too old")


def check_origin(request: web.Request) -> None:
    """Raises Forbidden `origin_foreign` unless the request comes from a page of this very address.

    A proxy must pass the Host header on. Browsers name the origin of every POST; what names none is no browser.
    """
    origin = urlsplit(request.headers.get(hdrs.ORIGIN, ""))
    scheme = "https" if _secure(request.app[DOOR].settings) else "http"
    if (origin.scheme, origin.netloc) != (scheme, request.headers.get(hdrs.HOST, "")):
        raise Forbidden("origin_foreign", "A form is taken from pages of this address only")


def language_of_request(request: web.Request) -> Language:
    """The language to answer in."""
    return language_of(request.query.get("lang"), request.cookies.get(_LANGUAGE))


def keep_language(response: web.Response, settings: OperatorsDoor, language: Language) -> None:
    """For a year."""
    response.set_cookie(
        _LANGUAGE,
        language.value,
        max_age=_YEAR_S,
        path="/panel",
        httponly=True,
        samesite="Lax",
        secure=_secure(settings),
    )
