"""The bodies that the steps of an errand share: what is kept of it, its times, a visit that came to nothing."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from servicehost.domain.appointment import Attendee, Window, check_visit
from servicehost.domain.audit import Action, Personal, Whose
from servicehost.domain.errand import (
    Driver,
    Errand,
    ErrandPolicy,
    Milestone,
    TimeSaid,
    missed,
    open_errand,
    target_of,
    with_time,
)
from servicehost.domain.errors import Conflict
from servicehost.domain.event import Severity
from servicehost.domain.exchange import ENDED, Exchange, ExchangeState, Said
from servicehost.domain.instant import rfc3339
from servicehost.domain.lateness import Lateness, Punctuality, lateness
from servicehost.domain.miss import MissReason
from servicehost.operations.casework import Word, case_record, exchange_event, move, tell
from servicehost.operations.deed import named
from servicehost.ports.store import Batch

__all__ = [
    "ErrandReport",
    "Miss",
    "TimeWord",
    "can_explain",
    "is_over",
    "keep",
    "late_now",
    "miss_visit",
    "note_report",
    "open_at_order",
    "personal_attendee",
    "retarget",
    "said_window",
    "the_errand",
]

_BEFORE_ORDER: Final = frozenset({ExchangeState.REQUESTED, ExchangeState.JUDGED})
_LOUD: Final = frozenset({"errand_late", "visit_missed"})


class TimeWord(msgspec.Struct, frozen=True, kw_only=True):
    """When something was, or is thought to be."""

    milestone: Milestone
    at: int
    estimated: bool = False


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """Why a visit came to nothing, and what was written about it."""

    reason: MissReason
    note: str = ""


class ErrandReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported at once; None: nothing is said of it. `reason`: why it is, or will be, late."""

    times: tuple[TimeWord, ...] = ()
    driver: Driver | None = None
    tracking: str | None = None
    reason: MissReason | None = None


def the_errand(batch: Batch, exchange: Exchange) -> Errand:
    """What is kept of it, or an errand of which nothing is known yet."""
    return batch.errand(exchange.exchange) or Errand(
        exchange=exchange.exchange,
        service_code=exchange.service_code,
        management_code=exchange.management_code,
        changed_at=exchange.changed_at,
    )


def is_over(exchange: Exchange) -> bool:
    """Whether nobody is awaited any more."""
    return exchange.swapped_at is not None or exchange.state in ENDED


def open_at_order(batch: Batch, exchange: Exchange, ordered_at: int, policy: ErrandPolicy) -> None:
    """From its order on an errand has a target."""
    batch.save_errand(open_errand(the_errand(batch, exchange), exchange.method, ordered_at, policy))


def retarget(errand: Errand, exchange: Exchange, policy: ErrandPolicy) -> Errand:
    """The errand with the target that follows from what stands now."""
    target = target_of(errand, exchange.method, exchange.ordered_at, policy)
    return msgspec.structs.replace(errand, target_at=target)


