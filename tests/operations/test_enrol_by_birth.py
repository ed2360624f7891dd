from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.enrolment_request import BARRED, RequestState, Waiting, Way
from servicehost.domain.instant import as_datetime
from servicehost.domain.unit import Life
from servicehost.ports.authority import IssuedCertificate
from servicehost.settings.enrolment import EnrolmentSettings
from tests.builders.bureau import HERE, Bureau, a_csr, open_bureau
from tests.builders.office import unit_name
from tests.fakes.clock import T0

DAY_S = 86_400


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path) as opened:
        await opened.unit()
        yield opened


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Bureau]:
    """Where a dispatcher must say yes."""
    async with open_bureau(tmp_path, EnrolmentSettings(approval=True, retry_after_s=33, waiting_per_unit=2)) as opened:
        await opened.unit()
        yield opened


async def refusal(bureau: Bureau, number: int = 1, csr: bytes | None = None) -> EnrolmentRefused:
    with pytest.raises(EnrolmentRefused) as refused:
        await bureau.by_birth(csr or a_csr(), number)
    return refused.value


async def test_a_registered_unit_gets_its_certificate_at_once(bureau: Bureau) -> None:
    issued = await bureau.by_birth(a_csr())
    assert isinstance(issued, IssuedCertificate)
    row = await bureau.certificate(issued.fingerprint)
    assert row is not None
    assert (row.unit_id, row.way) == (1, Way.BIRTH)


async def test_a_unit_out_of_a_drawer_re_enrols_at_any_age(bureau: Bureau) -> None:
    first = await bureau.by_birth(a_csr())
    bureau.clock.go_on(400 * DAY_S)
    second = await bureau.by_birth(a_csr())
    assert isinstance(first, IssuedCertificate)
    assert isinstance(second, IssuedCertificate)
    assert first.not_after < as_datetime(bureau.clock.wall()) < second.not_after


async def test_a_lost_answer_is_given_again_to_the_same_key(bureau: Bureau) -> None:
    csr = a_csr()
    first = await bureau.by_birth(csr)
    bureau.clock.go_on(599)
    assert await bureau.by_birth(csr) == first
    bureau.clock.go_on(1)
    assert await bureau.by_birth(csr) != first


async def test_a_unit_that_nobody_registered_is_refused_and_seen_by_people(bureau: Bureau) -> None:
    assert (await refusal(bureau, 7)).code == EnrolmentRefusal.UNIT_UNKNOWN
    (event,) = await bureau.events("enrolment_refused")
    assert (event.actor, event.reason, event.unit_id) == ("SA-W2-000007", "unit_unknown", None)
    assert event.detail["from"] == HERE


async def test_a_birth_certificates_own_dates_count(bureau: Bureau) -> None:
    with pytest.raises(EnrolmentRefused) as refused:
        await bureau.by_birth(a_csr(), ends=as_datetime(T0) - timedelta(days=1))
    assert refused.value.code == EnrolmentRefusal.BIRTH_CERTIFICATE_EXPIRED


async def test_its_dates_do_not_count_where_the_settings_say_so(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, EnrolmentSettings(birth_dates_count=False)) as bureau:
        await bureau.unit()
        issued = await bureau.by_birth(a_csr(), ends=as_datetime(T0) - timedelta(days=1))
        assert isinstance(issued, IssuedCertificate)


@pytest.mark.parametrize("life", BARRED)
async def test_a_unit_that_has_left_service_is_refused_by_name(bureau: Bureau, life: Life) -> None:
    await bureau.set_life(unit_name(1), life)
    assert (await refusal(bureau)).code == f"unit_{life}"


async def test_a_unit_whose_certificates_were_revoked_is_refused_by_name(bureau: Bureau) -> None:
    issued = await bureau.by_birth(a_csr())
    assert isinstance(issued, IssuedCertificate)
    await bureau.revoke(issued)
    assert (await refusal(bureau)).code == EnrolmentRefusal.UNIT_REVOKED


async def test_the_revocation_of_an_old_certificate_beside_a_good_one_bars_nobody(bureau: Bureau) -> None:
    old, _ = await bureau.by_birth(a_csr()), await bureau.by_birth(a_csr())
    assert isinstance(old, IssuedCertificate)
    await bureau.revoke(old)
    await bureau.by_birth(a_csr())


async def test_with_approval_a_unit_waits_and_people_see_it_once(strict: Bureau) -> None:
    csr = a_csr()
    first = await strict.by_birth(csr)
    assert first == Waiting(request=1, retry_after_s=33)
    strict.clock.go_on(33)
    assert await strict.by_birth(csr, remote_address="192.0.2.9") == first
    (request,) = await strict.requests()
    assert (request.state, request.way, request.remote_address) == (RequestState.PENDING, Way.BIRTH, "192.0.2.9")
    assert (request.asked_at, request.last_asked_at) == (T0, T0 + 33_000)
    assert [one.actor for one in await strict.events("enrolment_asked")] == [unit_name(1)]


async def test_an_approved_key_gets_one_certificate_and_another_key_waits(strict: Bureau) -> None:
    csr = a_csr()
    await strict.by_birth(csr)
    await strict.catalogue.approve_enrolment(strict.dispatcher, 1)
    assert isinstance(await strict.by_birth(a_csr()), Waiting)
    issued = await strict.by_birth(csr)
    assert isinstance(issued, IssuedCertificate)
    assert await strict.by_birth(csr) == issued
    assert [one.state for one in await strict.requests()] == [RequestState.USED, RequestState.PENDING]


async def test_a_denied_key_is_refused_with_the_reason_people_gave(strict: Bureau) -> None:
    csr = a_csr()
    await strict.by_birth(csr)
    await strict.catalogue.deny_enrolment(strict.dispatcher, 1, "still in the warehouse")
    refused = await refusal(strict, csr=csr)
    assert refused.code == EnrolmentRefusal.ENROLMENT_DENIED
    assert "still in the warehouse" in refused.text


async def test_no_unit_fills_the_list_of_those_that_wait(strict: Bureau) -> None:
    first = a_csr()
    await strict.by_birth(first)
    await strict.by_birth(a_csr())
    assert (await refusal(strict)).code == EnrolmentRefusal.TOO_MANY_WAITING
    assert isinstance(await strict.by_birth(first), Waiting)
    assert len(await strict.requests()) == 2
