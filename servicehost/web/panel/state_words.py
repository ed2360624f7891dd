"""States as people see them: a sign, a word and a tone. The tone is a colour's name, and never says anything alone."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.event import Severity
from servicehost.domain.presence import Presence
from servicehost.domain.push import Phase
from servicehost.domain.rule import Text

__all__ = [
    "CHARGES",
    "CHARGE_HOLDS",
    "CHARGE_STATES",
    "EXCHANGE_STATES",
    "EXCHANGE_STEPS",
    "FAULT_PHASES",
    "HOLDS",
    "NO_UNIT",
    "OPTIONS",
    "PHASES",
    "POINTS",
    "PRESENCES",
    "REQUEST_STATES",
    "RETURN_STATES",
    "SEVERITIES",
    "TRYING",
    "VERDICTS",
    "Badge",
    "badge",
]


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """`tone`: good, bad, warn, busy or calm."""

    sign: str
    word: Text
    tone: str


def _b(sign: str, ja: str, en: str, tone: str) -> Badge:
    return Badge(sign=sign, word=Text(ja=ja, en=en), tone=tone)


NO_UNIT: Final = "no_unit"
"""The state of an adapter that no unit serves."""
TRYING: Final = "trying"
"""The state of one whose unit has left to try a config, and is about to come back with it or without."""

PRESENCES: Final[Mapping[str, Badge]] = {
    Presence.DISCONNECTED: _b("×", "切断", "disconnected", "bad"),
    Presence.UNKNOWN: _b("?", "不明", "unknown", "warn"),
    TRYING: _b("◐", "試行中", "trying a config", "busy"),
    Presence.CONNECTED: _b("●", "接続", "connected", "good"),
    Presence.NEVER: _b("○", "未接続", "never seen", "calm"),
    NO_UNIT: _b("－", "機器なし", "no unit", "calm"),
}
"""What needs attention comes first."""

PHASES: Final[Mapping[str, Badge]] = {
    Phase.QUEUED: _b("…", "待機", "queued", "busy"),
    Phase.OFFERED: _b("→", "送信", "offered", "busy"),
    Phase.STORED: _b("▽", "格納", "stored", "busy"),
    Phase.RUNNING: _b("▶", "試行", "running", "busy"),
    Phase.CONFIRMED: _b("✓", "確定", "confirmed", "good"),
    Phase.REVERTED: _b("↩", "復元", "reverted", "bad"),
    Phase.REFUSED: _b("⊘", "拒否", "refused", "bad"),
    Phase.SUPERSEDED: _b("≫", "置換", "superseded", "calm"),
    Phase.CANCELLED: _b("－", "取消", "cancelled", "calm"),
    Phase.EXPIRED: _b("△", "期限切れ", "expired", "warn"),
}

SEVERITIES: Final[Mapping[int, Badge]] = {
    Severity.EMERGENCY: _b("‼", "緊急", "emergency", "bad"),
    Severity.ALERT: _b("‼", "警報", "alert", "bad"),
    Severity.CRITICAL: _b("‼", "重大", "critical", "bad"),
    Severity.ERROR: _b("×", "エラー", "error", "bad"),
    Severity.WARNING: _b("▲", "警告", "warning", "warn"),
    Severity.NOTICE: _b("・", "通知", "notice", "calm"),
    Severity.INFO: _b("・", "情報", "info", "calm"),
    Severity.DEBUG: _b("・", "詳細", "debug", "calm"),
}

FAULT_PHASES: Final[Mapping[str, Badge]] = {
    "suspected": _b("?", "疑い", "suspected", "warn"),
    "open": _b("×", "対応中", "open", "bad"),
    "triaged": _b("◆", "切り分け済み", "triaged", "warn"),
    "closed": _b("✓", "完了", "closed", "good"),
}

VERDICTS: Final[Mapping[str, Badge]] = {
    "onsite_swap": _b("◎", "駆けつけ交換", "on-site swap", "good"),
    "sendback": _b("⇄", "センドバック交換", "sendback", "good"),
    "new_supply": _b("＋", "新規提供", "new supply", "good"),
    "declined": _b("⊘", "交換対象外", "declined", "calm"),
    "undecided": _b("?", "未決定", "undecided", "warn"),
}

CHARGES: Final[Mapping[str, Badge]] = {
    "none": _b("○", "無償", "no charge", "calm"),
    "at_cost": _b("¥", "実費", "at cost", "warn"),
    "policy": _b("¥", "規定による", "by the provider's policy", "warn"),
    "undecided": _b("?", "未決定", "undecided", "warn"),
}

EXCHANGE_STEPS: Final = (
    "requested",
    "judged",
    "reserved",
    "ordered",
    "arrived",
    "swapped",
    "accepted",
    "confirmed",
    "closed",
)
"""The way of an exchange that comes to its end."""

EXCHANGE_STATES: Final[Mapping[str, Badge]] = {
    "requested": _b("…", "依頼受付", "requested", "busy"),
    "judged": _b("…", "判定済み", "judged", "busy"),
    "reserved": _b("…", "代替機確保", "unit reserved", "busy"),
    "ordered": _b("→", "手配済み", "ordered", "busy"),
    "arrived": _b("→", "到着", "arrived", "busy"),
    "swapped": _b("⇄", "機器入替", "swapped", "busy"),
    "accepted": _b("✓", "動作確認済み", "checked by the host", "busy"),
    "confirmed": _b("✓", "お客さま確認済み", "confirmed by the customer", "busy"),
    "closed": _b("✓", "完了", "closed", "good"),
    "declined": _b("⊘", "対象外", "declined", "calm"),
    "cancelled": _b("－", "取消", "cancelled", "calm"),
    "failed": _b("×", "失敗", "failed", "bad"),
}

POINTS: Final[Mapping[str, Text]] = {
    "runs_startup": Text(ja="起動コンフィグで動いている", en="runs the startup config"),
    "firmware": Text(ja="ファームウェアが想定どおり", en="has the expected firmware"),
    "reports": Text(ja="状態報告が届いている", en="has sent its reports"),
    "own_session": Text(ja="自分の証明書で接続している", en="is in session by its own certificate"),
}
"""The points of the host's own check of a new unit."""

