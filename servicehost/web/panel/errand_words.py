"""What the page of a case says of its errand and its triage, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["ERRAND_WORDS"]


ERRAND_WORDS: Final[Mapping[str, Text]] = {
    "errand_visit": t("訪問", "The visit"),
    "errand_shipment": t("お届け", "The shipment"),
    "errand_target": t("目標時刻", "Target"),
    "errand_standing": t("予定との差", "Against its target"),
    "late_reason": t("遅れの理由", "Why it is late"),
    "driver": t("サービスドライバー", "Driver"),
    "tracking": t("お問い合わせ番号", "Tracking number"),
    "estimated": t("見込み", "estimated"),
    "not_yet": t("未報告", "not reported"),
    "appointment": t("訪問日時", "Appointment"),
    "no_appointment_yet": t(
        "訪問日時はまだ決まっていません。運用管理担当者と手配担当が日時を調整します。",
        "No time is agreed yet; the operation manager and the dispatcher arrange one.",
    ),
    "appointment_history": t("日時の変更履歴", "Earlier appointments"),
    "cabling_note": t("配線について", "Cables"),
    "missed_visits": t("成立しなかった訪問", "Visits that came to nothing"),
    # of the triage
    "triage_answer": t("回答を記録する", "Record the answer"),
    "triage_note": t("補足（お客さまの言葉など）", "In their own words"),
    "triage_other": t("別の質問に回答する・回答を訂正する", "Answer another question, or correct an answer"),
    "triage_which": t("質問と回答", "Question and answer"),
    "triage_choose": t("選択してください", "choose one"),
    "triage_as_manager": t(
        "運用管理担当者の回答として記録されます。", "It is recorded as the operation manager's word."
    ),
    "triage_by_phone": t("電話で確認した内容として記録されます。", "It is recorded as heard by phone."),
    "triage_instead": t("推定されていた原因", "Proposed was"),
}
