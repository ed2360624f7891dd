"""Every ending is written with its name, and harms no newer session."""

import pytest

from protocol.codes import CloseCode
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Severity
from servicehost.operations.end_sessions import Ending, FailedAttempt, end_sessions, list_attempts
from servicehost.ports.desk import Fence
from tests.operations.conftest import World


def ending(fence: Fence, code: CloseCode = CloseCode.SILENT) -> Ending:
    return Ending(fence=fence, code=code, reason="no answer to a ping", at=50)


@pytest.mark.parametrize(
    ("code", "severity"), [(CloseCode.SILENT, Severity.WARNING), (CloseCode.DRAINING, Severity.INFO)]
)
async def test_an_ending_is_written_and_told(world: World, code: CloseCode, severity: Severity) -> None:
    fence = (await world.hello(world.one)).fence
    await world.batch(lambda batch: end_sessions(batch, [ending(fence, code)]))
    view = await world.reads.unit(EVERYTHING, world.one.unit.distribution_id)
    assert view is not None
    assert (view.session.ended_at, view.session.ending) == (50, code.name.lower())
    (event,) = await world.reads.events(world.one.scope, newest_first=True, limit=1)
    assert (event.sub_type, event.reason, event.severity) == ("session_ended", code.name.lower(), severity)
    assert event.detail == {"epoch": 1, "text": "no answer to a ping"}


async def test_the_end_of_an_old_session_leaves_the_newer_one_alone(world: World) -> None:
    old = (await world.hello(world.one)).fence
    await world.hello(world.one)
    await world.batch(lambda batch: end_sessions(batch, [ending(old, CloseCode.TAKEN_OVER)]))
    view = await world.reads.unit(EVERYTHING, world.one.unit.distribution_id)
    assert view is not None
    assert (view.session.epoch, view.session.ended_at, view.session.ending) == (2, None, None)


async def test_attempts_that_never_became_a_session_are_listed_and_the_rest_counted(world: World) -> None:
    attempt = FailedAttempt(
        remote_address="192.0.2.7", code=CloseCode.TLS_REFUSED, reason="no certificate", distribution_id=None, at=5
    )
    await world.batch(lambda batch: list_attempts(batch, [attempt], 3, 60))
    counted, listed = await world.reads.events(EVERYTHING, newest_first=True, limit=2)
    assert (listed.sub_type, listed.reason, listed.at) == ("attempt_failed", "tls_refused", 5)
    assert listed.detail == {"address": "192.0.2.7", "text": "no certificate", "distribution_id": None}
    assert (counted.sub_type, counted.detail) == ("attempts_unlisted", {"count": 3})
    assert await world.reads.events(world.one.scope, after=listed.event - 1) == []  # the provider's own
