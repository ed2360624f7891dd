import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from servicehost.domain.audit import SYSTEM
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.enrolment_request import BARRED, Way
from servicehost.domain.errors import Busy, Conflict
from servicehost.domain.instant import from_datetime
from servicehost.domain.life import LifeSaid
from servicehost.domain.throttle import Rate, Throttle
from servicehost.domain.unit import Life
from servicehost.operations.enrol_unit import enrol_unit
from servicehost.ports.authority import AuthorityUnavailable, CsrRefused, IssuedCertificate
from servicehost.settings.enrolment import EnrolmentSettings
from tests.builders.bureau import HERE, Bureau, a_csr, open_bureau
from tests.builders.databases import dump
from tests.builders.office import unit_name
from tests.fakes.clock import T0

AT_ONCE = 100


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path) as opened:
        await opened.unit()
        yield opened


async def refusal(bureau: Bureau, token: str, csr: bytes | None = None, number: int = 1) -> EnrolmentRefusal:
    with pytest.raises(EnrolmentRefused) as refused:
        await bureau.enrol(token, csr or a_csr(), number)
    return refused.value.code


async def test_the_certificate_is_recorded_with_all_that_is_known_of_it(bureau: Bureau) -> None:
    csr = a_csr()
    issued = await bureau.enrol(await bureau.token(), csr)
    row = await bureau.certificate(issued.fingerprint)
    assert row is not None
    (root,) = x509.load_pem_x509_certificates((await bureau.authority.anchors_pem()).encode())
    assert (row.issued_at, row.not_after) == (T0, from_datetime(issued.not_after))
    assert (row.way, row.pem, row.not_before) == (
        Way.TOKEN,
        issued.leaf_pem,
        from_datetime(issued.not_before),
    )
    assert row.anchor == sha256(root.public_bytes(Encoding.DER)).hexdigest()
    assert row.key_fingerprint == bureau.authority.key_fingerprint(csr)
    (event,) = await bureau.events("unit_enrolled")
    assert (event.actor, event.detail["from"], event.detail["way"]) == (unit_name(1), HERE, "token")


async def test_of_a_hundred_keys_with_one_token_one_gets_a_certificate(bureau: Bureau) -> None:
    token = await bureau.token()
    outcomes = await asyncio.gather(*(bureau.enrol(token, a_csr()) for _ in range(AT_ONCE)), return_exceptions=True)
    said = Counter(one.code if isinstance(one, EnrolmentRefused) else type(one).__name__ for one in outcomes)
    assert said == {"IssuedCertificate": 1, EnrolmentRefusal.TOKEN_USED: AT_ONCE - 1}
    assert len(await bureau.events("unit_enrolled")) == 1


async def test_one_key_that_asks_a_hundred_times_gets_the_one_certificate_each_time(bureau: Bureau) -> None:
    token, csr = await bureau.token(), a_csr()
    outcomes = await asyncio.gather(*(bureau.enrol(token, csr) for _ in range(AT_ONCE)))
    assert len({one.leaf_pem for one in outcomes}) == 1
    assert len(set(outcomes)) == 1
    assert len(await bureau.events("unit_enrolled")) == 1


async def test_a_lost_answer_can_be_had_again_as_long_as_the_token_lives(bureau: Bureau) -> None:
    token, csr = await bureau.token(), a_csr()
    first = await bureau.enrol(token, csr)
    bureau.clock.go_on(599)
    assert await bureau.enrol(token, csr) == first
    bureau.clock.go_on(1)
    assert await refusal(bureau, token, csr) == EnrolmentRefusal.TOKEN_USED


async def test_each_token_gives_its_own_certificate_again_also_when_one_key_used_both(bureau: Bureau) -> None:
    first, second, csr = await bureau.token(), await bureau.token(), a_csr()
    issued = [await bureau.enrol(token, csr) for token in (first, second)]
    assert issued[0] != issued[1]
    assert [await bureau.enrol(token, csr) for token in (first, second)] == issued


