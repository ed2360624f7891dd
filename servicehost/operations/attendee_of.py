"""Who attends, where somebody gives the number of a delegate instead of a name."""

from servicehost.domain.delegate import the_delegate
from servicehost.domain.unit import Adapter
from servicehost.ports.store import Batch

__all__ = ["attendee_of"]


def attendee_of(batch: Batch, adapter: Adapter, number: int | None, now: int) -> str:
    """The delegate's name; nothing without a number. Raises NotFound `delegate_not_found`; Conflict
    `delegate_may_not_attend` unless they may attend at the adapter now."""
    if number is None:
        return ""
    return the_delegate(batch.delegates_of(adapter.management_code), number, adapter.service_code, now).name
