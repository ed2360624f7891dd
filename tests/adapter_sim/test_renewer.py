"""A unit renews its certificate before a small host, over loopback and real TLS."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest

from adapter_sim import deeds
from adapter_sim.box import Box, Clock, Habits
from adapter_sim.enrol import EnrolmentFailed
from adapter_sim.identity import Brought, Identity
from adapter_sim.keys import CertificateUnfit
from adapter_sim.perform import perform
from adapter_sim.shelf import Shelf
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import Event, OfferAnswer, Renew, Taken
from protocol.renewal import RETRY_FIRST_S
from protocol.session import Received
from protocol.states import Kind
from tests.adapter_sim.renewing import BEGINS, EstStub, days, enrolled, eve, rfc3339
from tests.adapter_sim.stage import GOOD, UNIT, HostSession, OneUnit, SmallHost, offer, one_unit, small_host
from tests.builders.certificates import ours

T = TypeVar("T")
EXPIRED = {"status": 403, "code": "certificate_expired", "detail": "valid from a to b"}
PENDING = EnrolmentFailed("enrolment_pending", "a person must permit it first", retry_after_s=900)


class Scene:
    """A host, an enrolled unit before it, and its door."""

    def __init__(self, host: SmallHost, unit: OneUnit, identity: Identity, est: EstStub) -> None:
        self.host, self.unit, self.identity, self.est = host, unit, identity, est

    async def session(self, **welcome: Any) -> HostSession:
        """The next session that the unit opens, welcomed."""
        session = await self.host.opened.get()
        await session.greet(**welcome)
        return session

    async def begun(self, time: str | None = None, **welcome: Any) -> HostSession:
        """In session, on the eve of the certificate's day unless another time is given."""
        self.unit.power_on()
        session = await self.session(time=time or eve(self.identity)[0], **welcome)
        await self.unit.told.until("welcomed")
        return session

    def wait_until_due(self, but_s: float = 0) -> None:
        self.unit.timers.advance(eve(self.identity)[1] - but_s)

    async def due(self) -> HostSession:
        """In session, and the certificate has just fallen due."""
        session = await self.begun()
        self.wait_until_due()
        return session

    async def failed(self) -> tuple[object, object]:
        told = await self.unit.told.until("renewal_failed")
        return told["reason"], told["again_s"]

    def leaf(self) -> Any:
        held = self.identity.credential("current")
        assert held is not None
        return held.leaf


async def heard(session: HostSession, kind: Kind, struct: type[T]) -> tuple[Received, T]:
    """The next message of this kind; reports before it are passed over."""
    while True:
        received = await session.heard.get()
        if received.kind is kind:
            assert isinstance(received.message, struct)
            return received, received.message
        assert received.kind is Kind.REPORT


@asynccontextmanager
async def a_scene(folder: Path, *, identity: Identity | None = None, box: Box | None = None) -> AsyncIterator[Scene]:
    identity, est = identity or enrolled(folder), EstStub()
    async with small_host() as host, one_unit(("127.0.0.1", host.port), box=box, identity=identity, ask=est) as unit:
        yield Scene(host, unit, identity, est)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path) as scene:
        yield scene


# -- candidate, then commit -----------------------------------------------------------------------------------------


async def test_it_opens_a_session_with_the_new_certificate_before_it_leaves_the_old_one(scene: Scene) -> None:
    old = await scene.due()
    before = scene.leaf()
    new = await scene.host.opened.get()
    assert scene.unit.adapter.stage == "serving"
    assert not old.ended.done()
    assert scene.leaf() == before
    assert scene.identity.has("candidate")
    await new.greet(time=days(244))
    await scene.unit.told.until("renewed")
    assert scene.leaf() != before
    assert (scene.identity.has("candidate"), scene.identity.has("previous")) == (False, True)
    old.part(CloseCode.TAKEN_OVER, "taken_over")
    ended = await scene.unit.ended()
    assert (ended["code"], ended["reason"], ended["redial_s"]) == (CloseCode.TAKEN_OVER, "taken_over", None)
    assert scene.unit.adapter.stage == "serving"
    assert scene.host.opened.empty()


async def test_the_new_session_is_the_units_own_in_everything(scene: Scene) -> None:
    old = await scene.due()
    new = await scene.session(time=days(244), report_interval_s=20)
    await scene.unit.told.until("renewed")
    old.part(CloseCode.TAKEN_OVER, "taken_over")
    await scene.unit.ended()
    scene.unit.timers.advance(20)
    await heard(new, Kind.REPORT, object)
    new.part(CloseCode.DRAINING, "draining")
    assert (await scene.unit.ended())["redial_s"] == 0
    scene.unit.timers.advance()
    await scene.session(time=days(244))
    await scene.unit.told.until("welcomed")
    assert not scene.identity.has("previous")


