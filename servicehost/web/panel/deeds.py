"""What people do on the pages: a form is checked, perhaps asked about once more, done, and its end said.

Without a script it is all the same. What cannot be undone is done only after a page of its own has said so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from servicehost.domain.errors import Refused, Unauthenticated
from servicehost.domain.rule import Text
from servicehost.web.panel.forms import Form, read_form
from servicehost.web.panel.refusals import refusal_text
from servicehost.web.panel.shell import MENUS, Handler, Look, View, look_of, painted, refused_view, to, to_log_in
from servicehost.web.panel.visit import check_form, check_origin
from servicehost.web.problems import status_of

__all__ = ["Deed", "Question", "done"]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is asked before something that cannot be undone.

    `lines`: what is to be done, name by name. `follows`: what comes of it.
    """

    title: Text
    follows: Text
    lines: tuple[tuple[Text, Any], ...] = ()
    back: str
    stern: bool = False
    """It costs somebody something: the button says so by its look too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One form. `do` answers the address of the page to look at afterwards; `shows` is the page it stands on."""

    path: str
    name: str
    """What the page says when it is done: a key of `words.DONE`."""
    shows: Callable[[Look], Awaitable[View]]
    do: Callable[[Look, Form], Awaitable[str]]
    ask: Callable[[Look, Form], Awaitable[Question | None]] | None = None
    """None: it can be undone, so nothing is asked. It answers None likewise for a case that needs no question."""


def done(deed: Deed) -> Handler:
    """The handler of a deed's POST."""

    async def handle(request: web.Request) -> web.StreamResponse:
        check_origin(request)
        try:
            look = await look_of(request)
        except Unauthenticated as refused:
            return to_log_in(refused)
        try:
            form = await read_form(request)
        except Refused as refused:
            return await painted(look, refused_view(refused))
        try:
            check_form(look.visitor.token, form.get("form"))
            question = None if deed.ask is None or form.get("sure") == "yes" else await deed.ask(look, form)
            if question is not None:
                return await painted(look, _asked(deed, question, form, request))
            address = await deed.do(look, form)
        except Refused as refused:
            return await painted(look, await _not_done(deed, look, form, refused))
        request.app[MENUS].forget()
        where, found, part = address.partition("#")
        return to(f"{where}{'&' if '?' in where else '?'}{urlencode({'done': deed.name})}{found}{part}")

    return handle


def _asked(deed: Deed, question: Question, form: Form, request: web.Request) -> View:
    values = {"question": question, "action": request.path, "fields": form.fields()}
    return View(template="confirm.html", values=values)


async def _not_done(deed: Deed, look: Look, form: Form, refused: Refused) -> View:
    """The page with the form as it was filled in; where there is no such page any more, only the reason."""
    try:
        view = await deed.shows(look)
    except Refused:
        return refused_view(refused)
    return msgspec.structs.replace(view, status=status_of(refused), refusal=refusal_text(refused), form=form)
