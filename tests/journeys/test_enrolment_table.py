"""Every certificate that may be shown at the bootstrap door: what is answered, and what the unit logs of it.

What is promised stands in `protocol.refusals`, of which the table in PROTOCOL.md is made. A unit that has neither a
certificate nor a token knows by itself that it need not ask, so these two rows are seen on the wire alone.
"""

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple, TypeAlias

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec

from adapter_sim.enrol import BootstrapDoor, EnrolmentFailed, enrol
from adapter_sim.identity import Credential as Held
from adapter_sim.identity import Identity
from adapter_sim.inventory import UnitEntry
from adapter_sim.shelf import Shelf
from protocol.messages import Renew
from protocol.refusals import AT_BOOTSTRAP_DOOR, EstAnswer
from protocol.wire.problems import read_problem
from protocol.wire.tls import TlsError, TlsLayer
from servicehost.founding import Founded
from tests.adapter_sim.stage import OneUnit
from tests.builders.certificates import SERVER_AUTH, Credential, theirs
from tests.builders.hosts import a_founded_host
from tests.builders.loopback import hang_up
from tests.builders.wires import BOTH_VERSIONS
from tests.journeys.hall import MODEL, Hall, Shown, open_hall, request_of, serial_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

Make: TypeAlias = Callable[[Hall], Awaitable[Shown]]
DAY_S = 86_400.0
ASK_AGAIN_S = 600


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return a_founded_host(tmp_path_factory.mktemp("founded"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(founded: Founded, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    flag = f"enrolment.retry_after_s={ASK_AGAIN_S}"
    async with open_hall(founded, tmp_path_factory.mktemp("hall"), flag) as opened:
        yield opened


async def none(hall: Hall) -> Shown:
    return Shown(await hall.standby(), None)


async def foreign(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, theirs().unit(unit))


async def wrong_usage(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, hall.authority.unit(unit, usages=(SERVER_AUTH,)))


async def in_force(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, await hall.issued(unit))


async def not_on_record(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, hall.authority.unit(unit, model_serial=f"{MODEL}-{serial_of(unit)}"))


async def certificate_revoked(hall: Hall) -> Shown:
    """Another certificate of the unit is good: it is this one that is not."""
    unit = await hall.standby()
    credential, _ = await hall.issued(unit), await hall.issued(unit)
    await hall.revoke(credential)
    return Shown(unit, credential)


async def unit_revoked(hall: Hall) -> Shown:
    shown = await in_force(hall)
    await hall.api.post(f"units/{shown.unit}/revocation", {"reason": "key_compromise"})
    return shown


async def stolen(hall: Hall) -> Shown:
    shown = await in_force(hall)
    await hall.lives(shown.unit, "stolen")
    return shown


async def expired(hall: Hall) -> Shown:
    """Four hundred days in a cupboard."""
    shown = await in_force(hall)
    hall.clock.go_on(400 * DAY_S)
    return shown


async def birth(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, hall.born(unit))


async def birth_of_nobody(hall: Hall) -> Shown:
    unit = hall.nobody()
    return Shown(unit, hall.born(unit))


CASES: dict[str, Make] = {
    "none": none,
    "none_to_renew": none,
    "foreign": foreign,
    "wrong_usage": wrong_usage,
    "in_force": in_force,
    "not_on_record": not_on_record,
    "certificate_revoked": certificate_revoked,
    "unit_revoked": unit_revoked,
    "stolen": stolen,
    "ours_to_enrol": in_force,
    "birth": birth,
    "birth_of_nobody": birth_of_nobody,
    "birth_to_renew": birth,
    "expired": expired,  # last: nothing that is in force today is so afterwards
}


async def test_every_promise_of_this_door_is_kept_by_a_case() -> None:
    assert set(CASES) == set(AT_BOOTSTRAP_DOOR)


@pytest.mark.parametrize("name", CASES)
async def test_a_certificate_shown_to_enrol_gets_its_answer_and_the_unit_logs_why(hall: Hall, name: str) -> None:
    row = AT_BOOTSTRAP_DOOR[name]
    hall.clock.go_on(60)
    shown = await CASES[name](hall)
    for version in BOTH_VERSIONS:
        assert await asked(hall, row, shown, version) == promised(row)
    if shown.credential is not None:
        assert await logged(hall, row, shown.unit, shown.credential) == (row.word or "granted")


# -- on the wire ----------------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """`word` is the alert, or the code of a problem; `wait` the Retry-After."""

    status: int | None
    word: str
    wait: str | None = None


def promised(row: EstAnswer) -> Said:
    return Said(row.status, row.word, str(ASK_AGAIN_S) if row.retry_after else None)


async def asked(hall: Hall, row: EstAnswer, shown: Shown, version: ssl.TLSVersion) -> Said:
    """A request with a key of its own, over TLS of this version."""
    body = base64.b64encode(request_of(ec.generate_private_key(ec.SECP256R1()), shown.unit))
    head = f"POST /.well-known/est/{row.operation} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
    head += f"Content-Type: application/pkcs10\r\nContent-Length: {len(body)}\r\n\r\n"
    try:
        answer = await exchanged(hall, hall.context(shown.credential, version), head.encode() + body)
    except TlsError as refused:
        return Said(None, refused.alert)
    headers, _, content = answer.partition(b"\r\n\r\n")
    fields = dict(re.findall(r"^([\w-]+): (.*)$", headers.decode().lower().replace("\r", ""), re.MULTILINE))
    problem = read_problem(fields.get("content-type", ""), content)
    status = int(headers.split()[1])
    return Said(status, (problem.code or "") if problem else "", fields.get("retry-after"))


async def exchanged(hall: Hall, context: ssl.SSLContext, request: bytes) -> bytes:
    """All that comes back. Raises TlsError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.host.bootstrap_port)
    tls, said, answer = TlsLayer(context, server_side=False, server_hostname="127.0.0.1"), False, b""
    try:
        tls.start()
        writer.write(tls.outgoing())
        while data := await reader.read(65_536):
            answer += tls.receive(data)
            if tls.handshaken and not said:
                said = True
                tls.send(request)
            writer.write(tls.outgoing())
        tls.receive_eof()
        return answer
    finally:
        await hang_up([writer])


# -- what the unit logs ---------------------------------------------------------------------------------------------


async def logged(hall: Hall, row: EstAnswer, unit: str, credential: Credential) -> str:
    if row.operation == "simpleenroll":
        return await enrolled(hall, unit, credential)
    return await renewed(hall, unit, credential)


async def enrolled(hall: Hall, unit: str, credential: Credential) -> str:
    """A unit without a certificate, which shows this one for its maker's."""
    identity = Identity(Shelf(hall.own_folder()), birth=hall.brought(credential))
    entry = UnitEntry(distribution_id=unit, model=MODEL, serial=serial_of(unit))
    try:
        await asyncio.to_thread(enrol, entry, identity, way(hall))
    except EnrolmentFailed as failed:
        return failed.reason
    assert identity.enrolled
    return "granted"


async def renewed(hall: Hall, unit: str, credential: Credential) -> str:
    """A unit that has this certificate, and is told to renew it."""
    door = way(hall)

    async def ask(request: bytes, held: Held) -> bytes:
        return await asyncio.to_thread(door.certificate_for, request, held, hall.host.anchors)

    identity = hall.identity(credential)
    nowhere = [("127.0.0.1", 9)]
    box = OneUnit(nowhere, name=unit, context=identity.context("current"), identity=identity, ask=ask)
    assert box.adapter.renewer is not None
    box.adapter.renewer.asked(Renew(within_s=0))
    box.timers.advance()
    said = await box.told.first_of("renewal_failed", "candidate_kept")
    box.adapter.renewer.stop()
    return "granted" if said.what == "candidate_kept" else str(said.fields["reason"])


def way(hall: Hall) -> BootstrapDoor:
    return BootstrapDoor(f"https://127.0.0.1:{hall.host.bootstrap_port}", hall.host.anchors)