async def test_an_event_that_both_sessions_answer_counts_once(scene: Scene) -> None:
    old = await scene.due()
    new = await scene.host.opened.get()
    for text in ("one", "two"):
        scene.unit.box.raise_event("link_down", wall=0, now=0, text=text)
    scene.unit.adapter.pump()
    first, _ = await heard(old, Kind.EVENT, Event)
    await new.greet(time=days(244))
    again, said = await heard(new, Kind.EVENT, Event)
    assert said.text == "one"
    old.answer(first, Taken())
    old.part(CloseCode.TAKEN_OVER, "taken_over")
    await scene.unit.ended()
    new.answer(again, Taken())
    _, said = await heard(new, Kind.EVENT, Event)
    assert said.text == "two"


async def test_an_old_session_that_the_host_forgets_to_close_is_dropped(scene: Scene) -> None:
    await scene.due()
    await scene.session(time=days(244))
    await scene.unit.told.until("renewed")
    scene.unit.timers.advance(10)
    assert (await scene.unit.ended())["reason"] == "succeeded"
    assert scene.unit.adapter.stage == "serving"


async def test_a_candidate_that_is_refused_is_erased_and_people_hear_of_it(scene: Scene) -> None:
    old = await scene.due()
    before = scene.leaf()
    new = await scene.host.opened.get()
    received, _ = await heard(new, Kind.HELLO, object)
    new.refuse(received, ErrorCode.NOT_ADMITTED, reason="revoked")
    told = await scene.unit.told.until("candidate_refused")
    assert (told["reason"], told["code"]) == ("revoked", CloseCode.REVOKED)
    assert await scene.failed() == ("candidate_refused", RETRY_FIRST_S)
    assert (scene.leaf(), scene.identity.has("candidate")) == (before, False)
    _, event = await heard(old, Kind.EVENT, Event)
    assert (event.sub_type, event.text) == ("renewal_refused", "the new certificate was refused: revoked")
    assert scene.unit.adapter.stage == "serving"
    scene.unit.timers.advance(RETRY_FIRST_S)
    await scene.unit.told.until("candidate_kept")


async def test_a_candidate_that_reaches_no_host_is_kept_and_tried_again(scene: Scene) -> None:
    await scene.due()
    new = await scene.host.opened.get()
    new.close(CloseCode.BUSY, "busy")
    assert (await scene.failed())[0] == "candidate_unproven"
    assert scene.identity.has("candidate")
    scene.unit.timers.advance(RETRY_FIRST_S)
    await scene.session(time=days(244))
    await scene.unit.told.until("renewed")
    assert scene.est.asked == ["current"]


async def test_a_candidate_from_the_hosts_future_is_kept(scene: Scene) -> None:
    await scene.begun()
    scene.host.refusals.append({"status": 403, "code": "certificate_not_yet_valid", "detail": ""})
    scene.wait_until_due()
    assert (await scene.failed())[0] == "candidate_unproven"
    assert scene.identity.has("candidate")


async def test_it_does_not_renew_while_a_config_is_on_trial(scene: Scene) -> None:
    session = await scene.begun()
    scene.wait_until_due(but_s=1)
    session.say(offer(GOOD, push=1))
    await heard(session, Kind.OFFER_ANSWER, OfferAnswer)
    await scene.unit.ended()
    scene.unit.timers.advance(1)
    await scene.unit.told.until("candidate_kept")
    await scene.session(time=days(244), confirm=(1,))
    await scene.unit.told.until("confirmed")
    assert scene.identity.has("candidate")
    scene.unit.timers.advance(RETRY_FIRST_S)
    await scene.session(time=days(244))
    await scene.unit.told.until("renewed")


async def test_a_host_that_will_not_have_the_current_one_any_more_is_dialled_with_the_one_before(scene: Scene) -> None:
    old = await scene.due()
    before = scene.leaf()
    new = await scene.session(time=days(244))
    await scene.unit.told.until("renewed")
    old.part(CloseCode.TAKEN_OVER, "taken_over")
    await scene.unit.ended()
    new.part(CloseCode.REVOKED, "revoked")
    await scene.unit.ended()
    scene.unit.timers.advance(10)
    await scene.session(time=days(244))
    await scene.unit.told.until("went_back")
    assert scene.leaf() == before


