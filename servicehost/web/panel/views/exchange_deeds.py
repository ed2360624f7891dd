"""What is said of an exchange on its page: who attends, "swap now", recovery, calling it off, keeping drivers away."""

from typing import Any, Final

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.exchange import Exchange
from servicehost.domain.fact_kind import FactName
from servicehost.domain.people import Right, demand
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict
from servicehost.operations.state_fact import Statement
from servicehost.web.panel.case_words import CASE_WORDS
from servicehost.web.panel.deeds import Deed, Question
from servicehost.web.panel.forms import Form
from servicehost.web.panel.page_words import PAGE_WORDS
from servicehost.web.panel.shell import Look
from servicehost.web.panel.views.case import show_exchange

__all__ = ["ATTENDEE", "CANCEL", "CONFIRM", "DOWNGRADE", "SWAP"]

_OF: Final = "/panel/exchanges/{exchange}"


def _back(look: Look) -> str:
    return f"/panel/cases/exchange-{look.number('exchange')}"


async def _the_exchange(look: Look) -> Exchange:
    found = await look.reads.exchange(look.scope, look.number("exchange"))
    if found is None:
        raise NotFound("exchange_not_found", "There is no such exchange")
    return found.exchange


def _site(look: Look, exchange: Exchange) -> tuple[Text, Any]:
    return (PAGE_WORDS["site_word"], look.site(exchange.service_code).name)


async def _attend(look: Look, form: Form) -> str:
    attended, name = form.get("attended") != "no", form.line("attendee", 100)
    if attended and not name:
        raise Invalid("attendee_missing", "Give the name of the one who attends")
    if not attended and name:
        raise Invalid("attendance_contradicts", "Either name who attends, or say that nobody can")
    statement = Statement(name=FactName.ATTENDEE, value=attended, attendee=name)
    await look.cases.state_fact(look.actor, look.number("exchange"), statement)
    return _back(look)


async def _keep_away(look: Look, form: Form) -> str:
    withheld = form.yes_or_no("withheld")
    if withheld is None:
        raise Invalid("nothing_chosen", "Choose one")
    statement = Statement(name=FactName.PROVIDER_DOWNGRADE, value=withheld)
    await look.cases.state_fact(look.actor, look.number("exchange"), statement)
    return _back(look)


async def _ask_swap(look: Look, form: Form) -> Question:
    exchange = await _the_exchange(look)
    name = form.line("attendee", 100)
    on_site = exchange.method is Verdict.ONSITE_SWAP
    if on_site and not name:
        raise Invalid("attendee_missing", "Give the name of the one who attends")
    lines = (_site(look, exchange), *(((CASE_WORDS["attendee_word"], name),) if on_site else ()))
    return Question(
        title=CASE_WORDS["swap_ask"], follows=CASE_WORDS["swap_follows"], lines=lines, back=_back(look), stern=True
    )


async def _swap(look: Look, form: Form) -> str:
    await look.cases.swap_unit(look.actor, look.number("exchange"), form.line("attendee", 100))
    return _back(look)


async def _ask_confirmation(look: Look, _: Form) -> Question:
    exchange = await _the_exchange(look)
    demand(look.actor, Right.EXCHANGE)
    return Question(
        title=CASE_WORDS["confirm_ask"],
        follows=CASE_WORDS["confirm_follows"],
        lines=(_site(look, exchange),),
        back=_back(look),
    )


async def _confirm(look: Look, _: Form) -> str:
    await look.cases.confirm_recovery(look.actor, look.number("exchange"))
    return _back(look)


async def _ask_cancellation(look: Look, form: Form) -> Question:
    exchange, reason = await _the_exchange(look), form.line("reason")
    if not reason:
        raise Invalid("no_reason", "Say why the exchange is cancelled")
    return Question(
        title=CASE_WORDS["cancel_ask"],
        follows=CASE_WORDS["cancel_follows"],
        lines=(_site(look, exchange), (PAGE_WORDS["reason_word"], reason)),
        back=_back(look),
        stern=True,
    )


async def _cancel(look: Look, form: Form) -> str:
    await look.cases.cancel_exchange(look.actor, look.number("exchange"), form.line("reason"))
    return _back(look)


ATTENDEE: Final = Deed(path=f"{_OF}/attendee", name="attendee_named", shows=show_exchange, do=_attend)
DOWNGRADE: Final = Deed(path=f"{_OF}/downgrade", name="downgrade_said", shows=show_exchange, do=_keep_away)
SWAP: Final = Deed(path=f"{_OF}/swap", name="swap_said", shows=show_exchange, do=_swap, ask=_ask_swap)
CONFIRM: Final = Deed(
    path=f"{_OF}/confirmation", name="recovery_confirmed", shows=show_exchange, do=_confirm, ask=_ask_confirmation
)
CANCEL: Final = Deed(
    path=f"{_OF}/cancellation", name="exchange_cancelled", shows=show_exchange, do=_cancel, ask=_ask_cancellation
)
