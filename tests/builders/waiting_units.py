"""Units that wait for a certificate."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment_request import EnrolmentRequest, RequestState, Way
from servicehost.domain.unit import Unit
from tests.builders.case_api import CaseApi
from tests.builders.world import distribution_id

__all__ = ["waits"]


async def waits(cases: CaseApi, unit_id: int, key: str = "k") -> EnrolmentRequest:
    """The unit, its certificate expired, asks for a permission."""
    now = cases.world.clock.wall()
    async with cases.world.store.transaction(EVERYTHING) as tx:
        unit = await tx.unit(distribution_id(unit_id))
        assert isinstance(unit, Unit)
        return await tx.put_enrolment_request(
            EnrolmentRequest(
                unit_id=unit_id,
                distribution_id=unit.distribution_id,
                model=unit.model,
                serial=unit.serial,
                key_fingerprint=key,
                way=Way.PERMISSION,
                state=RequestState.PENDING,
                asked_at=now,
                last_asked_at=now,
                remote_address="192.0.2.1",
            )
        )
