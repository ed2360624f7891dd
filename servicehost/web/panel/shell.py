"""What all pages share: who looks at which room in which language, the frame around a page, and how it is sent."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import hdrs, web

from servicehost.domain.contract import Scope
from servicehost.domain.errors import Refused, Unauthenticated
from servicehost.domain.people import RIGHTS, Actor, Right
from servicehost.domain.rule import Text
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.ports.reads import Reads
from servicehost.web.door import DOOR, Door
from servicehost.web.panel.files import BUILD
from servicehost.web.panel.forms import NO_FORM, Form, read_number
from servicehost.web.panel.language import Language, say
from servicehost.web.panel.menu import Menu, Waiting, menu_of
from servicehost.web.panel.page_words import DONE
from servicehost.web.panel.paint import page, paint
from servicehost.web.panel.refusals import refusal_text
from servicehost.web.panel.visit import Visitor, form_proof, keep_language, language_of_request, visitor_of
from servicehost.web.panel.watch import Room, Watch
from servicehost.web.panel.words import NO_SCRIPT, SCRIPT
from servicehost.web.problems import status_of

__all__ = [
    "ASSETS",
    "HOME",
    "HTML_HEADERS",
    "LOG_IN",
    "MENUS",
    "WATCH",
    "Look",
    "Site",
    "View",
    "common",
    "html",
    "look_of",
    "menu_for",
    "painted",
    "refused_view",
    "script_words",
    "shown",
    "to",
    "to_log_in",
]

HOME: Final = "/panel/"
LOG_IN: Final = "/panel/login"
ASSETS: Final = f"/panel/assets/{BUILD}"
WATCH: web.AppKey[Watch] = web.AppKey("panel_watch", Watch)
MENUS: web.AppKey[Waiting] = web.AppKey("panel_menus", Waiting)
HTML_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    # With no referrer at all browsers would not name the origin of our own forms either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter by the name of its site; the customer's name is only for who sees more than one."""

    code: str
    name: str
    customer: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be painted: its template and what that is given. `refusal`: why what was asked is not done."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    refusal: Text | None = None
    form: Form = NO_FORM
    """What was filled in when it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody logged in looks at a page."""

    request: web.Request
    visitor: Visitor
    language: Language
    room: Room

    @property
    def door(self) -> Door:
        return self.request.app[DOOR]

    @property
    def actor(self) -> Actor:
        return self.visitor.actor

    @property
    def scope(self) -> Scope:
        """How far they see."""
        return self.visitor.actor.scope

    @property
    def provider(self) -> bool:
        """Whether it is one of the provider's people, who see every customer."""
        return self.scope.management_code is None

    @property
    def reads(self) -> Reads:
        return self.door.reads

    @property
    def cases(self) -> CaseCatalogue:
        return self.door.cases

    @property
    def now(self) -> int:
        return self.door.clock.wall()

    def may(self, right: Right) -> bool:
        """Whether to offer what needs the right; the use case asks again."""
        return right in RIGHTS[self.actor.role]

    def number(self, name: str) -> int:
        """A number in the path of the address, as `read_number` has it."""
        return read_number(self.request.match_info[name])

    def asked(self, name: str) -> str:
        """A parameter of the address, cut to a bearable length."""
        return self.request.query.get(name, "").strip()[:100]

    def asked_number(self, name: str) -> int:
        """A parameter of the address that is a number, as `read_number` has it."""
        return read_number(self.asked(name))

    def site(self, code: str) -> Site:
        """The adapter under its site's name, as the room knows it."""
        known = self.room.knowledge.adapters.get(code)
        if known is None:
            return Site(code=code, name=code, customer="")
        customer = self.room.knowledge.customers.get(known.adapter.management_code, "")
        return Site(code=code, name=known.adapter.memo or code, customer=customer)

    async def people(self, master_ids: Collection[str | None]) -> dict[str, str]:
        """Names by Master ID, of those whom the viewer may know by name."""
        wanted = {one for one in master_ids if one}
        return await self.reads.names_of(self.scope, wanted) if wanted else {}


Shown = Callable[[Look], Awaitable[View]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def look_of(request: web.Request) -> Look:
    """Raises Unauthenticated as `visitor_of` does."""
    visitor = await visitor_of(request)
    room = await request.app[WATCH].glance(visitor.actor.scope)
    return Look(request=request, visitor=visitor, language=language_of_request(request), room=room)


def shown(view: Shown) -> Handler:
    """A handler that paints the page; who is not logged in is led to the log-in, what is not there is said."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            look = await look_of(request)
        except Unauthenticated as refused:
            return to_log_in(refused)
        try:
            return await painted(look, await view(look))
        except Refused as refused:
            return await painted(look, refused_view(refused))

    return handle


def refused_view(refused: Refused) -> View:
    """A page that says only why there is nothing to see."""
    return View(template="refused.html", values={}, status=status_of(refused), refusal=refusal_text(refused))


async def painted(look: Look, view: View) -> web.Response:
    """The page in its frame."""
    values = {
        **common(look.request),
        "painted_menu": paint("menu", await menu_for(look), look.language),
        "actor": look.actor,
        "provider": look.provider,
        "may": look.may,
        "site": look.site,
        "csrf": form_proof(look.visitor.token),
        "script": SCRIPT,
        "no_script": NO_SCRIPT,
        "script_words": script_words(look.language),
        "refusal": view.refusal,
        "done": DONE.get(look.request.query.get("done", "")),
        "kept": view.form,
        "here": look.request.path,
        **view.values,
    }
    return html(look.request, page(view.template, look.language, values), look.language, view.status)


async def menu_for(look: Look, here: str = "") -> Menu:
    """The menu with what waits for this very person; `here`: the page it stands on, where that is not the one asked
    for."""
    waiting = await look.request.app[MENUS].of(look.reads, look.actor, look.room, look.now)
    return menu_of(look.actor, waiting, here or look.request.path)


def common(request: web.Request) -> dict[str, object]:
    """What the frame itself needs."""
    kept = [(name, value) for name, value in request.query.items() if name not in ("lang", "done")]
    languages = [
        (code, name, "?" + urlencode([*kept, ("lang", code)])) for code, name in (("ja", "日本語"), ("en", "English"))
    ]
    # What was sent by a form has no page of its own to be shown in the other language.
    return {"assets": ASSETS, "build": BUILD, "languages": languages if request.method == "GET" else []}


def script_words(language: Language) -> str:
    """What the script says, as JSON."""
    return msgspec.json.encode({name: say(text, language) for name, text in SCRIPT.items()}).decode()


def html(request: web.Request, text: str, language: Language, status: int = 200) -> web.Response:
    """A page as it is sent; the language asked for in the address is kept."""
    response = web.Response(status=status, text=text, content_type="text/html", headers=HTML_HEADERS)
    if "lang" in request.query:
        keep_language(response, request.app[DOOR].settings, language)
    return response


def to(address: str) -> web.Response:
    """Look there now."""
    return web.Response(status=303, headers={**HTML_HEADERS, hdrs.LOCATION: address})


def to_log_in(refused: Unauthenticated) -> web.Response:
    """The log-in page, which says why if there was a log-in before."""
    return to(LOG_IN if refused.code == "no_token" else f"{LOG_IN}?{urlencode({'why': refused.code})}")
