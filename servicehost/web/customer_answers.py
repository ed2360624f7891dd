"""Answers of the API about customers, their contracts, people and delegates. Times are RFC 3339, UTC."""

import msgspec

from servicehost.domain.code_reading import CodeKind
from servicehost.domain.customer import Customer
from servicehost.domain.delegate import Delegate
from servicehost.domain.instant import rfc3339
from servicehost.domain.option import OptionState
from servicehost.domain.people import Person
from servicehost.domain.standing import Standing, reachable_delegates
from servicehost.domain.unit import Life
from servicehost.operations.make_notice import Notice
from servicehost.ports.customers import ContractView, CustomerView
from servicehost.ports.reads import AdapterView
from servicehost.web.adapter_answers import TermsAnswer
from servicehost.web.answers import Contract, Time, time_or_none

__all__ = [
    "ContractAnswer",
    "CustomerAnswer",
    "CustomerWithContracts",
    "Customers",
    "DelegateAnswer",
    "Delegates",
    "FoundAdapter",
    "LookUpAnswer",
    "ManagerAnswer",
    "Managers",
    "RegistrationNotice",
]


class CustomerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer."""

    customer_code: str
    name: str
    created_at: Time

    @classmethod
    def of(cls, customer: Customer) -> "CustomerAnswer":
        return cls(customer_code=customer.customer_code, name=customer.name, created_at=rfc3339(customer.created_at))


class Customers(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[CustomerAnswer]
    next: str | None


class CustomerWithContracts(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with the management contracts that the caller sees."""

    customer: CustomerAnswer
    contracts: list[Contract]

    @classmethod
    def of(cls, view: CustomerView) -> "CustomerWithContracts":
        return cls(customer=CustomerAnswer.of(view.customer), contracts=[Contract.of(one) for one in view.contracts])


class ManagerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An operation manager, and how they are reached. `first_log_in_waits`: they have no password of their own yet."""

    master_id: str
    name: str
    organisation: str
    telephone: str
    mail: str
    first_log_in_waits: bool

    @classmethod
    def of(cls, person: Person) -> "ManagerAnswer":
        return cls(
            master_id=person.master_id,
            name=person.name,
            organisation=person.contact.organisation,
            telephone=person.contact.telephone,
            mail=person.contact.mail,
            first_log_in_waits=person.password_one_time,
        )


class Managers(msgspec.Struct, frozen=True, kw_only=True):
    """Every operation manager of a contract, in the order of their Master IDs."""

    items: list[ManagerAnswer]


class DelegateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who may attend, and where: `service_codes` empty means at every adapter of the contract.

    `stands`: they may attend somewhere now. Name and telephone are empty once they were erased.
    """

    number: int
    management_code: str
    name: str
    telephone: str
    service_codes: list[str]
    attends_from: Time
    attends_until: Time | None
    named_by: str
    named_at: Time
    ended_at: Time | None
    ended_by: str | None
    end_reason: str
    stands: bool

    @classmethod
    def of(cls, one: Delegate, now: int) -> "DelegateAnswer":
        return cls(
            number=one.number,
            management_code=one.management_code,
            name=one.name,
            telephone=one.telephone,
            service_codes=list(one.service_codes),
            attends_from=rfc3339(one.attends_from),
            attends_until=time_or_none(one.attends_until),
            named_by=one.named_by,
            named_at=rfc3339(one.named_at),
            ended_at=time_or_none(one.ended_at),
            ended_by=one.ended_by,
            end_reason=one.end_reason,
            stands=one.stands(now),
        )


class Delegates(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[DelegateAnswer]
    next: int | None


class ContractAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A management contract, whose it is, its people, and how many adapters it has."""

    contract: Contract
    customer: CustomerAnswer | None
    managers: list[ManagerAnswer]
    delegates: list[DelegateAnswer]
    adapters: int

    @classmethod
    def of(cls, view: ContractView, now: int) -> "ContractAnswer":
        return cls(
            contract=Contract.of(view.contract),
            customer=None if view.customer is None else CustomerAnswer.of(view.customer),
            managers=[ManagerAnswer.of(one) for one in view.managers],
            delegates=[DelegateAnswer.of(one, now) for one in view.delegates],
            adapters=view.adapters,
        )


class FoundAdapter(msgspec.Struct, frozen=True, kw_only=True):
    """The adapter behind a service code, as support asks for it. `unit` fields are null while none serves it.

    `option_state`: where the newest request for the ultra-sendback option stands; `may_attend`: the delegates who may
    attend there now.
    """

    service_code: str
    site_name: str
    memo: str
    terms: TermsAnswer
    option_state: OptionState | None
    option_ends_at: Time | None
    out_of_service_at: Time | None
    model_serial: str | None
    distribution_id: str | None
    unit_life: Life | None
    brought_in: str | None
    may_attend: list[DelegateAnswer]

    @classmethod
    def of(cls, view: AdapterView, standing: Standing | None, now: int) -> "FoundAdapter":
        adapter, unit = view.adapter, None if view.unit is None else view.unit.unit
        request = None if standing is None else standing.record.request
        attending = () if standing is None else reachable_delegates(standing, now)
        return cls(
            service_code=adapter.service_code,
            site_name=adapter.site_name,
            memo=adapter.memo,
            terms=TermsAnswer.of(adapter, unit),
            option_state=None if request is None else request.state,
            option_ends_at=time_or_none(adapter.option_ends_at),
            out_of_service_at=time_or_none(adapter.out_of_service_at),
            model_serial=None if unit is None else f"{unit.model}-{unit.serial}",
            distribution_id=None if unit is None else unit.distribution_id,
            unit_life=None if unit is None else unit.life,
            brought_in=adapter.brought_in,
            may_attend=[DelegateAnswer.of(one, now) for one in attending],
        )


class LookUpAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a code is. A customer code names all of its contracts, the others one; only a service code an adapter."""

    kind: CodeKind
    code: str
    customer: CustomerAnswer | None
    contracts: list[ContractAnswer]
    adapter: FoundAdapter | None


class RegistrationNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice. `link` is the one-time address of the page where the first password is chosen, told this once;
    `html` is the notice as a page to print. No password stands in either."""

    master_id: str
    name: str
    customer_code: str | None
    management_code: str
    service_codes: list[str]
    panel: str
    link: str
    expires_at: Time
    html: str

    @classmethod
    def of(cls, notice: Notice, panel: str, link: str, html: str) -> "RegistrationNotice":
        return cls(
            master_id=notice.person.master_id,
            name=notice.person.name,
            customer_code=notice.contract.customer_code,
            management_code=notice.contract.management_code,
            service_codes=[one.service_code for one in notice.adapters],
            panel=panel,
            link=link,
            expires_at=rfc3339(notice.expires_at),
            html=html,
        )
