"""The page's handlers: log in, look, log out. What an API client would get as a problem is said on the page here."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlencode

import msgspec
from aiohttp import hdrs, web

from servicehost.domain.errors import Busy, Invalid, Refused, Unauthenticated
from servicehost.domain.rule import Text
from servicehost.web.door import DOOR
from servicehost.web.panel.files import BUILD
from servicehost.web.panel.language import Language, say
from servicehost.web.panel.paint import page
from servicehost.web.panel.search import Wish, read_wish
from servicehost.web.panel.visit import (
    check_form,
    check_origin,
    drop_session,
    form_proof,
    keep_language,
    keep_seed,
    keep_session,
    language_of_request,
    seed_of,
    visitor_of,
)
from servicehost.web.panel.watch import Watch
from servicehost.web.panel.words import NO_SCRIPT, REFUSALS, SCRIPT
from servicehost.web.problems import Malformed, status_of

__all__ = [
    "ASSETS",
    "HOME",
    "HTML_HEADERS",
    "LOG_IN",
    "WATCH",
    "common_values",
    "html_answer",
    "log_in",
    "log_out",
    "read_form",
    "show_log_in",
    "show_panel",
    "to_home",
    "told_on_page",
]

HOME: Final = "/panel/"
LOG_IN: Final = "/panel/login"
ASSETS: Final = f"/panel/assets/{BUILD}"
WATCH: web.AppKey[Watch] = web.AppKey("panel_watch", Watch)
HTML_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    # With no referrer at all browsers would not name the origin of our own forms either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_MAX_FIELDS: Final = 16


async def to_home(request: web.Request) -> web.StreamResponse:
    """Where somebody arrives who typed the address of the door."""
    return _to(HOME)


async def show_log_in(request: web.Request) -> web.StreamResponse:
    """The log-in page."""
    refusal = REFUSALS["token_invalid"] if request.query.get("why") == "token_invalid" else None
    return _log_in_page(request, refusal=refusal)


async def log_in(request: web.Request) -> web.StreamResponse:
    """Takes the log-in form. A refusal is said on the page, with the form as it was and the status of the refusal."""
    form: Mapping[str, str] = {}
    try:
        check_origin(request)
        form = await read_form(request)
        check_form(seed_of(request), form.get("form", ""))
        return await _logged_in(request, form)
    except Refused as refused:
        return _log_in_page(
            request,
            refusal=told_on_page(refused),
            status=status_of(refused),
            master_id=form.get("master_id", "")[:64],
            choose=_must_choose(refused, form),
            retry_after_s=refused.retry_after_s if isinstance(refused, Busy) else None,
        )


async def log_out(request: web.Request) -> web.StreamResponse:
    """Takes the log-out form. Harmless for who is not logged in any more."""
    check_origin(request)
    form = await read_form(request)
    door = request.app[DOOR]
    response = _to(LOG_IN)
    drop_session(response, door.settings)
    try:
        visitor = await visitor_of(request)
    except Unauthenticated:
        return response
    check_form(visitor.token, form.get("form", ""))
    await door.catalogue.log_out(visitor.actor, visitor.token)
    return response


async def show_panel(request: web.Request) -> web.StreamResponse:
    """The page; who is not logged in is shown the log-in page instead."""
    try:
        visitor = await visitor_of(request)
    except Unauthenticated as refused:
        return _to(LOG_IN if refused.code == "no_token" else f"{LOG_IN}?{urlencode({'why': refused.code})}")
    room = await request.app[WATCH].glance(visitor.actor.scope)
    language = language_of_request(request)
    wish = read_wish(request.query.get("q"), request.query.get("state"))
    _, sheet = await room.sheet(wish, language)
    values = {
        **common_values(wish),
        "actor": visitor.actor,
        "csrf": form_proof(visitor.token),
        "sheet": sheet,
        "script": SCRIPT,
        "script_words": _script_words(language),
        "no_script": NO_SCRIPT,
    }
    return html_answer(request, page("panel.html", language, values), language)


async def _logged_in(request: web.Request, form: Mapping[str, str]) -> web.Response:
    door = request.app[DOOR]
    master_id, password = form.get("master_id", "").strip(), form.get("password", "")
    new_password = form.get("new_password", "") or None
    if not master_id or not password or len(master_id) > 64 or len(password) > 256:  # noqa: PLR2004 - as the API has it
        raise Invalid("form_incomplete", "A Master ID and a password are needed")
    if (new_password or "") != form.get("repeat_password", ""):
        raise Invalid("passwords_differ", "The new password and its repetition differ")
    logged_in = await door.catalogue.log_in(master_id, password, new_password, request.remote or "unknown")
    response = _to(HOME)
    keep_session(response, door.settings, logged_in, door.clock.wall())
    return response


def _must_choose(refused: Refused, form: Mapping[str, str]) -> bool:
    """Whether the part of the form for a new password is to be open."""
    return refused.code == "password_change_required" or bool(form.get("new_password"))


def told_on_page(refused: Refused) -> Text:
    """What is said on a page instead of a problem."""
    known = REFUSALS.get(refused.code)
    if known is None:
        return Text(ja=refused.text, en=refused.text)
    seconds = refused.retry_after_s if isinstance(refused, Busy) else 0
    return Text(ja=known.ja.format(seconds=seconds), en=known.en.format(seconds=seconds))


def _log_in_page(
    request: web.Request,
    *,
    refusal: Text | None,
    status: int = 200,
    master_id: str = "",
    choose: bool = False,
    retry_after_s: int | None = None,
) -> web.Response:
    language, seed = language_of_request(request), seed_of(request)
    values = {
        **common_values(Wish()),
        "refusal": refusal,
        "master_id": master_id,
        "choose": choose,
        "csrf": form_proof(seed),
    }
    response = html_answer(request, page("login.html", language, values), language, status)
    keep_seed(response, request.app[DOOR].settings, seed)
    if retry_after_s is not None:
        response.headers[hdrs.RETRY_AFTER] = str(retry_after_s)
    return response


def common_values(wish: Wish) -> dict[str, object]:
    """What every page's frame wants."""
    return {"assets": ASSETS, "build": BUILD, "wish": wish}


def _script_words(language: Language) -> str:
    return msgspec.json.encode({name: say(text, language) for name, text in SCRIPT.items()}).decode()


def html_answer(request: web.Request, text: str, language: Language, status: int = 200) -> web.Response:
    """A whole page; a language that was asked for is remembered."""
    response = web.Response(status=status, text=text, content_type="text/html", headers=HTML_HEADERS)
    if "lang" in request.query:
        keep_language(response, request.app[DOOR].settings, language)
    return response


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={**HTML_HEADERS, hdrs.LOCATION: address})


async def read_form(request: web.Request) -> Mapping[str, str]:
    """The fields of a form, the last of each name. Raises Malformed."""
    if request.content_type != "application/x-www-form-urlencoded" or request.headers.get("Content-Encoding"):
        raise Malformed("media_type_unsupported", "A form comes as application/x-www-form-urlencoded, not compressed")
    deadline_s = request.app[DOOR].settings.body_deadline_s
    try:
        async with asyncio.timeout(deadline_s):
            raw = await request.read()
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except TimeoutError as error:
        raise Malformed("body_too_slow", f"The form did not arrive within {deadline_s:g} seconds") from error
    except ValueError as error:
        raise Malformed("request_malformed", "The form cannot be read") from error
    return {name: values[-1] for name, values in fields.items()}
