import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.enrolment_request import BARRED, RequestState, Waiting, Way
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.unit import Life
from servicehost.ports.authority import IssuedCertificate
from tests.builders.authority import MODEL_SERIAL
from tests.builders.bureau import Bureau, a_csr, open_bureau
from tests.builders.office import unit_name

DAY_S = 86_400


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path) as opened:
        yield opened


@pytest.fixture
async def first(bureau: Bureau) -> IssuedCertificate:
    """The certificate of unit 1."""
    return await bureau.enrolled()


async def refusal(bureau: Bureau, shown: IssuedCertificate, csr: bytes | None = None) -> EnrolmentRefusal:
    with pytest.raises(EnrolmentRefused) as refused:
        await bureau.again(shown, csr or a_csr())
    return refused.value.code


async def test_a_certificate_in_force_gets_the_next_one_and_stays_good(
    bureau: Bureau, first: IssuedCertificate
) -> None:
    bureau.clock.go_on(243 * DAY_S)
    second = await bureau.again(first, a_csr())
    assert isinstance(second, IssuedCertificate)
    row = await bureau.certificate(second.fingerprint)
    assert row is not None
    assert row.way == Way.RENEWAL
    assert isinstance(await bureau.again(first, a_csr()), IssuedCertificate)
    assert isinstance(await bureau.again(second, a_csr()), IssuedCertificate)


async def test_a_lost_answer_is_given_again_to_the_same_key(bureau: Bureau, first: IssuedCertificate) -> None:
    csr = a_csr()
    outcomes = await asyncio.gather(*(bureau.again(first, csr) for _ in range(20)))
    assert len(set(outcomes)) == 1


async def test_the_present_key_may_be_kept(bureau: Bureau) -> None:
    await bureau.unit()
    csr = a_csr()
    first = await bureau.enrol(await bureau.token(), csr)
    second = await bureau.again(first, csr)
    assert isinstance(second, IssuedCertificate)
    assert second.fingerprint != first.fingerprint
    third = await bureau.again(second, csr)
    assert third not in (first, second)


async def test_a_certificate_that_is_not_in_the_books_is_refused(bureau: Bureau, first: IssuedCertificate) -> None:
    await bureau.enrolled(2)
    stray = await bureau.authority.issue_unit(
        a_csr(), distribution_id=unit_name(2), model_serial=MODEL_SERIAL, now=first.not_before
    )
    assert await refusal(bureau, stray) == EnrolmentRefusal.CERTIFICATE_UNKNOWN


async def test_a_unit_that_is_not_registered_is_refused(bureau: Bureau, first: IssuedCertificate) -> None:
    stray = await bureau.authority.issue_unit(
        a_csr(), distribution_id=unit_name(9), model_serial=MODEL_SERIAL, now=first.not_before
    )
    assert await refusal(bureau, stray) == EnrolmentRefusal.UNIT_UNKNOWN
    (event,) = await bureau.events("enrolment_refused")
    assert (event.actor, event.unit_id) == (unit_name(9), None)


async def test_a_revoked_certificate_is_refused_though_a_later_one_is_good(
    bureau: Bureau, first: IssuedCertificate
) -> None:
    await bureau.again(first, a_csr())
    await bureau.revoke(first)
    assert await refusal(bureau, first) == EnrolmentRefusal.CERTIFICATE_REVOKED


async def test_a_revoked_unit_is_refused_even_when_its_certificate_has_also_expired(
    bureau: Bureau, first: IssuedCertificate
) -> None:
    await bureau.revoke(first)
    bureau.clock.go_on(400 * DAY_S)
    assert await refusal(bureau, first) == EnrolmentRefusal.UNIT_REVOKED
    assert await bureau.requests() == []


@pytest.mark.parametrize("life", BARRED)
@pytest.mark.parametrize("days", [1, 400])
async def test_a_unit_that_has_left_service_is_refused_by_name(
    bureau: Bureau, first: IssuedCertificate, life: Life, days: int
) -> None:
    await bureau.set_life(unit_name(1), life)
    bureau.clock.go_on(days * DAY_S)
    assert await refusal(bureau, first) == f"unit_{life}"


