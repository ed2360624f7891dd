"""What the pages of on-site rights and of enrolment requests say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["RIGHT_WORDS"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


RIGHT_WORDS: Final[Mapping[str, Text]] = {
    # rights at risk
    "rights": _t("駆けつけ権利のリスク", "On-site rights at risk"),
    "rights_lead": _t(
        "いま機器が自然故障した場合に、駆けつけ交換を受けられない拠点と、その対処方法です。",
        "Sites that would get no on-site swap if their unit failed of itself now, and what to do about it.",
    ),
    "by_customer": _t("お客さま別の件数", "By customer"),
    "rights_now": _t("現在の件数", "Now"),
    "adapters": _t("サービスアダプタ", "Adapters"),
    "with_option": _t("オプションあり", "With the option"),
    "at_risk": _t("リスクあり", "At risk"),
    "rights_sites": _t("対処が必要な拠点", "Sites to look after"),
    "remedy": _t("対処", "What to do"),
    "rights_none": _t("サービスアダプタはまだ登録されていません。", "No service adapter is registered yet."),
    "rights_none_more": _t(
        "登録されると、お客さまごとの件数がここに表示されます。",
        "Once there are some, they are counted here by customer.",
    ),
    "no_risk": _t("リスクのある拠点はありません。", "No right is at risk."),
    "no_risk_more": _t(
        "オプションを付加した拠点で駆けつけ交換を妨げる事情があると、理由と対処方法がここに表示されます。",
        "What stands in the way of an on-site swap at a site with the option shows here, with a remedy.",
    ),
    # enrolment requests
    "enrolments": _t("証明書の発行依頼", "Enrolment requests"),
    "enrolments_lead": _t(
        "証明書の発行を待っている機器です。心当たりのない機器は却下してください。",
        "Units that wait for a certificate. Deny what you do not know.",
    ),
    "way": _t("本人確認の方法", "How it proved itself"),
    "called_from": _t("接続元アドレス", "Called from"),
    "asked_at": _t("最初の依頼", "First asked"),
    "last_asked_at": _t("直近の依頼", "Asked last"),
    "key": _t("公開鍵の指紋", "Fingerprint of its key"),
    "serves": _t("割り当て先", "Serves"),
    "serves_none": _t("割り当てなし（待機中）", "none, on stand-by"),
    "approve": _t("承認する", "Approve"),
    "deny": _t("却下する", "Deny"),
    "deny_hint": _t("理由は機器にも通知されます。", "The unit is told the reason."),
    "approve_request": _t("この機器に証明書を発行しますか？", "Give this unit a certificate?"),
    "approve_request_follows": _t(
        "この鍵での次の接続時に、証明書が一度だけ発行されます。使われるまでは却下に変更できます。",
        "Its next try with this key gets a certificate, once. Until then you may still deny it.",
    ),
    "no_requests": _t("この状態の発行依頼はありません。", "There is no request in this state."),
    "no_requests_more": _t(
        "出荷時証明書や期限切れの証明書で接続してきた機器が、承認待ちとしてここに表示されます。",
        "Units that call with a maker's certificate or an expired one wait here for a yes or no.",
    ),
}
