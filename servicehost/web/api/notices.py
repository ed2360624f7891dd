"""The notice that somebody registered is handed."""

from typing import Final

from aiohttp import hdrs

from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.customer_answers import RegistrationNotice
from servicehost.web.notice_page import link_address, notice_page
from servicehost.web.route import Route

__all__ = ["ROUTES", "panel_address"]


def panel_address(call: Call, set_address: str) -> str:
    """Where customers reach the panel: as the settings say, else as the caller has reached this door."""
    settings = call.door.settings
    scheme = "https" if settings.certificate is not None or settings.behind_proxy else "http"
    return set_address or f"{scheme}://{call.request.headers.get(hdrs.HOST, 'localhost')}"


async def _make(call: Call) -> Reply:
    notice = await call.door.catalogue.contracts.make_notice(call.actor, call.text("master_id"))
    panel = panel_address(call, notice.panel_url)
    return Reply(value=RegistrationNotice.of(notice, panel, link_address(panel, notice), notice_page(panel, notice)))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/people/{master_id}/notice",
        handler=_make,
        name="makeNotice",
        summary="Make the notice for somebody registered, with a one-time link to their first password, told this once",
        tag="contracts",
        right=Right.MANAGE_PEOPLE,
        answer=RegistrationNotice,
        status=201,
        problems=("person_not_found", "not_of_a_contract", "password_chosen", "contract_ended"),
    ),
)