async def test_a_certificate_that_was_revoked_meanwhile_is_not_handed_out_again(bureau: Bureau) -> None:
    token, csr = await bureau.token(), a_csr()
    issued = await bureau.enrol(token, csr)
    bureau.clock.go_on(1)
    await bureau.revoke(issued)
    assert await refusal(bureau, token, csr) == EnrolmentRefusal.UNIT_REVOKED


async def test_a_request_that_is_refused_leaves_the_token_good(bureau: Bureau, tmp_path: Path) -> None:
    token = await bureau.token()
    before = dump(tmp_path / "host.db")
    with pytest.raises(CsrRefused):
        await bureau.enrol(token, b"no request at all")
    assert dump(tmp_path / "host.db") == before
    await bureau.enrol(token, a_csr())


async def test_an_authority_that_does_not_answer_leaves_the_token_good(bureau: Bureau) -> None:
    class Silent:
        def key_fingerprint(self, _csr_der: bytes) -> str:
            return "k"

        async def issue_unit(self, *_: object, **__: object) -> IssuedCertificate:
            await asyncio.Event().wait()
            raise AssertionError("never set")

    token = await bureau.token()
    with pytest.raises(AuthorityUnavailable):
        await enrol_unit(
            a_csr(),
            distribution_id=unit_name(1),
            token=token,
            remote_address=HERE,
            store=bureau.store,
            clock=bureau.clock,
            authority=Silent(),  # type: ignore[arg-type]  # asked for two things only
            tries=Throttle(Rate(burst=1, refill_s=1), keys=1),
            issue_within_s=0,
        )
    await bureau.enrol(token, a_csr())


async def test_an_unknown_token_writes_nothing(bureau: Bureau, tmp_path: Path) -> None:
    before = dump(tmp_path / "host.db")
    assert await refusal(bureau, "shet_guess", b"not even looked at") == EnrolmentRefusal.UNKNOWN_TOKEN
    assert dump(tmp_path / "host.db") == before


async def test_a_token_tried_by_another_unit_is_seen_and_stays_good(bureau: Bureau) -> None:
    token = await bureau.token()
    assert await refusal(bureau, token, number=2) == EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT
    (event,) = await bureau.events("enrolment_refused")
    assert (event.actor, event.reason) == (unit_name(2), EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT)
    await bureau.enrol(token, a_csr())


async def test_a_token_is_good_for_ten_minutes(bureau: Bureau) -> None:
    token = await bureau.token()
    bureau.clock.go_on(600)
    assert await refusal(bureau, token) == EnrolmentRefusal.TOKEN_EXPIRED
    assert await bureau.events("unit_enrolled") == []


@pytest.mark.parametrize("life", BARRED)
async def test_a_unit_that_has_left_service_is_refused_by_name_whatever_it_shows(bureau: Bureau, life: Life) -> None:
    token = await bureau.token()
    await bureau.set_life(unit_name(1), life)
    assert await refusal(bureau, token) == f"unit_{life}"


async def test_a_unit_that_was_replaced_may_still_enrol(bureau: Bureau) -> None:
    await bureau.set_life(unit_name(1), Life.REPLACED)
    await bureau.enrol(await bureau.token(), a_csr())


async def test_after_a_revocation_only_a_token_made_since_then_helps(bureau: Bureau) -> None:
    issued = await bureau.enrol(await bureau.token(), a_csr())
    older = await bureau.token()
    bureau.clock.go_on(1)
    await bureau.revoke(issued)
    assert await refusal(bureau, older) == EnrolmentRefusal.UNIT_REVOKED
    bureau.clock.go_on(1)
    await bureau.enrol(await bureau.token(), a_csr())


async def test_a_flood_of_wrong_tokens_from_one_address_is_told_to_wait_and_nobody_else_is(tmp_path: Path) -> None:
    async with open_bureau(tmp_path, EnrolmentSettings(tries_per_address=3, address_refill_s=10)) as bureau:
        await bureau.unit()
        token = await bureau.token()
        for _ in range(3):
            assert await refusal(bureau, "shet_guess") == EnrolmentRefusal.UNKNOWN_TOKEN
        with pytest.raises(Busy) as busy:
            await bureau.enrol(token, a_csr())
        assert (busy.value.code, busy.value.retry_after_s) == ("too_many_tries", 10)
        await bureau.enrol(token, a_csr(), remote_address="192.0.2.8")
        bureau.clock.go_on(10)
        assert await refusal(bureau, "shet_guess") == EnrolmentRefusal.UNKNOWN_TOKEN


