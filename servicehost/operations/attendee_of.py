"""Who attends, where somebody gives the number of a delegate instead of a name."""

from servicehost.domain.appointment import Attendee, Window
from servicehost.domain.delegate import the_delegate
from servicehost.domain.unit import Adapter
from servicehost.ports.store import Batch

__all__ = ["attendee_of", "delegate_for"]


def attendee_of(batch: Batch, adapter: Adapter, number: int | None, now: int) -> str:
    """The delegate's name; nothing without a number. Raises NotFound `delegate_not_found`; Conflict
    `delegate_may_not_attend` unless they may attend at the adapter now."""
    if number is None:
        return ""
    return the_delegate(batch.delegates_of(adapter.management_code), number, adapter.service_code, now).name


def delegate_for(batch: Batch, management_code: str, service_code: str, number: int, window: Window) -> Attendee:
    """The delegate as who attends within the window, from its beginning to its end; name and telephone are the
    record's. Raises as `attendee_of`."""
    delegates = batch.delegates_of(management_code)
    found = the_delegate(delegates, number, service_code, window.from_at)
    the_delegate(delegates, number, service_code, window.until_at - 1)
    return Attendee(name=found.name, telephone=found.telephone, delegate=number)