REQUEST_STATES: Final[Mapping[str, Badge]] = {
    "pending": _b("…", "承認待ち", "waits for a decision", "warn"),
    "approved": _b("✓", "承認済み（未発行）", "approved, not issued yet", "busy"),
    "denied": _b("⊘", "却下", "denied", "bad"),
    "used": _b("✓", "発行済み", "issued", "good"),
}

RETURN_STATES: Final[Mapping[str, Badge]] = {
    "not_returned": _b("▲", "期限超過", "overdue", "bad"),
    "due": _b("○", "返却待ち", "due", "calm"),
    "shipped": _b("→", "返送中", "on its way back", "busy"),
    "received": _b("◆", "受領済み、検査待ち", "received, to be inspected", "warn"),
    "inspected": _b("✓", "検査済み", "inspected", "good"),
    "written_off": _b("×", "紛失処理済み", "written off", "calm"),
    "called_off": _b("－", "返却不要", "need not come back", "calm"),
}
"""In the order in which somebody should look at them."""

OPTIONS: Final[Mapping[str, Badge]] = {
    "attached": _b("✓", "付加済み", "attached", "good"),
    "suspended": _b("▲", "付加済み（権利は停止中）", "attached, gives no right now", "warn"),
    "waiting": _b("…", "お申し込み済み（決定待ち）", "asked for, waits for a decision", "busy"),
    "refused": _b("⊘", "お断り", "refused", "calm"),
    "none": _b("－", "なし", "none", "calm"),
}
"""How the ultra-sendback option of a site stands."""

CHARGE_STATES: Final[Mapping[str, Badge]] = {
    "proposed": _b("…", "決定待ち", "to be decided", "warn"),
    "approved": _b("✓", "承認済み", "approved", "good"),
    "waived": _b("⊘", "見送り", "waived", "calm"),
    "withdrawn": _b("－", "取り下げ", "withdrawn", "calm"),
}

HOLDS: Final[Mapping[bool | None, Badge]] = {
    True: _b("×", "妨げあり", "stands in the way", "bad"),
    False: _b("✓", "妨げなし", "no obstacle", "good"),
    None: _b("?", "未確認", "not known", "warn"),
}
"""The reading of a rule of the verdict: what holds stands in the way of an on-site swap."""

CHARGE_HOLDS: Final[Mapping[bool | None, Badge]] = {
    True: _b("¥", "該当する", "applies", "warn"),
    False: _b("✓", "該当しない", "does not apply", "good"),
    None: _b("?", "未確認", "not known", "warn"),
}
"""The same of the charge: what holds costs something."""


def badge(table: Mapping[str, Badge], code: str) -> Badge:
    """The code's badge; an unknown code is shown as it is."""
    known = table.get(code)
    return known if known is not None else Badge(sign="・", word=Text(ja=code, en=code), tone="calm")
