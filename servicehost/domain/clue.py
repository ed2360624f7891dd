"""Clues: statements about a failing unit that are true, false or not known, and what each of them speaks for.

Some are read off the machine's evidence, some off people's answers, a few off both. A clue decides nothing.
"""

import enum
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from servicehost.domain.evidence import Evidence, Nearness
from servicehost.domain.symptom import SymptomKind
from servicehost.domain.triage_question import Asked, Question, Reply

__all__ = ["CLUES", "Clue", "ClueKind", "Side", "read_clues"]

_K, _Q, _R = SymptomKind, Question, Reply
_SLOW_FACTOR: Final = 2.5
_ENOUGH_GAPS: Final = 4
_WIDE: Final = 2


class Side(enum.StrEnum):
    """On whose side a cause lies."""

    UNIT = "unit"
    """The unit failed of itself."""
    CUSTOMER = "customer"
    """Something was done to the unit, or befell it."""
    ELSEWHERE = "elsewhere"
    """The unit is sound; the trouble is around it."""


class Clue(enum.StrEnum):
    """Every clue, the machine's before people's."""

    SILENT = "silent"
    HARDWARE = "hardware"
    BOOT_LOOP = "boot_loop"
    WATCHDOG = "watchdog"
    UNWELL = "unwell"
    LATE_REPORTS = "late_reports"
    GOODBYE = "goodbye"
    OUR_TROUBLE = "our_trouble"
    NEIGHBOURS_GONE = "neighbours_gone"
    WIDE_OUTAGE = "wide_outage"
    PUSHED = "pushed"
    CERTIFICATE = "certificate"
    DIALS = "dials"
    RETURNED = "returned"
    SITE_DARK = "site_dark"
    UNIT_DARK = "unit_dark"
    LINE_DOWN = "line_down"
    LAN_DARK = "lan_dark"
    CYCLED_IN_VAIN = "cycled_in_vain"
    CYCLED_WELL = "cycled_well"
    MOVED = "moved"
    MISSING = "missing"
    OPENED = "opened"
    DROPPED = "dropped"
    WET = "wet"
    CALAMITY = "calamity"


Answers: TypeAlias = Mapping[Question, Asked]
Read: TypeAlias = Callable[[Evidence, Answers], bool | None]


class ClueKind(msgspec.Struct, frozen=True, kw_only=True):
    """How a clue is read and what it speaks for when it is true; None: for nothing by itself.

    `telling`: false speaks too, against that side. `asks` are the questions whose answers can make it known.
    """

    read: Read
    side: Side | None
    telling: bool = False
    asks: tuple[Question, ...] = ()


def read_clues(evidence: Evidence, answers: Answers) -> Mapping[Clue, bool | None]:
    """Every clue, in the order of `Clue`; None is not known."""
    return {clue: kind.read(evidence, answers) for clue, kind in CLUES.items()}


def _silent(evidence: Evidence, _answers: Answers) -> bool:
    """Also while a fault of ours hides what the unit does: what is asked then is asked of a unit that is not heard."""
    return evidence.silent_since is not None or evidence.our_trouble is not None


