"""What the pages of on-site rights and of enrolment requests say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["RIGHT_WORDS"]


RIGHT_WORDS: Final[Mapping[str, Text]] = {
    # rights at risk
    "rights": t("駆けつけ権利のリスク", "On-site rights at risk"),
    "rights_lead": t(
        "いま機器が自然故障した場合に、駆けつけ交換を受けられない拠点と、その対処方法です。",
        "Sites that would get no on-site swap if their unit failed of itself now, and what to do about it.",
    ),
    "by_customer": t("お客さま別の件数", "By customer"),
    "rights_now": t("現在の件数", "Now"),
    "adapters": t("サービスアダプタ", "Adapters"),
    "with_option": t("オプションあり", "With the option"),
    "at_risk": t("リスクあり", "At risk"),
    "rights_sites": t("対処が必要な拠点", "Sites to look after"),
    "remedy": t("対処", "What to do"),
    "rights_none": t("サービスアダプタはまだ登録されていません。", "No service adapter is registered yet."),
    "rights_none_more": t(
        "登録されると、お客さまごとの件数がここに表示されます。",
        "Once there are some, they are counted here by customer.",
    ),
    "no_risk": t("リスクのある拠点はありません。", "No right is at risk."),
    "no_risk_more": t(
        "オプションを付加した拠点で駆けつけ交換を妨げる事情があると、理由と対処方法がここに表示されます。",
        "What stands in the way of an on-site swap at a site with the option shows here, with a remedy.",
    ),
    # enrolment requests
    "enrolments": t("証明書の発行依頼", "Enrolment requests"),
    "enrolments_lead": t(
        "証明書の発行を待っている機器です。心当たりのない機器は却下してください。",
        "Units that wait for a certificate. Deny what you do not know.",
    ),
    "way": t("本人確認の方法", "How it proved itself"),
    "called_from": t("接続元アドレス", "Called from"),
    "asked_at": t("最初の依頼", "First asked"),
    "last_asked_at": t("直近の依頼", "Asked last"),
    "key": t("公開鍵の指紋", "Fingerprint of its key"),
    "serves": t("割り当て先", "Serves"),
    "serves_none": t("割り当てなし（待機中）", "none, on stand-by"),
    "approve": t("承認する", "Approve"),
    "deny": t("却下する", "Deny"),
    "deny_hint": t("理由は機器にも通知されます。", "The unit is told the reason."),
    "approve_request": t("この機器に証明書を発行しますか？", "Give this unit a certificate?"),
    "approve_request_follows": t(
        "この鍵での次の接続時に、証明書が一度だけ発行されます。使われるまでは却下に変更できます。",
        "Its next try with this key gets a certificate, once. Until then you may still deny it.",
    ),
    "no_requests": t("この状態の発行依頼はありません。", "There is no request in this state."),
    "no_requests_more": t(
        "出荷時証明書や期限切れの証明書で接続してきた機器が、承認待ちとしてここに表示されます。",
        "Units that call with a maker's certificate or an expired one wait here for a yes or no.",
    ),
}
