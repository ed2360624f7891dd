import msgspec

from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.reaction import FOLLOWS, Operation, Reaction, Retry, after_failure, follow, sent_again

RETRY = Retry(tries=3, first_wait_ms=100, longest_wait_ms=150)


def event(sub_type: str, service_code: str | None = "nxe000000001") -> Event:
    return Event(
        at=9,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=Severity.INFO,
        management_code="nxm000000001",
        service_code=service_code,
        detail={"exchange": 4},
    )


def reaction() -> Reaction:
    return follow(event("exchange_judged"))[0]


def test_every_operation_follows_from_something_and_every_state_named_exists() -> None:
    states = {f"exchange_{state}" for state in ExchangeState} | {"exchange_overruled", "exchange_reopened"}

    assert {operation for many in FOLLOWS.values() for operation in many} == set(Operation)
    assert {cause for cause in FOLLOWS if cause.startswith("exchange_")} <= states


def test_what_follows_carries_what_caused_it() -> None:
    one = reaction()

    assert (one.cause, one.operation, one.detail, one.next_try_at) == (
        "exchange_judged",
        Operation.RESERVE_UNIT,
        {"exchange": 4},
        9,
    )


def test_nothing_follows_from_a_symptom_or_a_suspicion_or_from_what_concerns_no_adapter() -> None:
    assert follow(event("symptom_seen")) == follow(event("fault_suspected")) == follow(event("fault_opened")) == ()
    assert follow(event("exchange_judged", service_code=None)) == ()


def test_a_failing_reaction_waits_longer_each_time_and_is_then_parked_under_its_name() -> None:
    first = after_failure(reaction(), "no_spare", "none", 1_000, RETRY)
    second = after_failure(first, "no_spare", "none", 2_000, RETRY)
    third = after_failure(second, "no_spare", "none", 3_000, RETRY)

    waits = [one.next_try_at - at for one, at in ((first, 1_000), (second, 2_000), (third, 3_000))]
    assert [least <= wait <= least * 5 // 4 for least, wait in zip((100, 150, 150), waits, strict=True)] == [True] * 3
    assert [one.parked_at for one in (first, second, third)] == [None, None, 3_000]
    assert third.failure == "no_spare"


def test_what_failed_together_is_not_tried_again_together() -> None:
    failed = [msgspec.structs.replace(reaction(), number=number) for number in range(100)]
    tries = {after_failure(one, "carrier_fails", "500", 0, Retry()).next_try_at for one in failed}
    assert len(tries) > 50
    assert min(tries) >= 1_000
    assert max(tries) <= 1_250


def test_sent_again_it_starts_from_its_first_try() -> None:
    parked = msgspec.structs.replace(reaction(), tries=3, parked_at=5, failure="no_spare")
    again = sent_again(parked, 8)

    assert (again.tries, again.parked_at, again.next_try_at) == (0, None, 8)
