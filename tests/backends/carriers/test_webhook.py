"""Our side of the webhook against a real HTTP receiver with TLS, which checks, loses, delays and answers nonsense."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from servicehost.ports.carrier import CarrierOrder, CarrierUnreachable, CollectionOrder
from tests.builders.carrier_house import NEXT_SECRET, SECRET, open_house
from tests.builders.certificates import theirs
from tests.builders.world import HandClock

ORDER = CarrierOrder(
    order_id="exchange-1",
    method="onsite_swap",
    service_code="nxe000000001",
    distribution_id="d",
    model_serial="SA-W2-S1",
    address="東京都千代田区1-1",
    attendee="佐藤",
)
COLLECTION = CollectionOrder(
    order_id="return-1",
    service_code="nxe000000001",
    distribution_id="d",
    model_serial="SA-W2-S1",
    address="東京都千代田区1-1",
    addressee="情報システム部",
    addressee_telephone="0312345678",
    accessories=("ac_adapter",),
)


async def test_an_order_arrives_signed_and_says_what_to_bring_where_and_to_whom(tmp_path: Path) -> None:
    async with open_house(HandClock(), tmp_path) as (house, carrier, _):
        await carrier.order(ORDER)
        await carrier.collect(COLLECTION)
        await carrier.call_off("exchange-1")
    assert [(one["id"], one["type"]) for one in house.came] == [
        ("exchange-1:ordered", "errand.ordered"),
        ("return-1:ordered", "collection.ordered"),
        ("exchange-1:called_off", "errand.called_off"),
    ]
    assert house.book["exchange-1"] == {
        "errand": "exchange-1",
        "method": "onsite_swap",
        "service_code": "nxe000000001",
        "unit": {"distribution_id": "d", "model_serial": "SA-W2-S1"},
        "address": "東京都千代田区1-1",
        "attendee": {"name": "佐藤"},
    }
    assert house.book["return-1"]["addressee"] == {"name": "情報システム部", "telephone": "0312345678"}
    assert house.book["return-1"]["accessories"] == ["ac_adapter"]
    assert (house.unsigned, set(house.asked)) == (0, {"/servicehost"})


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        ("deaf", "carrier_unreachable"),
        ("answer lost", "carrier_unreachable"),
        ("garbage", "carrier_unreachable"),
        ("500", "carrier_fails"),
        ("503", "carrier_fails"),
        ("409", "carrier_rejects"),
        ("400", "carrier_rejects"),
        ("302", "carrier_redirects"),
        ("307", "carrier_redirects"),
    ],
)
async def test_only_a_yes_is_a_yes_and_asked_again_it_is_one_errand(tmp_path: Path, mood: str, code: str) -> None:
    async with open_house(HandClock(), tmp_path) as (house, carrier, _):
        house.moods.append(mood)
        with pytest.raises(CarrierUnreachable) as failed:
            await carrier.order(ORDER)
        await carrier.order(ORDER)
        await carrier.order(ORDER)
    assert failed.value.code == code
    assert "secret" not in str(failed.value)
    assert list(house.book) == ["exchange-1"]
    assert {one["id"] for one in house.came} == {"exchange-1:ordered"}
    # A redirect would have led elsewhere.
    assert set(house.asked) == {"/servicehost"}


async def test_a_carrier_that_does_not_answer_in_time_is_given_up(tmp_path: Path) -> None:
    async with open_house(HandClock(), tmp_path, due_s=0.2) as (house, carrier, _):
        house.moods.append("slow")
        with pytest.raises(CarrierUnreachable) as failed:
            await carrier.order(ORDER)
    assert failed.value.code == "carrier_too_slow"


async def test_an_answer_that_never_ends_keeps_nobody(tmp_path: Path) -> None:
    async with open_house(HandClock(), tmp_path) as (house, carrier, _):
        house.moods.append("endless")
        await carrier.order(ORDER)
    assert list(house.book) == ["exchange-1"]


@pytest.mark.parametrize("whom", ["another authority", "the system's"])
async def test_a_carrier_whose_certificate_is_not_trusted_is_told_nothing(tmp_path: Path, whom: str) -> None:
    trusted: dict[str, Any] = {"authority": theirs()} if whom == "another authority" else {"trusted": False}
    async with open_house(HandClock(), tmp_path, **trusted) as (house, carrier, _):
        with pytest.raises(CarrierUnreachable) as failed:
            await carrier.order(ORDER)
    assert failed.value.code == "carrier_untrusted"
    assert house.asked == []


async def test_secrets_change_without_a_restart_and_without_a_gap(tmp_path: Path) -> None:
    async with open_house(HandClock(), tmp_path) as (house, carrier, secrets):
        secrets.write_text(f"{NEXT_SECRET}\n{SECRET}\n")
        await carrier.order(ORDER)
        house.secret = NEXT_SECRET
        await carrier.order(ORDER)
        secrets.write_text(NEXT_SECRET)
        await carrier.order(ORDER)
        assert (len(house.came), house.unsigned) == (3, 0)
        house.secret = SECRET
        with pytest.raises(CarrierUnreachable) as failed:
            await carrier.order(ORDER)
    assert (failed.value.code, house.unsigned) == ("carrier_rejects", 1)


async def test_without_a_usable_secret_nothing_leaves_the_house(tmp_path: Path) -> None:
    async with open_house(HandClock(), tmp_path) as (house, carrier, secrets):
        secrets.write_text("password123")
        with pytest.raises(CarrierUnreachable) as failed:
            await carrier.order(ORDER)
        secrets.unlink()
        with pytest.raises(CarrierUnreachable, match="No such file"):
            await carrier.order(ORDER)
    assert failed.value.code == "webhook_secrets_unusable"
    assert "password123" not in str(failed.value)
    assert house.asked == []


async def test_the_log_knows_the_message_and_its_answer_and_nothing_of_people_or_secrets(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        async with open_house(HandClock(), tmp_path) as (house, carrier, _):
            house.moods.append("500")
            with pytest.raises(CarrierUnreachable):
                await carrier.order(ORDER)
            await carrier.order(ORDER)
    told = [line for line in logs if line["event"] == "carrier_told"]
    assert {line["message"] for line in told} == {"exchange-1:ordered"}
    assert [line["status"] for line in told] == [500, 204]
    assert not [word for word in ("佐藤", "東京", "whsec_", SECRET.removeprefix("whsec_"), "v1,") if word in str(logs)]


async def test_a_recall_is_a_yes_a_no_or_no_good_answer(tmp_path: Path) -> None:
    async with open_house(HandClock(), tmp_path) as (house, carrier, _):
        assert await carrier.recall("exchange-1")
        house.moods.append("409")
        assert not await carrier.recall("exchange-1")
        house.moods.append("500")
        with pytest.raises(CarrierUnreachable) as unreachable:
            await carrier.recall("exchange-1")
    assert unreachable.value.code == "carrier_fails"
    assert {(one["id"], one["type"]) for one in house.came} == {("exchange-1:recalled", "errand.recalled")}