# -- asking ---------------------------------------------------------------------------------------------------------


async def test_the_host_asks_and_the_unit_begins_at_random_within_what_it_says(scene: Scene) -> None:
    scene.unit.chance = 0.5
    session = await scene.begun(days(1))
    session.say(Renew(reason="anchor_change", within_s=100))
    told = await scene.unit.told.until("renewal_asked")
    assert (told["reason"], told["begins_s"]) == ("anchor_change", 50)
    scene.unit.timers.advance(49)
    assert scene.est.asked == []
    scene.unit.timers.advance(1)
    await scene.session(time=days(1))
    await scene.unit.told.until("renewed")


async def test_what_was_lost_is_said_again_by_the_welcome_and_said_twice_moves_nothing(scene: Scene) -> None:
    scene.unit.chance = 0.5
    session = await scene.begun(days(1), renew=Renew(within_s=100))
    assert (await scene.unit.told.until("renewal_asked"))["begins_s"] == 50
    planned = scene.unit.adapter.renewer
    assert planned is not None
    at = planned.planned_at
    scene.unit.timers.advance(30)
    session.say(Renew(within_s=100))
    session.say(offer("nonsense", push=1))  # answered: so the word before it was heard
    await heard(session, Kind.REPORT, object)
    await heard(session, Kind.OFFER_ANSWER, OfferAnswer)
    assert planned.planned_at == at


async def test_what_fails_is_tried_again_more_and_more_slowly_and_says_why(scene: Scene) -> None:
    scene.unit.chance = 1.0
    scene.est.refusals = [
        EnrolmentFailed("door_unreachable", "refused", retry_after_s=5),
        EnrolmentFailed("authority_unavailable", "503", retry_after_s=1_000),
        CertificateUnfit("no certificate is for our key"),
        OSError(28, "No space left on device"),
    ]
    await scene.due()
    told = []
    for _ in range(4):
        told.append(await scene.failed())
        scene.unit.timers.advance(float(str(told[-1][1])))
    assert told == [
        ("door_unreachable", 120),
        ("authority_unavailable", 1_000),
        ("certificate_unfit", 480),
        ("flash_failed", 960),
    ]
    await scene.unit.told.until("candidate_kept")
    assert len(set(scene.est.keys)) == 1


async def test_a_certificate_for_somebody_else_is_not_kept(scene: Scene) -> None:
    scene.est.name = "urn:servicehost:unit:0000-0000-0000-0000-0000-0000-0000-0001"
    await scene.due()
    assert (await scene.failed())[0] == "certificate_unfit"
    assert not scene.identity.has("candidate")


async def test_without_a_bootstrap_door_it_says_so(tmp_path: Path) -> None:
    identity = enrolled(tmp_path)
    async with small_host() as host, one_unit(("127.0.0.1", host.port), identity=identity) as unit:
        scene = Scene(host, unit, identity, EstStub())
        await scene.due()
        assert (await scene.failed())[0] == "no_door"


async def test_power_that_goes_while_the_door_is_asked_ends_the_matter_until_the_next_boot(scene: Scene) -> None:
    await scene.due()
    scene.unit.adapter.power_off()
    scene.unit.timers.advance(1)
    assert scene.unit.adapter.renewer is not None
    assert not scene.unit.adapter.renewer.under_way
    scene.unit.power_on()
    await scene.session(time=days(270))
    await scene.unit.told.until("welcomed")
    scene.unit.timers.advance()
    await scene.unit.told.until("renewal_began")


# -- expired --------------------------------------------------------------------------------------------------------


async def test_switched_off_for_400_days_it_asks_until_somebody_permits_and_says_why(scene: Scene) -> None:
    scene.host.refusals.append(EXPIRED)
    scene.est.begins = BEGINS + dt.timedelta(days=400)
    scene.est.refusals = [PENDING] * 30
    scene.unit.power_on()
    ended = await scene.unit.ended()
    assert (ended["reason"], ended["status"], ended["detail"]) == ("certificate_expired", 403, "valid from a to b")
    for _ in range(30):
        scene.host.refusals.append(EXPIRED)
        scene.unit.timers.advance(3_600)
        reason, again_s = await scene.failed()
        assert reason == "enrolment_pending"
        assert 900 <= float(str(again_s)) <= 3_600
        assert (await scene.unit.ended())["reason"] == "certificate_expired"
    scene.host.refusals.append(EXPIRED)
    scene.unit.timers.advance(3_600)
    await scene.unit.told.until("candidate_kept")
    await scene.unit.ended()
    scene.unit.timers.advance(5_120)
    await scene.session(time=days(400))
    await scene.unit.told.until("renewed")
    assert set(scene.est.asked) == {"current"}
    assert len(set(scene.est.keys)) == 1
    assert scene.leaf().not_valid_before_utc == scene.est.begins


