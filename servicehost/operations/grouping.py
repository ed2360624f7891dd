"""What the use cases of groups, tags, saved queries and presets have in common."""

from collections.abc import Mapping
from typing import Any, Final

from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.contract import check_not_ended
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.group import Group, SavedQuery
from servicehost.domain.people import Actor
from servicehost.domain.preset import Preset
from servicehost.operations.deed import deed, recorded
from servicehost.ports.store import Batch

__all__ = [
    "AT_ONCE",
    "demand_contract",
    "demand_seen",
    "demand_space",
    "kept",
    "tell",
    "the_group",
    "the_preset",
    "the_query",
]

AT_ONCE: Final = 1_000
"""So many adapters are sorted or tagged at once: the record of it names each."""


def demand_contract(batch: Batch, management_code: str, now: int) -> None:
    """Raises NotFound `contract_not_found`, Conflict `contract_ended`."""
    contract = batch.contract(management_code)
    if contract is None:
        raise NotFound("contract_not_found", f"There is no management contract {management_code}")
    check_not_ended(contract, now)


def demand_seen(standing: int, expected: int) -> None:
    """Raises Conflict `revision_conflict` unless the version that stands is the one its changer has seen."""
    if standing != expected:
        text = f"Somebody has changed it meanwhile: version {standing} stands, you have seen {expected}. Read it again"
        raise Conflict("revision_conflict", text)


def demand_space(more: int, most: int) -> None:
    """Raises Conflict `selection_too_large`."""
    if more > most:
        raise Conflict("selection_too_large", f"At most {most} adapters are taken at once, these are {more}")


def the_group(batch: Batch, number: int) -> Group:
    """Raises NotFound `group_not_found`."""
    group = batch.group(number)
    if group is None:
        raise NotFound("group_not_found", f"There is no group {number}")
    return group


def the_query(batch: Batch, number: int) -> SavedQuery:
    """Raises NotFound `query_not_found`."""
    query = batch.saved_query(number)
    if query is None:
        raise NotFound("query_not_found", f"There is no saved query {number}")
    return query


def the_preset(batch: Batch, number: int) -> Preset:
    """Raises NotFound `preset_not_found`."""
    preset = batch.preset(number)
    if preset is None:
        raise NotFound("preset_not_found", f"There is no preset {number}")
    return preset


def kept(text: str, management_code: str) -> Personal | None:
    """What people call their adapters: kept in the audit under the contract's key, as memos are."""
    return Personal(whose=Whose.contract(management_code), text=text) if text else None


def tell(
    batch: Batch,
    actor: Actor,
    at: int,
    action: Action,
    subject: str,
    *,
    management_code: str,
    sub_type: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **detail: Any,
) -> None:
    """The event and the record. `detail` is the event's and holds no word of people's own."""
    batch.add_events([deed(actor, at, sub_type, management_code=management_code, **detail)])
    entry = recorded(actor, at, action, subject, management_code=management_code, before=before, after=after)
    batch.append_audit([entry])
