"""Where errands go: outside its scope a caller finds nothing, decides nothing and erases nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.destination import Destination, DestinationKind, DestinationWord, Whereabouts
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import ExchangeState
from servicehost.ports.destinations import Destinations
from servicehost.ports.store import Batch
from tests.ports.conftest import Backend
from tests.ports.test_address_tenancy import ADDRESS
from tests.ports.test_case_tenancy import NOTHING, Case, build_case, verbs_of


class Held(msgspec.Struct, frozen=True, kw_only=True):
    case: Case
    word: DestinationWord


async def build(backend: Backend, number: int) -> Held:
    case = await build_case(backend, number)
    said = DestinationWord(
        number=0,
        exchange=case.exchange.exchange,
        service_code=case.code,
        management_code=case.tenant,
        kind=DestinationKind.STAND_IN,
        address=ADDRESS,
        reason="they have moved",
        said_at=5,
        said_by="dora",
    )
    waiting = msgspec.structs.replace(case.exchange, state=ExchangeState.RESERVED)

    def work(batch: Batch) -> DestinationWord:
        batch.save_exchange(waiting, None)
        return batch.add_destination_word(said)

    added = await backend.store.batch(EVERYTHING, work)
    return Held(case=msgspec.structs.replace(case, exchange=waiting), word=added)


VERBS: Mapping[str, Callable[[Any, Held], Any]] = {
    "add_destination_word": lambda b, t: b.add_destination_word(t.word),
    "whereabouts": lambda b, t: b.whereabouts(t.case.exchange).word,
    "exchanges_to_send": lambda b, t: b.exchanges_to_send(t.case.code),
    "erase_destinations_of": lambda b, t: b.erase_destinations_of(t.case.tenant),
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(Destinations) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_batch_reaches_nothing_of_another_customer(real: Backend, verb: str) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    before = real.dump()
    with suppress(NotFound):
        assert await real.store.batch(mine.case.scope, lambda batch: VERBS[verb](batch, theirs)) in NOTHING
    assert real.dump() == before


@pytest.mark.parametrize("verb", VERBS)
async def test_within_its_own_scope_the_same_call_reaches_something(real: Backend, verb: str) -> None:
    mine = await build(real, 1)
    before = real.dump()
    found = await real.store.batch(mine.case.scope, lambda batch: VERBS[verb](batch, mine))
    assert real.dump() != before or found not in NOTHING


async def test_a_case_shows_its_words_to_its_own_and_nothing_to_others(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    number = theirs.case.exchange.exchange
    assert await real.reads.exchange(mine.case.scope, number) is None
    view = await real.reads.exchange(theirs.case.scope, number)
    assert view is not None
    assert view.destination_words == (theirs.word,)
    assert view.whereabouts == Whereabouts(method=view.exchange.method, declared_location="", word=theirs.word)


async def test_erased_is_every_stand_in_of_the_contract_and_where_its_units_were_sent(real: Backend) -> None:
    theirs, mine = await build(real, 1), await build(real, 2)
    sent = Destination(kind=DestinationKind.STAND_IN, address=ADDRESS.line, addressee="佐藤", telephone="0312345678")

    def work(batch: Any) -> tuple[int, int]:
        batch.save_exchange(msgspec.structs.replace(mine.case.exchange, destination=sent), None)
        return batch.erase_destinations_of(mine.case.tenant), batch.erase_destinations_of(mine.case.tenant)

    assert await real.store.batch(EVERYTHING, work) == (2, 0)
    gone = await real.reads.exchange(EVERYTHING, mine.case.exchange.exchange)
    kept = await real.reads.exchange(EVERYTHING, theirs.case.exchange.exchange)
    assert gone is not None
    assert kept is not None
    assert gone.exchange.destination is None
    assert [(one.address, one.reason, one.said_at) for one in gone.destination_words] == [(None, "", 5)]
    assert kept.destination_words == (theirs.word,)
