"""Why something asked for on a page is not done, and what to do then, by the refusal's code."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.errors import Refused
from servicehost.domain.rule import Text
from servicehost.web.panel.both import t

__all__ = ["REFUSED", "refusal_text"]


REFUSED: Final[Mapping[str, Text]] = {
    # of forms
    "form_stale": t(
        "画面の有効期限が切れています。内容をご確認のうえ、もう一度送信してください。",
        "This form is too old. Look it over and send it again.",
    ),
    "no_right": t("この操作を行う権限がありません。", "You have no right to do this."),
    "text_too_long": t("入力が長すぎます。短くしてください。", "The text is too long; make it shorter."),
    "text_not_a_line": t("改行や制御文字は使えません。", "Line breaks and control characters are not taken."),
    "nothing_chosen": t("選択されていない項目があります。", "Something has not been chosen."),
    "time_malformed": t("日時の形式が正しくありません。", "The time cannot be read."),
    "area_unknown": t("その名称の都道府県・市区町村はありません。", "There is no such prefecture or municipality."),
    "review_missing": t("終了日時か見直し日時をご記入ください。", "Give the end, or when it is reviewed."),
    "ends_in_the_past": t("過去の日時は指定できません。", "That time lies in the past."),
    "proposal_withdrawn": t("この提案は取り下げられました。", "The proposal was withdrawn."),
    "proposal_decided": t("この提案は決定済みです。", "It has been decided otherwise already."),
    "proposal_overtaken": t("手配の状況が変わりました。もう一度ご確認ください。", "The order has moved on."),
    "bad_threshold": t("0 から 9999 までの数でご記入ください。", "Write a number from 0 to 9999."),
    "depot_not_found": t("その倉庫は見つかりません。", "There is no such depot."),
    "no_reason": t("理由を入力してください。", "Give the reason."),
    "busy": t("混み合っています。少し待ってからお試しください。", "The host is busy. Try again in a moment."),
    "store_full": t("データベースが一杯のため受け付けられません。", "The database is full: nothing can be taken in."),
    "not_found": t("お探しのページはありません。", "There is no such page."),
    # of what is not there, or not yours
    "adapter_not_found": t("その拠点は見つかりません。", "There is no such site."),
    "unit_not_found": t("その機器は見つかりません。", "There is no such unit."),
    "fault_not_found": t("その故障の記録は見つかりません。", "There is no such fault."),
    "bad_answer": t("その質問にはない回答です。選び直してください。", "The question has no such answer."),
    "no_work_sheet": t(
        "作業票は、代替機が確保されてから作業が終わるまでの間に表示できます。",
        "There is a work sheet from the reservation of a unit until the work is done.",
    ),
    "exchange_not_found": t("その交換は見つかりません。", "There is no such exchange."),
    "return_not_found": t("その返却は見つかりません。", "There is no such return."),
    "charge_not_found": t("その費用の記録は見つかりません。", "There is no such charge."),
    "request_not_found": t("その発行依頼は見つかりません。", "There is no such request."),
    "chain_not_found": t("その監査記録は参照できません。", "There is no such audit, or it is not yours to read."),
    # of enrolments
    "request_decided": t(
        "この依頼はすでに決定されています。最新の状態をご確認ください。",
        "This request has been decided already. Look at how it stands now.",
    ),
    "unit_revoked": t(
        "この機器の証明書は失効しているため、承認できません。",
        "The unit's certificates were revoked: it cannot be approved.",
    ),
    "unit_held": t(
        "ID重複の疑いで保留中の機器です。先に保留を解除してください。",
        "The unit is held because two boxes use its identity. Release it first.",
    ),
    "unit_lost": t("紛失扱いの機器は承認できません。", "A unit reported lost cannot be approved."),
    "unit_stolen": t("盗難扱いの機器は承認できません。", "A unit reported stolen cannot be approved."),
    "unit_returned": t("返却済みの機器は承認できません。", "A unit that was returned cannot be approved."),
    "unit_retired": t("廃棄扱いの機器は承認できません。", "A unit that was retired cannot be approved."),
    # of returns and charges
    "return_not_received": t("まだ受領していないため、検査を記録できません。", "It has not been received yet."),
    "return_received_already": t(
        "すでに受領済みのため、紛失にはできません。", "It has been received, so it is not lost."
    ),
    "return_not_owed": t("この機器の返却は不要になっています。", "This unit need not come back any more."),
    "no_such_accessory": t("この機種の付属品ではありません。", "That is no accessory of this model."),
    "accessory_here_already": t("その付属品はすでに受領済みです。", "That accessory has been received already."),
    "bad_inspection": t(
        "検査結果と破損した部品の内容が一致しません。", "The result and the damaged parts do not agree."
    ),
    "charge_withdrawn": t(
        "事実関係が変わったため、この請求案は取り下げられています。新しい請求案をご確認ください。",
        "The facts have changed: this proposal was withdrawn. Look at the newer one.",
    ),
    "charge_decided": t("この請求案はすでに決定されています。", "This charge has been decided already."),
    "no_price": t(
        "価格表に金額がないため承認できません。設定 [exchanges] の prices に追加してください。",
        "A price is missing: add it to `prices` of [exchanges] in the host's settings.",
    ),
    # of configs and pushes
    "revision_conflict": t(
        "編集しているあいだに、ほかの人が新しい版を保存しました。違いをご確認のうえ、保存し直してください。",
        "Somebody saved a newer revision meanwhile. Look at the differences, then save again.",
    ),
    "masked_value": t(
        "伏せた値（********）が残っています。そのまま保存すると秘密の値が失われるため、受け付けません。",
        "A masked value is left in the text; saved like that, a secret would be lost.",
    ),
    "config_empty": t("コンフィグが空です。", "The config is empty."),
    "config_too_large": t("コンフィグが大きすぎます。", "The config is too large."),
    "config_not_utf8": t("文字として正しくない部分があります。", "A part of it is no valid text."),
    "no_config": t("コンフィグはまだ保存されていません。", "No config has been saved yet."),
    "adapter_ended": t("この拠点の契約は終了しています。", "The contract of this adapter has ended."),
    "no_such_revision": t("その版はありません。", "There is no such revision."),
    "no_such_module": t("その版に比べられる部分はありません。", "That revision has no such module."),
    "not_running": t("実行中のコンフィグを機器がまだ報告していません。", "No unit has said yet what it runs."),
    "diff_too_slow": t("違いが大きすぎて、時間内に比べられません。", "The difference is too large to be shown."),
    "diffs_busy": t("混み合っています。少し待ってからお試しください。", "Too many comparisons at once; try again."),
    "operating_through_adapter": t(
        "この機器を経由して操作しています。配信すると、ご自身の接続が切れるおそれがあります。"
        "それでも配信する場合は、チェックを入れてもう一度配信してください。",
        "You are operating through this very adapter, and the push may cut you off. Tick the box and push again if you "
        "mean it.",
    ),
    "standby_adapter": t(
        "スタンバイの機器にはコンフィグを配信できません。", "A standby adapter takes no config: promote it first."
    ),
    "consent_needed": t(
        "お客さまの同意の記録がないため、行えません。",
        "Without a consent on record this is the customer's alone.",
    ),
    "push_not_found": t("その配信は見つかりません。", "There is no such push."),
    "push_on_trial": t("機器が試行中のため、取り消せません。", "The unit is trying it: it cannot be taken back now."),
    "push_ended": t("この配信はすでに終わっています。", "This push has ended."),
    # of tasks
    "task_not_found": t("そのタスクは見つかりません。", "There is no such task."),
    "task_in_progress": t("機器が実行中のため、取り消せません。", "The unit has it already: it cannot be taken back."),
    "task_ended": t("このタスクはすでに終わっています。", "This task has ended."),
    "result_not_found": t("その結果は見つかりません。", "There is no such result."),
    "result_removed": t(
        "この結果は保存期間を過ぎたため削除されました。", "It was removed, as results are kept only so long."
    ),
    "result_file_missing": t(
        "結果のファイルが見つかりません。サービスホストの管理者へご連絡ください。",
        "The file of this result is missing on the host: tell who runs it.",
    ),
    # of schedules
    "schedule_not_found": t("その予約は見つかりません。", "There is no such schedule."),
    "schedule_ended": t(
        "この予約は終わっているか、最後の回がすでに始まっています。", "It has ended, or its last time has begun."
    ),
    "time_passed": t("これからの日時を指定してください。", "That time has passed: give one ahead."),
    "never_occurs": t("この条件に合う日がありません。", "No date fits this any more."),
    # of rollouts
    "rollout_not_found": t("そのロールアウトは見つかりません。", "There is no such rollout."),
    "rollout_state": t(
        "いまの状態ではこの操作を行えません。最新の状態をご確認ください。",
        "That is not possible as the rollout stands now. Look at it again.",
    ),
    "rollout_changed": t(
        "表示しているあいだにロールアウトの状態が変わりました。ご確認のうえ、もう一度お試しください。",
        "The rollout has changed since you looked at it. Look it over and try again.",
    ),
    "approver_is_author": t(
        "作成または開始した方は承認できません。別の運用管理担当者が承認してください。",
        "Whoever wrote or started it does not approve it: ask another operation manager.",
    ),
    "adapter_in_rollout": t(
        "対象の拠点に、終わっていない別のロールアウトがあります。先にそちらを終えてください。",
        "A site of it is in another rollout that has not ended. Let that one end first.",
    ),
    "nothing_to_roll_out": t(
        "配信が必要な拠点がありません。", "Every site would be skipped: there is nothing to roll out."
    ),
    "selection_empty": t("該当する拠点がありません。", "No site is selected."),
    "selection_too_large": t("対象の拠点が多すぎます。", "Too many sites are selected."),
    "selection_unclear": t("対象の指定が正しくありません。", "It is not clear which sites are meant."),
    "group_not_found": t("そのグループは見つかりません。", "There is no such group."),
    "query_not_found": t("その保存した条件は見つかりません。", "There is no such saved query."),
    "consents_differ": t(
        "対象の拠点ごとに同意が異なるため、まとめて操作できません。",
        "These sites are under several consents: a rollout acts under one.",
    ),
    "too_many_modules": t("モジュールが多すぎます。", "There are too many modules."),
    "main_module_empty": t("主モジュールのコンフィグがまだ保存されていません。", "The main module has no config yet."),
    "contract_ended": t("契約が終了しています。", "The contract has ended."),
    # of sites and exchanges
    "exchange_open": t("この拠点の交換はすでに進行中です。", "An exchange of this site is under way already."),
    "attendance_contradicts": t(
        "立会者のお名前と「立ち会える人がいない」は同時に指定できません。",
        "Either name who attends, or say that nobody can.",
    ),
    "not_the_attendee": t(
        "駆けつけ交換では立会者ご本人の合図が必要です。届け出た立会者のお名前をそのまま入力してください。",
        "On site it is the attendee's word: give the name of the one who attends, as it was stated.",
    ),
    "attendee_missing": t("立会者のお名前を入力してください。", "Give the name of the one who attends."),
    "delegate_unnamed": t("お名前と電話番号を入力してください。", "Give a name and a telephone number."),
    "delegate_ends_before_it_begins": t(
        "終了日時には現在より後を指定してください。", "They attend until later than now."
    ),
    "too_many_delegates": t(
        "指定できる人数の上限に達しています。先に不要な指定を解除してください。",
        "As many as may be are named already; end one first.",
    ),
    "delegate_not_found": t("その担当者は見つかりません。", "There is no such delegate."),
    "location_empty": t("機器設置場所を入力してください。", "Give the location."),
    "location_too_long": t("機器設置場所は255文字以内で入力してください。", "A location has at most 255 characters."),
    "effective_in_the_past": t(
        "適用日時には現在以降を指定してください。空欄にすると直ちに適用されます。",
        "A declaration takes effect now or later; left empty, it does at once.",
    ),
    "not_yours_to_state": t("この項目を申告できるのは別の担当です。", "That is for somebody else to state."),
    "nothing_stated": t("変更する項目を選択してください。", "Choose what is to be stated."),
    "option_not_waiting": t("決定待ちのお申し込みはありません。", "No request for the option waits for a decision."),
    "not_entry_item": t(
        "エントリ品目のサービスアダプタにのみ付加できます。", "Only for adapters under the entry item."
    ),
    "bought_from_reseller": t("販売店から購入された機器には付加できません。", "Not for units bought from a reseller."),
    "no_declared_location": t("先に機器設置場所を申告してください。", "Declare the installation location first."),
    "not_judged": t("まだ判定されていません。", "There is no verdict yet."),
    "not_reserved": t("代替機がまだ確保されていません。", "No unit is reserved yet."),
    "not_ordered": t("まだ手配されていません。", "It has not been ordered yet."),
    "not_arrived": t("代替機がまだ到着していません。", "The new unit has not arrived yet."),
    "not_swapped": t("機器の入れ替えがまだ済んでいません。", "The units have not changed places yet."),
    "not_accepted": t(
        "サービスホストによる動作確認がまだ終わっていません。しばらくお待ちください。",
        "The host's own checks are not met yet. Please wait.",
    ),
    "not_confirmed": t("復旧の確認がまだ済んでいません。", "Recovery has not been confirmed yet."),
    "swapped_already": t(
        "機器の入れ替えが済んでいるため、取り消せません。", "The units have changed places: it cannot be called off."
    ),
    "confirmed_already": t("復旧はすでに確認済みです。", "Recovery has been confirmed already."),
    "exchange_ended": t("この交換はすでに終了しています。", "This exchange has ended."),
    "fault_closed": t("この故障はすでに終了しています。", "This fault is closed."),
    "bad_fact": t("その内容は申告できません。", "That cannot be stated."),
}


def refusal_text(refused: Refused) -> Text:
    """In words; a code that is in no table with the refusal's own words."""
    known = REFUSED.get(refused.code)
    return known or t(f"受け付けられませんでした（{refused.code}）。{refused.text}", refused.text)