async def test_with_a_birth_certificate_it_enrols_again_at_any_age(tmp_path: Path) -> None:
    certificate, key = ours().unit("born").write(tmp_path, "birth")
    enrolled(tmp_path / "unit")
    identity = Identity(Shelf(tmp_path / "unit"), birth=Brought(certificate=certificate, key=key))
    async with a_scene(tmp_path, identity=identity) as scene:
        scene.host.refusals.append(EXPIRED)
        scene.unit.power_on()
        await scene.unit.ended()
        scene.unit.timers.advance()
        assert (await scene.unit.told.until("renewal_began"))["by"] == "birth"
        await scene.unit.told.until("candidate_kept")
        scene.unit.timers.advance()
        await scene.session(time=days(400))
        await scene.unit.told.until("renewed")
        assert scene.est.asked == ["birth"]


# -- the time -------------------------------------------------------------------------------------------------------


async def test_a_unit_without_a_clock_gets_in_and_goes_by_the_hosts_time(tmp_path: Path) -> None:
    box = Box(boot_id="b", now=1000.0, habits=Habits(clock=Clock(since_1970=True)))
    async with a_scene(tmp_path, box=box) as scene:
        scene.unit.power_on()
        session = await scene.host.opened.get()
        assert (await session.greet(time=eve(scene.identity)[0])).time == "1970-01-01T00:00:00Z"
        await scene.unit.told.until("welcomed")
        scene.wait_until_due(but_s=1)
        assert scene.est.asked == []
        scene.unit.timers.advance(1)
        await scene.unit.told.until("candidate_kept")


async def test_once_it_knows_the_time_it_refuses_a_host_whose_certificate_has_run_out(scene: Scene) -> None:
    scene.est.refusals = [PENDING] * 3
    session = await scene.begun(days(364))
    session.part(CloseCode.DRAINING, "draining")
    await scene.unit.ended()
    scene.unit.timers.advance(2 * 86_400)
    ended = await scene.unit.ended()
    assert (ended["layer"], ended["reason"]) == ("tls", "host_certificate_out_of_date")
    scene.unit.adapter.reboot("reboot")
    scene.unit.timers.advance()
    await scene.session(time=rfc3339(BEGINS))
    await scene.unit.told.until("welcomed")


# -- ailments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["renewal_began", "candidate_kept", "renewed"])
async def test_power_that_is_cut_at_a_step_of_a_renewal_leaves_a_unit_that_goes_on(
    scene: Scene, step: Literal["renewal_began", "candidate_kept", "renewed"]
) -> None:
    await scene.begun(days(1))
    perform(deeds.CutPowerInRenewal(step=step), scene.unit.adapter, scene.unit.timers)
    perform(deeds.RenewNow(), scene.unit.adapter, scene.unit.timers)
    scene.unit.timers.advance()
    if step == "renewed":
        await scene.session(time=days(1))
    await scene.unit.told.until(step)
    scene.unit.timers.advance()
    assert scene.unit.adapter.stage == "off"
    await scene.unit.ended()
    perform(deeds.RestorePower(), scene.unit.adapter, scene.unit.timers)
    scene.unit.timers.advance()
    await scene.session(time=days(1))
    await scene.unit.told.until("welcomed")
    assert scene.unit.told.all[-1].what in ("welcomed", "renewed")


async def test_a_unit_that_is_made_to_be_expired_starts_with_that_certificate_alone(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.begun()
    expired = ours().expired_unit(UNIT)
    certificate, key = expired.write(tmp_path, "old")
    scene.host.refusals.append(EXPIRED)
    perform(deeds.Expire(certificate=str(certificate), key=str(key)), scene.unit.adapter, scene.unit.timers)
    scene.unit.timers.advance(5)
    while (await scene.unit.ended())["reason"] != "certificate_expired":
        pass
    assert scene.leaf() == expired.certificate


async def test_files_that_an_expired_unit_does_not_have_are_told(scene: Scene) -> None:
    await scene.begun()
    perform(deeds.Expire(certificate="nowhere.pem", key="nowhere.key"), scene.unit.adapter, scene.unit.timers)
    assert "nowhere" in str((await scene.unit.told.until("credential_unreadable"))["detail"])
    assert scene.unit.adapter.stage == "serving"
