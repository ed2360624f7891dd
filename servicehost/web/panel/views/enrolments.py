"""Units that wait for a certificate: what is known of them, and a yes or no."""

from typing import Final
from urllib.parse import urlencode

from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState
from servicehost.domain.errors import NotFound
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.forms import Form
from servicehost.web.panel.page_words import PAGE_WORDS, WAYS
from servicehost.web.panel.shell import Look, View
from servicehost.web.panel.state_words import REQUEST_STATES

__all__ = ["APPROVE", "DENY", "show_enrolments"]

_PAGE: Final = 20
_PATH: Final = "/panel/enrolments"


async def show_enrolments(look: Look) -> View:
    """Those that wait, unless another state is asked for; oldest first."""
    chosen = _state(look.asked("state"))
    mark = look.asked_number("after")
    found = await look.reads.enrolment_requests(look.scope, state=chosen, after=mark, limit=_PAGE + 1)
    rows = found[:_PAGE]
    units = {row.distribution_id: await look.reads.unit(look.scope, row.distribution_id) for row in rows}
    following = _address(chosen, rows[-1].request) if len(found) > _PAGE else ""
    values = {
        "rows": rows,
        "units": units,
        "ways": WAYS,
        "filters": [(_address(one), REQUEST_STATES[one].word, None, one is chosen) for one in RequestState],
        "people": await look.people([row.decided_by for row in rows]),
        "first": _address(chosen) if mark else "",
        "following": following,
    }
    return View(template="enrolments.html", values=values)


def _state(text: str) -> RequestState:
    return RequestState(text) if text in set(RequestState) else RequestState.PENDING


def _address(state: RequestState, after: int = 0) -> str:
    asked = {"state": state.value} | ({"after": str(after)} if after else {})
    return f"{_PATH}?{urlencode(asked)}"


async def _request(look: Look) -> EnrolmentRequest:
    found = await look.reads.enrolment_request(look.scope, look.number("request"))
    if found is None:
        raise NotFound("request_not_found", "There is no such enrolment request")
    return found


async def _ask_approval(look: Look, _: Form) -> Question:
    one = await _request(look)
    return Question(
        title=PAGE_WORDS["approve_request"],
        follows=PAGE_WORDS["approve_request_follows"],
        lines=(
            (PAGE_WORDS["model_serial"], f"{one.model}-{one.serial}"),
            (PAGE_WORDS["way"], WAYS[one.way]),
            (PAGE_WORDS["called_from"], one.remote_address),
        ),
        back=_PATH,
    )


async def _approve(look: Look, _: Form) -> str:
    await look.door.catalogue.approve_enrolment(look.actor, look.number("request"))
    return _PATH


async def _deny(look: Look, form: Form) -> str:
    await look.door.catalogue.deny_enrolment(look.actor, look.number("request"), form.line("reason"))
    return _PATH


APPROVE: Final = Deed(
    path=f"{_PATH}/{{request}}/approval", name="approved", shows=show_enrolments, do=_approve, ask=_ask_approval
)
DENY: Final = Deed(path=f"{_PATH}/{{request}}/denial", name="denied", shows=show_enrolments, do=_deny)
