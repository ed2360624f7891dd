"""What the pages of rollouts say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["ROLLOUT_DONE", "ROLLOUT_WORDS"]


ROLLOUT_WORDS: Final[Mapping[str, Text]] = {
    "rollouts_title": t("ロールアウト", "Rollouts"),
    "rollouts_lead": t(
        "コンフィグの変更を、多くの拠点へ段階（波）に分けて届けます。波ごとに結果を確かめてから次へ進みます。",
        "A config change to many sites, in waves: each must prove itself before the next begins.",
    ),
    "rollouts_by_cli": t(
        "新しいロールアウトは servicehost rollout create コマンドか API で作成します。",
        "A new rollout is written down with the command servicehost rollout create, or by the API.",
    ),
    "rollouts_none": t("該当するロールアウトはありません。", "There is no such rollout."),
    "rollouts_under_way": t("進行中", "Under way"),
    "rollouts_waiting": t("承認待ち", "Wait for approval"),
    "rollouts_paused": t("一時停止", "Paused"),
    "rollouts_drafts": t("下書き", "Drafts"),
    "rollouts_ended": t("終了", "Ended"),
    "rollout_why": t("理由", "Why"),
    "rollout_since": t("現在の状態になった日時", "In this state since"),
    "rollout_progress_title": t("進み具合", "Progress"),
    "rollout_not_begun": t(
        "まだ開始していません。開始すると対象と版が確定します。", "Not started: the start freezes who gets what."
    ),
    "rollout_whole": t("全体", "All"),
    "rollout_skipped_first": t("開始時に対象外", "Skipped at the start"),
    "rollout_wave": t("第{wave}波", "Wave {wave}"),
    "rollout_sites": t("{count}拠点", "{count} sites"),
    "rollout_now": t("いまの波", "now"),
    "stop_title": t("停止条件と現在値", "Stop criteria, and where they stand"),
    "stop_lead": t(
        "条件に達すると、ホストが自動で一時停止します。接続が切れたまま、新しい故障、時間切れも失敗に数えます。",
        "The host pauses by itself when one is reached. Lost sessions, new faults and time-outs count as failures.",
    ),
    "stop_criterion": t("条件", "Criterion"),
    "stop_stands": t("現在", "Now"),
    "stop_limit": t("停止する値", "Stops at"),
    "stop_failed": t("失敗した拠点の数", "Sites failed"),
    "stop_share": t("失敗の割合", "Share of failures"),
    "stop_gate": t("第{wave}波の合格条件（確定の割合）", "Gate of wave {wave}: share confirmed"),
    "stop_no_failed": t("なし", "none"),
    "stop_from": t("（{count}拠点以上を試してから判断）", "(judged from {count} tried on)"),
    "stop_reached": t("達した", "reached"),
    "stop_not_reached": t("達していない", "not reached"),
    "stop_too_few": t("まだ判断しない", "too few to tell"),
    "stop_forgiven": t(
        "再開した時点までの失敗{failed}件は確認済みとして、数に含めていません。",
        "{failed} failures up to the last resume were seen by a person, and are not counted.",
    ),
    "content_title": t("届ける内容", "What goes out"),
    "content_working": t(
        "各拠点の作業中のコンフィグ（開始した時点の版）", "Each site's working config, as it stood at the start"
    ),
    "content_module": t(
        "モジュール{module}（{name}）を、どの拠点でも同じ内容（{size}バイト）にします。",
        "Module {module} ({name}) is set to one content of {size} bytes at every site.",
    ),
    "content_sample": t("変更の例", "What changes, for example"),
    "content_sample_of": t("{name} の例（第{before}版 → 第{after}版）", "At {name}: revision {before} → {after}"),
    "content_first": t(
        "この拠点には、いままでコンフィグがありません。",
        "This site has had no config so far.",
    ),
    "content_each": t(
        "変更は拠点ごとに異なります。ほかの拠点の違いは「拠点ごとの状況」の「変更点」で確認できます。",
        "Each site differs: see “Changes”, site by site.",
    ),
    "content_to_all": t("変更点", "Changes"),
    "plan_title": t("計画", "Plan"),
    "plan_targets": t("対象", "Targets"),
    "plan_waves": t("波の分け方", "Waves"),
    "plan_rest": t("残りすべて", "all the others"),
    "plan_percent": t("全体の{percent}%", "{percent} % of all"),
    "plan_count": t("{count}拠点", "{count} sites"),
    "plan_pace": t("速さ", "Pace"),
    "plan_at_once": t("同時に{count}拠点まで", "{count} at the same time"),
    "plan_per_minute": t("1分あたり{count}拠点まで", "{count} a minute"),
    "plan_gate": t("次の波への条件", "Gate"),
    "plan_gate_is": t(
        "確定後{soak}見守り、試した拠点の{percent}%以上が確定",
        "watched for {soak}; {percent} % of those tried confirmed",
    ),
    "plan_windows": t("配信してよい時間帯", "Maintenance windows"),
    "plan_always": t("いつでも", "at any time"),
    "plan_absent": t("不在の拠点を待つ期限", "Waits for absent sites until"),
    "plan_start_at": t("開始予定", "Starts at"),
    "plan_approval": t("承認", "Approval"),
    "plan_needs_approval": t("ほかの運用管理担当者の承認が必要", "a second person must approve"),
    "plan_no_approval": t("不要", "none needed"),
    "people_title": t("担当", "Who did what"),
    "rollout_created": t("作成", "Written down"),
    "rollout_started": t("開始", "Started"),
    "rollout_approved": t("承認", "Approved"),
    "rollout_last": t("最後の操作", "Last deed"),
    "members_title": t("拠点ごとの状況", "Site by site"),
    "members_wave": t("波", "Wave"),
    "members_reason": t("理由", "Reason"),
    "members_none": t("該当する拠点はありません。", "No site is here."),
    "rollout_deeds": t("操作", "Deeds"),
    "rollout_note": t("理由・メモ", "Why"),
    "rollout_through": t(
        "対象の機器を経由して操作していることを承知のうえで開始する",
        "Start although I am operating through one of these very adapters",
    ),
    "deed_start": t("開始する", "Start"),
    "deed_approve": t("承認する", "Approve"),
    "deed_pause": t("一時停止する", "Pause"),
    "deed_resume": t("再開する", "Resume"),
    "deed_halt": t("中止する", "Halt for good"),
    "deed_roll_back": t("切り戻す", "Roll back"),
    "start_follows": t(
        "いまの対象と版で確定し、第1波から配信が始まります（承認や開始予定があるときは、それを待ちます）。",
        "Targets and revisions are frozen as they stand now, and wave 1 begins, or waits for its approval or its time.",
    ),
    "approve_follows": t(
        "確定した対象と版のとおりに配信が始まります。", "What was frozen goes out, exactly to those sites."
    ),
    "pause_follows": t(
        "新しい拠点への配信を止めます。試行中の拠点は最後まで進みます。あとで再開できます。",
        "Nothing new begins; what is being tried comes to its end. It can be resumed.",
    ),
    "resume_follows": t(
        "止まったところから続けます。これまでの失敗は確認済みとして扱い、停止条件はここから数え直します。",
        "It goes on where it stood. Failures so far count as seen: the stop criteria count from here.",
    ),
    "halt_follows": t(
        "再開できません。これからの拠点には配信せず、試していない配信は取り消します。配信済みの拠点はそのままです。",
        "For good: nobody else gets it, pushes that no unit tries yet are taken back. Sites that have it keep it.",
    ),
    "roll_back_follows": t(
        "配信済みの拠点に、以前のコンフィグを配信し直します。そのあとに別の変更があった拠点は、そのまま残します。",
        "Sites that got it get their former config again by ordinary pushes, but for those that were changed since.",
    ),
    "start_reaches": t("届く拠点", "Reaches"),
    "start_skips": t("対象外", "Skipped"),
    "start_waves": t("波ごとの拠点数", "Sites by wave"),
    "rollout_counts": t("現在の状況", "As it stands"),
    "by_customer_only": t(
        "操作はお客さまの運用管理担当者が行います。同意の記録がある間だけ、サポートと手配担当も行えます。",
        "These deeds are the customer's; support and dispatchers may do them while a consent is on record.",
    ),
}

ROLLOUT_DONE: Final[Mapping[str, Text]] = {
    "rollout_start": t("ロールアウトを開始しました。", "The rollout is started."),
    "rollout_approve": t("ロールアウトを承認しました。", "The rollout is approved."),
    "rollout_pause": t("ロールアウトを一時停止しました。", "The rollout is paused."),
    "rollout_resume": t("ロールアウトを再開しました。", "The rollout goes on."),
    "rollout_halt": t("ロールアウトを中止しました。", "The rollout is halted."),
    "rollout_roll_back": t("切り戻しを始めました。", "Rolling back has begun."),
}
"""By the name of the deed."""
