"""What the host decides of exchanges stands in their contract's chain, and sessions cost the audit nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.domain.audit_check import ChainHolds, verify
from servicehost.domain.exchange import ExchangeState
from tests.builders.audited import Audited, open_audited, record_in
from tests.builders.chain_rows import chain_rows
from tests.builders.stories import ON_SITE, SENDBACK, tell, until
from tests.builders.world import NEW, OLD, TENANT


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    async with open_audited(tmp_path) as opened:
        yield opened


async def test_a_whole_story_reads_downwards_in_the_chain_of_its_contract(audited: Audited) -> None:
    await tell(audited.world, ON_SITE)
    records = [record_in(line) for line in await audited.lines(TENANT)]
    assert [(record["actor"], record["action"]) for record in records] == [
        ("dispatcher", "set_terms"),
        ("support", "record_triage"),
        ("operation_manager", "request_exchange"),
        ("host", "judge_exchange"),
        ("dispatcher", "state_fact"),
        ("host", "judge_exchange"),
        ("host", "reserve_unit"),
        ("host", "order_exchange"),
        ("unit", "take_arrival"),
        ("unit", "settle_swap"),
        ("host", "check_acceptance"),
        ("operation_manager", "confirm_recovery"),
        ("host", "close_exchange"),
    ]
    judged, swapped = records[5], records[9]
    assert (judged["before"]["state"], judged["after"]["state"]) == ("requested", "judged")
    assert judged["after"]["method"] == "onsite_swap"
    assert (swapped["before"]["binding"], swapped["after"]["binding"]) == (None, 2)
    assert all(isinstance(one, ChainHolds) for one in verify(chain_rows(audited.world.database), []))


async def test_an_undecided_verdict_says_what_it_waits_for(audited: Audited) -> None:
    await tell(audited.world, ON_SITE[:7])
    record = record_in((await audited.lines(TENANT))[-1])
    assert record["action"] == "judge_exchange"
    assert record["after"]["missing"]


async def test_a_swap_that_a_person_brings_about_names_them_twice_once_for_the_word_once_for_the_deed(
    audited: Audited,
) -> None:
    await until(audited.world, SENDBACK, ExchangeState.SWAPPED)
    records = [record_in(line) for line in await audited.lines(TENANT)]
    ends = [(record["actor"], record["action"]) for record in records[-2:]]
    assert ends == [("operation_manager", "swap_unit"), ("operation_manager", "settle_swap")]


async def test_hellos_reports_alarms_and_silence_leave_no_record(audited: Audited) -> None:
    before = len(await audited.lines())
    await audited.world.hello(OLD)
    await audited.world.reports(OLD)
    await audited.world.says(OLD, "hardware_alarm", "flash")
    await audited.world.hello(NEW)
    await audited.world.falls_silent(OLD)
    await audited.world.passes(10_000)
    await audited.world.workers()
    assert len(await audited.lines()) == before
