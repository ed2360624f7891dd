"""Delegates: whom an operation manager has named to attend at a site, from when until when.

An on-site swap needs an operation manager or somebody one of them has named. A delegate does not log in.
"""

from collections.abc import Iterable, Sequence

import msgspec

from servicehost.domain.errors import Conflict, Invalid, NotFound

__all__ = ["MAX_DELEGATES", "Delegate", "attend_at", "check_delegate", "the_delegate"]

MAX_DELEGATES = 200
"""Of one contract, at one time."""


class Delegate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody named to attend. `service_codes` are the adapters they may attend at; empty: all of the contract.

    From `attends_from` on and before `attends_until` (None: without an end), unless their naming was ended before.
    """

    number: int
    management_code: str
    name: str
    telephone: str
    service_codes: tuple[str, ...]
    attends_from: int
    attends_until: int | None
    named_by: str
    named_at: int
    ended_at: int | None = None
    ended_by: str | None = None
    end_reason: str = ""

    def stands(self, now: int) -> bool:
        """Whether they may attend anywhere at `now`."""
        over = self.attends_until is not None and self.attends_until <= now
        return self.ended_at is None and self.attends_from <= now and not over

    def attends(self, service_code: str, now: int) -> bool:
        """Whether they may attend at the adapter at `now`."""
        return self.stands(now) and (not self.service_codes or service_code in self.service_codes)


def attend_at(delegates: Iterable[Delegate], service_code: str, now: int) -> tuple[Delegate, ...]:
    """Those who may attend at the adapter at `now`."""
    return tuple(one for one in delegates if one.attends(service_code, now))


def check_delegate(delegate: Delegate, standing: Sequence[Delegate]) -> Delegate:
    """The delegate itself. Raises Invalid `delegate_unnamed`, `delegate_ends_before_it_begins`; Conflict
    `too_many_delegates` when MAX_DELEGATES are `standing` already."""
    if not delegate.name.strip() or not delegate.telephone.strip():
        raise Invalid("delegate_unnamed", "A delegate has a name and a telephone number")
    if delegate.attends_until is not None and delegate.attends_until <= max(delegate.attends_from, delegate.named_at):
        text = "A delegate attends until later than from, and until later than now"
        raise Invalid("delegate_ends_before_it_begins", text)
    if len(standing) >= MAX_DELEGATES:
        raise Conflict("too_many_delegates", f"A contract has at most {MAX_DELEGATES} delegates; end one first")
    return delegate


def the_delegate(delegates: Iterable[Delegate], number: int, service_code: str, now: int) -> Delegate:
    """The delegate of that number. Raises NotFound `delegate_not_found`; Conflict `delegate_may_not_attend`."""
    found = next((one for one in delegates if one.number == number), None)
    if found is None:
        raise NotFound("delegate_not_found", f"There is no delegate {number}")
    if not found.attends(service_code, now):
        text = f"Delegate {number} may not attend at {service_code} then: name another, or name them for it"
        raise Conflict("delegate_may_not_attend", text)
    return found
