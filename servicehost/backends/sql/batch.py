"""The batch verb: what arrives from sessions, set-based, on the writer's thread."""

from collections.abc import Sequence

from servicehost.backends.sql.addresses import AddressRows
from servicehost.backends.sql.anchors import Anchors
from servicehost.backends.sql.areas import AreaRows
from servicehost.backends.sql.attempts import Attempts
from servicehost.backends.sql.audit import Audit
from servicehost.backends.sql.configs import Configs
from servicehost.backends.sql.consents import CallRows, ConsentRows
from servicehost.backends.sql.custody import Charges, Handovers, Returns
from servicehost.backends.sql.customer_ends import EndRows, PersonalRows
from servicehost.backends.sql.customers import CustomerRows, DelegateRows, LinkRows
from servicehost.backends.sql.depots import Overrides
from servicehost.backends.sql.destinations import DestinationRows
from servicehost.backends.sql.errands import ErrandRows
from servicehost.backends.sql.events import Events
from servicehost.backends.sql.exchanges import Exchanges, Stock
from servicehost.backends.sql.faults import Boots, Faults, Silences
from servicehost.backends.sql.fences import Fences
from servicehost.backends.sql.groups import GroupRows, SavedQueryRows, TagRows
from servicehost.backends.sql.lives import Lives
from servicehost.backends.sql.module_rows import ModuleRows
from servicehost.backends.sql.outbox import Outbox
from servicehost.backends.sql.presets import PresetRows
from servicehost.backends.sql.pushes import Pushes
from servicehost.backends.sql.renewals import Renewals
from servicehost.backends.sql.revocations import Holds, Revocations
from servicehost.backends.sql.rights import RightRows
from servicehost.backends.sql.rollout_ends import RolloutEndRows
from servicehost.backends.sql.rollouts import RolloutRows
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.scheduled_orders import ScheduledOrderRows
from servicehost.backends.sql.sessions import Sessions
from servicehost.backends.sql.task_batches import NamedBatchRows
from servicehost.backends.sql.task_rows import TaskRows
from servicehost.backends.sql.triages import Triages
from servicehost.backends.sql.units import Adapters, Units
from servicehost.backends.sql.uploads import UploadRows
from servicehost.domain.event import Event

__all__ = ["SqlBatch"]


class SqlBatch(
    Sessions,
    RolloutRows,
    RolloutEndRows,
    Pushes,
    ScheduledOrderRows,
    Configs,
    ModuleRows,
    Events,
    Units,
    Adapters,
    Fences,
    Revocations,
    Holds,
    Attempts,
    Renewals,
    Boots,
    Silences,
    Faults,
    Exchanges,
    Stock,
    Overrides,
    Lives,
    Handovers,
    Returns,
    Charges,
    ErrandRows,
    RightRows,
    AreaRows,
    AddressRows,
    DestinationRows,
    ConsentRows,
    CallRows,
    Triages,
    CustomerRows,
    DelegateRows,
    LinkRows,
    EndRows,
    PersonalRows,
    TaskRows,
    NamedBatchRows,
    UploadRows,
    GroupRows,
    TagRows,
    SavedQueryRows,
    PresetRows,
    Outbox,
    Audit,
    Anchors,
    Scoped,
):
    """`ports.store.Batch` on one connection."""

    def add_unit_events(self, keys: Sequence[tuple[int, str, int]], events: Sequence[Event]) -> None:
        self.add_unit_event_keys(keys, events)
        self.add_events(events)
