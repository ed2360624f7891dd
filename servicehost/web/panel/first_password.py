"""The page on which somebody who was handed a notice chooses their first password.

To show it says nothing of the link and uses nothing up: what a mail program fetches for its preview is this page, and
a stranger learns from it nothing at all. Only the form's own POST asks whether the link is good.
"""

from typing import Final

from aiohttp import hdrs, web

from servicehost.domain.errors import Busy, Invalid, Refused
from servicehost.domain.rule import Text
from servicehost.operations.choose_password import Choice
from servicehost.web.door import DOOR
from servicehost.web.panel.forms import NO_FORM, Form, read_form
from servicehost.web.panel.pages import told_on_page
from servicehost.web.panel.paint import page
from servicehost.web.panel.shell import common, html
from servicehost.web.panel.visit import (
    check_form,
    check_origin,
    form_proof,
    keep_seed,
    language_of_request,
    seed_of,
)
from servicehost.web.panel.words import REFUSALS
from servicehost.web.problems import status_of

__all__ = ["choose_first_password", "show_first_password"]

_LONGEST: Final = 256


async def show_first_password(request: web.Request) -> web.StreamResponse:
    """The form."""
    return _shown(request)


async def choose_first_password(request: web.Request) -> web.StreamResponse:
    """Takes the form. A refusal is said on the page; of a link that is not good in the same words, whatever it is."""
    form = NO_FORM
    try:
        check_origin(request)
        form = await read_form(request)
        check_form(seed_of(request), form.get("form", ""))
        choice = _choice(request.match_info["link"], form)
        await request.app[DOOR].catalogue.contracts.choose_password(choice, request.remote or "unknown")
    except Refused as refused:
        retry = refused.retry_after_s if isinstance(refused, Busy) else None
        return _shown(
            request,
            refusal=told_on_page(refused),
            status=status_of(refused),
            master_id=form.get("master_id", "")[:64],
            retry_after_s=retry,
        )
    return _shown(request, chosen=True)


def _choice(link: str, form: Form) -> Choice:
    master_id, password = form.get("master_id", "").strip(), form.get("new_password", "")
    if not master_id or not password or len(master_id) > 64 or len(password) > _LONGEST:  # noqa: PLR2004 - as the API has it
        raise Invalid("form_incomplete", "A Master ID and a password are needed")
    if password != form.get("repeat_password", ""):
        raise Invalid("passwords_differ", "The new password and its repetition differ")
    return Choice(link=link, master_id=master_id, password=password)


def _shown(
    request: web.Request,
    *,
    refusal: Text | None = None,
    status: int = 200,
    master_id: str = "",
    chosen: bool = False,
    retry_after_s: int | None = None,
) -> web.Response:
    language, seed = language_of_request(request), seed_of(request)
    values = {
        **common(request),
        "refusal": refusal,
        "master_id": master_id,
        "chosen": chosen,
        "csrf": form_proof(seed),
        "differs": REFUSALS["passwords_differ"],
    }
    response = html(request, page("first_password.html", language, values), language, status)
    keep_seed(response, request.app[DOOR].settings, seed)
    if retry_after_s is not None:
        response.headers[hdrs.RETRY_AFTER] = str(retry_after_s)
    return response
