"""Members of rollouts as people see them: their states with a sign each, why they ended so, and the parts they are
counted in."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.rollout import MemberState
from servicehost.domain.rollout_rules import Verdict
from servicehost.domain.rule import Text
from servicehost.web.panel.rollout_words import MEMBER_REASONS
from servicehost.web.panel.state_words import Badge

__all__ = ["GATE_VERDICTS", "MEMBER_STATES", "PARTS", "Part", "member_reason"]

_M = MemberState


def _b(sign: str, ja: str, en: str, tone: str) -> Badge:
    return Badge(sign=sign, word=Text(ja=ja, en=en), tone=tone)


MEMBER_STATES: Final[Mapping[str, Badge]] = {
    _M.WAITING: _b("…", "順番待ち", "waiting", "calm"),
    _M.AWAY: _b("○", "接続待ち", "away", "warn"),
    _M.PUSHED: _b("▶", "試行中", "being tried", "busy"),
    _M.SOAKING: _b("◐", "経過観察中", "being watched", "busy"),
    _M.CONFIRMED: _b("✓", "確定", "confirmed", "good"),
    _M.FAILED: _b("×", "失敗", "failed", "bad"),
    _M.ABSENT: _b("△", "期限まで不在", "absent", "warn"),
    _M.SKIPPED: _b("－", "対象外", "skipped", "calm"),
    _M.TO_UNDO: _b("‥", "切り戻し待ち", "to be rolled back", "calm"),
    _M.UNDOING: _b("◀", "切り戻し中", "going back", "busy"),
    _M.UNDONE: _b("↩", "切り戻し済み", "rolled back", "warn"),
    _M.KEPT: _b("＝", "切り戻さず", "kept", "bad"),
}

GATE_VERDICTS: Final[Mapping[str, Badge]] = {
    Verdict.NOT_YET: _b("…", "確認中", "not yet known", "busy"),
    Verdict.PASSED: _b("✓", "合格", "passed", "good"),
    Verdict.UNMET: _b("×", "未達", "not met", "bad"),
    Verdict.UNPROVED: _b("?", "確かめられず", "unproved", "warn"),
}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Members who are counted together."""

    name: str
    badge: Badge
    states: frozenset[MemberState]


PARTS: Final = (
    Part(name="confirmed", badge=_b("✓", "確定", "confirmed", "good"), states=frozenset({_M.CONFIRMED})),
    Part(
        name="in_flight",
        badge=_b("▶", "試行中", "in flight", "busy"),
        states=frozenset({_M.PUSHED, _M.SOAKING, _M.UNDOING}),
    ),
    Part(name="failed", badge=_b("×", "失敗", "failed", "bad"), states=frozenset({_M.FAILED})),
    Part(name="undone", badge=_b("↩", "切り戻し済み", "rolled back", "warn"), states=frozenset({_M.UNDONE})),
    Part(name="kept", badge=_b("＝", "切り戻さず", "kept", "warn"), states=frozenset({_M.KEPT})),
    Part(
        name="waiting",
        badge=_b("…", "待機", "waiting", "calm"),
        states=frozenset({_M.WAITING, _M.AWAY, _M.TO_UNDO}),
    ),
    Part(
        name="skipped",
        badge=_b("－", "対象外・不在", "skipped or absent", "calm"),
        states=frozenset({_M.SKIPPED, _M.ABSENT}),
    ),
)
"""Every state is in exactly one of them; in the order in which they are drawn."""


def member_reason(reason: str) -> Text:
    """Why a member ended as it did; a word that is in no table as it is."""
    return MEMBER_REASONS.get(reason) or Text(ja=reason, en=reason)
