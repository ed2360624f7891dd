"""What the pages below the first say, by name; the menu, and what is said after something was done."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.enrolment_request import Way
from servicehost.domain.rule import Text

__all__ = ["DONE", "MENU", "PAGE_WORDS", "WAYS"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the menu."""

    address: str
    word: Text
    of_provider: bool = False
    """Only the provider's people have business there."""


MENU: Final[Mapping[str, Entry]] = {
    "fleet": Entry(address="/panel/", word=_t("拠点一覧", "Fleet")),
    "rights": Entry(address="/panel/rights", word=_t("駆けつけ権利", "On-site rights")),
    "returns": Entry(address="/panel/returns", word=_t("返却と所在", "Returns")),
    "charges": Entry(address="/panel/charges", word=_t("費用", "Charges")),
    "enrolments": Entry(address="/panel/enrolments", word=_t("発行依頼", "Enrolments"), of_provider=True),
}

DONE: Final[Mapping[str, Text]] = {
    "approved": _t(
        "承認しました。機器が次に接続したときに証明書が発行されます。", "Approved: its next try gets a certificate."
    ),
    "denied": _t("却下しました。", "Denied."),
    "charge_approved": _t(
        "承認しました。請求用のファイルに含まれます。", "Approved: it stands in the file for billing."
    ),
    "charge_waived": _t("請求を見送りました。", "Waived."),
    "shipped": _t("返送中として記録しました。", "Recorded as on its way back."),
    "received": _t("受領を記録しました。", "The receipt is recorded."),
    "inspected": _t(
        "検査結果を記録しました。費用はまもなく判定し直されます。", "Recorded. The charge is judged again in a moment."
    ),
    "written_off": _t("紛失として処理しました。", "Written off."),
}
"""By the name of the deed."""

WAYS: Final[Mapping[Way, Text]] = {
    Way.TOKEN: _t("ワンタイムトークン", "by a single-use token"),
    Way.BIRTH: _t("出荷時証明書（メーカー発行）", "by its maker's birth certificate"),
    Way.RENEWAL: _t("有効な証明書による更新", "by the certificate in force"),
    Way.PERMISSION: _t(
        "期限切れの証明書（担当者の承認が必要）", "by an expired certificate, which needs a person's yes"
    ),
}
"""How a unit proved itself."""

