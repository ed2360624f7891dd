"""Who is erased can be read nowhere, and the chain still holds."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from servicehost.domain.audit import ERASED, SYSTEM, Personal, Whose
from servicehost.domain.audit_check import ChainHolds, verify
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Unauthenticated
from servicehost.domain.people import Role
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.save_config import ConfigDraft
from tests.builders.audit_chains import an_entry
from tests.builders.audited import DORA, MINE, SAKI, Audited, open_audited, record_in
from tests.builders.chain_rows import chain_rows
from tests.builders.stories import ON_SITE, tell
from tests.builders.world import CODE, DISPATCHER, MANAGER, OTHER_TENANT, TENANT

PASSWORD = "a good long password"
NAME = "Hanako Yamada"


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        added = await opened.catalogue.add_person(DISPATCHER, TENANT, NAME)
        opened.anna = added.person.master_id
        logged_in = await opened.catalogue.log_in(opened.anna, added.one_time_password, PASSWORD, "198.51.100.9")
        opened.token = logged_in.token
        await opened.catalogue.save_config(logged_in.actor, ConfigDraft(service_code=CODE, body="x", reason="my words"))
        yield opened


def holds(audited: Audited) -> bool:
    return all(isinstance(one, ChainHolds) for one in verify(chain_rows(audited.world.database), []))


async def test_before_erasure_what_a_person_said_can_be_read_by_those_who_may(audited: Audited) -> None:
    said = [line.personal for chain in (TENANT, SYSTEM) for line in await audited.lines(chain)]
    assert {"after/name": NAME} in said
    assert {"source": "198.51.100.9", "reason": "my words"} in said


async def test_erased_the_person_is_in_no_record_and_no_row_and_every_chain_holds(audited: Audited) -> None:
    before = [(line.chain, line.number, line.hash) for line in await audited.lines()]
    await audited.catalogue.erase_person(DORA, audited.anna, "she asked for it")
    lines = await audited.lines()
    assert set(before) < {(line.chain, line.number, line.hash) for line in lines}
    own = [line for line in lines if record_in(line)["actor"] == audited.anna]
    assert len(own) == 2
    assert {text for line in own for text in line.personal.values()} == {ERASED}
    added = next(line for line in lines if record_in(line)["action"] == "add_person")
    assert added.personal["after/name"] == ERASED
    assert holds(audited)
    async with audited.world.store.transaction(EVERYTHING) as tx:
        person = await tx.person_by_master_id(audited.anna)
    assert person is not None
    assert person.name == ""


async def test_nobody_logs_in_as_an_erased_person_and_their_tokens_have_ended(audited: Audited) -> None:
    await audited.catalogue.erase_person(DORA, audited.anna, "she left")
    with pytest.raises(Unauthenticated):
        await audited.catalogue.log_in(audited.anna, PASSWORD, None, "198.51.100.9")
    with closing(sqlite3.connect(audited.world.database)) as connection:
        assert connection.execute("SELECT count(*) FROM token").fetchone() == (0,)


async def test_nothing_readable_of_the_person_is_left_in_the_files_of_a_running_host(audited: Audited) -> None:
    database = audited.world.database

    def raw() -> bytes:
        return database.read_bytes() + database.with_name(f"{database.name}-wal").read_bytes()

    with closing(sqlite3.connect(database)) as connection:
        (key,) = connection.execute("SELECT key FROM person_key WHERE name = ?", (audited.anna,)).fetchone()
    assert (key in raw(), NAME.encode() in raw()) == (True, True)
    await audited.catalogue.erase_person(DORA, audited.anna, "she asked")
    assert (key in raw(), NAME.encode() in raw()) == (False, False)


async def test_no_new_key_is_made_for_an_erased_person(audited: Audited) -> None:
    """A record that still comes to name them keeps nothing."""
    await audited.catalogue.erase_person(DORA, audited.anna, "she left")
    whose = Whose.person(audited.anna, TENANT)
    late = an_entry(TENANT, reason=Personal(whose=whose, text="late words"))
    await audited.world.store.batch(EVERYTHING, lambda batch: batch.append_audit([late]))
    line = (await audited.lines(TENANT))[-1]
    assert line.personal == {"reason": ERASED}
    assert record_in(line)["reason"]["sealed"] == ""
    with closing(sqlite3.connect(audited.world.database)) as connection:
        chosen = "SELECT key, destroyed_at FROM person_key WHERE name = ?"
        found = connection.execute(chosen, (audited.anna,)).fetchall()
    assert found == [(None, audited.world.clock.now_ms)]


async def test_somebody_known_by_name_alone_is_taken_out_of_their_ended_exchanges(audited: Audited) -> None:
    await tell(audited.world, ON_SITE)
    before = len(await audited.lines(TENANT))
    await audited.catalogue.erase_named(DORA, TENANT, "sato ", "he asked")
    lines = await audited.lines(TENANT)
    assert len(lines) == before + 1
    asked = next(line for line in lines if record_in(line)["action"] == "request_exchange")
    assert (asked.personal["after/attendee"], asked.personal["reason"]) == (ERASED, "it is dead")
    assert (await audited.world.exchange()).attendee == ""
    assert holds(audited)
    # The same name given later is somebody new.
    await audited.cases.request_exchange(MANAGER, ExchangeRequest(service_code=CODE, attendee="Sato"))
    assert (await audited.lines(TENANT))[-1].personal["after/attendee"] == "Sato"


async def test_who_passed_on_the_word_stays_when_the_name_of_who_said_it_is_erased(audited: Audited) -> None:
    await tell(audited.world, ON_SITE[:9])
    await audited.cases.swap_unit(MINE, 1, "Sato")
    await tell(audited.world, ON_SITE[9:])
    await audited.catalogue.erase_named(DORA, TENANT, "Sato", "he asked")
    with closing(sqlite3.connect(audited.world.database)) as connection:
        steps = [row[0] for row in connection.execute("SELECT by FROM exchange_step WHERE exchange = 1")]
    exchange = await audited.world.exchange()
    assert exchange.swap_now_by == f"through {MANAGER.master_id}"
    assert [by for by in steps if "Sato" in by] == []


async def test_the_same_name_in_another_contract_is_another_person(audited: Audited) -> None:
    await audited.cases.request_exchange(MANAGER, ExchangeRequest(service_code=CODE, attendee="Sato"))
    await audited.cases.cancel_exchange(MANAGER, 1, "mended")
    with pytest.raises(NotFound):
        await audited.catalogue.erase_named(DORA, OTHER_TENANT, "Sato", "he asked")
    assert (await audited.world.exchange()).attendee == "Sato"


async def test_who_attends_an_open_exchange_is_needed_until_it_ends(audited: Audited) -> None:
    await audited.cases.request_exchange(MANAGER, ExchangeRequest(service_code=CODE, attendee="Sato"))
    with pytest.raises(Conflict) as refused:
        await audited.catalogue.erase_named(DORA, TENANT, "SATO", "he asked")
    assert refused.value.code == "attends_open_exchange"


async def test_what_cannot_be_erased_is_refused_by_name(audited: Audited) -> None:
    erase, erase_named = audited.catalogue.erase_person, audited.catalogue.erase_named
    refusals: list[tuple[type[Refused], str, object]] = [
        (Forbidden, "no_right", erase(MINE, audited.anna, "x")),
        (Forbidden, "no_right", erase(SAKI, audited.anna, "x")),
        (Forbidden, "no_right", erase_named(MINE, TENANT, "Sato", "x")),
        (Invalid, "no_reason", erase(DORA, audited.anna, " ")),
        (Invalid, "no_reason", erase_named(DORA, TENANT, "Sato", "")),
        (Invalid, "bad_management_code", erase_named(DORA, "x", "Sato", "x")),
        (NotFound, "contract_not_found", erase_named(DORA, "nxm999999999", "Sato", "x")),
        (NotFound, "person_not_found", erase(DORA, "MID99999999", "x")),
        (NotFound, "person_not_found", erase_named(DORA, TENANT, "Nobody", "x")),
        (Conflict, "erases_oneself", erase(DORA, DORA.master_id, "x")),
    ]
    standing = len(await audited.lines())
    for kind, code, call in refusals:
        with pytest.raises(kind) as refused:
            await call  # type: ignore[misc]  # each is the coroutine of a use case
        assert refused.value.code == code
    assert len(await audited.lines()) == standing


async def test_one_of_the_providers_own_is_erased_in_the_systems_chain(audited: Audited) -> None:
    added = await audited.catalogue.add_provider_person(Role.SUPPORT, "Saki Ito")
    await audited.catalogue.erase_person(DORA, added.person.master_id, "left")
    assert record_in((await audited.lines(SYSTEM))[-1])["action"] == "erase_person"
    assert (await audited.lines(SYSTEM))[-2].personal["after/name"] == ERASED
