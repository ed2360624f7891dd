import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from protocol.identity import DistributionId
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.instant import as_datetime
from servicehost.operations.enrol_unit import enrol_unit
from servicehost.ports.authority import AuthorityUnavailable, CsrRefused, IssuedCertificate
from tests.builders.authority import local_authority, request_by
from tests.builders.office import Office, open_office, unit_name
from tests.fakes.clock import T0

CSR = request_by(ec.generate_private_key(ec.SECP256R1()))
HERE = "192.0.2.7"


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    return await open_office(local_authority(tmp_path, now=as_datetime(T0)))


async def token_for(office: Office, number: int = 1) -> tuple[DistributionId, str]:
    unit = await office.unit(number)
    issued = await office.catalogue.issue_enrolment_token(office.dispatcher, unit.distribution_id)
    return issued.distribution_id, issued.token


async def enrol(office: Office, unit: DistributionId, token: str, csr: bytes = CSR) -> IssuedCertificate:
    return await office.catalogue.enrol_unit(csr, distribution_id=unit, token=token, remote_address=HERE)


async def test_the_certificate_is_recorded_with_the_use_of_the_token(office: Office) -> None:
    unit, token = await token_for(office)
    issued = await enrol(office, unit, token)
    assert list(office.shelf.certificates) == [issued.fingerprint]
    assert [row.used_at for row in office.shelf.enrolments.values()] == [T0]
    event = office.shelf.events[max(office.shelf.events)]
    assert (event.sub_type, event.actor, event.detail["from"]) == ("unit_enrolled", unit, HERE)


async def test_of_a_hundred_uses_of_one_token_one_gets_a_certificate(office: Office) -> None:
    unit, token = await token_for(office)
    outcomes = await asyncio.gather(*(enrol(office, unit, token) for _ in range(100)), return_exceptions=True)
    assert [type(one) for one in outcomes].count(IssuedCertificate) == 1
    refusals = [one for one in outcomes if isinstance(one, EnrolmentRefused)]
    assert {one.code for one in refusals} == {EnrolmentRefusal.TOKEN_USED}
    assert (len(refusals), len(office.shelf.certificates)) == (99, 1)


async def test_a_request_that_is_refused_leaves_the_token_good(office: Office) -> None:
    unit, token = await token_for(office)
    before = office.shelf.copy()
    with pytest.raises(CsrRefused):
        await enrol(office, unit, token, b"no request at all")
    assert office.shelf == before
    await enrol(office, unit, token)


async def test_an_authority_that_does_not_answer_leaves_the_token_good(office: Office) -> None:
    class Silent:
        async def issue_unit(self, *_: object, **__: object) -> IssuedCertificate:
            await asyncio.Event().wait()
            raise AssertionError("never set")

    unit, token = await token_for(office)
    with pytest.raises(AuthorityUnavailable):
        await enrol_unit(
            CSR,
            distribution_id=unit,
            token=token,
            remote_address=HERE,
            store=office.store,
            clock=office.clock,
            authority=Silent(),  # type: ignore[arg-type]  # asked for one thing only
            issue_within_s=0,
        )
    await enrol(office, unit, token)


async def test_an_unknown_token_writes_nothing(office: Office) -> None:
    unit, _ = await token_for(office)
    before = office.shelf.copy()
    with pytest.raises(EnrolmentRefused) as refused:
        await enrol(office, unit, "shet_guess")
    assert refused.value.code == EnrolmentRefusal.UNKNOWN_TOKEN
    assert office.shelf == before


async def test_a_token_tried_by_another_unit_is_seen_and_stays_good(office: Office) -> None:
    unit, token = await token_for(office)
    with pytest.raises(EnrolmentRefused) as refused:
        await enrol(office, unit_name(2), token)
    assert refused.value.code == EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT
    event = office.shelf.events[max(office.shelf.events)]
    assert (event.sub_type, event.actor, event.reason) == ("enrolment_refused", unit_name(2), refused.value.code)
    await enrol(office, unit, token)


async def test_a_token_is_good_for_ten_minutes(office: Office) -> None:
    unit, token = await token_for(office)
    office.clock.go_on(600)
    with pytest.raises(EnrolmentRefused) as refused:
        await enrol(office, unit, token)
    assert refused.value.code == EnrolmentRefusal.TOKEN_EXPIRED
    assert office.shelf.certificates == {}
