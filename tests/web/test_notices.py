"""The notice, its one-time link, and the page on which the first password is chosen."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from servicehost.domain.contract import EVERYTHING
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.panel import Page, Visit
from tests.builders.world import CODE, TENANT

PASSWORD = "a good long password"
REFUSED = "アドレスは使えません"


@pytest.fixture
async def cases(tmp_path: Path) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        yield opened


@pytest.fixture
def visit(cases: CaseApi) -> Callable[[], Visit]:
    return lambda: Visit(base=f"http://127.0.0.1:{cases.port}")


async def newcomer(cases: CaseApi) -> str:
    order = {"name": "山田 花子", "organisation": "情報システム部 <b>"}
    added = await cases.post(cases.dispatcher, f"contracts/{TENANT}/people", **order)
    return str(added["master_id"])


async def noticed(cases: CaseApi, master_id: str) -> Any:
    return await cases.post(cases.dispatcher, f"people/{master_id}/notice")


def path_of(notice: Any) -> str:
    return str(notice["link"]).partition(notice["panel"])[2]


async def choose(visit: Visit, path: str, master_id: str, password: str = PASSWORD, **more: str) -> Page:
    form = await visit.get(path)
    fields = {"form": form.proof, "master_id": master_id, "new_password": password, "repeat_password": password}
    return await visit.post(path, **fields | more)


async def test_the_notice_says_every_code_and_no_password(cases: CaseApi) -> None:
    added = await cases.post(cases.dispatcher, f"contracts/{TENANT}/people", name="山田 花子")
    notice = await noticed(cases, added["master_id"])
    page = notice["html"]
    for said in (added["master_id"], TENANT, CODE, notice["link"], f"{notice['panel']}/panel/", "山田 花子 様"):
        assert said in page
    assert added["one_time_password"] not in page
    assert "マスターID" in page
    assert "Master ID" in page
    assert "@media print" in page
    assert not re.search(r"<(script|link|img)\b", page)  # it needs nothing from anywhere
    assert notice["service_codes"] == [CODE]


async def test_what_people_wrote_is_no_markup_in_it(cases: CaseApi) -> None:
    page = (await noticed(cases, await newcomer(cases)))["html"]
    assert "<b>" not in page
    assert "情報システム部 &lt;b&gt;" in page


async def test_looking_at_the_link_uses_nothing_up_and_choosing_does(cases: CaseApi, visit: Any) -> None:
    master_id = await newcomer(cases)
    path = path_of(await noticed(cases, master_id))
    for _ in range(3):
        assert (await visit().get(path)).status == 200
    chosen = await choose(visit(), path, master_id)
    assert chosen.status == 200
    assert "/panel/login" in chosen.text
    logged_in = await visit().log_in(master_id, PASSWORD)
    assert logged_in.status == 303
    again = await choose(visit(), path, master_id, "another good password")
    assert (again.status, REFUSED in again.text) == (403, True)


async def test_unknown_used_void_expired_and_foreign_links_are_refused_in_the_same_words(
    cases: CaseApi, visit: Any
) -> None:
    master_id, other = await newcomer(cases), await newcomer(cases)
    former = path_of(await noticed(cases, master_id))
    used = path_of(await noticed(cases, master_id))
    await choose(visit(), used, master_id)
    expired = path_of(await noticed(cases, other))
    foreign = await choose(visit(), expired, master_id)
    await cases.world.passes(169 * 3_600)
    answers = [
        foreign,
        await choose(visit(), "/panel/first-password/shfp_unknown", master_id),
        await choose(visit(), former, master_id),
        await choose(visit(), used, master_id),
        await choose(visit(), expired, other),
        await choose(visit(), expired, "MID99999999"),
    ]
    assert {one.status for one in answers} == {403}
    plain = {re.sub(r'value="[^"]*"', "", one.text) for one in answers}
    assert len(plain) == 1


async def test_a_password_that_will_not_do_leaves_the_link_as_it_is(cases: CaseApi, visit: Any) -> None:
    master_id = await newcomer(cases)
    path = path_of(await noticed(cases, master_id))
    assert (await choose(visit(), path, master_id, "short")).status == 422
    assert (await choose(visit(), path, master_id, repeat_password="different one!")).status == 422
    assert (await visit().post(path, form="0" * 64, master_id=master_id)).status == 403
    assert (await choose(visit(), path, master_id)).status == 200


async def test_who_guesses_is_slowed_down(cases: CaseApi, visit: Any) -> None:
    browser = visit()
    statuses = [(await choose(browser, "/panel/first-password/shfp_x", f"MID{n:08d}")).status for n in range(31)]
    assert set(statuses[:30]) == {403}
    assert statuses[30] == 429


async def test_the_link_opens_nothing_once_the_person_has_a_password_or_is_gone(cases: CaseApi, visit: Any) -> None:
    master_id, gone = await newcomer(cases), await newcomer(cases)
    path, other = path_of(await noticed(cases, master_id)), path_of(await noticed(cases, gone))
    async with cases.world.store.transaction(EVERYTHING) as tx:
        person = await tx.person_by_master_id(master_id)
        assert person is not None
        await tx.set_password(person.person_id, "own", one_time=False)
    await cases.post(cases.dispatcher, f"people/{gone}/erasure", reason="left")
    assert (await choose(visit(), path, master_id)).status == 403
    assert (await choose(visit(), other, gone)).status == 403
    assert await cases.refused(cases.dispatcher, f"people/{master_id}/notice") == (409, "password_chosen")
    assert await cases.refused(cases.dispatcher, f"people/{gone}/notice") == (404, "person_not_found")


async def test_notices_are_the_dispatchers_to_make_and_for_operation_managers(cases: CaseApi) -> None:
    path = f"people/{cases.dispatcher.master_id}/notice"
    assert await cases.refused(cases.dispatcher, path) == (409, "not_of_a_contract")
    for actor in (cases.support, cases.anna):
        assert await cases.refused(actor, path) == (403, "no_right")


async def test_the_link_is_told_once_and_stands_in_no_log_and_no_row(cases: CaseApi, visit: Any) -> None:
    with capture_logs() as logs:
        master_id = await newcomer(cases)
        notice = await noticed(cases, master_id)
        secret = path_of(notice).rpartition("/")[2]
        await choose(visit(), path_of(notice), master_id)
    assert secret not in repr(logs)
    assert PASSWORD not in repr(logs)
    database = cases.world.database
    kept = database.read_bytes() + database.with_name(f"{database.name}-wal").read_bytes()
    assert secret.encode() not in kept
