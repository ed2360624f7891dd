"""What the pages below the first say, by name; the menu, and what is said after something was done."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.enrolment_request import Way
from servicehost.domain.rule import Text
from servicehost.web.panel.audit_words import AUDIT_WORDS
from servicehost.web.panel.both import t
from servicehost.web.panel.case_words import CASE_WORDS
from servicehost.web.panel.config_words import CONFIG_WORDS
from servicehost.web.panel.custody_words import CUSTODY_WORDS
from servicehost.web.panel.errand_words import ERRAND_WORDS
from servicehost.web.panel.provider_words import PROVIDER_WORDS
from servicehost.web.panel.right_words import RIGHT_WORDS
from servicehost.web.panel.rollout_page_words import ROLLOUT_DONE, ROLLOUT_WORDS
from servicehost.web.panel.schedule_page_words import SCHEDULE_DONE, SCHEDULE_WORDS
from servicehost.web.panel.task_page_words import TASK_DONE, TASK_WORDS

__all__ = ["DONE", "MENU", "PAGE_WORDS", "WAYS"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the menu."""

    address: str
    word: Text
    of_provider: bool = False
    """Only the provider's people have business there."""


MENU: Final[Mapping[str, Entry]] = {
    "fleet": Entry(address="/panel/", word=t("拠点一覧", "Fleet")),
    "rollouts": Entry(address="/panel/rollouts", word=t("ロールアウト", "Rollouts")),
    "schedules": Entry(address="/panel/schedules", word=t("予約", "Schedules")),
    "cases": Entry(address="/panel/cases", word=t("故障と交換", "Faults and exchanges")),
    "rights": Entry(address="/panel/rights", word=t("駆けつけ権利", "On-site rights")),
    "returns": Entry(address="/panel/returns", word=t("返却と所在", "Returns")),
    "charges": Entry(address="/panel/charges", word=t("費用", "Charges")),
    "areas": Entry(address="/panel/areas", word=t("地域の停止", "Closed areas"), of_provider=True),
    "stock": Entry(address="/panel/stock", word=t("在庫", "Stock"), of_provider=True),
    "enrolments": Entry(address="/panel/enrolments", word=t("発行依頼", "Enrolments"), of_provider=True),
    "audit": Entry(address="/panel/audit", word=t("監査記録", "Audit")),
}

DONE: Final[Mapping[str, Text]] = {
    **ROLLOUT_DONE,
    **TASK_DONE,
    **SCHEDULE_DONE,
    "approved": t(
        "承認しました。機器が次に接続したときに証明書が発行されます。", "Approved: its next try gets a certificate."
    ),
    "denied": t("却下しました。", "Denied."),
    "charge_approved": t(
        "承認しました。請求用のファイルに含まれます。", "Approved: it stands in the file for billing."
    ),
    "area_closed": t("地域を停止しました。", "The area is closed."),
    "area_reopened": t("地域を再開しました。", "The area is open again."),
    "area_decided": t("決定を記録しました。", "The decision is recorded."),
    "threshold_set": t("下限数を設定しました。", "The threshold is set."),
    "charge_waived": t("請求を見送りました。", "Waived."),
    "shipped": t("返送中として記録しました。", "Recorded as on its way back."),
    "received": t("受領を記録しました。", "The receipt is recorded."),
    "inspected": t(
        "検査結果を記録しました。費用はまもなく判定し直されます。", "Recorded. The charge is judged again in a moment."
    ),
    "written_off": t("紛失として処理しました。", "Written off."),
    "attendee_named": t("立ち会いについて申告しました。", "Stated who attends."),
    "downgrade_said": t("決定を記録しました。まもなく判定し直されます。", "Recorded; it is judged again in a moment."),
    "swap_said": t("入れ替えの合図を受け付けました。", "The word “swap now” is given."),
    "recovery_confirmed": t(
        "復旧の確認を受け付けました。ご協力ありがとうございました。", "Recovery is confirmed. Thank you."
    ),
    "exchange_cancelled": t("交換を取り消しました。", "The exchange is called off."),
    "exchange_asked": t(
        "交換を受け付けました。まもなく交換方法が判定されます。",
        "Your request is taken; the verdict follows in a moment.",
    ),
    "triage_answered": t("回答を記録しました。", "The answer is recorded."),
    "location_declared": t("機器設置場所の申告を受け付けました。", "The location is declared."),
    "site_stated": t("拠点の状況を記録しました。", "The state of the site is recorded."),
    "delegate_named": t("立ち会う担当者を指定しました。", "Named to attend."),
    "delegate_ended": t("担当者の指定を解除しました。", "They attend no more."),
    "option_asked": t("オプションのお申し込みを受け付けました。", "The option was asked for."),
    "config_saved": t(
        "保存しました。機器に届けるには、続けて配信してください。", "Saved. Push it to bring it to the unit."
    ),
    "config_restored": t(
        "作業中のコンフィグに戻しました。機器に届けるには、続けて配信してください。",
        "Brought back. Push it to bring it to the unit.",
    ),
    "config_pushed": t("配信を受け付けました。進み具合は下に表示されます。", "The push is taken; follow it below."),
    "push_cancelled": t("配信を取り消しました。", "The push is cancelled."),
    "option_decided": t("オプションの可否を記録しました。", "The decision on the option is recorded."),
}
"""By the name of the deed."""

