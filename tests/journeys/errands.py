"""Exchanges as people take them through the API, with simulated units and the simulated carrier of a real host."""

from collections.abc import Sequence
from typing import Any

from adapter_sim import deeds
from adapter_sim.ailments import AnyAilment
from servicehost.demo.cast import SHIPPED_TO
from servicehost.domain.instant import rfc3339
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

__all__ = ["ATTENDEE", "ERRANDS", "Errand", "begun", "in_stock"]

ERRANDS = (
    *(f"exchanges.{name}_every_s=0.1" for name in ("silence", "carrier", "swap", "acceptance", "reaction", "returns")),
    "exchanges.carrier_travel_s=0",
    "exchanges.prices={ SA-W2 = { unit = 48000, ac_adapter = 3800, lan_cable = 600 } }",
    "units.report_interval_s=1",
)
"""Settings with which an exchange takes seconds."""


ATTENDEE = "運用 花子"


class Errand:
    """One failed unit, its fault, and the exchanges that are asked for it."""

    def __init__(self, world: World, post: Post, fault: int) -> None:
        self.world = world
        self.post = post
        self.fault = fault
        self.exchange = 0

    # -- people -------------------------------------------------------------------------------------------------

    async def found(self, cause: str, evidence: str) -> None:
        """Support's part, done by the dispatcher: what is proposed is followed."""
        triage = await self.world.manager.get(f"faults/{self.fault}/triage")
        assert triage["proposal"]["cause"] == cause, triage["proposal"]
        await self.world.dispatcher.post(f"faults/{self.fault}/triage", {"cause": cause, "evidence": evidence})

    async def asked(self, **said: Any) -> None:
        """The operation manager asks for an exchange."""
        order = {"service_code": self.post.service_code, "site": "staffed", "location": "declared", **said}
        self.exchange = int((await self.world.manager.post("exchanges", order))["exchange"])

    async def reported(self, failure: str) -> dict[str, Any]:
        """What the operation manager sees in the parcel; the exchange."""
        await self.world.manager.post(f"exchanges/{self.exchange}/failure", {"failure": failure})
        return await self.is_("failed")

    async def asked_on_site(self) -> None:
        """As `asked`, for a driver: somebody attends, and nothing keeps one away."""
        await self.asked(attendee=ATTENDEE, attended=True)
        fact = {"name": "provider_downgrade", "value": False}
        await self.world.dispatcher.post(f"exchanges/{self.exchange}/facts", fact)

    async def appointed(self, begin: int, end: int) -> None:
        """The operation manager proposes one window, milliseconds, and agrees to it."""
        window = {"from_at": rfc3339(begin), "until_at": rfc3339(end)}
        where = f"exchanges/{self.exchange}/appointments"
        await self.world.manager.post(where, {"windows": [window], "reason": "another day"})
        agreement = {"window": window, "attendee": ATTENDEE, "telephone": "03-0000-0000"}
        await self.world.manager.post(f"{where}/agreement", agreement)

    async def swapped_in(self, spare: Post, **said: Any) -> None:
        """The replacement is plugged in and takes over; everything is confirmed."""
        await self.world.power_on(spare)
        await self.world.manager.post(f"exchanges/{self.exchange}/swap", said)
        await self.is_("accepted")
        await self.world.manager.post(f"exchanges/{self.exchange}/confirmation", {})
        await self.is_("closed")

    # -- what is seen -------------------------------------------------------------------------------------------

    async def view(self) -> dict[str, Any]:
        answer: dict[str, Any] = await self.world.manager.get(f"exchanges/{self.exchange}")
        return answer

    async def is_(self, *states: str) -> dict[str, Any]:
        """Wait for one of these states; the exchange."""

        async def look() -> dict[str, Any] | None:
            view = await self.view()
            return view if any(step["state"] in states for step in view["steps"]) else None

        return await until(look, f"exchange {self.exchange} is {states}")

    async def errand(self) -> dict[str, Any]:
        answer: dict[str, Any] = await self.world.manager.get(f"exchanges/{self.exchange}/errand")
        return answer

    async def delivered(self) -> str:
        """Wait for the parcel; the Distribution ID of the unit that was put aside."""
        view = await self.is_("arrived")
        return str(view["new_unit"]["distribution_id"])

    async def serves(self) -> str:
        """The Distribution ID of the unit that serves the adapter."""
        return str((await self.world.adapter_answer(self.post))["unit"]["distribution_id"])

    async def return_(self, state: str, *, of: str | None = None) -> dict[str, Any]:
        """Wait until the unit that is owed (the replaced one, or `of`) is in that state on its way back."""

        async def look() -> dict[str, Any] | None:
            custody = await self.world.dispatcher.get(f"exchanges/{self.exchange}/custody")
            unit = self.post.unit if of is None else of
            fitting = (one for one in custody["returns"] if one["distribution_id"] == unit and one["state"] == state)
            return next(fitting, None)

        return await until(look, f"the old unit of exchange {self.exchange} is {state}")

    async def charge(self) -> dict[str, Any]:
        """Wait for what is proposed."""

        async def look() -> dict[str, Any] | None:
            found = await self.world.dispatcher.all("charges", exchange=self.exchange, state="proposed")
            return found[0] if found else None

        return await until(look, f"a charge for exchange {self.exchange}")


async def in_stock(world: World) -> Post:
    """A unit that can be sent."""
    post = await world.new_unit()
    await world.dispatcher.post("spares", {"distribution_id": post.unit})
    return post


async def begun(world: World, *, on_site: bool = False, ailments: Sequence[AnyAilment] = ()) -> Errand:
    """A unit in service has failed, and the operation manager knows of it."""
    (post,) = await world.in_service()
    terms: dict[str, Any] = {"item": "entry", "ownership": "rental", "channel": "direct", "option": on_site}
    if on_site:
        terms |= {"declared_location": f"東京都千代田区 {post.serial}", "coverage": "covered"}
    await world.dispatcher.put(f"adapters/{post.service_code}/terms", terms)
    await world.dispatcher.put(
        f"adapters/{post.service_code}/shipping-address", SHIPPED_TO | {"addressee": post.serial}
    )
    steps = [step.deed for ailment in ailments for step in ailment.steps()]
    for deed in steps or [deeds.RaiseAlarm(component="flash", text="too many bad blocks")]:
        world.units.do(deed, post.unit)

    async def opened() -> int | None:
        faults = await world.manager.all("faults", service_code=post.service_code)
        return faults[0]["fault"] if faults else None

    return Errand(world, post, await until(opened, "the alarm opens a fault"))