def keep(
    batch: Batch,
    exchange: Exchange,
    errand: Errand,
    word: Word,
    *,
    told: str,
    action: Action,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write the errand with its record and its event `told`. `before` and `after` may hold Personal; `detail` not."""
    batch.save_errand(errand)
    subject = f"exchange {exchange.exchange}"
    batch.append_audit([case_record(word, action, subject, exchange.management_code, before=before, after=after)])
    _tell(batch, exchange, told, word, detail)


def _tell(batch: Batch, exchange: Exchange, told: str, word: Word, detail: Mapping[str, Any] | None) -> None:
    # What somebody wrote stays in the record, sealed; an event names codes.
    event = exchange_event(exchange, told, msgspec.structs.replace(word, reason=None), detail)
    tell(batch, [msgspec.structs.replace(event, severity=Severity.WARNING) if told in _LOUD else event])


def note_report(batch: Batch, exchange: Exchange, report: ErrandReport, word: Word) -> Exchange:
    """The exchange after a report on its errand; an arrival that was moves it on.

    Raises Conflict `nothing_reported`, a code of `ERRAND_CODES`, `lateness_reason_required` when a person
    reports an arrival after its target and nobody has said why.
    """
    if exchange.state in _BEFORE_ORDER or exchange.state in ENDED - {ExchangeState.CLOSED}:
        raise Conflict("errand_not_ordered", f"Exchange {exchange.exchange} ({exchange.state}): nobody is on the way")
    before = the_errand(batch, exchange)
    after = _reported(before, exchange, report, word)
    if after == before:
        if not (report.times or report.driver or report.tracking or report.reason):
            raise Conflict("nothing_reported", "Say a time, the driver, the tracking number, or why it is late")
        return exchange
    was, late = (lateness(one, word.at, over=is_over(exchange)) for one in (before, after))
    arrived = any(one.milestone is Milestone.ARRIVED and not one.estimated for one in report.times)
    if arrived and late.reason_wanted and word.actor is not None:
        raise Conflict("lateness_reason_required", "It arrived after its target: say why, with one of the reasons")
    detail = {"times": [_said(one) for one in report.times]}
    keep(
        batch,
        exchange,
        after,
        word,
        told="errand_reported",
        action=Action.TAKE_ERRAND_NOTICE if word.actor is None else Action.REPORT_ERRAND,
        before=_known(before, exchange.management_code),
        after=_known(after, exchange.management_code),
        detail=detail,
    )
    if late.punctuality is not was.punctuality and late.by_ms:
        _tell(batch, exchange, "errand_late", word, _lateness_detail(late))
    moved = move(batch, exchange, Said.ARRIVE, word) if arrived else None
    return moved or exchange


def _reported(before: Errand, exchange: Exchange, report: ErrandReport, word: Word) -> Errand:
    after = before
    for one in report.times:
        said = TimeSaid(milestone=one.milestone, at=one.at, estimated=one.estimated, by=word.by[:255], said_at=word.at)
        after = with_time(after, said, exchange.method, word.at)
    after = msgspec.structs.replace(
        after,
        driver=report.driver or after.driver,
        tracking=after.tracking if report.tracking is None else report.tracking,
        late_because=report.reason or after.late_because,
    )
    return before if after == before else msgspec.structs.replace(after, changed_at=word.at)


def _said(one: TimeWord) -> dict[str, Any]:
    return {"milestone": one.milestone, "at": rfc3339(one.at), "estimated": one.estimated}


def _known(errand: Errand, management_code: str) -> dict[str, Any]:
    """What the audit keeps of it: times as instants, the driver sealed."""
    times = {
        f"{one.milestone}_{'estimated' if one.estimated else 'actual'}": one.at
        for one in errand.times
        if one.visit == errand.visit
    }
    return {
        "visit": errand.visit,
        "times": times,
        "tracking": errand.tracking,
        "late_because": errand.late_because,
        "driver": named(errand.driver.name, management_code),
    }


def _lateness_detail(late: Lateness) -> dict[str, Any]:
    return {"punctuality": late.punctuality, "late_by_s": late.by_ms // 1000, "because": late.reason}


def miss_visit(batch: Batch, exchange: Exchange, miss: Miss, word: Word) -> Errand:
    """The errand after a visit that came to nothing. The exchange goes on: it waits for a new appointment.

    Raises Conflict `no_visit_expected`, `errand_not_ordered`, `no_visit_under_way`.
    """
    check_visit(exchange)
    if exchange.state in _BEFORE_ORDER or exchange.ordered_at is None:
        raise Conflict("errand_not_ordered", f"Exchange {exchange.exchange} ({exchange.state}): nobody is on the way")
    before = the_errand(batch, exchange)
    after = missed(before, miss.reason, word.by[:255], word.at, miss.note)
    keep(
        batch,
        exchange,
        after,
        word,
        told="visit_missed",
        action=Action.TAKE_ERRAND_NOTICE if word.actor is None else Action.REPORT_MISSED_VISIT,
        before={"visit": before.visit},
        after={"visit": after.visit, "because": miss.reason},
        detail={"visit": before.visit, "because": miss.reason},
    )
    return after


def personal_attendee(attendee: Attendee | None, management_code: str) -> dict[str, Any]:
    """Who attends, as the audit keeps it: sealed under their own key."""
    if attendee is None:
        return {"attendee": None, "telephone": None}
    whose = Whose.named(attendee.name, management_code)
    return {
        "attendee": Personal(whose=whose, text=attendee.name),
        "telephone": Personal(whose=whose, text=attendee.telephone),
    }


def said_window(window: Window | None) -> dict[str, int] | None:
    """A window in a record."""
    return None if window is None else {"from_at": window.from_at, "until_at": window.until_at}


def late_now(errand: Errand, exchange: Exchange, now: int) -> Lateness:
    """How an errand stands to its target."""
    return lateness(errand, now, over=is_over(exchange))


def can_explain(late: Lateness) -> bool:
    """Whether there is a lateness of which a reason can be said."""
    return late.punctuality in (Punctuality.LATE, Punctuality.OVERDUE, Punctuality.EXPECTED_LATE)
