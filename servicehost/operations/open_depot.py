"""A dispatcher opens a depot, or changes what is recorded of one; and says when it runs low."""

from servicehost.domain.audit import Action
from servicehost.domain.depot import Depot, StockThreshold
from servicehost.domain.errors import Invalid
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed, recorded
from servicehost.operations.stocking import the_depot, warn_if_low
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["open_depot", "set_stock_threshold"]


async def open_depot(actor: Actor, depot: str, label: str, area: str, *, store: Store, clock: Clock) -> Depot:
    """The depot as it is recorded from now on; the same again changes nothing.

    `area` lists, with commas, how the addresses begin that it serves. Raises Forbidden `no_right`.
    """
    demand(actor, Right.DISPATCH)
    now = clock.wall()
    wanted = Depot(depot=depot, label=label.strip(), area=area.strip(), changed_at=now, changed_by=actor.master_id)

    def work(batch: Batch) -> Depot:
        standing = next((one for one in batch.depots() if one.depot == depot), None)
        if standing is not None and (standing.label, standing.area) == (wanted.label, wanted.area):
            return standing
        batch.put_depot(wanted)
        batch.add_events([deed(actor, now, "depot_opened" if standing is None else "depot_changed", depot=depot)])
        before = {name: None if standing is None else getattr(standing, name) for name in ("label", "area")}
        after = {"label": wanted.label, "area": wanted.area}
        entry = recorded(actor, now, Action.OPEN_DEPOT, depot, management_code=None, before=before, after=after)
        batch.append_audit([entry])
        return wanted

    return await store.batch(actor.scope, work)


async def set_stock_threshold(
    actor: Actor, depot: str, model: str, least: int, *, store: Store, clock: Clock
) -> StockThreshold:
    """The threshold as it stands from now on; 0 takes it away. A depot that is low already says so at once.

    Raises Forbidden `no_right`; Invalid `bad_threshold`; NotFound `depot_not_found`.
    """
    demand(actor, Right.DISPATCH)
    if least < 0:
        raise Invalid("bad_threshold", "A depot cannot have fewer than no units")
    now = clock.wall()
    wanted = StockThreshold(depot=depot, model=model, least=least, changed_at=now, changed_by=actor.master_id)

    def work(batch: Batch) -> StockThreshold:
        standing = batch.threshold(the_depot(batch, depot), model)
        if (standing.least if standing is not None else 0) == least:
            return standing or wanted
        batch.put_threshold(wanted)
        batch.add_events([deed(actor, now, "stock_threshold_set", depot=depot, model=model, least=least)])
        before = {"least": 0 if standing is None else standing.least}
        subject = f"{depot} {model}"
        entry = recorded(
            actor,
            now,
            Action.SET_STOCK_THRESHOLD,
            subject,
            management_code=None,
            before=before,
            after={"least": least},
        )
        batch.append_audit([entry])
        warn_if_low(batch, depot, model, actor.master_id, now)
        return wanted

    return await store.batch(actor.scope, work)
