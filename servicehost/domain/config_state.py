"""How far a unit's boot has come, where it is stuck, and what people should look at: in the field's own five stages.

    initial → pulled → confirming → ready ⇄ operating

*Initial*: the unit has not phoned home since it was last lost, or has not taken the config it shall start with.
*Pulled*: it holds that config and is about to try it. *Confirming*: it runs it and proves that a host can be reached.
*Ready*: it runs what it shall and can be operated. *Operating*: an operator's push is under way on it.
A function of what the store knows: the last session, what the unit said of its config, the newest push of its
adapter, its last attempt to dial.
"""

import enum

import msgspec

from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.presence import Presence
from servicehost.domain.push import Phase, Push
from servicehost.domain.rule import Text

__all__ = ["ConfigState", "ConfigView", "Stage", "StuckIn", "config_state"]


class Stage(enum.StrEnum):
    """The five stages."""

    INITIAL = "initial"
    PULLED = "pulled"
    CONFIRMING = "confirming"
    READY = "ready"
    OPERATING = "operating"


class StuckIn(enum.StrEnum):
    """The step of a boot that does not end by itself, or has failed."""

    REACHING = "reaching"
    """The unit does not reach a host."""
    ADMISSION = "admission"
    """It reaches us and is turned away."""
    TAKING = "taking"
    """It is in session and does not take its config."""
    CONFIRMING = "confirming"
    """It took the config, and has not come back with it."""
    CONFIG = "config"
    """The config has failed on it; it runs what it had before."""


