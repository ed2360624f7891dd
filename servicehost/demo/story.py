"""The story: what an operator lives through in a bad week, in a minute, told through the HTTP API.

    every unit enrols, phones home and gets its first config; a new one is pushed to all and confirmed
    one config cuts the way to the host: it comes back reverted, nobody touching it
    an entitled unit raises a flash alarm and falls silent: swapped on site; inspected, and nothing is charged
    a rental unit without the option fails its self-test: sent back; inspected, found damaged, and that is charged
    a line is cut: noticed, asked about, declined as no hardware fault; the line comes back

People act under their own accounts. Whatever does not come true in time is named by `StoryFailed`.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final

import msgspec

from servicehost.demo.api import Api
from servicehost.demo.cast import MODEL, Cast, Member, new_unit
from servicehost.demo.homecoming import WORN_OUT, WRECKED, bring_home, charge_for
from servicehost.demo.patience import Patience, StoryFailed
from servicehost.demo.stage import Stage
from servicehost.demo.told import Told, read_told

__all__ = ["LEAST_ADAPTERS", "SQUEEZED", "Story"]

LEAST_ADAPTERS: Final = 4
CONFIRM_TIMEOUT_S: Final = 5
SQUEEZED: Final = (
    "units.report_interval_s=2",
    "units.redial_spread_s=1",
    "units.redial_cap_s=3",
    "adapters_door.ping_after_s=4",
    "adapters_door.pong_due_s=2",
    "exchanges.silence_is_suspected_after_s=8",
    "exchanges.carrier_travel_s=1",
    *(f"exchanges.{who}_every_s=0.5" for who in ("silence", "carrier", "swap", "acceptance", "reaction")),
)
"""Time, squeezed: the same rules with shorter waits."""


class Spare(msgspec.Struct, frozen=True, kw_only=True):
    """A unit in stock, with what it takes to enrol."""

    distribution_id: str
    serial: str
    token: str


class Story:
    """One telling. `manager` is the customer's operation manager, `dispatcher` the provider's; both are logged in."""

    def __init__(self, stage: Stage, cast: Cast, manager: Api, dispatcher: Api, seconds: float | None) -> None:
        self._stage = stage
        self._cast = cast
        self._manager = manager
        self._dispatcher = dispatcher
        self._patience = Patience(stage.check, seconds)
        self._until = self._patience.until
        self._spares: dict[str, Spare] = {}

    @property
    def part(self) -> str:
        """What it waits for, or waited for last."""
        return self._patience.part

    async def tell(self) -> dict[str, Any]:
        """Play it to its end; answers the summary. Raises StoryFailed."""
        await self._until("every unit is in session with its first config", self._all_confirmed)
        with self._patience.naming("contract terms, spares, and a config for all"):
            await self._prepare()
            await self._push_to_all()
        entitled, rented, cut, stranded = self._cast.members[:LEAST_ADAPTERS]
        await asyncio.gather(
            self._named("a config that cuts the management path", self._strand(stranded)),
            self._named("the on-site swap", self._swap_on_site(entitled)),
            self._named("the sendback", self._send_back(rented)),
            self._named("the declined request", self._cut_the_line(cut)),
        )
        await self._until("every adapter is in session at the end", self._all_connected)
        return await self.summary()

    async def _named(self, part: str, told: Awaitable[None]) -> None:
        with self._patience.naming(part):
            await told

    # -- the parts ----------------------------------------------------------------------------------------------

    async def _prepare(self) -> None:
        """What the contract says, and two units in stock."""
        for number, member in enumerate(self._cast.members[:LEAST_ADAPTERS]):
            terms: dict[str, Any] = {"item": "entry", "ownership": "rental", "channel": "direct", "option": False}
            if number == 0:
                location = f"東京都千代田区 {member.site}"
                terms |= {"option": True, "declared_location": location, "coverage": "covered"}
            await self._dispatcher.put(f"adapters/{member.service_code}/terms", terms)
        for number in (1, 2):
            unit, token = await new_unit(self._dispatcher, len(self._cast.members) + number)
            await self._dispatcher.post("spares", {"distribution_id": unit["distribution_id"]})
            spare = Spare(distribution_id=unit["distribution_id"], serial=unit["serial"], token=token)
            self._spares[spare.distribution_id] = spare

    async def _push_to_all(self) -> None:
        codes = [member.service_code for member in self._cast.members]
        body = "hostname branch\ninterface ge0 address dhcp\nroute default ge0\nntp 192.0.2.124\n"
        await self._push(codes, body)
        await self._until("a new config is confirmed by all", self._all_confirmed)

    async def _strand(self, member: Member) -> None:
        body = "hostname stranded\ninterface ge0 address dhcp\n"  # no way to the host
        (push,) = await self._push([member.service_code], body)

        async def reverted() -> bool:
            return bool((await self._manager.get(f"pushes/{push}"))["phase"] == "reverted")

        await self._until("a config that cuts the management path comes back reverted", reverted)

    async def _swap_on_site(self, member: Member) -> None:
        self._act("raise_alarm", member, component="flash", text="program flash: uncorrectable read error")
        fault = await self._fault_of(member, "a flash alarm opens a fault")
        self._act("silent", member)
        await self._triage(fault, "natural", "flash alarm, then silence; power and line checked by the manager")
        asked = {"attendee": "運用 花子", "attended": True, "site": "staffed", "location": "declared"}
        exchange = await self._replace(member, asked, "onsite_swap")
        home = bring_home(self._manager, self._dispatcher, self._patience, exchange, WORN_OUT)
        await asyncio.gather(self._take_over(exchange, "onsite_swap"), home)

    async def _send_back(self, member: Member) -> None:
        self._act("raise_event", member, sub_type="self_test_failed", text="memory test failed at boot")
        fault = await self._fault_of(member, "a failed self-test opens a fault")
        await self._triage(fault, "natural", "self-test failed twice")
        exchange = await self._replace(member, {"site": "staffed", "location": "declared"}, "sendback")
        home = bring_home(self._manager, self._dispatcher, self._patience, exchange, WRECKED)
        await asyncio.gather(self._take_over(exchange, "sendback"), home)
        await charge_for(self._manager, self._dispatcher, self._patience, exchange)

    async def _cut_the_line(self, member: Member) -> None:
        self._act("line_cut", member)
        fault = await self._fault_of(member, "a cut line is noticed and becomes a suspected fault")
        exchange = await self._ask(member, {"site": "staffed", "location": "declared"})
        answer = {"question": "line_lamp", "reply": "dark", "note": "ONUの回線ランプが消えています"}
        await self._manager.post(f"faults/{fault}/triage/answers", answer)
        await self._triage(fault, "not_hardware", "the line's lamp is out; the carrier reports an outage")
        await self._state(exchange, "declined", "the request for a unit behind a cut line is declined")
        self._act("mend", member, what="line")
        await self._until("the line comes back", lambda: self._is_connected(member))

    async def _replace(self, member: Member, asked: Mapping[str, Any], method: str) -> int:
        """From the request until the units have changed places; answers the exchange."""
        exchange = await self._ask(member, asked)
        # The provider's word that nothing keeps a driver away: only a dispatcher may say so.
        fact = {"name": "provider_downgrade", "value": False}
        await self._dispatcher.post(f"exchanges/{exchange}/facts", fact)
        granted = await self._until(f"{method}: a spare is on its way", lambda: self._new_unit_of(exchange, method))
        spare = self._spares[granted]
        await self._state(exchange, "arrived", f"{method}: the carrier delivers the unit")
        entry = {"distribution_id": spare.distribution_id, "model": MODEL, "serial": spare.serial, "token": spare.token}
        self._stage.act({"do": "add", "entry": entry})
        if method == "sendback":
            await self._until("sendback: the new unit is in session", lambda: self._unit_is_connected(granted))
            await self._manager.post(f"exchanges/{exchange}/swap", {})
        await self._state(exchange, "swapped", f"{method}: the new unit takes the adapter over")
        return exchange

    async def _take_over(self, exchange: int, method: str) -> None:
        await self._state(exchange, "accepted", f"{method}: the host's own checks are met")
        await self._manager.post(f"exchanges/{exchange}/confirmation", {})
        await self._state(exchange, "closed", f"{method}: the case is closed")

    # -- what people and the weather do ---------------------------------------------------------------------------

    def _act(self, deed: str, member: Member, **more: Any) -> None:
        self._stage.act({"do": deed, "unit": member.distribution_id, **more})

    async def _push(self, service_codes: list[str], body: str) -> list[int]:
        order = {"service_codes": service_codes, "body": body, "confirm_timeout_s": CONFIRM_TIMEOUT_S}
        answer = await self._manager.post("pushes", order)
        return [one["push"] for one in answer["results"]]

    async def _triage(self, fault: int, cause: str, evidence: str) -> None:
        await self._dispatcher.post(f"faults/{fault}/triage", {"cause": cause, "evidence": evidence})

    async def _ask(self, member: Member, asked: Mapping[str, Any]) -> int:
        order = {"service_code": member.service_code, **asked}
        return int((await self._manager.post("exchanges", order))["exchange"])

    # -- what is waited for -----------------------------------------------------------------------------------------

    async def _fault_of(self, member: Member, part: str) -> int:
        async def opened() -> int | None:
            faults = await self._manager.all("faults", service_code=member.service_code)
            return faults[0]["fault"] if faults else None

        return int(await self._until(part, opened))

    async def _state(self, exchange: int, state: str, part: str) -> None:
        async def reached() -> bool:
            steps = (await self._manager.get(f"exchanges/{exchange}"))["steps"]
            return any(step["state"] == state for step in steps)

        await self._until(part, reached)

    async def _new_unit_of(self, exchange: int, method: str) -> str | None:
        found = await self._manager.get(f"exchanges/{exchange}")
        if found["verdict"] not in (None, "undecided", method):
            raise StoryFailed(f"{method}: the verdict is {found['verdict']}")
        unit = found["new_unit"]
        return None if unit is None else str(unit["distribution_id"])

    async def _all_confirmed(self) -> bool:
        adapters = await self._manager.all("adapters")
        return all(adapter["push"] and adapter["push"]["phase"] == "confirmed" for adapter in adapters)

    async def _all_connected(self) -> bool:
        return await self._sessions() == len(self._cast.members)

    async def _sessions(self) -> int:
        fleet = await self._manager.get("fleet")
        return int(fleet["presence"]["connected"])

    async def _is_connected(self, member: Member) -> bool:
        adapter = await self._manager.get(f"adapters/{member.service_code}")
        return bool(adapter["unit"] and adapter["unit"]["presence"] == "connected")

    async def _unit_is_connected(self, distribution_id: str) -> bool:
        unit = await self._dispatcher.get(f"units/{distribution_id}")
        return bool(unit["presence"] == "connected")

    # -- the end ----------------------------------------------------------------------------------------------------

    async def summary(self) -> dict[str, Any]:
        """Every figure, read back through the API."""
        manager = self._manager
        exchanges = await manager.all("exchanges")
        pushes = await manager.get("pushes/counts")
        told = await self.told()
        return {
            "adapters": len(await manager.all("adapters")),
            "sessions": await self._sessions(),
            "pushes": pushes["phases"],
            "faults": len(await manager.all("faults")),
            "exchanges": [_told(one) for one in exchanges if one["verdict"] != "declined"],
            "declined": sum(one["verdict"] == "declined" for one in exchanges),
            "verdicts": told.verdicts,
            "charges": told.charges,
            "seconds": round(self._patience.elapsed_s, 1),
        }

    async def told(self) -> Told:
        """Every verdict and charge in words, as the customer reads them."""
        return await read_told(self._manager, {member.service_code: member.site for member in self._cast.members})


def _told(exchange: dict[str, Any]) -> dict[str, Any]:
    return {
        "service_code": exchange["service_code"],
        "method": exchange["verdict"],
        "reasons": exchange["reasons"],
        "state": exchange["state"],
    }
