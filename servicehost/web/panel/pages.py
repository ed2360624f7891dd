"""The page's handlers: log in, look, log out. What an API client would get as a problem is said on the page here."""

from aiohttp import hdrs, web

from servicehost.domain.errors import Busy, Invalid, Refused, Unauthenticated
from servicehost.domain.rule import Text
from servicehost.web.door import DOOR
from servicehost.web.panel.fleet_filter import filter_of
from servicehost.web.panel.forms import NO_FORM, Form, read_form
from servicehost.web.panel.paint import page, paint
from servicehost.web.panel.search import read_wish
from servicehost.web.panel.shell import (
    HOME,
    LOG_IN,
    View,
    common,
    html,
    look_of,
    menu_for,
    painted,
    to,
    to_log_in,
)
from servicehost.web.panel.visit import (
    check_form,
    check_origin,
    drop_session,
    form_proof,
    keep_seed,
    keep_session,
    language_of_request,
    seed_of,
    visitor_of,
)
from servicehost.web.panel.words import REFUSALS
from servicehost.web.problems import status_of

__all__ = [
    "log_in",
    "log_out",
    "show_log_in",
    "show_menu",
    "show_panel",
    "to_home",
    "told_on_page",
]


async def to_home(request: web.Request) -> web.StreamResponse:
    """Where somebody arrives who typed the address of the door."""
    return to(HOME)


async def show_log_in(request: web.Request) -> web.StreamResponse:
    """The log-in page."""
    refusal = REFUSALS["token_invalid"] if request.query.get("why") == "token_invalid" else None
    return _log_in_page(request, refusal=refusal)


async def log_in(request: web.Request) -> web.StreamResponse:
    """Takes the log-in form. A refusal is said on the page, with the form as it was and the status of the refusal."""
    form = NO_FORM
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
    response = to(LOG_IN)
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
        look = await look_of(request)
    except Unauthenticated as refused:
        return to_log_in(refused)
    wish = read_wish(request.query)
    _, sheet = await look.room.sheet(wish, look.language)
    values = {"wish": wish, "sheet": sheet, "filter": await filter_of(look, wish)}
    return await painted(look, View(template="panel.html", values=values))


async def show_menu(request: web.Request) -> web.StreamResponse:
    """The menu alone, for the script that keeps its counts. Raises Unauthenticated."""
    look = await look_of(request)
    return html(
        request, paint("menu", await menu_for(look, request.query.get("here", "")[:200]), look.language), look.language
    )


async def _logged_in(request: web.Request, form: Form) -> web.Response:
    door = request.app[DOOR]
    master_id, password = form.get("master_id", "").strip(), form.get("password", "")
    new_password = form.get("new_password", "") or None
    if not master_id or not password or len(master_id) > 64 or len(password) > 256:  # noqa: PLR2004 - as the API has it
        raise Invalid("form_incomplete", "A Master ID and a password are needed")
    if (new_password or "") != form.get("repeat_password", ""):
        raise Invalid("passwords_differ", "The new password and its repetition differ")
    logged_in = await door.catalogue.log_in(master_id, password, new_password, request.remote or "unknown")
    response = to(HOME)
    keep_session(response, door.settings, logged_in, door.clock.wall())
    return response


def _must_choose(refused: Refused, form: Form) -> bool:
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
        **common(request),
        "refusal": refusal,
        "master_id": master_id,
        "choose": choose,
        "csrf": form_proof(seed),
    }
    response = html(request, page("login.html", language, values), language, status)
    keep_seed(response, request.app[DOOR].settings, seed)
    if retry_after_s is not None:
        response.headers[hdrs.RETRY_AFTER] = str(retry_after_s)
    return response
