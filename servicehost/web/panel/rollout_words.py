"""What happens to rollouts, in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["MEMBER_REASONS", "ROLLOUT_EVENTS"]


ROLLOUT_EVENTS: Final[Mapping[str, Text]] = {
    "rollout_created": t("段階的な配信を作成しました", "Rollout created"),
    "rollout_ordered": t("段階的な配信を指示しました", "Rollout ordered"),
    "rollout_approved": t("段階的な配信を承認しました", "Rollout approved"),
    "rollout_started": t("段階的な配信を開始しました", "Rollout started"),
    "rollout_pushed": t("段階的な配信で拠点へ配信しました", "Rollout pushed to sites"),
    "rollout_wave_passed": t("段階的な配信の波が条件を満たしました", "Wave of a rollout passed its gate"),
    "rollout_paused": t("段階的な配信を一時停止しました", "Rollout paused"),
    "rollout_resumed": t("段階的な配信を再開しました", "Rollout resumed"),
    "rollout_halted": t("段階的な配信を中止しました", "Rollout halted"),
    "rollout_finished": t("段階的な配信が完了しました", "Rollout finished"),
    "rollout_rolling_back": t("段階的な配信を元に戻しています", "Rollout is being rolled back"),
    "rollout_pushed_back": t("元のコンフィグを拠点へ配信しました", "Former configs pushed to sites"),
    "rollout_rolled_back": t("段階的な配信を元に戻しました", "Rollout rolled back"),
    "rollout_member_failed": t("段階的な配信がこの拠点で失敗しました", "Rollout failed at this site"),
    "rollout_member_skipped": t("この拠点を段階的な配信から外しました", "Site left out of the rollout"),
    "rollout_member_kept": t("この拠点は元に戻しませんでした", "Site kept as it is, not rolled back"),
}

MEMBER_REASONS: Final[Mapping[str, Text]] = {
    # failed
    "reverted": t("機器が元に戻した", "the unit restored what it ran before"),
    "refused": t("機器が受け付けなかった", "the unit refused it"),
    "timed_out": t("時間内に終わらなかった", "it did not end in time"),
    "session_lost": t("接続が切れたまま戻らない", "its session was lost and stayed away"),
    "new_fault": t("新しい故障が見つかった", "a new fault has opened"),
    # not tried, or put aside
    "superseded": t("別の配信に置き換わった", "another push took its place"),
    "cancelled": t("配信が取り消された", "its push was cancelled"),
    "not_in_session": t("接続していない", "not in session"),
    "not_there_in_time": t("期限までに接続しなかった", "it did not come before the deadline"),
    "out_of_service": t("契約の終了", "its contract has ended"),
    "contract_ended": t("契約の終了", "the contract has ended"),
    "standby": t("スタンバイ品目のため", "it is under the standby item"),
    "no_config": t("コンフィグがまだない", "no config has been saved for it"),
    "up_to_date": t("すでに同じ版", "it has that revision already"),
    "halted": t("ロールアウトが中止された", "the rollout was halted"),
    "rolled_back": t("順番の前に切り戻された", "the rollout was rolled back before its turn"),
    # kept as it is
    "absent": t("切り戻しの期限までに接続しなかった", "it did not come back in time"),
    "in_other_rollout": t("別のロールアウトが進行中", "it is in another rollout by now"),
    "not_taken": t("この版になっていない", "it never took the revision"),
    "changed_since": t("そのあとに別の変更があった", "it was changed since"),
    "other_push": t("別の配信が進行中", "another push is under way"),
    "no_former_config": t("以前のコンフィグがない", "it had no config before"),
}
"""Why a member stands where it stands."""