@pytest.mark.parametrize("said", [LifeSaid.LOST, LifeSaid.STOLEN, LifeSaid.RETURNED, LifeSaid.RETIRED])
async def test_a_unit_that_is_gone_gets_no_token_and_one_made_before_opens_nothing(
    bureau: Bureau, said: LifeSaid
) -> None:
    token = await bureau.token()
    await bureau.catalogue.change_unit_life(bureau.dispatcher, unit_name(1), said, "told so")
    with pytest.raises(Conflict) as refused:
        await bureau.token()
    assert refused.value.code == f"unit_{said}"
    assert await refusal(bureau, token) == f"unit_{said}"


@pytest.mark.parametrize("said", [LifeSaid.LOST, LifeSaid.STOLEN])
async def test_a_unit_found_and_registered_again_comes_back_by_a_token_and_by_nothing_else(
    bureau: Bureau, said: LifeSaid
) -> None:
    old = await bureau.enrol(await bureau.token(), a_csr())
    early = await bureau.token()
    for word in (said, LifeSaid.FOUND, LifeSaid.REGISTERED):
        bureau.clock.go_on(1)
        await bureau.catalogue.change_unit_life(bureau.dispatcher, unit_name(1), word, "told so")
    assert await refusal(bureau, early) is EnrolmentRefusal.UNIT_REVOKED
    for another_way in (bureau.by_birth(a_csr()), bureau.again(old, a_csr())):
        with pytest.raises(EnrolmentRefused) as refused:
            await another_way
        assert refused.value.code is EnrolmentRefusal.UNIT_REVOKED
    bureau.clock.go_on(1)
    fresh = await bureau.enrol(await bureau.token(), a_csr())
    kept = await bureau.certificate(fresh.fingerprint)
    assert kept is not None
    assert kept.revoked_at is None
    # From here on it is a unit like any other, and renews by what it has got.
    assert isinstance(await bureau.again(fresh, a_csr()), IssuedCertificate)


async def test_a_held_unit_waits_for_a_person_whose_token_is_their_word(bureau: Bureau) -> None:
    old = await bureau.enrol(await bureau.token(), a_csr())
    early = await bureau.token()
    bureau.clock.go_on(1)
    (unit_id, held_at) = (1, bureau.clock.wall())
    await bureau.store.batch(EVERYTHING, lambda batch: batch.hold_units([unit_id], held_at))
    assert await refusal(bureau, early) is EnrolmentRefusal.UNIT_HELD
    for another_way in (bureau.by_birth(a_csr()), bureau.again(old, a_csr())):
        with pytest.raises(EnrolmentRefused) as refused:
            await another_way
        assert refused.value.code is EnrolmentRefusal.UNIT_HELD
    bureau.clock.go_on(1)
    assert (await bureau.enrol(await bureau.token(), a_csr())).fingerprint != old.fingerprint


async def test_what_was_issued_is_in_the_audit_with_its_way_and_without_the_token(bureau: Bureau) -> None:
    token, csr = await bureau.token(), a_csr()
    first = await bureau.enrol(token, csr)
    await bureau.enrol(token, csr)  # its answer was lost: nothing new is issued, nothing recorded
    second = await bureau.again(first, a_csr())
    assert isinstance(second, IssuedCertificate)
    records = [bytes(line.record).decode() for line in await bureau.reads.audit(EVERYTHING, SYSTEM, limit=100)]
    issued = [record for record in records if '"issue_certificate"' in record]
    assert [first.serial_number in issued[0], second.serial_number in issued[1], len(issued)] == [True, True, 2]
    assert ['"way":"token"' in issued[0], '"way":"renewal"' in issued[1]] == [True, True]
    assert not any(token in record or "PRIVATE" in record or "BEGIN" in record for record in records)
