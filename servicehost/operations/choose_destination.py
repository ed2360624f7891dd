"""A dispatcher knowingly sends units of an exchange elsewhere than to the shipping address, with a reason."""

import msgspec

from servicehost.domain.address import Address, WrittenAddress, check_address
from servicehost.domain.audit import Action
from servicehost.domain.destination import MAY_BE_CHOSEN, DestinationKind, DestinationWord
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.places import Places
from servicehost.domain.rules import Verdict
from servicehost.operations.addressing import refuse_wrong
from servicehost.operations.casework import Word, case_record, the_exchange
from servicehost.operations.destinations import tell_destination
from servicehost.operations.entitling import located
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["DestinationChoice", "choose_destination"]

_ON_ITS_WAY = (ExchangeState.ORDERED, ExchangeState.ARRIVED)


class DestinationChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Where to, and why. `stand_in` belongs to that kind alone; `word` is how a doubtful address was made sure of."""

    kind: DestinationKind
    reason: str
    stand_in: WrittenAddress | None = None
    word: str = ""


async def choose_destination(
    actor: Actor, exchange: int, choice: DestinationChoice, *, store: Store, clock: Clock, places: Places
) -> DestinationWord:
    """The word as it is kept. It counts for what is still to be sent or fetched, until a shipping address is said
    later; a unit that is held for want of a place is ordered at once. Said again it changes nothing.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `exchange_not_found`; Conflict `bad_destination`,
    `ordered_already`, `exchange_ended`, `no_declared_location`, `goes_on_site`, or an `AddressFault`.
    """
    demand(actor, Right.DISPATCH)
    if not choice.reason.strip():
        raise Invalid("no_reason", "Say why it does not go to the shipping address")
    address = _checked(choice, places)
    now = clock.wall()

    def work(batch: Batch) -> DestinationWord:
        standing = the_exchange(batch, exchange, actor.scope)
        _refuse(batch, standing, choice)
        earlier = batch.whereabouts(standing).word
        if earlier is not None and (earlier.kind, earlier.address) == (choice.kind, address):
            return earlier
        word = DestinationWord(
            number=0,
            exchange=exchange,
            service_code=standing.service_code,
            management_code=standing.management_code,
            kind=choice.kind,
            address=address,
            reason=choice.reason[:255],
            said_at=now,
            said_by=actor.master_id[:64],
        )
        added = batch.add_destination_word(word)
        said = Word(by=actor.master_id, at=now, reason=choice.reason[:255], actor=actor, own_words=True)
        code = standing.management_code
        before = {"address": located(_line(earlier), code)}
        after = {"kind": added.kind, "address": located(_line(added), code)}
        batch.append_audit(
            [case_record(said, Action.CHOOSE_DESTINATION, f"exchange {exchange}", code, before=before, after=after)]
        )
        tell_destination(batch, standing.service_code, said)
        return added

    return await store.batch(actor.scope, work)


def _checked(choice: DestinationChoice, places: Places) -> Address | None:
    if choice.kind not in MAY_BE_CHOSEN:
        raise Conflict("bad_destination", f"Nobody decides for {choice.kind}: say the address itself")
    if (choice.stand_in is None) is (choice.kind is DestinationKind.STAND_IN):
        raise Conflict("bad_destination", "An address belongs to a stand-in, and to nothing else")
    if choice.stand_in is None:
        return None
    checked = check_address(choice.stand_in, places)
    refuse_wrong(checked, choice.word)
    return checked.address


def _refuse(batch: Batch, standing: Exchange, choice: DestinationChoice) -> None:
    waiting = [one.exchange for one in batch.exchanges_to_send(standing.service_code)]
    if standing.exchange not in waiting:
        if standing.state in _ON_ITS_WAY:
            raise Conflict("ordered_already", f"The unit of exchange {standing.exchange} is on its way already")
        raise Conflict("exchange_ended", f"Nothing of exchange {standing.exchange} is still to be sent or fetched")
    before_order = standing.state in (ExchangeState.REQUESTED, ExchangeState.JUDGED, ExchangeState.RESERVED)
    if before_order and standing.method is Verdict.ONSITE_SWAP:
        text = "A driver goes to the declared location: declare another, or override the verdict first"
        raise Conflict("goes_on_site", text)
    if choice.kind is DestinationKind.DECLARED_LOCATION and not batch.whereabouts(standing).declared_location.strip():
        raise Conflict("no_declared_location", f"No location is declared for {standing.service_code}")


def _line(word: DestinationWord | None) -> str:
    if word is None or word.address is None:
        return ""
    return f"{word.address.line} {word.address.addressee} {word.address.telephone}"
