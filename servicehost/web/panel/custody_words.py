"""What the pages of returns, custody and charges say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["CUSTODY_WORDS"]


CUSTODY_WORDS: Final[Mapping[str, Text]] = {
    # charges
    "charges": t("費用", "Charges"),
    "charges_lead": t(
        "交換に伴う請求案です。根拠となる規則と事実、金額を確認できます。",
        "Charges proposed after exchanges, with the rule and the facts they rest on.",
    ),
    "months": t("月別の承認済み費用", "Approved charges by month"),
    "months_table": t("表で見る", "As a table"),
    "month": t("月", "Month"),
    "approved_sum": t("承認済みの合計", "Approved"),
    "csv": t("CSVをダウンロード", "Download CSV"),
    "csv_from": t("承認日（開始）", "Approved from"),
    "csv_to": t("承認日（終了）", "to"),
    "csv_hint": t("空欄の場合は全期間です。両端の日を含みます。", "Left empty: all of them. Both days are included."),
    "proposals": t("請求案", "Proposals"),
    "item": t("内訳", "Item"),
    "amount": t("金額", "Amount"),
    "rule": t("規則", "Rule"),
    "tax_excluded": t("税別", "tax excluded"),
    "tax_included": t("税込", "tax included"),
    "return": t("返却", "Return"),
    "to_case": t("交換の詳細", "The case"),
    "to_return": t("返却の詳細", "The return"),
    "proposed_at": t("提案日時", "Proposed"),
    "corrects": t("差額", "Difference"),
    "corrects_more": t("以前に承認した請求との差額です。", "The difference to a charge approved before."),
    "evidence": t("根拠", "Evidence"),
    "waive": t("請求を見送る", "Waive"),
    "no_price_yet": t(
        "価格表に金額がない部品があります。金額が決まるまで承認できません。",
        "A price is missing; it cannot be approved yet.",
    ),
    "asks_hint": t(
        "規定により、承認する場合も理由の入力が必要です。", "By policy a reason is needed for approving too."
    ),
    "approve_charge": t("この費用を請求しますか？", "Charge this?"),
    "approve_charge_follows": t(
        "承認すると請求用のファイルに含まれ、取り消せません。事実関係が変わった場合は差額が新たに提案されます。",
        "It is billed and cannot be taken back. Should the facts change, the difference is proposed.",
    ),
    "waive_charge": t("この費用の請求を見送りますか？", "Waive this charge?"),
    "waive_charge_follows": t(
        "見送りは取り消せません。同じ事実から再び提案されることはありません。",
        "This cannot be taken back: it is not proposed again from the same facts.",
    ),
    "no_charges": t("該当する請求案はありません。", "There is no charge here."),
    "no_charges_more": t(
        "交換後に費用が発生すると、根拠と金額を添えた請求案がここに表示されます。",
        "When an exchange costs something, a proposal with its evidence and amount shows here.",
    ),
    # returns and custody
    "returns": t("返却と所在", "Returns and custody"),
    "returns_lead": t(
        "交換後にお返しいただく機器と、その期限・状況です。",
        "Units that are to come back after exchanges, and how far they are.",
    ),
    "open_returns": t("未完了", "Open"),
    "due": t("返却期限", "Due"),
    "why_due": t("返却の理由", "Why"),
    "shipped_at": t("返送", "Shipped"),
    "received_at": t("受領", "Received"),
    "inspected_at": t("検査", "Inspected"),
    "missing": t("不足している付属品", "Missing accessories"),
    "damaged": t("破損している付属品", "Damaged accessories"),
    "erased": t("設定の消去", "Erasure of its config"),
    "erased_unknown": t("未確認", "not known"),
    "loss": t("紛失処理", "Written off"),
    "what_to_do": t("この返却を進める", "What to do"),
    "note_shipped": t("返送を記録", "Note its shipment"),
    "note_received": t("受領を記録", "Record the receipt"),
    "note_inspected": t("検査結果を記録", "Record the inspection"),
    "write_off": t("紛失として処理", "Write off"),
    "shipped_by": t("返送の方法", "Who brings it"),
    "carrier_name": t("業者名・担当者名", "Name of the carrier or driver"),
    "reference": t("伝票番号", "Reference"),
    "received_where": t("受領した場所", "Received where"),
    "what_is_missing": t("届かなかった付属品", "Accessories that did not come"),
    "inspection_result": t("検査結果", "What was found"),
    "what_is_damaged": t("破損していた付属品", "Damaged accessories"),
    "erased_seen": t("設定は消去されていましたか", "Was its config erased?"),
    "erased_yes": t("消去されていた", "yes"),
    "erased_no": t("残っていた", "no"),
    "not_looked": t("確認していない", "not looked at"),
    "inspected_where": t("検査した場所", "Inspected where"),
    "why_given_up": t("紛失とする理由の区分", "Why it is given up"),
    "receive_ask": t("受領を記録しますか？", "Record the receipt?"),
    "receive_follows": t(
        "機器の所在が倉庫に移り、証明書は失効します。この記録は消せません。",
        "The unit is then in stock and its certificates are revoked. The record stays.",
    ),
    "inspect_ask": t("検査結果を記録しますか？", "Record what was found?"),
    "inspect_follows": t(
        "この結果で費用が判定し直されます。記録は消せませんが、後から新しい結果を記録できます。",
        "The charge is judged again with it. The record stays; a newer finding may follow.",
    ),
    "loss_ask": t("この機器を紛失として処理しますか？", "Write this unit off?"),
    "loss_follows": t(
        "証明書は失効し、返却は待たれなくなります。この操作は取り消せません（後日見つかった場合は受領を記録できます）。",
        "Its certificates are revoked and it is waited for no more. This cannot be undone; "
        "should it be found, record its receipt.",
    ),
    "loss_follows_charged": t(
        "証明書は失効し、お客さまへの請求案が作られます。この操作は取り消せません（後日見つかった場合は受領を記録できます）。",
        "Its certificates are revoked and a charge to the customer is proposed. This cannot be undone; "
        "should it be found, record its receipt.",
    ),
    "no_returns": t("該当する返却はありません。", "There is no return here."),
    "no_returns_more": t(
        "機器を交換すると、お返しいただく機器と期限がここに表示されます。",
        "After an exchange the unit that is to come back shows here with its due date.",
    ),
    "custody": t("所在の履歴", "Chain of custody"),
    "custody_lead": t(
        "機器と主な付属品がいまどこにあり、誰の手を経てきたかの記録です。",
        "Where the unit and its main accessories are, and through whose hands they went.",
    ),
    "how_it_came": t("これまでの経緯", "How they got there"),
    "no_custody": t("所在の記録はまだありません。", "Nothing is recorded of its custody yet."),
    "no_custody_more": t(
        "交換や返却で機器が動くと、受け渡しの記録がここに表示されます。",
        "Once it changes hands in an exchange or a return, each handover shows here.",
    ),
}
