"""What the store keeps of faults and exchanges: the part of the batch verb that the story's use cases work with.

Its steps are taken by people, by sessions and by the clock alike, so each has one body, a plain function over a batch.
Every method works within the batch's scope: what lies outside is as if it were not there.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from servicehost.domain.acceptance import AcceptancePoint
from servicehost.domain.config import ModuleState
from servicehost.domain.exchange import Exchange, Step
from servicehost.domain.fact import Fact
from servicehost.domain.fault import Fault
from servicehost.domain.presence import Lease, SessionRow
from servicehost.domain.reaction import Reaction
from servicehost.domain.spare import Spare
from servicehost.domain.symptom import Boot, Symptom, SymptomKind
from servicehost.domain.unit import Adapter, Binding, Unit

__all__ = ["Cases", "FactRow", "LastHeard", "NoticeRow", "Watched"]


class FactRow(msgspec.Struct, frozen=True, kw_only=True):
    """A statement about a case. With `exchange` set it concerns that request alone (who asked), else the fault."""

    management_code: str
    fault: int | None
    exchange: int | None
    fact: Fact
    evidence: str = ""


class LastHeard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a unit's last session. `certified_unit_id` is the unit its certificate was issued to."""

    unit_id: int
    row: SessionRow
    binding: int | None
    firmware: str | None
    boot_id: str | None
    reports: int
    certified_unit_id: int | None
    modules: tuple[ModuleState, ...]


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter whose unit has not been heard for a while, or whose fault waits for it to come back."""

    service_code: str
    management_code: str
    unit_id: int
    row: SessionRow


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a carrier, as taken. `digest` is that of the body it came in; empty when it was asked for."""

    message_id: str
    management_code: str
    exchange: int
    kind: str
    at: int
    digest: str = ""


class Cases(Protocol):
    """Faults, exchanges, stock and reactions. Plain calls; lists are in the order of their numbers."""

    # units and adapters
    def adapters(self, service_codes: Collection[str]) -> list[Adapter]: ...

    def unit(self, distribution_id: str) -> Unit | None: ...

    def units_by_id(self, unit_ids: Collection[int]) -> dict[int, Unit]: ...

    def set_adapter_terms(self, adapter: Adapter) -> None:
        """Writes item, option, declared location and coverage."""
        ...

    def set_unit_terms(self, unit: Unit) -> None:
        """Writes ownership and channel."""
        ...

    def binding_of_adapter(self, service_code: str) -> Binding | None:
        """The one in force."""
        ...

    def binding_of_unit(self, unit_id: int) -> Binding | None:
        """The one in force."""
        ...

    def bind(self, binding: Binding) -> Binding:
        """The binding with its number. Raises Conflict `bound_already` or a `LifeRefusal`."""
        ...

    def unbind(self, number: int, at: int, reason: str = "", *, replaced: bool = False) -> None:
        """The unit is then registered again, or `replaced`; one that is lost or stolen stays so."""
        ...

    def last_heard(self, unit_ids: Collection[int]) -> dict[int, LastHeard]: ...

    def leases(self) -> dict[str, Lease]:
        """By host; a lease belongs to no tenant."""
        ...

    # boots and silence
    def add_boots(self, boots: Sequence[Boot], drop_before: int) -> None:
        """The same boot is kept once; those of the same units from before `drop_before` are forgotten."""
        ...

    def boots(self, unit_ids: Collection[int]) -> dict[int, list[Boot]]: ...

    def unheard_since(self, instant: int, limit: int) -> list[Watched]:
        """Adapters whose unit's session ended, or was last heard, before `instant`, and whose open fault (if any)
        does not have silence among its symptoms yet."""
        ...

    def waiting_to_come_back(self, limit: int) -> list[Watched]:
        """Adapters whose open fault is a suspicion, or was triaged as no fault of the unit."""
        ...

    # faults
    def open_faults(self, service_codes: Collection[str]) -> dict[str, Fault]:
        """By service code; there is one at most."""
        ...

    def fault(self, fault: int) -> Fault | None: ...

    def add_fault(self, fault: Fault) -> Fault:
        """With its number."""
        ...

    def save_fault(self, fault: Fault) -> None: ...

    def add_symptom(self, fault: int, symptom: Symptom) -> bool:
        """Whether it is the fault's first of that kind and component; otherwise it is counted on that one."""
        ...

    def symptom_kinds(self, fault: int) -> set[SymptomKind]: ...

    # facts
    def add_facts(self, rows: Sequence[FactRow]) -> None: ...

    def facts_of(self, exchange: Exchange) -> list[Fact]:
        """Everything stated about its fault, and about itself; nothing about other requests."""
        ...

    # exchanges
    def exchange(self, exchange: int) -> Exchange | None: ...

    def open_exchange_of(self, service_code: str) -> Exchange | None: ...

    def open_exchanges_of_units(self, unit_ids: Collection[int]) -> list[Exchange]:
        """Those whose old or new unit is one of these."""
        ...

    def exchanges_in(self, states: Collection[str], limit: int) -> list[Exchange]:
        """Oldest change first."""
        ...

    def add_exchange(self, exchange: Exchange) -> Exchange:
        """With its number. Raises Conflict `exchange_open` when the adapter has an open one."""
        ...

    def save_exchange(self, exchange: Exchange, step: Step | None) -> None: ...

    def acceptance(self, exchange: int) -> list[AcceptancePoint]: ...

    def save_acceptance(self, exchange: Exchange, points: Sequence[AcceptancePoint]) -> None: ...

    # stock
    def spare(self, unit_id: int) -> Spare | None: ...

    def put_spare(self, spare: Spare) -> None:
        """Adds or replaces it."""
        ...

    def drop_spare(self, unit_id: int) -> None: ...

    # carriers and reactions
    def add_notice(self, notice: NoticeRow) -> bool:
        """False when that message was taken before."""
        ...

    def notice(self, message_id: str) -> NoticeRow | None: ...

    def add_reactions(self, reactions: Sequence[Reaction]) -> None: ...

    def due_reactions(self, now: int, limit: int) -> list[Reaction]:
        """The first that is not parked of each adapter, if its time has come."""
        ...

    def reaction(self, number: int) -> Reaction | None: ...

    def save_reaction(self, reaction: Reaction) -> None: ...

    def drop_reaction(self, number: int) -> None: ...
