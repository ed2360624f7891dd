"""The kinds of fact that a judgement reads: their names, the values each may have, and who supplies a missing one.

All enumerations are closed: a value outside them is bad input, never a new case.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class FactName(StrEnum):
    """What a fact is about. Every name but the last two is also a field of a facts file, in this order."""

    REQUESTER = "requester"
    OWNERSHIP = "ownership"
    CHANNEL = "channel"
    ITEM = "item"
    OPTION = "option"
    CAUSE = "cause"
    AREA = "area"
    PROVIDER_DOWNGRADE = "provider_downgrade"
    SITE = "site"
    ATTENDEE = "attendee"
    LOCATION = "location"
    COVERAGE = "coverage"
    INSPECTION = "inspection"
    ACCESSORIES = "accessories"


class Source(StrEnum):
    """Where a statement comes from."""

    CONTRACT = "contract"
    TRIAGE = "triage"
    SITE = "site"
    DISPATCHER = "dispatcher"
    ATTENDEE = "attendee"
    REQUESTER = "requester"
    INSPECTION = "inspection"
    FILE = "file"


class Supplier(StrEnum):
    """Who must supply a fact that is not known."""

    REQUESTER = "requester"
    CONTRACT_DESK = "contract_desk"
    TRIAGE = "triage"
    DISPATCHER = "dispatcher"
    OPERATION_MANAGER = "operation_manager"


class Requester(StrEnum):
    """Who asks. A delegate may attend a swap but may not ask for one."""

    OPERATION_MANAGER = "operation_manager"
    DELEGATE = "delegate"
    OTHER = "other"


class Ownership(StrEnum):
    """Whose the unit is: the provider's, let for a fee, or the customer's own."""

    RENTAL = "rental"
    BROUGHT_IN = "brought_in"


class Channel(StrEnum):
    """Through whom the adapter was bought."""

    DIRECT = "direct"
    RESELLER = "reseller"


class Item(StrEnum):
    """The item of the management contract to which the adapter is assigned."""

    ENTRY = "entry"
    STANDBY = "standby"


class Cause(StrEnum):
    """What triage found. `loss` means the unit is gone, `not_hardware` that the unit is sound."""

    NATURAL = "natural"
    NEGLIGENCE = "negligence"
    ACCIDENT = "accident"
    DISASTER = "disaster"
    MODIFICATION = "modification"
    LOSS = "loss"
    NOT_HARDWARE = "not_hardware"


class Area(StrEnum):
    """The state of the region around the site."""

    OPEN = "open"
    NO_ENTRY = "no_entry"
    MASS_DAMAGE = "mass_damage"


class SiteState(StrEnum):
    """Whether a driver finds somebody and may go in."""

    STAFFED = "staffed"
    UNMANNED = "unmanned"
    RESTRICTED = "restricted"


class Location(StrEnum):
    """Where the unit stands now, against the installation location declared for the option."""

    DECLARED = "declared"
    ELSEWHERE = "elsewhere"


class Coverage(StrEnum):
    """Whether drivers serve the declared location. Judged when the option is attached; changes no verdict
    afterwards."""

    COVERED = "covered"
    ISLAND = "island"
    UNCOVERED = "uncovered"


class Inspection(StrEnum):
    """What became of the old unit after an exchange. `returned`: it is back and has not been inspected yet."""

    RETURNED = "returned"
    FAULT_FOUND = "fault_found"
    NO_FAULT_FOUND = "no_fault_found"
    DAMAGED = "damaged"
    MODIFIED = "modified"
    NEVER_RETURNED = "never_returned"


class Accessories(StrEnum):
    """Whether the main accessories came back with the unit; `short`: one is missing or damaged."""

    WHOLE = "whole"
    SHORT = "short"


FactValue = bool | str
"""A yes or no, or one value of a closed enumeration (a `StrEnum` member or its text: both compare equal)."""


class FactKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of fact: its values in order, who supplies it, and the only sources that may state it (empty: any)."""

    values: tuple[FactValue, ...]
    supplier: Supplier
    only_from: frozenset[Source] = frozenset()

    def allows(self, value: object) -> bool:
        """Tell whether `value` is one of the listed ones. A number is never a yes or no, although 1 == True."""
        return isinstance(value, bool if isinstance(self.values[0], bool) else str) and value in self.values


_YES_NO: Final = (True, False)

KINDS: Final[Mapping[FactName, FactKind]] = {
    FactName.REQUESTER: FactKind(values=tuple(Requester), supplier=Supplier.REQUESTER),
    FactName.OWNERSHIP: FactKind(values=tuple(Ownership), supplier=Supplier.CONTRACT_DESK),
    FactName.CHANNEL: FactKind(values=tuple(Channel), supplier=Supplier.CONTRACT_DESK),
    FactName.ITEM: FactKind(values=tuple(Item), supplier=Supplier.CONTRACT_DESK),
    FactName.OPTION: FactKind(values=_YES_NO, supplier=Supplier.CONTRACT_DESK),
    FactName.CAUSE: FactKind(values=tuple(Cause), supplier=Supplier.TRIAGE),
    FactName.AREA: FactKind(values=tuple(Area), supplier=Supplier.DISPATCHER),
    # Only the dispatcher may take an on-site swap from a customer: nobody else's word for it is accepted.
    FactName.PROVIDER_DOWNGRADE: FactKind(
        values=_YES_NO, supplier=Supplier.DISPATCHER, only_from=frozenset({Source.DISPATCHER, Source.FILE})
    ),
    FactName.SITE: FactKind(values=tuple(SiteState), supplier=Supplier.OPERATION_MANAGER),
    FactName.ATTENDEE: FactKind(values=_YES_NO, supplier=Supplier.OPERATION_MANAGER),
    FactName.LOCATION: FactKind(values=tuple(Location), supplier=Supplier.OPERATION_MANAGER),
    FactName.COVERAGE: FactKind(values=tuple(Coverage), supplier=Supplier.CONTRACT_DESK),
    FactName.INSPECTION: FactKind(values=tuple(Inspection), supplier=Supplier.TRIAGE),
    FactName.ACCESSORIES: FactKind(
        values=tuple(Accessories), supplier=Supplier.DISPATCHER, only_from=frozenset({Source.INSPECTION, Source.FILE})
    ),
}
"""Every kind, by name, in the order of `FactName`."""

FILE_FIELDS: Final = tuple(name for name in FactName if name not in (FactName.INSPECTION, FactName.ACCESSORIES))
"""The names that a facts file may state. What a return brings comes after the exchange, so no such file has it."""