WAYS: Final[Mapping[Way, Text]] = {
    Way.TOKEN: t("ワンタイムトークン", "by a single-use token"),
    Way.BIRTH: t("出荷時証明書（メーカー発行）", "by its maker's birth certificate"),
    Way.RENEWAL: t("有効な証明書による更新", "by the certificate in force"),
    Way.PERMISSION: t(
        "期限切れの証明書（担当者の承認が必要）", "by an expired certificate, which needs a person's yes"
    ),
}
"""How a unit proved itself."""

PAGE_WORDS: Final[Mapping[str, Text]] = {
    "menu": t("メニュー", "Menu"),
    "wait_for_you": t("件があなたの対応待ち", "wait for you"),
    "all": t("すべて", "All"),
    "none": t("なし", "none"),
    "pages": t("ページ", "Pages"),
    "to_first": t("最初へ", "First"),
    "to_following": t("次へ", "Next"),
    "must": t("必須", "required"),
    "reason": t("理由", "Reason"),
    "note": t("備考", "Note"),
    "do_it": t("実行する", "Do it"),
    "go_back": t("戻る", "Back"),
    "record": t("記録する", "Record"),
    "cannot_show": t("表示できません", "This cannot be shown"),
    "back_to_fleet": t("拠点一覧へ戻る", "Back to the fleet"),
    "to_site": t("拠点の設定を開く", "Open the site"),
    "to": t("から", "to"),
    "carrier": t("配送業者", "Carrier"),
    "service_driver": t("サービスドライバー", "Service driver"),
    "contract_records": t("契約の記録", "contract records"),
    "provider_person": t("サービス提供者", "the provider"),
    "by_state": t("状態で絞り込む", "Filter by state"),
    "by_reason": t("理由で絞り込む", "Filter by reason"),
    "customer": t("お客さま", "Customer"),
    "decided": t("決定", "Decided"),
    "model_serial": t("モデル-シリアル番号", "Model-serial"),
    "site_word": t("拠点", "Site"),
    "reason_word": t("理由", "Reason"),
    "changed": t("最終更新", "Last change"),
    **RIGHT_WORDS,
    **PROVIDER_WORDS,
    **CUSTODY_WORDS,
    **CASE_WORDS,
    **CONFIG_WORDS,
    **ERRAND_WORDS,
    **AUDIT_WORDS,
    **ROLLOUT_WORDS,
    **TASK_WORDS,
    **SCHEDULE_WORDS,
}