async def test_a_certificate_from_the_future_is_refused(bureau: Bureau, first: IssuedCertificate) -> None:
    bureau.clock.go_on(-2 * DAY_S)
    assert await refusal(bureau, first) == EnrolmentRefusal.CERTIFICATE_NOT_YET_VALID


async def test_a_unit_that_lay_in_a_drawer_asks_for_a_permission_and_gets_in_once(
    bureau: Bureau, first: IssuedCertificate
) -> None:
    bureau.clock.go_on(400 * DAY_S)
    csr = a_csr()
    assert await bureau.again(first, csr) == Waiting(request=1, retry_after_s=60)
    assert [one.detail["way"] for one in await bureau.events("enrolment_asked")] == ["permission"]
    decided = await bureau.catalogue.approve_enrolment(bureau.dispatcher, 1)
    assert (decided.state, decided.decided_by) == (RequestState.APPROVED, bureau.dispatcher.master_id)
    issued = await bureau.again(first, csr)
    assert isinstance(issued, IssuedCertificate)
    row = await bureau.certificate(issued.fingerprint)
    assert row is not None
    assert row.way == Way.PERMISSION
    assert await bureau.again(first, csr) == issued
    bureau.clock.go_on(600)
    assert isinstance(await bureau.again(first, csr), Waiting)
    (request,) = await bureau.requests()
    assert (request.state, request.decided_by) == (RequestState.PENDING, None)
    assert len(await bureau.events("enrolment_asked")) == 2


async def test_a_permission_is_for_the_key_it_was_asked_for(bureau: Bureau, first: IssuedCertificate) -> None:
    bureau.clock.go_on(400 * DAY_S)
    await bureau.again(first, a_csr())
    await bureau.catalogue.approve_enrolment(bureau.dispatcher, 1)
    assert await bureau.again(first, a_csr()) == Waiting(request=2, retry_after_s=60)


async def test_people_may_think_again_until_it_is_used(bureau: Bureau, first: IssuedCertificate) -> None:
    bureau.clock.go_on(400 * DAY_S)
    csr = a_csr()
    await bureau.again(first, csr)
    await bureau.catalogue.approve_enrolment(bureau.dispatcher, 1)
    await bureau.catalogue.deny_enrolment(bureau.dispatcher, 1, "wrong box")
    assert await refusal(bureau, first, csr) == EnrolmentRefusal.ENROLMENT_DENIED
    await bureau.catalogue.approve_enrolment(bureau.dispatcher, 1)
    assert isinstance(await bureau.again(first, csr), IssuedCertificate)
    with pytest.raises(Conflict) as conflict:
        await bureau.catalogue.deny_enrolment(bureau.dispatcher, 1, "too late")
    assert conflict.value.code == "request_decided"
    assert len(await bureau.events("enrolment_approved")) == 2
    assert [one.detail["note"] for one in await bureau.events("enrolment_denied")] == ["wrong box"]


async def test_a_unit_reported_stolen_meanwhile_cannot_be_approved(bureau: Bureau, first: IssuedCertificate) -> None:
    bureau.clock.go_on(400 * DAY_S)
    await bureau.again(first, a_csr())
    await bureau.set_life(unit_name(1), Life.STOLEN)
    with pytest.raises(Conflict) as conflict:
        await bureau.catalogue.approve_enrolment(bureau.dispatcher, 1)
    assert conflict.value.code == "unit_stolen"


async def test_only_a_dispatcher_decides_and_only_what_there_is(bureau: Bureau, first: IssuedCertificate) -> None:
    bureau.clock.go_on(400 * DAY_S)
    await bureau.again(first, a_csr())
    with pytest.raises(Forbidden):
        await bureau.catalogue.approve_enrolment(bureau.support, 1)
    with pytest.raises(Forbidden):
        await bureau.catalogue.deny_enrolment(bureau.support, 1, "no")
    with pytest.raises(NotFound):
        await bureau.catalogue.approve_enrolment(bureau.dispatcher, 2)
