"""What becomes of a replaced unit: the carrier brings it back, it is inspected, and what it costs is decided."""

import csv
import io
from typing import Any, Final

import msgspec

from servicehost.demo.api import Api
from servicehost.demo.patience import Patience, StoryFailed

__all__ = ["PRICES", "WORN_OUT", "WRECKED", "Finding", "bring_home", "charge_for"]

PRICES: Final = "exchanges.prices={ SA-W2 = { unit = 48000, ac_adapter = 3800, lan_cable = 600 } }"
"""The provider's price list of the demonstration, whole yen, tax excluded."""
_BENCH: Final = "東京検査室"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What the inspection finds in the unit, and in words."""

    result: str
    note: str
    damaged: tuple[str, ...] = ()


WORN_OUT: Final = Finding(result="fault_found", note="フラッシュメモリの自然故障")
WRECKED: Final = Finding(result="damaged", note="筐体と電源に液体の浸入跡", damaged=("ac_adapter",))


async def bring_home(manager: Api, dispatcher: Api, patience: Patience, exchange: int, found: Finding) -> None:
    """The old unit of an exchange comes back and is inspected. The customer can follow it all the way."""

    async def received() -> int | None:
        custody = await manager.get(f"exchanges/{exchange}/custody")
        return next((one["number"] for one in custody["returns"] if one["state"] == "received"), None)

    number = await patience.until(f"exchange {exchange}: the carrier brings the old unit back", received)
    part = f"exchange {exchange}: the old unit is inspected"
    report = {"result": found.result, "by": "検査 次郎", "place": _BENCH, "note": found.note, "erased": True}
    with patience.naming(part):
        await dispatcher.post(f"returns/{number}/inspection", report | {"damaged": list(found.damaged)})

    async def on_the_bench() -> bool:
        things = (await manager.get(f"exchanges/{exchange}/custody"))["things"]
        return any((one["part"], one["place"]["name"]) == ("unit", _BENCH) for one in things)

    await patience.until(part, on_the_bench)


async def charge_for(manager: Api, dispatcher: Api, patience: Patience, exchange: int) -> None:
    """One charge is proposed, the dispatcher approves it, and it stands in the file for billing."""

    async def proposed() -> Any:
        charges = await manager.all("charges", exchange=exchange, state="proposed")
        return charges[0] if charges else None

    charge = await patience.until(f"exchange {exchange}: a charge is proposed", proposed)
    part = f"exchange {exchange}: the charge is approved"
    with patience.naming(part):
        reason = {"reason": "写真を添えてお客さまにご説明済み"}
        approved = await dispatcher.post(f"charges/{charge['charge']}/approval", reason)
    if approved["total"] is None:
        raise StoryFailed(f"this part did not come true: {part}, with a sum in yen")

    async def billed() -> bool:
        return bool(await _billed(dispatcher, charge["charge"]) == approved["total"])

    await patience.until(f"exchange {exchange}: the charge stands in charges.csv with its sum", billed)


async def _billed(dispatcher: Api, charge: int) -> int | None:
    """The sum of a charge's lines in the file for billing; None when it has none."""
    text = await dispatcher.text("charges.csv")
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    amounts = [int(row["amount"]) for row in rows if int(row["charge"]) == charge]
    return sum(amounts) if amounts else None