def _late(evidence: Evidence, _answers: Answers) -> bool | None:
    """Whether one of the last reports came much later than the usual one."""
    gaps = sorted(evidence.gaps_ms)
    if len(gaps) < _ENOUGH_GAPS:
        return None
    return gaps[-1] > _SLOW_FACTOR * gaps[(len(gaps) - 1) // 2]


def _unwell(evidence: Evidence, _answers: Answers) -> bool | None:
    return None if evidence.status is None else any(state != "ok" for state in evidence.status.health.values())


def _neighbours_gone(evidence: Evidence, _answers: Answers) -> bool | None:
    """Whether neighbours of the site or the line fell silent with the unit. One that is still heard settles it: no."""
    if evidence.silent_since is None:
        return None
    near = [count for count in evidence.neighbours if count.nearness is not Nearness.CONTRACT]
    if any(count.heard for count in near):
        return False
    return True if any(count.gone_together for count in near) else None


def _wide(evidence: Evidence, _answers: Answers) -> bool | None:
    """Whether adapters of other sites fell silent too: two at least, and no fewer than are still heard."""
    if evidence.silent_since is None:
        return None
    far = [count for count in evidence.neighbours if count.nearness is Nearness.CONTRACT]
    gone, heard = sum(one.gone_together for one in far), sum(one.heard for one in far)
    return gone >= _WIDE and gone >= heard if gone + heard else None


def _dials(evidence: Evidence, _answers: Answers) -> bool:
    """Whether it has dialled since it was last heard: none of those attempts came to a session."""
    since = evidence.silent_since
    return since is not None and any(one.at > since for one in evidence.attempts)


def _returned(evidence: Evidence, _answers: Answers) -> bool:
    return evidence.has(_K.SILENCE) and evidence.silent_since is None and evidence.our_trouble is None


def _line_down(_evidence: Evidence, answers: Answers) -> bool | None:
    """Two questions speak of the line: one bad answer is enough, a good one only when both were asked."""
    replies = [answers[question].reply for question in (_Q.LINE_LAMP, _Q.OTHERS_ONLINE)]
    if _R.DARK in replies or _R.NO in replies:
        return True
    return False if None not in replies and (_R.LIT in replies or _R.YES in replies) else None


def _said(question: Question, side: Side, true: Reply, false: tuple[Reply, ...], *, telling: bool = True) -> ClueKind:
    def read(_evidence: Evidence, answers: Answers) -> bool | None:
        reply = answers[question].reply
        return True if reply is true else False if reply in false else None

    return ClueKind(read=read, side=side, telling=telling, asks=(question,))


_NO: Final = (Reply.NO,)

CLUES: Final[Mapping[Clue, ClueKind]] = {
    Clue.SILENT: ClueKind(read=_silent, side=None),
    Clue.HARDWARE: ClueKind(read=lambda e, _: e.has(_K.HARDWARE_ALARM, _K.SELF_TEST_FAILED), side=Side.UNIT),
    Clue.BOOT_LOOP: ClueKind(read=lambda e, _: e.has(_K.BOOT_LOOP), side=Side.UNIT),
    Clue.WATCHDOG: ClueKind(
        read=lambda e, _: None if e.boot_cause is None else e.boot_cause == "watchdog", side=Side.UNIT
    ),
    Clue.UNWELL: ClueKind(read=_unwell, side=Side.UNIT, telling=True),
    Clue.LATE_REPORTS: ClueKind(read=_late, side=Side.ELSEWHERE),
    Clue.GOODBYE: ClueKind(read=lambda e, _: e.silent_since is not None and e.ending == "done", side=Side.ELSEWHERE),
    Clue.OUR_TROUBLE: ClueKind(read=lambda e, _: e.our_trouble is not None, side=Side.ELSEWHERE),
    Clue.NEIGHBOURS_GONE: ClueKind(read=_neighbours_gone, side=Side.ELSEWHERE, telling=True),
    Clue.WIDE_OUTAGE: ClueKind(read=_wide, side=Side.ELSEWHERE),
    Clue.PUSHED: ClueKind(read=lambda e, _: e.push is not None, side=Side.ELSEWHERE),
    Clue.CERTIFICATE: ClueKind(read=lambda e, _: e.certificate_trouble is not None, side=Side.ELSEWHERE),
    Clue.DIALS: ClueKind(read=_dials, side=Side.ELSEWHERE),
    Clue.RETURNED: ClueKind(read=_returned, side=Side.ELSEWHERE),
    Clue.SITE_DARK: _said(_Q.SITE_POWER, Side.ELSEWHERE, _R.NO, (_R.YES,)),
    Clue.UNIT_DARK: _said(_Q.POWER_LAMP, Side.UNIT, _R.DARK, (_R.LIT,), telling=False),
    Clue.LINE_DOWN: ClueKind(
        read=_line_down,
        side=Side.ELSEWHERE,
        telling=True,
        asks=(_Q.LINE_LAMP, _Q.OTHERS_ONLINE),
    ),
    Clue.LAN_DARK: _said(_Q.LAN_LAMP, Side.ELSEWHERE, _R.DARK, (_R.LIT,), telling=False),
    Clue.CYCLED_IN_VAIN: _said(_Q.POWER_CYCLED, Side.UNIT, _R.NO_CHANGE, (_R.CAME_BACK, _R.NOT_DONE), telling=False),
    Clue.CYCLED_WELL: _said(_Q.POWER_CYCLED, Side.ELSEWHERE, _R.CAME_BACK, (_R.NO_CHANGE, _R.NOT_DONE), telling=False),
    Clue.MOVED: _said(_Q.MOVED, Side.ELSEWHERE, _R.YES, _NO, telling=False),
    Clue.MISSING: _said(_Q.PRESENT, Side.CUSTOMER, _R.NO, (_R.YES,)),
    Clue.OPENED: _said(_Q.OPENED, Side.CUSTOMER, _R.YES, _NO),
    Clue.DROPPED: _said(_Q.DROPPED, Side.CUSTOMER, _R.YES, _NO),
    Clue.WET: _said(_Q.WATER, Side.CUSTOMER, _R.YES, _NO),
    Clue.CALAMITY: _said(_Q.LIGHTNING, Side.CUSTOMER, _R.YES, _NO),
}
"""Every clue, in the order of `Clue`."""
