"""How sessions and attempts ended, wherever that is told: the list of events, the figures, the log."""

from typing import Any

import msgspec

from protocol.codes import CloseCode
from tests.journeys.waiting import until
from tests.journeys.world import World

__all__ = ["counted", "told"]


async def told(world: World, what: str, code: CloseCode, text: str, before: float) -> dict[str, Any]:
    """The event of an ending, which must have its code in /metrics and in the log as well."""
    name = code.name.lower()
    event = await world.event(what, reason=name, detail_text=text)

    async def counts() -> bool:
        return await world.endings_counted(name) > before

    await until(counts, f"/metrics counts {name}")
    lines = [msgspec.json.decode(line) for line in world.host.log.read_bytes().splitlines() if b'"ended"' in line]
    assert any(line["code"] == name and line["reason"] == text for line in lines if line["event"] == "ended"), lines
    return event


async def counted(world: World, code: CloseCode) -> float:
    return await world.endings_counted(code.name.lower())
