"""docs/carrier.md says what is so: its examples are signed, are what we send, and what we take."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from servicehost.backends.carriers.bodies import call_off_body, collection_body, order_body
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.miss import MissReason
from servicehost.domain.webhook import SIGNATURE_CODES, SignedMessage, check_message, parse_secrets
from servicehost.ports.carrier import CarrierOrder, CollectionOrder
from servicehost.web.api.carrier import ROUTES
from servicehost.web.carrier_orders import NoticeOrder, NoticeType

PAGE = (Path(__file__).parents[2] / "docs" / "carrier.md").read_text("utf-8")
SECRETS: dict[str, str] = dict(re.findall(r"^    (ours|yours): +(\S+)$", PAGE, re.MULTILINE))


class Example(NamedTuple):
    line: str
    headers: dict[str, str]
    body: str


def _example(block: str) -> Example:
    head, _, body = block.partition("\n\n")
    line, *headers = head.splitlines()
    return Example(line, dict(header.split(": ", 1) for header in headers), body.rstrip("\n"))


EXAMPLES = [_example(block) for block in re.findall(r"```http\n(.*?)```", PAGE, re.DOTALL)]


def whose(example: Example) -> str:
    return SECRETS["yours" if "/carrier/notices" in example.line else "ours"]


def test_the_page_has_an_example_of_each_message_that_we_send_and_one_that_we_take() -> None:
    assert [one.headers["webhook-id"] for one in EXAMPLES[:-1]] == [*OURS]
    assert [json.loads(one.body)["type"] for one in EXAMPLES[-2:]] == ["errand.called_off", "errand.arrived"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.headers["webhook-id"])
def test_an_example_is_signed_and_the_page_s_own_receiver_takes_it(example: Example) -> None:
    headers, body = example.headers, example.body.encode()
    seconds = int(headers["webhook-timestamp"])
    message = SignedMessage(
        message_id=headers["webhook-id"],
        timestamp=headers["webhook-timestamp"],
        signature=headers["webhook-signature"],
        body=body,
    )
    check_message(message, parse_secrets(whose(example)), seconds * 1000, 0)
    assert from_rfc3339(json.loads(body)["timestamp"]) == seconds * 1000

    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    page: dict[str, Any] = {}
    exec(source, page)  # noqa: S102 - it is our own page
    assert page["is_good"](headers, body, [whose(example)], now=seconds + 300)
    assert not page["is_good"](headers, body, [whose(example)], now=seconds + 301)
    assert not page["is_good"](headers, body + b" ", [whose(example)], now=seconds)


ADDRESS = "東京都千代田区富士見2-10-2"
ORDER = CarrierOrder(
    order_id="exchange-12",
    method="onsite_swap",
    service_code="nxe123456789",
    distribution_id="0001-0000-0000-000B-02E0-4DFF-FE10-0128",
    model_serial="SA-W2-000128",
    address=ADDRESS,
    attendee="佐藤 花子",
    telephone="03-1234-5678",
    window_from=from_rfc3339("2026-04-01T04:00:00Z"),
    window_until=from_rfc3339("2026-04-01T06:00:00Z"),
    target_at=from_rfc3339("2026-04-01T06:00:00Z"),
    change=1_775_006_500_000,
)
CHANGED = msgspec.structs.replace(
    ORDER,
    attendee="鈴木 一郎",
    telephone="03-1234-9999",
    window_from=from_rfc3339("2026-04-02T01:00:00Z"),
    window_until=from_rfc3339("2026-04-02T03:00:00Z"),
    target_at=from_rfc3339("2026-04-02T03:00:00Z"),
    change=1_775_007_000_000,
)
SHIPPED = CarrierOrder(
    order_id="exchange-13",
    method="sendback",
    service_code="nxe123456789",
    distribution_id="0001-0000-0000-000B-02E0-4DFF-FE10-0129",
    model_serial="SA-W2-000129",
    address=f"〒102-0071 {ADDRESS}",
    addressee="株式会社サンプル 情報システム部",
    addressee_telephone="0312345678",
    attendee="",
)
COLLECTION = CollectionOrder(
    order_id="return-7",
    service_code="nxe123456789",
    distribution_id="0001-0000-0000-000B-02E0-4DFF-FE10-0111",
    model_serial="SA-W2-000111",
    address=SHIPPED.address,
    addressee=SHIPPED.addressee,
    addressee_telephone=SHIPPED.addressee_telephone,
    accessories=("ac_adapter", "lan_cable"),
)
OURS = {
    "exchange-12:ordered": lambda now: order_body(ORDER, now),
    "exchange-13:ordered": lambda now: order_body(SHIPPED, now),
    "exchange-12:changed:1775007000000": lambda now: order_body(CHANGED, now, "errand.changed"),
    "return-7:ordered": lambda now: collection_body(COLLECTION, now),
    "exchange-12:called_off": lambda now: call_off_body("exchange-12", now),
}


@pytest.mark.parametrize("message", OURS)
def test_what_the_page_says_we_send_is_what_we_send(message: str) -> None:
    (body,) = [one.body for one in EXAMPLES if one.headers["webhook-id"] == message]
    assert body.encode() == OURS[message](from_rfc3339(json.loads(body)["timestamp"]))


def test_what_the_page_says_we_take_is_what_we_take() -> None:
    for example in EXAMPLES:
        if "/carrier/notices" in example.line:
            msgspec.json.decode(example.body, type=NoticeOrder)
    told = PAGE.partition("## What you tell us")[2]
    assert set(re.findall(r"`(errand\.[a-z_]+)`", told)) == {kind.value for kind in NoticeType}


def test_the_page_names_every_refusal_of_the_door() -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE.partition("## What you tell us")[2]))
    of_any_request = {"body_interrupted", "body_too_slow", "query_invalid", "request_malformed", "expectation_failed"}
    assert set(MissReason) <= named
    assert {*ROUTES[0].codes, *SIGNATURE_CODES} - named == of_any_request | {"host_fault"}
