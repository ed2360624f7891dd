"""The use cases, bound to their ports: all that a door receives of this room."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.config import Revision
from servicehost.domain.consent import ConsentPolicy
from servicehost.domain.enrolment_request import EnrolmentRequest
from servicehost.domain.group import GroupPolicy
from servicehost.domain.life import LifeSaid
from servicehost.domain.people import Actor, Role
from servicehost.domain.push import Push
from servicehost.domain.rollout import RolloutPolicy
from servicehost.domain.snapshot import SnapshotPolicy
from servicehost.domain.throttle import Rate, Throttle
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.operations.add_adapter import AddAdapter, add_adapter
from servicehost.operations.add_contract import AddContract, add_contract
from servicehost.operations.add_person import AddedPerson, AddPerson, add_person, add_provider_person
from servicehost.operations.ask_renewals import ask_renewals
from servicehost.operations.bind_unit import bind_unit
from servicehost.operations.cancel_push import cancel_push
from servicehost.operations.change_password import change_password
from servicehost.operations.change_unit_life import change_unit_life
from servicehost.operations.config_catalogue import ConfigCatalogue
from servicehost.operations.consent_catalogue import ConsentCatalogue, open_consent_catalogue
from servicehost.operations.contract_catalogue import ContractCatalogue, open_contract_catalogue
from servicehost.operations.decide_enrolment import approve_enrolment, deny_enrolment
from servicehost.operations.end_adapter import end_adapter, end_due_adapters
from servicehost.operations.enrol_by_birth import BirthTerms, EnrolByBirth, enrol_by_birth
from servicehost.operations.enrol_unit import EnrolUnit, enrol_unit
from servicehost.operations.enrolling import Patience
from servicehost.operations.erase_person import erase_named, erase_person
from servicehost.operations.expire_pushes import expire_pushes
from servicehost.operations.failed_log_in import FailedLogIns
from servicehost.operations.group_catalogue import GroupCatalogue, open_group_catalogue
from servicehost.operations.import_units import ImportedUnits, import_units
from servicehost.operations.issue_enrolment_token import IssuedEnrolmentToken, issue_enrolment_token
from servicehost.operations.log_in import LoggedIn, Tries, log_in
from servicehost.operations.log_out import log_out
from servicehost.operations.move_unit import move_unit, take_unit_back
from servicehost.operations.push_config import Ordered, PushOrder, push_config
from servicehost.operations.reenrol_unit import ReenrolUnit, reenrol_unit
from servicehost.operations.register_unit import RegisterUnit, register_unit
from servicehost.operations.release_unit import release_unit
from servicehost.operations.revoke_unit import revoke_certificate, revoke_unit
from servicehost.operations.rollouts_catalogue import RolloutsCatalogue, open_rollouts_catalogue
from servicehost.operations.rollover_catalogue import RolloverCatalogue
from servicehost.operations.save_config import ConfigDraft, save_config
from servicehost.operations.schedule_catalogue import (
    ScheduleCatalogue,
    open_schedule_catalogue,
    push_terms,
)
from servicehost.operations.snapshot_catalogue import SnapshotCatalogue, open_snapshot_catalogue
from servicehost.operations.task_catalogue import TaskCatalogue
from servicehost.operations.unbind_unit import unbind_unit
from servicehost.ports.authority import Authority
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.line import Line
from servicehost.ports.store import Store
from servicehost.settings.contracts import ContractsSettings
from servicehost.settings.enrolment import EnrolmentSettings
from servicehost.settings.people import People
from servicehost.settings.pushes import Pushes

__all__ = ["Catalogue", "open_catalogue"]

ENROLMENT: Final = EnrolmentSettings()
CONTRACTS: Final = ContractsSettings()
RETURNS: Final = ReturnPolicy()
SNAPSHOTS: Final = SnapshotPolicy()
GROUPS: Final = GroupPolicy()


class BindUnit(Protocol):
    def __call__(
        self, actor: Actor, service_code: str, distribution_id: str, reason: str, override: bool = False
    ) -> Awaitable[Binding]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    log_in: Callable[[str, str, str | None, str], Awaitable[LoggedIn]]
    log_out: Callable[[Actor, str], Awaitable[None]]
    change_password: Callable[[Actor, str, str], Awaitable[LoggedIn]]
    add_person: AddPerson
    erase_person: Callable[[Actor, str, str], Awaitable[None]]
    erase_named: Callable[[Actor, str, str, str], Awaitable[None]]
    add_provider_person: Callable[[Role, str], Awaitable[AddedPerson]]
    add_contract: AddContract
    register_unit: RegisterUnit
    import_units: Callable[[Actor, bytes, bool], Awaitable[ImportedUnits]]
    change_unit_life: Callable[[Actor, str, LifeSaid, str], Awaitable[Unit]]
    issue_enrolment_token: Callable[[Actor, str], Awaitable[IssuedEnrolmentToken]]
    enrol_unit: EnrolUnit
    enrol_by_birth: EnrolByBirth
    reenrol_unit: ReenrolUnit
    approve_enrolment: Callable[[Actor, int], Awaitable[EnrolmentRequest]]
    deny_enrolment: Callable[[Actor, int, str], Awaitable[EnrolmentRequest]]
    add_adapter: AddAdapter
    bind_unit: BindUnit
    unbind_unit: Callable[[Actor, str, str], Awaitable[None]]
    end_adapter: Callable[[Actor, str, int | None, str], Awaitable[Adapter]]
    end_due_adapters: Callable[[int], Awaitable[int]]
    revoke_unit: Callable[[Actor, str, str, str], Awaitable[list[Certificate]]]
    revoke_certificate: Callable[[Actor, str, str, str], Awaitable[list[Certificate]]]
    release_unit: Callable[[Actor, str, str], Awaitable[Unit]]
    ask_renewals: Callable[[Actor, Sequence[str], str], Awaitable[list[Unit]]]
    move_unit: Callable[[Actor, str, Sequence[str]], Awaitable[tuple[str, ...]]]
    take_unit_back: Callable[[Actor, str], Awaitable[None]]
    save_config: Callable[[Actor, ConfigDraft], Awaitable[Revision]]
    push_config: Callable[[Actor, PushOrder], Awaitable[list[Ordered]]]
    cancel_push: Callable[[Actor, int], Awaitable[Push]]
    expire_pushes: Callable[[int], Awaitable[int]]
    consents: ConsentCatalogue
    contracts: ContractCatalogue
    rollover: RolloverCatalogue
    rollouts: RolloutsCatalogue
    configs: ConfigCatalogue
    tasks: TaskCatalogue
    snapshots: SnapshotCatalogue
    schedules: ScheduleCatalogue
    groups: GroupCatalogue


def open_catalogue(
    *,
    store: Store,
    clock: Clock,
    line: Line,
    hasher: Hasher,
    authority: Authority,
    people: People,
    pushes: Pushes,
    rollover: RolloverCatalogue,
    configs: ConfigCatalogue,
    tasks: TaskCatalogue,
    enrolment: EnrolmentSettings = ENROLMENT,
    rollouts: RolloutsCatalogue | None = None,
    consents: ConsentPolicy | None = None,
    contracts: ContractsSettings = CONTRACTS,
    returns: ReturnPolicy = RETURNS,
    snapshots: SnapshotPolicy = SNAPSHOTS,
    groups: GroupPolicy = GROUPS,
) -> Catalogue:
    """The catalogue of one host. Tries at passwords and at enrolment are counted in it, so a host has one."""
    tries = Tries(
        of_person=Throttle(
            Rate(burst=people.tries_per_person, refill_s=people.person_refill_s), keys=people.remembered_keys
        ),
        of_address=Throttle(
            Rate(burst=people.tries_per_address, refill_s=people.address_refill_s), keys=people.remembered_keys
        ),
        failed=FailedLogIns(),
    )
    enrolments = Throttle(
        Rate(burst=enrolment.tries_per_address, refill_s=enrolment.address_refill_s),
        keys=enrolment.remembered_addresses,
    )
    patience = Patience(waiting_per_unit=enrolment.waiting_per_unit, retry_after_s=enrolment.retry_after_s)
    life_ms = people.token_life_h * 3_600_000
    return Catalogue(
        log_in=partial(log_in, store=store, clock=clock, hasher=hasher, tries=tries, token_life_ms=life_ms),
        log_out=partial(log_out, store=store, clock=clock),
        change_password=partial(
            change_password,
            store=store,
            clock=clock,
            hasher=hasher,
            of_person=tries.of_person,
            token_life_ms=life_ms,
        ),
        add_person=partial(add_person, store=store, clock=clock, hasher=hasher),
        erase_person=partial(erase_person, store=store, clock=clock, hasher=hasher),
        erase_named=partial(erase_named, store=store, clock=clock),
        add_provider_person=partial(add_provider_person, store=store, clock=clock, hasher=hasher),
        add_contract=partial(add_contract, store=store, clock=clock),
        register_unit=partial(register_unit, store=store, clock=clock),
        import_units=partial(import_units, store=store, clock=clock),
        change_unit_life=partial(change_unit_life, store=store, clock=clock, line=line),
        issue_enrolment_token=partial(issue_enrolment_token, store=store, clock=clock),
        enrol_unit=partial(enrol_unit, store=store, clock=clock, authority=authority, tries=enrolments),
        enrol_by_birth=partial(
            enrol_by_birth,
            store=store,
            clock=clock,
            authority=authority,
            tries=enrolments,
            terms=BirthTerms(approval=enrolment.approval, dates_count=enrolment.birth_dates_count, patience=patience),
        ),
        reenrol_unit=partial(
            reenrol_unit, store=store, clock=clock, authority=authority, tries=enrolments, patience=patience
        ),
        approve_enrolment=partial(approve_enrolment, store=store, clock=clock),
        deny_enrolment=partial(deny_enrolment, store=store, clock=clock),
        add_adapter=partial(add_adapter, store=store, clock=clock),
        bind_unit=partial(bind_unit, store=store, clock=clock, line=line),
        unbind_unit=partial(unbind_unit, store=store, clock=clock, line=line),
        end_adapter=partial(end_adapter, store=store, clock=clock, line=line),
        end_due_adapters=partial(end_due_adapters, store=store, clock=clock, line=line),
        revoke_unit=partial(revoke_unit, store=store, clock=clock, line=line),
        revoke_certificate=partial(revoke_certificate, store=store, clock=clock, line=line),
        ask_renewals=partial(ask_renewals, store=store, clock=clock, line=line),
        release_unit=partial(release_unit, store=store, clock=clock),
        move_unit=partial(move_unit, store=store, clock=clock, line=line),
        take_unit_back=partial(take_unit_back, store=store, clock=clock, line=line),
        save_config=partial(save_config, store=store, clock=clock),
        push_config=partial(
            push_config,
            store=store,
            clock=clock,
            line=line,
            terms=push_terms(pushes),
        ),
        schedules=open_schedule_catalogue(store=store, clock=clock, line=line, settings=pushes, tasks=tasks.ordering),
        cancel_push=partial(cancel_push, store=store, clock=clock, line=line),
        expire_pushes=partial(expire_pushes, store=store, clock=clock),
        consents=open_consent_catalogue(store=store, clock=clock, policy=consents or ConsentPolicy()),
        contracts=open_contract_catalogue(
            store=store, clock=clock, hasher=hasher, of_address=tries.of_address, settings=contracts, returns=returns
        ),
        rollover=rollover,
        rollouts=rollouts or open_rollouts_catalogue(store=store, clock=clock, line=line, policy=RolloutPolicy()),
        configs=configs,
        tasks=tasks,
        snapshots=open_snapshot_catalogue(store=store, clock=clock, policy=snapshots),
        groups=open_group_catalogue(store=store, clock=clock, policy=groups),
    )
