"""The bodies that the steps of stock share: which depot is meant, what does not fit, when a depot runs low."""

from servicehost.domain.compatibility import Misfit, ModelFacts, OldUnit, Substitute, misfits
from servicehost.domain.depot import MAIN_STOCK, is_low
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.spare import SpareState
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Unit
from servicehost.ports.store import Batch

__all__ = ["fit", "the_depot", "warn_if_low"]


def the_depot(batch: Batch, depot: str) -> str:
    """The depot's name; the main stock needs no record. Raises NotFound `depot_not_found`."""
    if depot != MAIN_STOCK and depot not in {one.depot for one in batch.depots()}:
        raise NotFound("depot_not_found", f"There is no depot {depot}; open it first")
    return depot


def fit(batch: Batch, old: Unit | None, new: Unit, policy: SwapPolicy, firmware: str = "") -> tuple[Misfit, ...]:
    """What would not fit if `new`, which has that firmware, took the place of `old`; nothing when there is no old one.

    What the startup config was confirmed on is the firmware that the old unit said at its last hello; a `firmware` left
    out is what the new one said at its own.
    """
    if old is None:
        return ()
    heard = batch.last_heard([old.unit_id, new.unit_id])
    last, fresh = heard.get(old.unit_id), heard.get(new.unit_id)
    used = () if last is None else tuple(one.module for one in last.modules if one.startup or one.running)
    binding = batch.binding_of_unit(old.unit_id)
    served = () if binding is None else batch.adapters([binding.service_code])
    nothing = ModelFacts()
    return misfits(
        OldUnit(
            model=old.model,
            firmware=(last.firmware or "") if last is not None else "",
            modules=used,
            facts=policy.models.get(old.model, nothing),
            accessories=policy.returns.accessories_of(old.model),
            mobile=any(adapter.mobile for adapter in served),
        ),
        Substitute(
            model=new.model,
            firmware=firmware or ((fresh.firmware or "") if fresh is not None else ""),
            facts=policy.models.get(new.model, nothing),
            accessories=policy.returns.accessories_of(new.model),
        ),
    )


def warn_if_low(batch: Batch, depot: str, model: str, by: str, now: int) -> None:
    """Tell the provider's people, once for each unit that leaves a depot which then has too few."""
    threshold = batch.threshold(depot, model)
    free = sum(one.depot == depot and one.state is SpareState.FREE for one in batch.free_spares(model))
    if threshold is None or not is_low(free, threshold):
        return
    event = Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="stock_low",
        severity=Severity.WARNING,
        actor=by[:64],
        detail={"depot": depot, "model": model, "free": free, "least": threshold.least},
    )
    batch.add_events([event])
