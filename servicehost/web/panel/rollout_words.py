"""What happens to rollouts, in words."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["ROLLOUT_EVENTS"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


ROLLOUT_EVENTS: Final[Mapping[str, Text]] = {
    "rollout_created": _t("段階的な配信を作成しました", "Rollout created"),
    "rollout_ordered": _t("段階的な配信を指示しました", "Rollout ordered"),
    "rollout_approved": _t("段階的な配信を承認しました", "Rollout approved"),
    "rollout_started": _t("段階的な配信を開始しました", "Rollout started"),
    "rollout_pushed": _t("段階的な配信で拠点へ配信しました", "Rollout pushed to sites"),
    "rollout_wave_passed": _t("段階的な配信の波が条件を満たしました", "Wave of a rollout passed its gate"),
    "rollout_paused": _t("段階的な配信を一時停止しました", "Rollout paused"),
    "rollout_resumed": _t("段階的な配信を再開しました", "Rollout resumed"),
    "rollout_halted": _t("段階的な配信を中止しました", "Rollout halted"),
    "rollout_finished": _t("段階的な配信が完了しました", "Rollout finished"),
    "rollout_rolling_back": _t("段階的な配信を元に戻しています", "Rollout is being rolled back"),
    "rollout_pushed_back": _t("元のコンフィグを拠点へ配信しました", "Former configs pushed to sites"),
    "rollout_rolled_back": _t("段階的な配信を元に戻しました", "Rollout rolled back"),
    "rollout_member_failed": _t("段階的な配信がこの拠点で失敗しました", "Rollout failed at this site"),
    "rollout_member_skipped": _t("この拠点を段階的な配信から外しました", "Site left out of the rollout"),
    "rollout_member_kept": _t("この拠点は元に戻しませんでした", "Site kept as it is, not rolled back"),
}
