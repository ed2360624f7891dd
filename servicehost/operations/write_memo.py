"""An operation manager writes the memo that stands beside an adapter wherever it is shown."""

import msgspec

from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["write_memo"]


async def write_memo(actor: Actor, service_code: str, memo: str, *, store: Store, clock: Clock) -> Adapter:
    """The adapter with its memo; the site name of its order stays what it was. Written again, nothing changes.

    Raises Forbidden `no_right`; NotFound `adapter_not_found`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> Adapter:
        standing = next(iter(batch.adapters([service_code])), None)
        if standing is None:
            raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
        if standing.memo == memo:
            return standing
        batch.set_memo(service_code, memo)
        code = standing.management_code
        batch.add_events([deed(actor, now, "memo_written", management_code=code, service_code=service_code)])
        entry = recorded(
            actor,
            now,
            Action.WRITE_MEMO,
            service_code,
            management_code=code,
            before={"memo": _kept(standing.memo, code)},
            after={"memo": _kept(memo, code)},
        )
        batch.append_audit([entry])
        return msgspec.structs.replace(standing, memo=memo)

    return await store.batch(actor.scope, work)


def _kept(memo: str, management_code: str) -> Personal | None:
    return Personal(whose=Whose.contract(management_code), text=memo) if memo else None
