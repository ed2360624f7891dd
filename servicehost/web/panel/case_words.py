"""What the pages of a case and of a site say, by name."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["CASE_WORDS", "NEXT"]


NEXT: Final[Mapping[str, Text]] = {
    "no_exchange": t(
        "交換の依頼はまだありません。必要な場合は運用管理担当者がご依頼ください。",
        "Nobody has asked for an exchange yet; the operation manager may.",
    ),
    "requested": t(
        "交換方法を判定するために、次の確認を待っています。", "The verdict waits for what is asked for below."
    ),
    "judged": t("交換方法が決まりました。代替機を確保しています。", "There is a verdict; a unit is being reserved."),
    "reserved": t("代替機を確保しました。手配しています。", "A unit is reserved and is being ordered."),
    "ordered": t("代替機を手配しました。到着をお待ちください。", "The new unit is on its way."),
    "arrived": t(
        "代替機が到着しました。接続のうえ、準備ができたら「入れ替える」を押してください。",
        "The new unit is there. Connect it, and say “swap now” when you are ready.",
    ),
    "arrived_on_site": t(
        "代替機が到着しました。立会者の合図で機器を入れ替えます。",
        "The new unit is there. The units change places at the attendee's word.",
    ),
    "swap_said": t(
        "入れ替えの合図を受け付けました。代替機が接続すると入れ替わります。",
        "The word is given: they change places as soon as the new unit calls.",
    ),
    "swapped": t(
        "機器が入れ替わりました。サービスホストが動作を確認しています。",
        "The units have changed places. The host checks the new one.",
    ),
    "accepted": t(
        "動作確認が済みました。運用管理担当者による復旧の確認を待っています。",
        "The host's checks are met. The operation manager is to confirm that all works again.",
    ),
    "accepted_yours": t(
        "動作確認が済みました。ネットワークが復旧していることをお確かめのうえ、「復旧を確認」を押してください。",
        "The host's checks are met. See that your network works again, then confirm it.",
    ),
    "confirmed": t("復旧が確認されました。まもなく完了します。", "Recovery is confirmed; the case closes in a moment."),
    "closed": t("対応は完了しました。", "The case is closed."),
    "declined": t("交換の対象外と判定されました。", "The request was declined."),
    "cancelled": t("交換は取り消されました。", "The exchange was called off."),
    "failed": t(
        "交換を続けられなくなりました。改めてご依頼ください。", "The exchange could not go on. Please ask for another."
    ),
}
"""What happens next, by the state of the exchange."""

CASE_WORDS: Final[Mapping[str, Text]] = {
    "cases_lead": t(
        "これまでの故障と、その交換の状況です。新しいものから表示します。",
        "Every fault with its exchange, the newest first.",
    ),
    "every_case": t("すべて", "All"),
    "open_cases": t("対応中", "Open"),
    "opened": t("発生", "Opened"),
    "waits_for_you": t("あなたの対応待ち", "Waits for you"),
    "no_case": t("故障の記録はありません。", "No fault is on record."),
    "no_case_more": t(
        "機器の異常や無応答が検知されるか、交換が依頼されると、ここに表示されます。",
        "A unit's alarm, its silence, or somebody who asks for an exchange makes one show here.",
    ),
    "how_it_stands": t("現在の状況", "How it stands"),
    "old_unit": t("故障した機器", "The unit that failed"),
    "new_unit": t("代替機", "The new unit"),
    "work_sheet": t("作業票", "Work sheet"),
    "print_sheet": t("表示・印刷", "Show and print"),
    "earlier": t("以前の交換", "Earlier exchanges"),
    "earlier_one": t("交換", "No."),
    "what_you_can_do": t("できること", "What you can do"),
    "ask_exchange": t("交換を依頼", "Ask for an exchange"),
    "ask_exchange_hint": t(
        "わからない項目は空欄のままで構いません。判定に必要な場合は後から確認します。",
        "Leave open what you do not know; what the verdict needs is asked for later.",
    ),
    "what_happened": t("状況", "What happened"),
    "what_happened_hint": t(
        "例: 電源ランプが消灯し、再投入しても起動しない", "For example: the power lamp is out, also after a power cycle"
    ),
    "exchange_ask": t("この内容で交換を依頼しますか？", "Ask for an exchange?"),
    "exchange_follows": t(
        "依頼すると交換方法がすぐに判定され、代替機の手配が始まります。機器が入れ替わるまでは取り消せます。",
        "The verdict follows at once and a unit is ordered. Until the units change places you can call it off.",
    ),
    "exchange_is_open": t("この拠点の交換が進行中です。", "An exchange of this site is under way."),
    "attended": t("立ち会い", "Attendance"),
    "somebody_attends": t("立ち会える", "somebody attends"),
    "nobody_attends": t("立ち会える人がいない", "nobody can"),
    "not_sure": t("わからない", "not known"),
    "attendee_word": t("立会者", "Attendee"),
    "attendee_name": t("立会者のお名前", "Name of the one who attends"),
    "attendee_hint": t(
        "入れ替えの合図の際に、同じお名前を入力していただきます。",
        "The same name is asked for when the units are swapped.",
    ),
    "name_attendee": t("立会者を指定", "Name who attends"),
    "state_it": t("申告する", "State it"),
    "swap_now": t("入れ替える", "Swap now"),
    "swap_hint": t(
        "代替機を接続してから押してください。代替機がまだ接続していない場合は、接続したときに入れ替わります。",
        "Connect the new unit first. If it has not called yet, they change places when it does.",
    ),
    "swap_hint_on_site": t(
        "立会者の合図があったときに、届け出た立会者のお名前を入力して押してください。",
        "At the attendee's word: give their name as it was stated.",
    ),
    "swap_ask": t("機器を入れ替えますか？", "Swap the units now?"),
    "swap_follows": t(
        "以後は代替機がこの拠点を担い、故障した機器は切り離されて設定が消去されます。この操作は取り消せません。",
        "From then on the new unit serves the site; the old one is cut off and told to erase. This cannot be undone.",
    ),
    "confirm_recovery": t("復旧を確認", "Confirm recovery"),
    "confirm_hint": t(
        "ネットワークが正常に使えることをお確かめください。", "See that your network works as it should."
    ),
    "confirm_ask": t("復旧を確認しましたか？", "Does everything work again?"),
    "confirm_follows": t(
        "確認すると対応は完了し、取り消せません。まだ不具合がある場合は戻って、サポートにご連絡ください。",
        "The case closes and stays closed. If something is still wrong go back and tell support.",
    ),
    "cancel_exchange": t("交換を取り消す", "Call it off"),
    "cancel_ask": t("交換を取り消しますか？", "Call the exchange off?"),
    "cancel_follows": t(
        "手配は中止され、この交換は再開できません。発送済みの代替機はお返しいただきます。必要になった場合は改めてご依頼ください。",
        "It is not ordered any more and cannot be resumed; a unit already sent has to come back. You may ask anew.",
    ),
    "decide_downgrade": t("駆けつけ交換の可否を決定", "Decide whether drivers may go"),
    "downgrade": t("駆けつけ交換を見合わせますか", "Withhold the on-site swap?"),
    "downgrade_no": t("見合わせない（駆けつけ可）", "no, drivers may go"),
    "downgrade_yes": t("見合わせる（センドバックへ）", "yes, by sendback instead"),
    "verdict_open": t(
        "交換方法はまだ決まっていません。必要な確認が済むと自動で判定されます。",
        "There is no verdict yet: it follows as soon as what is missing is known.",
    ),
    "story": t("経過", "What happened"),
    "check_met": t("済み", "met"),
    "check_open": t("未確認", "not yet"),
    "facts": t("確認された事実", "Facts"),
    "fact": t("項目", "Fact"),
    "stated_value": t("内容", "Value"),
    "source": t("情報源", "Source"),
    "author": t("申告者", "Stated by"),
    "said_later": t("（その後更新）", "(changed since)"),
    "no_facts": t("確認された事実はまだありません。", "Nothing has been stated yet."),
    "no_facts_more": t(
        "契約、切り分け、拠点などから確認された内容が、情報源と日時を添えてここに表示されます。",
        "What contract, triage and site say shows here with its source and time.",
    ),
    "return_and_charge": t("返却と費用", "Return and charge"),
    "to_charge": t("費用の詳細", "The charge"),
    "no_after": t("返却も費用もまだありません。", "There is neither a return nor a charge yet."),
    "no_after_more": t(
        "機器が入れ替わると、返却の期限と費用の判定結果がここに表示されます。",
        "Once the units have changed places the return and what it costs show here.",
    ),
    # of a site
    "right_now": t("駆けつけ権利", "On-site right"),
    "option": t("ウルトラセンドバックオプション", "Ultra-sendback option"),
    "contract_item": t("契約品目", "Contract item"),
    "right_fails": t(
        "いま機器が故障すると、駆けつけ交換は受けられません。", "If its unit failed now there would be no on-site swap."
    ),
    "right_holds": t(
        "いま機器が自然故障した場合、駆けつけ交換を受けられます。",
        "If its unit failed of itself now there would be an on-site swap.",
    ),
    "mobile": t("モバイルアクセスオプション", "Mobile access option"),
    "mobile_on": t("付加あり", "attached"),
    "mobile_off": t("付加なし", "not attached"),
    "ask_option": t("オプションを申し込む", "Ask for the option"),
    "decide_option": t("オプションの可否を決定", "Decide on the option"),
    "decision": t("決定", "Decision"),
    "option_accept": t("付加する", "attach it"),
    "option_refuse": t("お断りする", "refuse it"),
    "decide": t("決定する", "Decide"),
    "location": t("機器設置場所", "Declared location"),
    "location_hint": t(
        "住所を建物名・階数まで入力してください（255文字以内）。",
        "The address with building and floor, at most 255 characters.",
    ),
    "declare_location": t("設置場所を申告", "Declare a location"),
    "declare_it": t("申告する", "Declare it"),
    "effective_at": t("適用日時（日本時間）", "In force from (Japan time)"),
    "effective_hint": t("空欄の場合は直ちに適用されます。", "Left empty: at once."),
    "coverage": t("駆けつけ対応地域", "Whether drivers serve it"),
    "coverage_open": t("未確認", "nobody has looked"),
    "no_location": t("機器設置場所は申告されていません。", "No location is declared."),
    "no_location_more": t(
        "申告すると、駆けつけ交換の訪問先としてここに表示されます。",
        "Once declared, it shows here as where a driver goes.",
    ),
    "history": t("申告の履歴", "History"),
    "from_when": t("適用日時", "In force from"),
    "declared_by": t("申告者", "Declared by"),
    "in_force": t("適用中", "in force"),
    "to_come": t("適用予定", "to come"),
    "site_state": t("拠点の状況", "The site"),
    "state_site": t("状況を申告", "State how it is"),
    "site_is": t("設置場所の状況", "The site is"),
    "unit_stands": t("機器の現在の場所", "The unit stands"),
    "as_it_was": t("変更しない", "as it was"),
    "delegates": t("立ち会う担当者", "Who may attend"),
    "delegates_lead": t(
        "運用管理担当者のほかに、この拠点での立ち会いを任せる方です。",
        "Whom operation managers have named to attend here, besides themselves.",
    ),
    "delegate_name": t("お名前", "Name"),
    "telephone": t("電話番号", "Telephone"),
    "attends_until": t("終了日時（日本時間）", "Until (Japan time)"),
    "until_hint": t("空欄の場合は期限を設けません。", "Left empty: without an end."),
    "no_end": t("期限なし", "without an end"),
    "add_delegate": t("担当者を指定", "Name somebody"),
    "end_delegate": t("指定を解除", "End it"),
    "no_delegates": t("指定された担当者はいません。", "Nobody is named."),
    "no_delegates_more": t(
        "指定すると、お名前と連絡先がここに表示され、駆けつけ交換の立会者に選べます。",
        "Whoever is named shows here and can be chosen to attend an on-site swap.",
    ),
    "no_site": t("拠点の状況は申告されていません。", "Nothing has been said of the site."),
    "no_site_more": t(
        "申告がない場合は、有人で、申告された場所に機器があるものとして扱います。",
        "Unless said otherwise it is taken to be staffed, with the unit where it was declared to be.",
    ),
}
