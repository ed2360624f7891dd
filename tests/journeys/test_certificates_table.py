"""Every certificate that a unit may come with: what the host answers, what it logs, and what the unit logs of it.

What is promised stands in `protocol.refusals`, of which the table in PROTOCOL.md is made.
"""

import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from adapter_sim.happenings import Happening
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import Redial
from protocol.refusals import AT_ADAPTERS_DOOR, Answer
from servicehost.founding import Founded
from tests.adapter_sim.stage import Told
from tests.builders.certificates import Credential
from tests.builders.hosts import a_founded_host
from tests.builders.wires import BOTH_VERSIONS
from tests.journeys.hall import Hall, Shown, fingerprint, open_hall
from tests.journeys.shown import CASES, ELSEWHERE, Make, standby

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return a_founded_host(tmp_path_factory.mktemp("founded"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(founded: Founded, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with open_hall(founded, tmp_path_factory.mktemp("hall")) as opened:
        yield opened


@pytest.fixture(scope="module")
def strictly_founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return a_founded_host(tmp_path_factory.mktemp("strictly"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict_hall(strictly_founded: Founded, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = tmp_path_factory.mktemp("strict-hall")
    async with open_hall(strictly_founded, folder, "units.require_known_certificate=true") as opened:
        yield opened


IN_A_ROLLOVER = {"old_during", "old_after"}
"""Which have a test of their own: `test_old_anchor_table`."""
STRICT = {"not_on_record"}
IN_BOTH_VERSIONS = {"serving", *(name for name, row in AT_ADAPTERS_DOOR.items() if row.layer == "tls")}


async def test_every_promise_is_kept_by_a_case() -> None:
    assert set(CASES) | IN_A_ROLLOVER == set(AT_ADAPTERS_DOOR)


# -- the table ------------------------------------------------------------------------------------------------------


def rows(*, strict: bool) -> list[object]:
    return [
        pytest.param(AT_ADAPTERS_DOOR[name], make, version, id=" ".join((name, way, version.name)))
        for name, ways in CASES.items()
        for version in (BOTH_VERSIONS if name in IN_BOTH_VERSIONS else BOTH_VERSIONS[-1:])
        for way, make in ways.items()
        if (name in STRICT) is strict
    ]


@pytest.mark.parametrize(("row", "make", "version"), rows(strict=False))
async def test_a_certificate_gets_its_answer_and_the_unit_logs_why(
    hall: Hall, row: Answer, make: Make, version: ssl.TLSVersion
) -> None:
    await keeps(hall, row, make, version)


@pytest.mark.parametrize(("row", "make", "version"), rows(strict=True))
async def test_where_certificates_must_be_on_record_one_that_is_not_is_refused(
    strict_hall: Hall, row: Answer, make: Make, version: ssl.TLSVersion
) -> None:
    await keeps(strict_hall, row, make, version)


async def test_where_certificates_must_be_on_record_one_that_is_gets_in(strict_hall: Hall) -> None:
    await keeps(strict_hall, AT_ADAPTERS_DOOR["standby"], standby, ssl.TLSVersion.TLSv1_3)


async def keeps(hall: Hall, row: Answer, make: Make, version: ssl.TLSVersion) -> None:
    """On the wire, in the unit's log and in the host's, the answer is the one that was promised."""
    hall.clock.go_on(1)  # each attempt has a moment of its own
    shown = await make(hall)
    if row.layer == "session" and shown.credential is not None:
        await said_on_the_wire(hall, row, shown.credential)
    unit = hall.unit(shown, version)
    try:
        unit.power_on()
        said = await unit.told.first_of("welcomed", "ended", "dial_failed")
        assert said.unit == shown.unit
        assert logged_by_the_unit(said) == wanted_of_the_unit(row, version)
        assert said.fields.get("redial_s") == pace(row)
        if row.hosts:
            assert said.fields["hosts"] == [ELSEWHERE]
            assert moved_to(unit.told) == [ELSEWHERE]
        await listed_by_the_host(hall, row, shown, version)
    finally:
        unit.adapter.power_off()


async def said_on_the_wire(hall: Hall, row: Answer, credential: Credential) -> None:
    """The hello's error answer, word by word, and the close that follows it."""
    async with hall.raw(credential) as box:
        box.say_hello()
        refused = await box.refusal()
        assert (refused.code, refused.reason, refused.because) == (ErrorCode.NOT_ADMITTED, row.word, row.because)
        assert refused.hosts == ((ELSEWHERE,) if row.hosts else ())
        closed = await box.closed()
        assert (closed.code, closed.reason, closed.by_peer) == (row.close, row.word, True)


def logged_by_the_unit(said: Happening) -> dict[str, object]:
    fields = said.fields
    if said.what == "welcomed":
        return {"layer": "welcome", "reason": fields["standing"]}
    return {key: fields.get(key) for key in ("layer", "reason", "code", "status", "because")}


def wanted_of_the_unit(row: Answer, version: ssl.TLSVersion) -> dict[str, object]:
    if row.layer == "welcome":
        return {"layer": "welcome", "reason": row.word}
    alert = row.tls12 if version is ssl.TLSVersion.TLSv1_2 else None
    codes = {"tls": CloseCode.TLS_REFUSED, "http": CloseCode.UPGRADE_REFUSED, "session": row.close}
    return {
        "layer": row.layer,
        "reason": alert or row.word,
        "code": codes[row.layer],
        "status": row.status,
        "because": row.because,
    }


def pace(row: Answer) -> float | None:
    """With chance at its least: no wait at all, or the first of the slow table."""
    if row.slowly is None:
        return None
    return Redial().slow_first_s if row.slowly else 0.0


def moved_to(told: Told) -> object:
    return next(one.fields["hosts"] for one in told.all if one.what == "moved")


async def listed_by_the_host(hall: Hall, row: Answer, shown: Shown, version: ssl.TLSVersion) -> None:
    listed = await hall.last_attempt()
    reason, detail = row.listed
    above_tls = row.layer != "tls" and shown.credential is not None
    wanted: dict[str, Any] = {
        "outcome": "welcomed" if row.layer == "welcome" else "refused",
        "reason": reason,
        "detail": detail,
        "distribution_id": shown.as_,
        "certificate": fingerprint(shown.credential) if above_tls and shown.credential else None,
        "tls_version": version.name.replace("_", ".") if above_tls else None,
    }
    assert {key: listed[key] for key in wanted} == wanted
    assert listed["address"].startswith("127.0.0.1:")
    if shown.as_ is not None and row.word != "unknown_unit":
        assert await hall.last_attempt(shown.as_) == listed