PAGE_WORDS: Final[Mapping[str, Text]] = {
    "menu": _t("メニュー", "Menu"),
    "wait_for_you": _t("件があなたの対応待ち", "wait for you"),
    "all": _t("すべて", "All"),
    "none": _t("なし", "none"),
    "pages": _t("ページ", "Pages"),
    "to_first": _t("最初へ", "First"),
    "to_following": _t("次へ", "Next"),
    "must": _t("必須", "required"),
    "reason": _t("理由", "Reason"),
    "note": _t("備考", "Note"),
    "do_it": _t("実行する", "Do it"),
    "go_back": _t("戻る", "Back"),
    "record": _t("記録する", "Record"),
    "cannot_show": _t("表示できません", "This cannot be shown"),
    "back_to_fleet": _t("拠点一覧へ戻る", "Back to the fleet"),
    "to_site": _t("拠点の設定を開く", "Open the site"),
    "to": _t("から", "to"),
    "carrier": _t("配送業者", "Carrier"),
    "service_driver": _t("サービスドライバー", "Service driver"),
    "contract_records": _t("契約の記録", "contract records"),
    "provider_person": _t("サービス提供者", "the provider"),
    "by_state": _t("状態で絞り込む", "Filter by state"),
    "by_reason": _t("理由で絞り込む", "Filter by reason"),
    "customer": _t("お客さま", "Customer"),
    "decided": _t("決定", "Decided"),
    "model_serial": _t("モデル-シリアル番号", "Model-serial"),
    "site_word": _t("拠点", "Site"),
    "reason_word": _t("理由", "Reason"),
    "changed": _t("最終更新", "Last change"),
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
    # charges
    "charges": _t("費用", "Charges"),
    "charges_lead": _t(
        "交換に伴う請求案です。根拠となる規則と事実、金額を確認できます。",
        "Charges proposed after exchanges, with the rule and the facts they rest on.",
    ),
    "months": _t("月別の承認済み費用", "Approved charges by month"),
    "months_table": _t("表で見る", "As a table"),
    "month": _t("月", "Month"),
    "approved_sum": _t("承認済みの合計", "Approved"),
    "csv": _t("CSVをダウンロード", "Download CSV"),
    "csv_from": _t("承認日（開始）", "Approved from"),
    "csv_to": _t("承認日（終了）", "to"),
    "csv_hint": _t("空欄の場合は全期間です。両端の日を含みます。", "Left empty: all of them. Both days are included."),
    "proposals": _t("請求案", "Proposals"),
    "item": _t("内訳", "Item"),
    "amount": _t("金額", "Amount"),
    "rule": _t("規則", "Rule"),
    "tax_excluded": _t("税別", "tax excluded"),
    "tax_included": _t("税込", "tax included"),
    "return": _t("返却", "Return"),
    "to_case": _t("交換の詳細", "The case"),
    "to_return": _t("返却の詳細", "The return"),
    "proposed_at": _t("提案日時", "Proposed"),
    "corrects": _t("差額", "Difference"),
    "corrects_more": _t("以前に承認した請求との差額です。", "The difference to a charge approved before."),
    "evidence": _t("根拠", "Evidence"),
    "waive": _t("請求を見送る", "Waive"),
    "no_price_yet": _t(
        "価格表に金額がない部品があります。金額が決まるまで承認できません。",
        "A price is missing; it cannot be approved yet.",
    ),
    "asks_hint": _t(
        "規定により、承認する場合も理由の入力が必要です。", "By policy a reason is needed for approving too."
    ),
    "approve_charge": _t("この費用を請求しますか？", "Charge this?"),
    "approve_charge_follows": _t(
        "承認すると請求用のファイルに含まれ、取り消せません。事実関係が変わった場合は差額が新たに提案されます。",
        "It is billed and cannot be taken back. Should the facts change, the difference is proposed.",
    ),
    "waive_charge": _t("この費用の請求を見送りますか？", "Waive this charge?"),
    "waive_charge_follows": _t(
        "見送りは取り消せません。同じ事実から再び提案されることはありません。",
        "This cannot be taken back: it is not proposed again from the same facts.",
    ),
    "no_charges": _t("該当する請求案はありません。", "There is no charge here."),
    "no_charges_more": _t(
        "交換後に費用が発生すると、根拠と金額を添えた請求案がここに表示されます。",
        "When an exchange costs something, a proposal with its evidence and amount shows here.",
    ),
    # returns and custody
    "returns": _t("返却と所在", "Returns and custody"),
    "returns_lead": _t(
        "交換後にお返しいただく機器と、その期限・状況です。",
        "Units that are to come back after exchanges, and how far they are.",
    ),
    "open_returns": _t("未完了", "Open"),
    "due": _t("返却期限", "Due"),
    "why_due": _t("返却の理由", "Why"),
    "shipped_at": _t("返送", "Shipped"),
    "received_at": _t("受領", "Received"),
    "inspected_at": _t("検査", "Inspected"),
    "missing": _t("不足している付属品", "Missing accessories"),
    "damaged": _t("破損している付属品", "Damaged accessories"),
    "erased": _t("設定の消去", "Erasure of its config"),
    "erased_unknown": _t("未確認", "not known"),
    "loss": _t("紛失処理", "Written off"),
    "what_to_do": _t("この返却を進める", "What to do"),
    "note_shipped": _t("返送を記録", "Note its shipment"),
    "note_received": _t("受領を記録", "Record the receipt"),
    "note_inspected": _t("検査結果を記録", "Record the inspection"),
    "write_off": _t("紛失として処理", "Write off"),
    "shipped_by": _t("返送の方法", "Who brings it"),
    "carrier_name": _t("業者名・担当者名", "Name of the carrier or driver"),
    "reference": _t("伝票番号", "Reference"),
    "received_where": _t("受領した場所", "Received where"),
    "what_is_missing": _t("届かなかった付属品", "Accessories that did not come"),
    "inspection_result": _t("検査結果", "What was found"),
    "what_is_damaged": _t("破損していた付属品", "Damaged accessories"),
    "erased_seen": _t("設定は消去されていましたか", "Was its config erased?"),
    "erased_yes": _t("消去されていた", "yes"),
    "erased_no": _t("残っていた", "no"),
    "not_looked": _t("確認していない", "not looked at"),
    "inspected_where": _t("検査した場所", "Inspected where"),
    "why_given_up": _t("紛失とする理由の区分", "Why it is given up"),
    "receive_ask": _t("受領を記録しますか？", "Record the receipt?"),
    "receive_follows": _t(
        "機器の所在が倉庫に移り、証明書は失効します。この記録は消せません。",
        "The unit is then in stock and its certificates are revoked. The record stays.",
    ),
    "inspect_ask": _t("検査結果を記録しますか？", "Record what was found?"),
    "inspect_follows": _t(
        "この結果で費用が判定し直されます。記録は消せませんが、後から新しい結果を記録できます。",
        "The charge is judged again with it. The record stays; a newer finding may follow.",
    ),
    "loss_ask": _t("この機器を紛失として処理しますか？", "Write this unit off?"),
    "loss_follows": _t(
        "証明書は失効し、返却は待たれなくなります。この操作は取り消せません（後日見つかった場合は受領を記録できます）。",
        "Its certificates are revoked and it is waited for no more. This cannot be undone; "
        "should it be found, record its receipt.",
    ),
    "loss_follows_charged": _t(
        "証明書は失効し、お客さまへの請求案が作られます。この操作は取り消せません（後日見つかった場合は受領を記録できます）。",
        "Its certificates are revoked and a charge to the customer is proposed. This cannot be undone; "
        "should it be found, record its receipt.",
    ),
    "no_returns": _t("該当する返却はありません。", "There is no return here."),
    "no_returns_more": _t(
        "機器を交換すると、お返しいただく機器と期限がここに表示されます。",
        "After an exchange the unit that is to come back shows here with its due date.",
    ),
    "custody": _t("所在の履歴", "Chain of custody"),
    "custody_lead": _t(
        "機器と主な付属品がいまどこにあり、誰の手を経てきたかの記録です。",
        "Where the unit and its main accessories are, and through whose hands they went.",
    ),
    "how_it_came": _t("これまでの経緯", "How they got there"),
    "no_custody": _t("所在の記録はまだありません。", "Nothing is recorded of its custody yet."),
    "no_custody_more": _t(
        "交換や返却で機器が動くと、受け渡しの記録がここに表示されます。",
        "Once it changes hands in an exchange or a return, each handover shows here.",
    ),
}
