"""The audit on the page: filtered, readable before and after, verified, and nobody else's."""

import json
import sqlite3
from typing import Any

import msgspec

from servicehost.domain.audit import ERASED
from servicehost.ports.audit import AuditLine
from servicehost.web.panel.audit_words import AUDIT_WORDS
from servicehost.web.panel.views.audit import changes_of
from tests.builders.panel_world import ANNA, BEN, DORA, PanelWorld
from tests.builders.world import TENANT


async def test_a_manager_reads_their_contracts_chain_in_words(panel: PanelWorld) -> None:
    page = await panel.page(ANNA, "/panel/audit")
    assert page.status == 200
    for said in (
        "返却期限の超過",
        "機器入れ替えの合図",
        "切り分け結果の記録",
        "運用管理担当者",
        "期限超過",
        "変更前",
        "最新の記録まで検証済みです",
        "SHA-256",
        "/panel/cases/exchange-1",
        "東京都千代田区 1-1",
    ):
        assert said in page.text, said
    assert (await panel.page(ANNA, "/panel/audit", chain="system")).status == 404
    assert (await panel.page(BEN, "/panel/audit", chain=TENANT)).status == 404
    assert (await panel.page(BEN, "/panel/audit.jsonl", chain=TENANT)).status == 404
    assert "<strong>返却期限の超過" not in (await panel.page(BEN, "/panel/audit")).text


async def test_the_provider_reads_the_systems_chain_and_every_customers(panel: PanelWorld) -> None:
    system = await panel.page(DORA, "/panel/audit")
    assert "システム全体" in system.text
    assert "ログイン" in system.text
    ours = await panel.page(DORA, "/panel/audit", chain=TENANT)
    assert "返却期限の超過" in ours.text
    assert f'<option value="{TENANT}" selected>' in ours.text


async def test_records_are_filtered_by_time_actor_noun_and_action(panel: PanelWorld) -> None:
    overdue = await panel.page(ANNA, "/panel/audit", action="lapse_return")
    assert overdue.text.count('id="record-') == 1
    charges = await panel.page(ANNA, "/panel/audit", noun="charge")
    assert "費用の提案" in charges.text
    assert "<strong>返却期限の超過" not in charges.text
    support = await panel.page(ANNA, "/panel/audit", actor="support")
    assert support.text.count('id="record-') == 1
    assert "該当する記録はありません。" in (await panel.page(ANNA, "/panel/audit", to="2020-01-01")).text
    assert (await panel.page(ANNA, "/panel/audit", **{"from": "soon"})).status == 422


async def test_the_export_is_the_whole_chain_as_the_api_has_it(panel: PanelWorld) -> None:
    file = await panel.page(ANNA, "/panel/audit.jsonl")
    lines = [json.loads(line) for line in file.text.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["chain"] for line in lines} == {TENANT}
    assert file.headers["Content-Disposition"] == f'attachment; filename="audit-{TENANT}.jsonl"'


CHANGE = "UPDATE audit SET record = replace(record, 'due', 'DUE') WHERE chain = ? AND number > 3"
CUT = "DELETE FROM audit WHERE chain = ? AND number > 5"


async def change(panel: PanelWorld, statement: str) -> None:
    """What nobody may do, past the host."""
    with sqlite3.connect(panel.world.database) as connection:
        connection.execute(statement, (TENANT,))


async def test_a_changed_record_is_found_when_it_is_looked_at_from_the_beginning(panel: PanelWorld) -> None:
    assert "検証済みです" in (await panel.page(ANNA, "/panel/audit")).text
    await change(panel, CHANGE)
    anew = await panel.page(ANNA, "/panel/audit", verify="anew")
    assert "検証で異常が見つかりました。" in anew.text
    assert "記録が書き換えられています。" in anew.text


async def test_a_cut_tail_is_found_by_the_head_that_is_kept_beside(panel: PanelWorld) -> None:
    await change(panel, CUT)
    page = await panel.page(ANNA, "/panel/audit")
    assert "末尾の記録が失われています。" in page.text


def a_line(**personal: Any) -> AuditLine:
    return AuditLine(chain="c", number=1, record=msgspec.Raw(b"{}"), hash="", personal=personal)


def test_what_is_sealed_is_said_erased_or_not_disclosed() -> None:
    sealed = {"key": 1, "sealed": "x"}
    line = a_line(**{"after/name": "佐藤", "after/place": ERASED})
    changes = list(changes_of({}, {"name": sealed, "place": sealed, "source": sealed}, line))
    assert [one.after for one in changes] == ["佐藤", AUDIT_WORDS["erased_value"], AUDIT_WORDS["hidden_value"]]


def test_only_what_differs_is_listed_in_words_of_its_noun() -> None:
    before = {"state": "due", "place": "", "erased": None, "same": 1}
    after = {"state": "not_returned", "place": None, "erased": False, "same": 1, "missing": ["ac_adapter"]}
    found = {one.name.en: (one.before, one.after) for one in changes_of(before, after, a_line(), "return")}
    assert set(found) == {"state", "erased", "missing"}
    assert [one.ja for one in found["state"]] == ["返却待ち", "期限超過"]
