"""Who plays: one customer, its operation manager, its adapters, and a unit for each."""

import asyncio
import secrets
from typing import Any, Final

import msgspec

from servicehost.demo.api import Api

__all__ = ["SHIPPED_TO", "Cast", "Member", "distribution_id", "gather_cast", "new_password", "new_unit"]

MODEL: Final = "SA-W2"
PLACES: Final = (
    *("札幌", "仙台", "大宮", "千葉", "東京", "横浜", "新潟", "金沢", "名古屋", "京都"),
    *("大阪", "神戸", "岡山", "広島", "高松", "松山", "福岡", "熊本", "鹿児島", "那覇"),
)
AT_ONCE: Final = 8
SHIPPED_TO: Final = {
    "postal_code": "102-0071",
    "prefecture": "東京都",
    "municipality": "千代田区",
    "rest": "富士見 2-10-2",
    "telephone": "03-1234-5678",
}
"""The customer has everything shipped to its head office, for the branch."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One adapter and the unit that serves it first."""

    service_code: str
    distribution_id: str
    serial: str
    site: str
    token: str


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, and the password of the operation manager."""

    management_code: str
    master_id: str
    password: str
    members: tuple[Member, ...]


def distribution_id(number: int) -> str:
    """A Distribution ID as the field prints it: version 1, no vendor, type 11, an EUI-64 that ends in `number`."""
    digits = f"000100000000000B02E04DFFFE{number:06X}"
    return "-".join(digits[at : at + 4] for at in range(0, 32, 4))


async def gather_cast(dispatcher: Api, adapters: int) -> Cast:
    """The provider's dispatcher registers a customer and its adapters through the API."""
    contract = await dispatcher.post("contracts", {"label": "サンプル商事株式会社"})
    code = contract["management_code"]
    person = await dispatcher.post(f"contracts/{code}/people", {"name": "運用 花子"})
    turns = asyncio.Semaphore(AT_ONCE)
    members = await asyncio.gather(*(_member(dispatcher, code, number, turns) for number in range(1, adapters + 1)))
    return Cast(
        management_code=code,
        master_id=person["master_id"],
        password=person["one_time_password"],
        members=tuple(members),
    )


async def _member(dispatcher: Api, management_code: str, number: int, turns: asyncio.Semaphore) -> Member:
    site = _site(number)
    async with turns:
        adapter: dict[str, Any] = await dispatcher.post("adapters", {"management_code": management_code, "memo": site})
        await dispatcher.put(f"adapters/{adapter['service_code']}/shipping-address", SHIPPED_TO | {"addressee": site})
        unit, token = await new_unit(dispatcher, number)
        await dispatcher.put(
            f"adapters/{adapter['service_code']}/unit", {"distribution_id": unit["distribution_id"], "reason": "order"}
        )
    return Member(
        service_code=adapter["service_code"],
        distribution_id=unit["distribution_id"],
        serial=unit["serial"],
        site=site,
        token=token,
    )


def _site(number: int) -> str:
    more, place = divmod(number - 1, len(PLACES))
    return f"{PLACES[place]}支店" if more == 0 else f"{PLACES[place]}第{more + 1}支店"


async def new_unit(dispatcher: Api, number: int) -> tuple[dict[str, Any], str]:
    """A unit, registered, and its enrolment token."""
    order = {"distribution_id": distribution_id(number), "model": MODEL, "serial": f"D{number:05}"}
    unit: dict[str, Any] = await dispatcher.post("units", order)
    token = await dispatcher.post(f"units/{unit['distribution_id']}/enrolment-tokens", {})
    return unit, token["token"]


def new_password() -> str:
    """A password nobody has to remember for longer than the demonstration runs."""
    return secrets.token_urlsafe(12)
