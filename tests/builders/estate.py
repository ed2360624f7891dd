"""One customer with everything a customer can have, and the short forms of the nouns that tests need."""

from typing import Any

import msgspec

from protocol.digest import digest_of
from servicehost.domain.config import Revision
from servicehost.domain.contract import EVERYTHING, ManagementContract, Scope
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.people import Person, Role
from servicehost.domain.push import Phase, Push
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.store import Store
from servicehost.ports.token_rows import EnrolmentRow, TokenRow

__all__ = ["BODY", "DIGEST", "Estate", "a_push", "a_revision", "an_event", "build_estate"]

BODY = "hostname one\n"
DIGEST = digest_of(BODY.encode())


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    """What was built for a customer."""

    management_code: str
    service_code: str
    unit: Unit
    binding: Binding
    person: Person
    push: Push
    token_hash: str
    enrolment_hash: str

    @property
    def scope(self) -> Scope:
        return Scope(management_code=self.management_code)


def a_revision(service_code: str, management_code: str, **fields: Any) -> Revision:
    plain: dict[str, Any] = {
        "module": 0,
        "revision": 1,
        "digest": DIGEST,
        "size_bytes": len(BODY),
        "saved_at": 1,
        "author": "nobody",
        "reason": "",
    }
    return Revision(service_code=service_code, management_code=management_code, **(plain | fields))


def a_push(service_code: str, management_code: str, **fields: Any) -> Push:
    plain: dict[str, Any] = {
        "push": 0,
        "module": 0,
        "revision": 1,
        "digest": DIGEST,
        "phase": Phase.QUEUED,
        "kind": "operator",
        "ordered_by": "nobody",
        "ordered_at": 1,
        "changed_at": 1,
        "confirm_timeout_s": 600,
    }
    return Push(service_code=service_code, management_code=management_code, **(plain | fields))


def an_event(management_code: str | None, **fields: Any) -> Event:
    plain: dict[str, Any] = {"at": 1, "class_": EventClass.MONITOR, "sub_type": "seen", "severity": Severity.INFO}
    return Event(management_code=management_code, **(plain | fields))


async def build_estate(store: Store, number: int) -> Estate:
    """Customer `number`: one adapter served by one unit, one revision, one push that waits, one person with a token."""
    management_code, service_code = f"nxm{number:09d}", f"nxe{number:09d}"
    async with store.transaction(EVERYTHING) as tx:
        await tx.add_contract(ManagementContract(management_code=management_code, label=f"No. {number}", created_at=1))
        person = await tx.add_person(
            Person(
                person_id=0,
                master_id=f"person-{number}",
                name="A person",
                role=Role.OPERATION_MANAGER,
                management_code=management_code,
                password_hash="hash",
                password_one_time=False,
            )
        )
        token = TokenRow(token_hash=f"token-{number}", person_id=person.person_id, created_at=1, expires_at=1_000)
        await tx.add_token(token)
        unit = await tx.add_unit(
            Unit(unit_id=0, distribution_id=f"D-{number}", model="M1", serial=f"S{number}", registered_at=1)
        )
        enrolment = EnrolmentRow(
            token_hash=f"enrolment-{number}",
            unit_id=unit.unit_id,
            distribution_id=unit.distribution_id,
            created_at=1,
            expires_at=1_000,
        )
        await tx.add_enrolment(enrolment)
        await tx.add_certificate(unit.unit_id, f"fingerprint-{number}", f"{number}", 1_000, 1)
        await tx.add_adapter(Adapter(service_code=service_code, management_code=management_code, memo="", created_at=1))
        binding = await tx.bind(
            Binding(
                number=0,
                service_code=service_code,
                management_code=management_code,
                unit_id=unit.unit_id,
                bound_at=1,
                reason="",
            )
        )
        unit = await tx.unit(unit.distribution_id) or unit  # as the binding has left it
        await tx.add_content(management_code, DIGEST, BODY)
        await tx.add_revisions([a_revision(service_code, management_code)])
        (push,) = await tx.add_pushes([a_push(service_code, management_code, expires_at=500)])
        await tx.add_events([an_event(management_code, service_code=service_code)])
    await store.batch(
        EVERYTHING,
        lambda batch: batch.add_unit_events([(unit.unit_id, "boot", 1)], [an_event(management_code)]),
    )
    return Estate(
        management_code=management_code,
        service_code=service_code,
        unit=unit,
        binding=binding,
        person=person,
        push=push,
        token_hash=f"token-{number}",
        enrolment_hash=f"enrolment-{number}",
    )
