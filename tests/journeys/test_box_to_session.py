"""PROTOCOL.md leads from a box to a session: its own blocks are run, against a host of their own."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from protocol.codes import CloseCode
from servicehost.doors import Doors, read_doors
from tests.journeys.guide import Reader, section, steps
from tests.journeys.host_process import ROOT
from tests.journeys.waiting import until

TEXT = section((ROOT / "PROTOCOL.md").read_text("utf-8"))
STEPS = steps(TEXT)
LOOPBACK = {
    f"SERVICEHOST_{door}_DOOR_{key}": value
    for door in ("ADAPTERS", "BOOTSTRAP", "OPERATORS")
    for key, value in (("ADDRESSES", "127.0.0.1"), ("PORT", "0"))
}
CLOSED = f"closed with {int(CloseCode.REVOKED)}"


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    async with Reader(tmp_path) as opened:
        yield opened


async def test_whoever_types_what_the_page_says_gets_a_session_and_loses_it(reader: Reader) -> None:
    fingerprint = await a_host_stands(reader)
    await the_unit_is_registered(reader, fingerprint)
    await a_box_that_meets_a_stranger_stops(reader)
    await the_box_gets_its_certificate(reader)
    await it_is_welcomed(reader, session_epoch=1)
    await people_see_it_connected(reader)
    await it_is_revoked_and_hung_up_on(reader)
    await it_is_told_why_when_it_dials_again(reader)
    await reader.types(STEPS["token"])
    await reader.types(STEPS["enrol"])
    await it_is_welcomed(reader, session_epoch=2)


async def a_host_stands(reader: Reader) -> str:
    """The fingerprint that `init` printed."""
    made = await reader.types(STEPS["found"])
    master_id, password = printed(made, "Master ID"), printed(made, "one-time password")
    log = await reader.beside(STEPS["serve"], **LOOPBACK)

    async def ready() -> Doors | None:
        return read_doors(reader.folder / "host" / "run")

    doors = await until(ready, f"the host is ready: {log}")
    ports = f"export EST_PORT={doors.bootstrap_door[0][1]} SESSION_PORT={doors.adapters_door[0][1]}"
    await reader.types(ports)
    said = await reader.types(STEPS["login"], master_id, password, "a password of my own")
    assert f"Logged in as Dispatcher ({master_id})" in said
    return printed(made, "its SHA-256")


async def the_unit_is_registered(reader: Reader, fingerprint: str) -> None:
    unit = json.loads(await reader.types(STEPS["register"]))
    assert (unit["life"], unit["presence"]) == ("registered", "never")
    assert (reader.folder / "box" / "token").read_text().startswith("shet_")
    assert (reader.folder / "box" / "fingerprint").read_text() == f"sha256 Fingerprint={fingerprint}\n"


async def a_box_that_meets_a_stranger_stops(reader: Reader) -> None:
    file = reader.folder / "box" / "fingerprint"
    known = file.read_text()
    file.write_text(known.replace("=", "=0", 1))
    await reader.types(f"if ( {STEPS['trust']} ); then exit 1; fi")
    file.write_text(known)


async def the_box_gets_its_certificate(reader: Reader) -> None:
    await reader.types(STEPS["trust"])
    ours = (reader.folder / "host" / "authority" / "root.pem").read_text()
    assert ours.strip() in (reader.folder / "box" / "root.pem").read_text()
    assert "unit.pem: OK" in await reader.types(STEPS["enrol"])
    (reader.folder / "box" / "box.py").write_text(STEPS["box.py"])


async def it_is_welcomed(reader: Reader, *, session_epoch: int) -> None:
    log = reader.folder / "box" / "box.log"
    log.unlink(missing_ok=True)
    await reader.types(STEPS["session"])

    async def answered() -> str | None:
        return log.read_text() if log.exists() and "\n" in log.read_text() else None

    welcome = json.loads((await until(answered, "an answer to hello")).splitlines()[0])["result"]
    assert (welcome["standing"], welcome["session_epoch"]) == ("standby", session_epoch)


async def people_see_it_connected(reader: Reader) -> None:
    async def shown() -> dict[str, Any] | None:
        unit: dict[str, Any] = json.loads(await reader.types(STEPS["show"]))
        return unit if unit["status"] is not None else None

    unit = await until(shown, "the report is shown")
    assert (unit["presence"], unit["firmware"]) == ("connected", "0.1")
    assert unit["status"]["cpu_percent"] == 3.5


async def it_is_revoked_and_hung_up_on(reader: Reader) -> None:
    said = await reader.types(STEPS["revoke"])
    assert '"revoked_reason": "key_compromise"' in said
    *_, goodbye, closed = said.splitlines()
    assert json.loads(goodbye)["params"]["reason"] == "revoked"
    assert closed == CLOSED
    unit = json.loads(await reader.types(STEPS["show"]))
    assert unit["presence"] == "disconnected"


async def it_is_told_why_when_it_dials_again(reader: Reader) -> None:
    answer, *_, closed = (await reader.types(STEPS["refused"])).splitlines()
    data = json.loads(answer)["error"]["data"]
    assert (data["reason"], data["because"]) == ("revoked", "key_compromise")
    assert closed == CLOSED


def printed(said: str, what: str) -> str:
    """The word that `init` printed behind this."""
    found = re.search(rf"^ +{what} +(\S+)", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_every_block_of_the_section_is_a_step_that_is_run_once() -> None:
    assert list(STEPS) == [
        *("found", "serve", "login", "register", "trust", "enrol", "box.py", "session", "show", "revoke", "refused"),
        "token",
    ]
    assert TEXT.count("```") == 2 * len(STEPS)


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_a_readmes_short_form_is_made_of_the_pages_own_lines(name: str) -> None:
    page = (ROOT / name).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (block,) = [one for one in blocks if "unit register" in one]
    lines = [line.partition("#")[0].strip() for line in block.splitlines()]
    known = {line.partition("     #")[0].strip() for step in STEPS.values() for line in step.splitlines()}
    assert "PROTOCOL.md#from-a-box-to-a-session" in page
    assert len(lines) > len(("register", "token", "show", "revoke"))
    assert [line for line in lines if line not in known] == []
