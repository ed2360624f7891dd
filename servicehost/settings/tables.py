"""All settings of a host: every table, in the order in which they are shown."""

import msgspec

from servicehost.settings.adapters_door import AdaptersDoorSettings
from servicehost.settings.address import ip
from servicehost.settings.areas import AreasSettings
from servicehost.settings.audit import AuditSettings
from servicehost.settings.bootstrap_door import BootstrapDoorSettings
from servicehost.settings.carrier import CarrierSettings
from servicehost.settings.consents import ConsentsSettings
from servicehost.settings.contracts import ContractsSettings
from servicehost.settings.enquiry_hours import EnquiryHoursSettings
from servicehost.settings.enrolment import EnrolmentSettings
from servicehost.settings.events import EventsSettings
from servicehost.settings.exchanges import ExchangesSettings
from servicehost.settings.fault import SettingFault
from servicehost.settings.groups import GroupsSettings
from servicehost.settings.host import HostSettings, LogSettings, MetricsSettings
from servicehost.settings.location import LocationSettings
from servicehost.settings.masking import MaskingSettings
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes
from servicehost.settings.rollouts import RolloutsSettings
from servicehost.settings.simulated_carrier import SimulatedCarrierSettings
from servicehost.settings.snapshots import SnapshotsSettings
from servicehost.settings.store import AuthoritySettings, StoreSettings
from servicehost.settings.tasks import TasksSettings
from servicehost.settings.units import UnitsSettings

__all__ = ["Settings"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each field is a table of the settings file. As loaded, every path in it is absolute."""

    host: HostSettings = HostSettings()
    store: StoreSettings = StoreSettings()
    authority: AuthoritySettings = AuthoritySettings()
    audit: AuditSettings = AuditSettings()
    adapters_door: AdaptersDoorSettings = AdaptersDoorSettings()
    bootstrap_door: BootstrapDoorSettings = BootstrapDoorSettings()
    enrolment: EnrolmentSettings = EnrolmentSettings()
    operators_door: OperatorsDoor = OperatorsDoor()
    location: LocationSettings = LocationSettings()
    units: UnitsSettings = UnitsSettings()
    pushes: Pushes = Pushes()
    rollouts: RolloutsSettings = RolloutsSettings()
    tasks: TasksSettings = TasksSettings()
    snapshots: SnapshotsSettings = SnapshotsSettings()
    masking: MaskingSettings = MaskingSettings()
    exchanges: ExchangesSettings = ExchangesSettings()
    areas: AreasSettings = AreasSettings()
    carrier: CarrierSettings = CarrierSettings()
    simulated_carrier: SimulatedCarrierSettings = SimulatedCarrierSettings()
    people: People = People()
    consents: ConsentsSettings = ConsentsSettings()
    enquiry_hours: EnquiryHoursSettings = EnquiryHoursSettings()
    events: EventsSettings = EventsSettings()
    contracts: ContractsSettings = ContractsSettings()
    groups: GroupsSettings = GroupsSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()

    def __post_init__(self) -> None:
        """Raises SettingFault `bad_address` or `no_address`."""
        for door in (self.adapters_door, self.bootstrap_door, self.operators_door):
            if not door.addresses:
                raise SettingFault("no_address", "addresses: every door needs at least one address to listen on")
            for address in door.addresses:
                ip(address)
