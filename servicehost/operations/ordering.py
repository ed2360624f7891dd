"""The body of an order of pushes: what somebody asks for now, and what a schedule asks for at its time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from protocol.digest import digest_of
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.event import Event, EventClass
from servicehost.domain.fact_kind import Item
from servicehost.domain.module import MAIN
from servicehost.domain.people import Actor, Right
from servicehost.domain.push import Push
from servicehost.domain.unit import Adapter
from servicehost.operations.choose_revisions import Choice, PushOrder, choose
from servicehost.operations.deed import deed, of_push, recorded
from servicehost.operations.grounds import grounds
from servicehost.operations.pushing import THIS_MACHINE, Terms, check_through, given_way, new_push
from servicehost.ports.store import Transaction

__all__ = ["Ordered", "Placed", "PushTerms", "check_order", "check_serving", "check_way", "place_order"]

_NAMED: Final = 10
"""As many adapters a refusal names."""


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the order for one adapter: a push, or the code of a refusal and its text.

    `superseded` is the push that gave way; `waits_for` the one on trial whose end comes first.
    """

    service_code: str
    push: Push | None = None
    superseded: int | None = None
    waits_for: int | None = None
    code: str | None = None
    text: str | None = None


class PushTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a push is given unless its order says otherwise, and how many adapters one order names at most. (U)"""

    confirm_timeout_s: int = 600
    life_ms: int = 30 * 86_400_000
    max_adapters: int = 10_000


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order, in its own order; and the units to nudge after the commit."""

    ordered: Sequence[Ordered]
    units: Sequence[int]


async def place_order(tx: Transaction, actor: Actor, order: PushOrder, now: int, terms: PushTerms) -> Placed:
    """Everything of an order but its commit and the nudge. Raises as `push_config` does."""
    rights = [Right.PUSH_CONFIG] + [Right.EDIT_CONFIG] * (order.body is not None)
    common = Terms(
        at=now,
        confirm_timeout_s=order.confirm_timeout_s or terms.confirm_timeout_s,
        expires_at=now + (terms.life_ms if order.life_s is None else order.life_s * 1000),
        target=order.target,
    )
    adapters = {adapter.service_code: adapter for adapter in await tx.adapters(order.service_codes)}
    check_serving(adapters.values())
    await check_way(tx, actor, order)
    actors = await grounds(tx, actor, rights, list(adapters.values()), now)
    serving = {code: adapter for code, adapter in adapters.items() if not adapter.has_ended(now)}
    choice = await choose(tx, actors, order, serving, now)
    standing = await tx.open_pushes(list(choice.chosen), order.module)
    superseded = given_way(standing, now)
    wanted = [new_push(chosen, actors[code].author, common) for code, chosen in choice.chosen.items()]
    await tx.save_pushes(superseded)
    pushes = await tx.add_pushes(wanted)
    for one in _distinct(actors):
        own = [push for push in pushes if actors[push.service_code] == one]
        gone = [push for push in superseded if actors[push.service_code] == one]
        await tx.add_events(_events(one, order, gone, own))
        await tx.append_audit(_records(one, order, choice, gone, own))
    units = await tx.units_of(list(choice.chosen))
    made = {push.service_code: push for push in pushes}
    answers = [
        Ordered(service_code=code, code="adapter_ended", text=f"The contract of adapter {code} has ended")
        if code in adapters and code not in serving
        else _answer(code, order, adapters, made.get(code), standing.get(code, []))
        for code in order.service_codes
    ]
    return Placed(ordered=answers, units=list(units.values()))


def check_order(order: PushOrder, max_adapters: int) -> None:
    """Raises Invalid for what is wrong with the order whatever the store holds."""
    if not order.service_codes:
        raise Invalid("no_adapters", "Name at least one service code")
    if len(order.service_codes) > max_adapters:
        raise Invalid("too_many_adapters", f"At most {max_adapters} service codes in one order")
    if len(set(order.service_codes)) != len(order.service_codes):
        raise Invalid("service_code_twice", "A service code is named twice; name each once")
    if order.revision is not None and order.body is not None:
        raise Invalid("revision_and_body", "Give either `revision` or `body`, not both")


