"""What the pages of rollouts say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["ROLLOUT_DONE", "ROLLOUT_WORDS"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


ROLLOUT_WORDS: Final[Mapping[str, Text]] = {
    "rollouts_title": _t("ロールアウト", "Rollouts"),
    "rollouts_lead": _t(
        "コンフィグの変更を、多くの拠点へ段階（波）に分けて届けます。波ごとに結果を確かめてから次へ進みます。",
        "A config change to many sites, in waves: each must prove itself before the next begins.",
    ),
    "rollouts_by_cli": _t(
        "新しいロールアウトは servicehost rollout create コマンドか API で作成します。",
        "A new rollout is written down with the command servicehost rollout create, or by the API.",
    ),
    "rollouts_none": _t("該当するロールアウトはありません。", "There is no such rollout."),
    "rollouts_under_way": _t("進行中", "Under way"),
    "rollouts_waiting": _t("承認待ち", "Wait for approval"),
    "rollouts_paused": _t("一時停止", "Paused"),
    "rollouts_drafts": _t("下書き", "Drafts"),
    "rollouts_ended": _t("終了", "Ended"),
    "rollout_why": _t("理由", "Why"),
    "rollout_since": _t("現在の状態になった日時", "In this state since"),
    "rollout_progress_title": _t("進み具合", "Progress"),
    "rollout_not_begun": _t(
        "まだ開始していません。開始すると対象と版が確定します。", "Not started: the start freezes who gets what."
    ),
    "rollout_whole": _t("全体", "All"),
    "rollout_skipped_first": _t("開始時に対象外", "Skipped at the start"),
    "rollout_wave": _t("第{wave}波", "Wave {wave}"),
    "rollout_sites": _t("{count}拠点", "{count} sites"),
    "rollout_now": _t("いまの波", "now"),
    "stop_title": _t("停止条件と現在値", "Stop criteria, and where they stand"),
    "stop_lead": _t(
        "条件に達すると、ホストが自動で一時停止します。接続が切れたまま、新しい故障、時間切れも失敗に数えます。",
        "The host pauses by itself when one is reached. Lost sessions, new faults and time-outs count as failures.",
    ),
    "stop_criterion": _t("条件", "Criterion"),
    "stop_stands": _t("現在", "Now"),
    "stop_limit": _t("停止する値", "Stops at"),
    "stop_failed": _t("失敗した拠点の数", "Sites failed"),
    "stop_share": _t("失敗の割合", "Share of failures"),
    "stop_gate": _t("第{wave}波の合格条件（確定の割合）", "Gate of wave {wave}: share confirmed"),
    "stop_no_failed": _t("なし", "none"),
    "stop_from": _t("（{count}拠点以上を試してから判断）", "(judged from {count} tried on)"),
    "stop_reached": _t("達した", "reached"),
    "stop_not_reached": _t("達していない", "not reached"),
    "stop_too_few": _t("まだ判断しない", "too few to tell"),
    "stop_forgiven": _t(
        "再開した時点までの失敗{failed}件は確認済みとして、数に含めていません。",
        "{failed} failures up to the last resume were seen by a person, and are not counted.",
    ),
    "content_title": _t("届ける内容", "What goes out"),
    "content_working": _t(
        "各拠点の作業中のコンフィグ（開始した時点の版）", "Each site's working config, as it stood at the start"
    ),
    "content_module": _t(
        "モジュール{module}（{name}）を、どの拠点でも同じ内容（{size}バイト）にします。",
        "Module {module} ({name}) is set to one content of {size} bytes at every site.",
    ),
    "content_sample": _t("変更の例", "What changes, for example"),
    "content_sample_of": _t("{name} の例（第{before}版 → 第{after}版）", "At {name}: revision {before} → {after}"),
    "content_first": _t(
        "この拠点には、いままでコンフィグがありません。",
        "This site has had no config so far.",
    ),
    "content_each": _t(
        "変更は拠点ごとに異なります。ほかの拠点の違いは「拠点ごとの状況」の「変更点」で確認できます。",
        "Each site differs: see “Changes”, site by site.",
    ),
    "content_to_all": _t("変更点", "Changes"),
    "plan_title": _t("計画", "Plan"),
    "plan_targets": _t("対象", "Targets"),
    "plan_waves": _t("波の分け方", "Waves"),
    "plan_rest": _t("残りすべて", "all the others"),
    "plan_percent": _t("全体の{percent}%", "{percent} % of all"),
    "plan_count": _t("{count}拠点", "{count} sites"),
    "plan_pace": _t("速さ", "Pace"),
    "plan_at_once": _t("同時に{count}拠点まで", "{count} at the same time"),
    "plan_per_minute": _t("1分あたり{count}拠点まで", "{count} a minute"),
    "plan_gate": _t("次の波への条件", "Gate"),
    "plan_gate_is": _t(
        "確定後{soak}見守り、試した拠点の{percent}%以上が確定",
        "watched for {soak}; {percent} % of those tried confirmed",
    ),
    "plan_windows": _t("配信してよい時間帯", "Maintenance windows"),
    "plan_always": _t("いつでも", "at any time"),
    "plan_absent": _t("不在の拠点を待つ期限", "Waits for absent sites until"),
    "plan_start_at": _t("開始予定", "Starts at"),
    "plan_approval": _t("承認", "Approval"),
    "plan_needs_approval": _t("ほかの運用管理担当者の承認が必要", "a second person must approve"),
    "plan_no_approval": _t("不要", "none needed"),
    "people_title": _t("担当", "Who did what"),
    "rollout_created": _t("作成", "Written down"),
    "rollout_started": _t("開始", "Started"),
    "rollout_approved": _t("承認", "Approved"),
    "rollout_last": _t("最後の操作", "Last deed"),
    "members_title": _t("拠点ごとの状況", "Site by site"),
    "members_wave": _t("波", "Wave"),
    "members_reason": _t("理由", "Reason"),
    "members_none": _t("該当する拠点はありません。", "No site is here."),
    "rollout_deeds": _t("操作", "Deeds"),
    "rollout_note": _t("理由・メモ", "Why"),
    "rollout_through": _t(
        "対象の機器を経由して操作していることを承知のうえで開始する",
        "Start although I am operating through one of these very adapters",
    ),
    "deed_start": _t("開始する", "Start"),
    "deed_approve": _t("承認する", "Approve"),
    "deed_pause": _t("一時停止する", "Pause"),
    "deed_resume": _t("再開する", "Resume"),
    "deed_halt": _t("中止する", "Halt for good"),
    "deed_roll_back": _t("切り戻す", "Roll back"),
    "start_follows": _t(
        "いまの対象と版で確定し、第1波から配信が始まります（承認や開始予定があるときは、それを待ちます）。",
        "Targets and revisions are frozen as they stand now, and wave 1 begins, or waits for its approval or its time.",
    ),
    "approve_follows": _t(
        "確定した対象と版のとおりに配信が始まります。", "What was frozen goes out, exactly to those sites."
    ),
    "pause_follows": _t(
        "新しい拠点への配信を止めます。試行中の拠点は最後まで進みます。あとで再開できます。",
        "Nothing new begins; what is being tried comes to its end. It can be resumed.",
    ),
    "resume_follows": _t(
        "止まったところから続けます。これまでの失敗は確認済みとして扱い、停止条件はここから数え直します。",
        "It goes on where it stood. Failures so far count as seen: the stop criteria count from here.",
    ),
    "halt_follows": _t(
        "再開できません。これからの拠点には配信せず、試していない配信は取り消します。配信済みの拠点はそのままです。",
        "For good: nobody else gets it, pushes that no unit tries yet are taken back. Sites that have it keep it.",
    ),
    "roll_back_follows": _t(
        "配信済みの拠点に、以前のコンフィグを配信し直します。そのあとに別の変更があった拠点は、そのまま残します。",
        "Sites that got it get their former config again by ordinary pushes, but for those that were changed since.",
    ),
    "start_reaches": _t("届く拠点", "Reaches"),
    "start_skips": _t("対象外", "Skipped"),
    "start_waves": _t("波ごとの拠点数", "Sites by wave"),
    "rollout_counts": _t("現在の状況", "As it stands"),
    "by_customer_only": _t(
        "操作はお客さまの運用管理担当者が行います。同意の記録がある間だけ、サポートと手配担当も行えます。",
        "These deeds are the customer's; support and dispatchers may do them while a consent is on record.",
    ),
}

ROLLOUT_DONE: Final[Mapping[str, Text]] = {
    "rollout_start": _t("ロールアウトを開始しました。", "The rollout is started."),
    "rollout_approve": _t("ロールアウトを承認しました。", "The rollout is approved."),
    "rollout_pause": _t("ロールアウトを一時停止しました。", "The rollout is paused."),
    "rollout_resume": _t("ロールアウトを再開しました。", "The rollout goes on."),
    "rollout_halt": _t("ロールアウトを中止しました。", "The rollout is halted."),
    "rollout_roll_back": _t("切り戻しを始めました。", "Rolling back has begun."),
}
"""By the name of the deed."""
