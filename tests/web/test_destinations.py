"""Where an exchange's units go, over the operators' door."""

import pytest

from servicehost.domain.exchange import ExchangeState
from tests.builders.case_api import CaseApi
from tests.builders.stories import SENDBACK, until

PATH = "exchanges/1/destination"


@pytest.mark.parametrize("reason", ["", " ", "　"])
async def test_a_destination_without_a_reason_is_refused_by_the_schema_itself(cases: CaseApi, reason: str) -> None:
    await until(cases.world, SENDBACK, ExchangeState.REQUESTED)
    refused = await cases.refused(cases.dispatcher, PATH, kind="declared_location", reason=reason)
    assert refused == (422, "body_invalid")


async def test_a_stand_in_with_a_reason_is_kept(cases: CaseApi) -> None:
    await until(cases.world, SENDBACK, ExchangeState.REQUESTED)
    address = {
        "postal_code": "100-0001",
        "prefecture": "東京都",
        "municipality": "千代田区",
        "rest": "千代田1-1",
        "addressee": "情報システム部",
        "telephone": "03-1234-5678",
    }
    said = await cases.post(cases.dispatcher, PATH, kind="stand_in", reason="本社は休業中のため", stand_in=address)
    assert (said["kind"], said["reason"]) == ("stand_in", "本社は休業中のため")
    assert said["stand_in"]["addressee"] == "情報システム部"
