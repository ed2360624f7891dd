"""The moment at which presence is judged for one answer."""

from servicehost.web.call import Call
from servicehost.web.fleet_answers import Moment

__all__ = ["moment"]


async def moment(call: Call) -> Moment:
    """Read once for an answer, so that all of its units are judged alike."""
    return Moment.of(await call.door.reads.leases(), call.door.clock.wall())