def check_serving(adapters: Iterable[Adapter]) -> None:
    """Raises Conflict `standby_adapter`."""
    standby = [adapter.service_code for adapter in adapters if adapter.item is Item.STANDBY]
    if standby:
        named = ", ".join(standby[:_NAMED])
        raise Conflict(
            "standby_adapter",
            f"{named}: a standby adapter serves nobody and takes no config. Leave it out, or promote it first",
        )


async def check_way(tx: Transaction, actor: Actor, order: PushOrder) -> None:
    """Whoever sits behind an adapter may cut the branch they sit on. This machine's own address is behind none."""
    if order.through_acknowledged or not actor.source or actor.source in THIS_MACHINE:
        return
    check_through(await tx.adapters_at(actor.source, order.service_codes))


def _distinct(actors: Mapping[str, Actor]) -> list[Actor]:
    """Mostly one; several where consents of several contracts, or for several adapters, were needed."""
    return list({actor.warrant: actor for actor in actors.values()}.values())


def _events(actor: Actor, order: PushOrder, superseded: Sequence[Push], pushes: Sequence[Push]) -> list[Event]:
    """Every ending has its own event; the order has one: who pushed what where stands in the pushes themselves."""
    endings = [of_push(actor, push, "push_superseded", reason=push.reason) for push in superseded]
    if len(pushes) <= 1:
        return [*endings, *(of_push(actor, push, "push_ordered", note=order.reason) for push in pushes)]
    ordered = deed(
        actor,
        pushes[0].ordered_at,
        "pushes_ordered",
        class_=EventClass.CONFIGURATION,
        management_code=pushes[0].management_code,
        note=order.reason,
        adapters=len(pushes),
        pushes=[pushes[0].push, pushes[-1].push],
        digests=sorted({push.digest for push in pushes})[:10],
    )
    return [*endings, ordered]


def _records(
    actor: Actor, order: PushOrder, choice: Choice, superseded: Sequence[Push], pushes: Sequence[Push]
) -> list[AuditEntry]:
    """One for the order of each contract, however many adapters it names; nothing where nothing came of it."""
    entries = []
    for code in sorted({push.management_code for push in pushes}):
        own = [push for push in pushes if push.management_code == code]
        codes = sorted(push.service_code for push in own)
        after = {
            "adapters": len(own),
            "adapters_digest": digest_of("\n".join(codes).encode()),
            "pushes": [own[0].push, own[-1].push],
            "digests": sorted({push.digest for push in own})[:10],
            "target": order.target.value,
            "revisions_saved": sum(one.service_code in codes and one.module == MAIN for one in choice.added),
        }
        waiting = [push.push for push in superseded if push.management_code == code]
        entry = recorded(
            actor,
            own[0].ordered_at,
            Action.PUSH_CONFIG,
            codes[0] if len(codes) == 1 else f"{len(codes)} adapters",
            management_code=code,
            before={"superseded": len(waiting), "superseded_pushes": waiting[:10]},
            after=after,
            note=order.reason,
        )
        entries.append(entry)
    return entries


def _answer(
    code: str, order: PushOrder, adapters: Mapping[str, Adapter], push: Push | None, standing: Sequence[Push]
) -> Ordered:
    if code not in adapters:
        return Ordered(service_code=code, code="adapter_not_found", text=f"There is no adapter {code}")
    if push is not None:
        return Ordered(
            service_code=code,
            push=push,
            superseded=next((other.push for other in standing if other.phase.recallable), None),
            waits_for=next((other.push for other in standing if not other.phase.recallable), None),
        )
    wanted = order.revisions.get(code, order.revision)
    if wanted is not None:
        text = f"{code} has no config revision {wanted}"
        return Ordered(service_code=code, code="no_such_revision", text=text)
    return Ordered(service_code=code, code="no_config", text=f"{code} has no config yet; save one first")