class ConfigView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one unit. `push` is the newest of its adapter, `last_attempt` the newest that it made."""

    presence: Presence
    serving: bool
    heard_at: int = 0
    module: ModuleState = ModuleState()
    startup: Mark | None = None
    push: Push | None = None
    last_attempt: Attempt | None = None


class ConfigState(msgspec.Struct, frozen=True, kw_only=True):
    """The stage; and, when the unit is stuck there, the step, a stable word for the cause, and what to look at."""

    stage: Stage
    stuck_in: StuckIn | None = None
    cause: str | None = None
    triage: Text | None = None


def config_state(view: ConfigView) -> ConfigState:
    """Total."""
    if view.presence is not Presence.CONNECTED:
        return _away(view)
    if not view.serving:
        return ConfigState(stage=Stage.INITIAL)
    push = view.push if view.push is not None and not view.push.phase.ended else None
    if push is None and view.module.trial is None:
        return _settled(view)
    if _runs_startup(view) and (push is None or push.kind != "startup"):
        return ConfigState(stage=Stage.OPERATING)
    return _booting(view.module, push)


def _away(view: ConfigView) -> ConfigState:
    attempt = view.last_attempt
    if view.presence is Presence.UNKNOWN:
        return ConfigState(stage=Stage.INITIAL)
    if attempt is not None and attempt.outcome is AttemptOutcome.REFUSED and attempt.at >= view.heard_at:
        return _stuck(Stage.INITIAL, StuckIn.ADMISSION, attempt.reason)
    if view.push is not None and view.push.phase in (Phase.STORED, Phase.RUNNING):
        return _stuck(Stage.CONFIRMING, StuckIn.CONFIRMING, "not_back_yet")
    if attempt is not None and attempt.outcome is AttemptOutcome.BROKEN and attempt.at >= view.heard_at:
        return _stuck(Stage.INITIAL, StuckIn.REACHING, attempt.reason)
    never = view.presence is Presence.NEVER
    return _stuck(Stage.INITIAL, StuckIn.REACHING, "never_heard" if never else "not_heard")


def _settled(view: ConfigView) -> ConfigState:
    if view.startup is None or _runs_startup(view):
        return ConfigState(stage=Stage.READY)
    failed = view.module.last_failed
    if failed is not None and failed.digest == view.startup.digest:
        return _stuck(Stage.PULLED, StuckIn.CONFIG, failed.reason or "reverted")
    return _stuck(Stage.INITIAL, StuckIn.TAKING, "startup_missing")


def _booting(module: ModuleState, push: Push | None) -> ConfigState:
    if module.trial is not None or (push is not None and push.phase is Phase.RUNNING):
        return ConfigState(stage=Stage.CONFIRMING)
    if push is not None and push.phase is Phase.STORED:
        return ConfigState(stage=Stage.PULLED)
    return _stuck(Stage.INITIAL, StuckIn.TAKING, "not_taken_yet")


def _runs_startup(view: ConfigView) -> bool:
    """It has the startup config: it runs it, or would start with it and runs what people pushed to running alone."""
    has = {mark.digest for mark in (view.module.confirmed, view.module.startup) if mark is not None}
    return view.startup is not None and view.startup.digest in has


def _stuck(stage: Stage, step: StuckIn, cause: str) -> ConfigState:
    return ConfigState(stage=stage, stuck_in=step, cause=cause, triage=_TRIAGE.get(cause) or _BY_STEP[step])


_BY_STEP = {
    StuckIn.REACHING: Text(
        ja="最後の受信が電源投入より古ければ、機器はホストに届いていません。電源、配線、回線の契約とログイン、上位ルーター、DNSを確認してください。",
        en="If it was last heard before it was switched on, it does not reach a host: look at power, cabling, the "
        "line's contract and login, the router above it, DNS.",
    ),
    StuckIn.ADMISSION: Text(
        ja="機器はホストに届いていますが、断られています。接続ログの理由を確認してください。回線の故障ではありません。",
        en="The unit reaches the host and is turned away: its connection log has the reason. The line is sound.",
    ),
    StuckIn.TAKING: Text(
        ja="接続していますが、コンフィグをまだ受け取っていません。しばらく続くときは機器の記憶領域とファームウェアを確認してください。",
        en="It is in session and has not taken its config. If that lasts, look at the unit's flash and firmware.",
    ),
    StuckIn.CONFIRMING: Text(
        ja="コンフィグは受け取りましたが、適用後に戻ってきていません。コンフィグが管理経路を断っている疑いがあります。"
        "期限を過ぎれば機器は自分で元のコンフィグに戻ります。",
        en="It took the config and has not come back since it applied it: probably the config breaks the way to the "
        "host. The unit restores what it ran before when its time is over.",
    ),
    StuckIn.CONFIG: Text(
        ja="コンフィグは機器で失敗し、機器は前のコンフィグで動いています。内容を直して、もう一度配信してください。",
        en="The config failed on the unit, which runs what it had before. Correct it and push it again.",
    ),
}
_TRIAGE = {
    "never_heard": Text(
        ja="一度も接続がありません。電源、配線、回線の開通、登録した機器番号と実物の一致を確認してください。",
        en="It has never called. Look at power, cabling, whether the line is in service, and whether the registered "
        "unit is the one that was delivered.",
    ),
    "management_path_lost": Text(
        ja="コンフィグを適用するとホストに届かなくなりました。アドレス、経路、フィルターの設定を直してください。",
        en="With the config applied no host could be reached: correct its addresses, routes or filters.",
    ),
    "apply_failed": Text(
        ja="機器がコンフィグを適用できませんでした。機種とファームウェアに合う内容か確認してください。",
        en="The unit could not apply the config: look whether it fits the model and its firmware.",
    ),
    "revoked": Text(
        ja="証明書が失効しています。正当な機器なら、登録用トークンを発行して再登録してください。",
        en="Its certificate was revoked. If the unit is rightful, issue an enrolment token and enrol it again.",
    ),
    "certificate_unknown": Text(
        ja="発行記録のない証明書です。登録用トークンを発行して再登録してください。",
        en="Nobody here recorded that certificate: issue an enrolment token and enrol the unit again.",
    ),
    "certificate_expired": Text(
        ja="証明書の期限が切れています。再登録が必要です。",
        en="Its certificate has expired: it must enrol again.",
    ),
    "duplicate": Text(
        ja="同じ証明書を持つ機器が二台あります。一台を止めてから保留を解除してください。",
        en="Two units hold this certificate: take one away, then release the hold.",
    ),
    "moved": Text(
        ja="この機器は別のホストが受け持っています。戻すには移動を取り消してください。",
        en="Other hosts carry this unit: undo the move to have it back.",
    ),
    "unknown_unit": Text(ja="登録のない機器です。", en="No such unit is registered."),
}
"""What is documented for a cause of its own; other causes have the words of their step."""
