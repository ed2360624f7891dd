"""Returns and charges over the operators' door."""

import csv
import io
from datetime import date
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import Scope
from servicehost.domain.custody import Part
from servicehost.ports.case_reads import Box
from servicehost.ports.custody import BilledCharge
from servicehost.web.charges_csv import COLUMNS, charges_csv, defused, span
from servicehost.web.custody_orders import EXAMPLES
from tests.builders.case_api import CaseApi
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import CODE, OLD, distribution_id
from tests.domain.test_charge_proposal import a_proposal, an_item


async def lapsed(api: CaseApi) -> None:
    """A sendback whose old unit does not come back in time."""
    world = api.world
    await tell(world, SENDBACK)
    await world.passes(15 * 86_400)
    await world.ops.lapse_returns()
    await world.ops.run_reactions()


async def test_what_never_came_back_is_approved_and_stands_in_the_file_for_billing(cases: CaseApi) -> None:
    await lapsed(cases)
    (owed,) = (await cases.get(cases.anna, "returns?state=not_returned"))["items"]
    assert (owed["distribution_id"], owed["erasure"]) == (distribution_id(OLD), "unknown")
    (charge,) = (await cases.get(cases.anna, "charges?state=proposed"))["items"]
    assert (charge["total"], charge["rule"], charge["currency"]) == (33_500, "rental_never_returned", "JPY")
    assert charge["evidence"]["holds"] is True
    assert [item["part_ja"] for item in charge["items"]] == ["機器本体", "ACアダプタ", "LANケーブル"]
    approved = await cases.post(cases.dispatcher, "charges/1/approval", reason="=SUM(A1:A9)")
    assert approved["state"] == "approved"

    answer = await cases.call("GET", "charges.csv", cases.anna)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeffcharge,approved_at,")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["part"], row["amount"], row["service_code"]) for row in rows] == [
        ("unit", "30000", CODE),
        ("ac_adapter", "3000", CODE),
        ("lan_cable", "500", CODE),
    ]
    assert {row["reason"] for row in rows} == {"'=SUM(A1:A9)"}
    assert rows[0]["approved_at"].endswith("+09:00")
    foreign = await cases.call("GET", "charges.csv", cases.ben)
    assert foreign.text.count("\n") == 1
    day = rows[0]["approved_at"][:10]
    assert (await cases.call("GET", f"charges.csv?from={day}&to={day}", cases.support)).text == answer.text
    assert (await cases.call("GET", "charges.csv?to=2020-01-01", cases.support)).text.count("\n") == 1
    assert (await cases.call("GET", "charges.csv?from=yesterday", cases.support)).code == "query_invalid"


async def test_a_unit_found_again_is_received_and_inspected_step_by_step(cases: CaseApi) -> None:
    await lapsed(cases)
    refused = await cases.refused(cases.dispatcher, "returns/1/inspection", result="fault_found")
    assert refused == (409, "return_not_received")
    assert (await cases.post(cases.dispatcher, "returns/1/shipment", reference="4123"))["state"] == "shipped"
    received = await cases.post(cases.dispatcher, "returns/1/receipt", place="Tokyo", missing=["ac_adapter"])
    assert (received["state"], received["missing"], received["place"]) == ("received", ["ac_adapter"], "Tokyo")
    inspected = await cases.post(
        cases.dispatcher, "returns/1/inspection", result="fault_found", by="Tanaka", erased=True
    )
    assert (inspected["result"], inspected["erased"], inspected["erasure"]) == ("fault_found", True, "inspection")
    await cases.world.ops.run_reactions()
    states = [(one["state"], one["total"]) for one in (await cases.get(cases.anna, "charges?exchange=1"))["items"]]
    assert states == [("withdrawn", 33_500), ("proposed", 3_000)]
    assert await cases.refused(cases.dispatcher, "charges/1/approval") == (409, "charge_withdrawn")
    assert (await cases.post(cases.dispatcher, "charges/2/waiver", reason="goodwill"))["state"] == "waived"

    custody = await cases.get(cases.anna, "exchanges/1/custody")
    where = {(one["distribution_id"], one["part"]): one["place"]["holder"] for one in custody["things"]}
    assert where[distribution_id(OLD), "unit"] == "inspection"
    assert where[distribution_id(OLD), "ac_adapter"] == "site"
    of_unit = await cases.get(cases.anna, f"units/{distribution_id(OLD)}/custody")
    assert [one["target"]["holder"] for one in of_unit["handovers"] if one["part"] == "unit"] == [
        "site",
        "carrier",
        "stock",
        "inspection",
    ]
    case = await cases.get(cases.anna, "exchanges/1")
    assert {fact["value"] for fact in case["facts"] if fact["name"] == "inspection"} == {
        "never_returned",
        "returned",
        "fault_found",
    }


async def test_the_customer_reads_and_only_a_dispatcher_writes(cases: CaseApi) -> None:
    await lapsed(cases)
    for path, body in (("returns/1/receipt", {}), ("charges/1/approval", {}), ("charges/1/waiver", {"reason": "x"})):
        for actor in (cases.anna, cases.support):
            assert await cases.refused(actor, path, **body) == (403, "no_right")
    assert (await cases.call("GET", "returns/1", cases.ben)).status == 404
    assert (await cases.call("GET", f"units/{distribution_id(OLD)}/custody", cases.ben)).status == 404


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_every_example_of_the_document_is_a_body_that_is_taken(kind: type[msgspec.Struct]) -> None:
    assert isinstance(msgspec.convert(EXAMPLES[kind], kind), kind)


@pytest.mark.parametrize("text", ["=1+1", "+81", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused(f"a{text}") == f"a{text}"


def test_days_are_those_of_japan_and_both_ends_are_included() -> None:
    first, last = span(date(2026, 4, 1), date(2026, 4, 1))
    assert last - first == 86_400_000
    assert first == 1_774_969_200_000
    assert span(None, None) == (0, 2**53)


class Endless:
    """Charges without number, read a part at a time."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def approved_charges(self, scope: Scope, *, since: int, before: int, after: int = 0, limit: int = 100) -> Any:
        self.asked.append(after)
        box = Box(distribution_id="d", model="m", serial="s")
        return [
            BilledCharge(
                proposal=msgspec.structs.replace(a_proposal((an_item(Part.UNIT, -7),)), proposal=number),
                unit=box,
                customer="=cmd",
            )
            for number in range(after + 1, after + 1 + (limit if after < 2 * limit else 3))
        ]


async def test_the_file_is_sent_in_parts_and_its_amounts_stay_numbers() -> None:
    reads = Endless()
    parts = [part async for part in await charges_csv(reads, Scope(management_code=None), 0, 9)]  # type: ignore[arg-type]  # the one method that is called
    rows = list(csv.reader(io.StringIO(b"".join(parts).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row[0]) for row in rows[1:]] == list(range(1, 404))
    assert {(row[3], row[12]) for row in rows[1:]} == {("'=cmd", "-7")}
    assert (reads.asked, len(parts)) == ([0, 200, 400], 4)
