"""Who is erased can be read nowhere, and the chain still holds."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from servicehost.domain.audit import ERASED, SYSTEM, Personal, Whose
from servicehost.domain.audit_check import ChainHolds, verify
from servicehost.domain.consent import ConsentState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Unauthenticated
from servicehost.domain.fact_kind import Cause, SiteState
from servicehost.domain.people import Right, Role
from servicehost.domain.phone_call import Caller
from servicehost.operations.add_delegate import Naming
from servicehost.operations.declare_location import Declaration
from servicehost.operations.give_consent import ConsentDraft
from servicehost.operations.record_call import CallReport
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.save_config import ConfigDraft
from servicehost.operations.state_site import SiteWord
from tests.builders.audit_chains import an_entry
from tests.builders.audited import DORA, MINE, SAKI, Audited, open_audited, record_in
from tests.builders.chain_rows import chain_rows
from tests.builders.stories import ON_SITE, tell
from tests.builders.world import CODE, DISPATCHER, MANAGER, OTHER_CODE, OTHER_TENANT, STRANGER, TENANT

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


TELEPHONE = "03-1234-5678"


async def test_no_text_of_anybody_in_the_whole_database_names_the_erased_person(audited: Audited) -> None:
    """What they wrote, what others wrote of them, who they said they were on the telephone: all of it."""
    consents, cases = audited.catalogue.consents, audited.cases
    her = msgspec.structs.replace(MINE, master_id=audited.anna, name=NAME)
    about = f"ask {NAME.upper()}, 0312345678"
    call = await consents.record_call(SAKI, CallReport(
        caller=Caller(name=NAME, number=TELEPHONE), service_code=CODE, said=about, answered=about,
    ))  # fmt: skip
    assert call.manager == audited.anna
    allowed = ConsentDraft(
        management_code=TENANT, rights=[Right.EDIT_CONFIG], reason=about, to_role=Role.SUPPORT, call=call.call
    )
    consent = await consents.give_consent(SAKI, allowed)
    made = await consents.propose_config(SAKI, ConfigDraft(service_code=CODE, body="y", reason=about))
    await consents.decline_proposal(her, made.number, "my very own words")
    await cases.declare_location(
        her, Declaration(service_code=CODE, location=f"c/o {NAME}", reason="my very own words")
    )
    await cases.state_site(DORA, CODE, SiteWord(site=SiteState.UNMANNED, reason=about))
    asked = ExchangeRequest(service_code=CODE, attendee=NAME, reason="my very own words")
    await cases.request_exchange(her, asked)
    await cases.record_triage(SAKI, 1, Cause.NATURAL, about)
    await audited.world.workers()
    await cases.cancel_exchange(her, 1, "my very own words")
    await cases.request_exchange(MANAGER, ExchangeRequest(service_code=CODE, reason=about))
    await cases.cancel_exchange(MANAGER, 2, about)
    await audited.catalogue.erase_person(DORA, audited.anna, "she asked")
    await audited.world.workers()
    database = audited.world.database
    raw = database.read_bytes() + database.with_name(f"{database.name}-wal").read_bytes()
    found = [
        word for word in (NAME, NAME.upper(), TELEPHONE, "0312345678", "my very own words") if word.encode() in raw
    ]
    assert found == []
    with closing(sqlite3.connect(database)) as connection:
        everything = "\n".join(connection.iterdump())
    assert "ask [erased], [erased]" in everything
    assert "swap_now" in everything or "cancelled" in everything
    kept = await audited.reads.consent_numbered(EVERYTHING, consent.number)
    assert kept is not None
    assert (kept.state(audited.world.clock.wall()), kept.withdrawn_by) == (ConsentState.WITHDRAWN, "host")
    assert holds(audited)


async def test_whose_name_merely_contains_it_keeps_their_own(audited: Audited) -> None:
    other = await audited.catalogue.add_person(DISPATCHER, TENANT, f"{NAME} Junior")
    await audited.catalogue.erase_person(DORA, audited.anna, "she left")
    async with audited.world.store.transaction(EVERYTHING) as tx:
        person = await tx.person_by_master_id(other.person.master_id)
    assert person is not None
    assert person.name == f"{NAME} Junior"


async def test_another_contracts_texts_are_not_touched(audited: Audited) -> None:
    await audited.cases.request_exchange(STRANGER, ExchangeRequest(service_code=OTHER_CODE, reason=f"for {NAME}"))
    await audited.catalogue.erase_person(DORA, audited.anna, "she left")
    steps = await audited.reads.exchange(EVERYTHING, 1)
    assert steps is not None
    assert [step.reason for step in steps.steps] == [f"for {NAME}"]


async def test_who_attends_an_open_exchange_is_not_erased_before_its_end(audited: Audited) -> None:
    await audited.cases.request_exchange(MANAGER, ExchangeRequest(service_code=CODE, attendee=NAME))
    with pytest.raises(Conflict) as refused:
        await audited.catalogue.erase_person(DORA, audited.anna, "she left")
    assert refused.value.code == "attends_open_exchange"


async def test_a_caller_known_by_name_alone_is_erased_from_their_calls(audited: Audited) -> None:
    report = CallReport(caller=Caller(name="鈴木 一郎", number=TELEPHONE), service_code=CODE, said="let me in")
    taken = await audited.catalogue.consents.record_call(SAKI, report)
    await audited.catalogue.erase_named(DORA, TENANT, "鈴木一郎", "he asked")
    kept = await audited.reads.call(EVERYTHING, taken.call)
    assert kept is not None
    assert (kept.caller_name, kept.calling_number, kept.said, kept.answered) == ("", "", "", "")
    assert (kept.match, kept.erased_at) == (taken.match, audited.world.clock.now_ms)
    database = audited.world.database
    raw = database.read_bytes() + database.with_name(f"{database.name}-wal").read_bytes()
    assert [word for word in ("鈴木 一郎", TELEPHONE, "let me in") if word.encode() in raw] == []


async def test_a_delegates_telephone_number_is_taken_out_of_what_others_wrote(audited: Audited) -> None:
    contracts = audited.catalogue.contracts
    await contracts.add_delegate(MINE, TENANT, Naming(name="Taro Sato", telephone=TELEPHONE))
    await contracts.write_memo(MINE, CODE, f"ring {TELEPHONE.replace('-', ' ')} at the gate")
    await audited.catalogue.erase_named(DORA, TENANT, "Taro Sato", "he asked")
    view = await audited.reads.adapter(EVERYTHING, CODE)
    assert view is not None
    assert view.adapter.memo == "ring [erased] at the gate"


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
