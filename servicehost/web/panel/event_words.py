"""Events in words. A sub-type or reason that is in no table is shown as it is: a unit may name what we do not know."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["EVENTS", "REASONS", "event_text", "reason_text"]


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


EVENTS: Final[Mapping[str, Text]] = {
    # sessions and units
    "session_opened": _t("機器が接続しました", "Unit connected"),
    "session_ended": _t("機器との接続が終わりました", "Unit's session ended"),
    "attempt_failed": _t("接続の試みを断りました", "Attempt to connect refused"),
    "attempts_unlisted": _t("記録を省いた接続の試みがあります", "Attempts that are not listed one by one"),
    "status_changed": _t("機器の状態が変わりました", "Unit's status changed"),
    "hardware_alarm": _t("機器がハードウェア異常を知らせました", "Unit raised a hardware alarm"),
    "self_test_failed": _t("機器の自己診断が失敗しました", "Unit failed its self-test"),
    "boot_loop": _t("機器が再起動を繰り返しています", "Unit restarts again and again"),
    "symptom_seen": _t("故障の兆候を検知しました", "Symptom noticed"),
    "silence": _t("機器からの応答がありません", "Unit is silent"),
    "unit_enrolled": _t("機器の証明書を発行しました", "Unit enrolled"),
    "enrolment_refused": _t("証明書の発行を断りました", "Enrolment refused"),
    "enrolment_token_issued": _t("登録用トークンを発行しました", "Enrolment token issued"),
    "unit_registered": _t("機器を登録しました", "Unit registered"),
    "unit_stocked": _t("機器を在庫に加えました", "Unit taken into stock"),
    "unit_bound": _t("機器を拠点に割り当てました", "Unit bound to the site"),
    "unit_unbound": _t("機器の割り当てを解除しました", "Unit taken off the site"),
    # configs and pushes
    "config_saved": _t("コンフィグを保存しました", "Config saved"),
    "push_ordered": _t("配信を指示しました", "Push ordered"),
    "pushes_ordered": _t("複数の拠点へ配信を指示しました", "Pushes to many ordered"),
    "push_confirmed": _t("配信が確定しました", "Push confirmed"),
    "push_reverted": _t("配信したコンフィグは元に戻りました", "Push reverted"),
    "push_refused": _t("機器が配信を拒否しました", "Push refused by the unit"),
    "push_superseded": _t("配信は新しい配信に置き換わりました", "Push superseded"),
    "push_cancelled": _t("配信を取り消しました", "Push cancelled"),
    "push_expired": _t("配信の期限が切れました", "Push expired"),
    # people and contracts
    "logged_in": _t("ログインしました", "Logged in"),
    "logged_out": _t("ログアウトしました", "Logged out"),
    "password_changed": _t("パスワードを変更しました", "Password changed"),
    "person_added": _t("担当者を登録しました", "Person added"),
    "person_erased": _t("担当者の個人情報を消去しました", "Person erased"),
    "named_person_erased": _t("氏名のみの人物の個人情報を消去しました", "Person known by name erased"),
    "contract_added": _t("契約を登録しました", "Contract added"),
    "adapter_added": _t("サービスアダプタを登録しました", "Adapter added"),
    "terms_changed": _t("契約条件が変わりました", "Terms of the contract changed"),
    # faults and exchanges
    "fault_suspected": _t("故障の疑いがあります", "Fault suspected"),
    "fault_opened": _t("故障として受け付けました", "Fault opened"),
    "fault_triaged": _t("故障を切り分けました", "Fault triaged"),
    "fault_closed": _t("故障の対応を終えました", "Fault closed"),
    "fact_stated": _t("判定に使う事実が申告されました", "Fact stated"),
    "exchange_requested": _t("交換の依頼を受け付けました", "Exchange requested"),
    "exchange_undecided": _t("交換の判定には確認が必要です", "Exchange waits for facts"),
    "exchange_judged": _t("交換の方法を判定しました", "Exchange judged"),
    "exchange_reserved": _t("代替機を確保しました", "Replacement reserved"),
    "exchange_ordered": _t("交換を手配しました", "Exchange ordered"),
    "exchange_arrived": _t("代替機が到着しました", "Replacement arrived"),
    "swap_now_said": _t("機器の入れ替えを指示しました", "Word given to swap"),
    "exchange_swapped": _t("機器が入れ替わりました", "Units changed places"),
    "exchange_accepted": _t("代替機の動作を確認しました", "Replacement passed the host's check"),
    "exchange_confirmed": _t("お客さまが復旧を確認しました", "Customer confirmed recovery"),
    "exchange_closed": _t("交換を完了しました", "Exchange closed"),
    "exchange_declined": _t("交換の対象外と判定しました", "Exchange declined"),
    "exchange_cancelled": _t("交換を取り消しました", "Exchange cancelled"),
    "exchange_failed": _t("交換に失敗しました", "Exchange failed"),
    "replaced_unit_heard": _t("交換済みの旧機器が接続してきました", "Replaced unit was heard again"),
    "carrier_notice_without_effect": _t("配送業者の連絡は状況を変えませんでした", "Carrier's notice changed nothing"),
    "carrier_notice_unknown": _t("配送業者の連絡に心当たりがありません", "Carrier's notice about an unknown exchange"),
    "reaction_sent_again": _t("止まった自動処理をやり直しました", "A parked step was sent again"),
    "reaction_parked": _t("自動処理が止まりました", "An automatic step is parked"),
}

REASONS: Final[Mapping[str, Text]] = {
    # of pushes
    "apply_failed": _t("適用できなかった", "it could not be applied"),
    "management_path_lost": _t("適用するとホストに届かなくなった", "no host could be reached with it"),
    "not_confirmed": _t("ホストの承認が期限までに届かなかった", "the host did not say yes in time"),
    "power_lost": _t("確定前に電源が切れた", "the power went before it was confirmed"),
    "another_digest_runs": _t("別のコンフィグが動いていた", "another config was running"),
    "digest_mismatch": _t("内容が途中で壊れていた", "it arrived damaged"),
    "flash_failed": _t("機器が保存できなかった", "the unit's flash cannot be written"),
    "not_understood": _t("機器が解釈できない行がある", "the unit does not understand a line of it"),
    "unknown_module": _t("機器が知らないモジュール", "the unit has no such module"),
    "lost_by_unit": _t("機器が失ったため送り直し", "the unit lost it; it is sent again"),
    "newer_push": _t("新しい配信があるため", "a newer push took its place"),
    "cancelled_by_operator": _t("担当者が取り消した", "somebody cancelled it"),
    "waited_too_long": _t("機器が期限までに受け取らなかった", "the unit did not take it in time"),
    "refused": _t("機器が受け付けなかった", "the unit did not take it"),
    "reverted": _t("機器が元に戻した", "the unit reverted it"),
    # of sessions: the close codes
    "done": _t("機器が自分で終えた", "the unit said goodbye"),
    "not_text": _t("テキストでない電文", "a message that was not text"),
    "not_utf8": _t("UTF-8でない電文", "a message that was not UTF-8"),
    "too_large": _t("大きすぎる電文", "a message that was too large"),
    "host_fault": _t("ホスト側の不具合", "a fault of the host's"),
    "draining": _t("ホストの停止", "the host went away"),
    "taken_over": _t("同じ機器の新しい接続", "a newer session of the unit"),
    "silent": _t("応答がなくなった", "the unit fell silent"),
    "slow": _t("受信が滞った", "the unit took nothing in"),
    "unbound": _t("割り当ての変更", "its binding changed"),
    "busy": _t("ホストの混雑", "the host was busy"),
    "greeting_timeout": _t("挨拶がなかった", "no hello in time"),
    "connection_lost": _t("回線が切れた", "the connection was lost"),
    "handshake_timeout": _t("TLSの開始が遅すぎた", "the TLS handshake took too long"),
    "tls_refused": _t("TLSで拒否", "TLS refused it"),
    "upgrade_refused": _t("接続開始を拒否", "the opening was refused"),
    "host_unheard": _t("ホスト側の回線の疑い", "probably the host's own network"),
    "protocol_error": _t("通信手順の違反", "it broke the protocol"),
    "unknown_unit": _t("登録のない機器", "no such unit is registered"),
    "certificate_expired": _t("証明書の期限切れ", "its certificate has expired"),
    "certificate_not_yet_valid": _t("証明書がまだ有効でない", "its certificate is not valid yet"),
    "revoked": _t("失効した証明書", "it was revoked"),
    "replaced": _t("交換済みの機器", "another unit has taken its place"),
    "out_of_service": _t("契約の終了", "the contract ended"),
    "duplicate": _t("同じ機器が二つ", "two units use one identity"),
    # of enrolments
    "unknown_token": _t("知らないトークン", "an unknown token"),
    "token_of_another_unit": _t("別の機器のトークン", "another unit's token"),
    "token_used": _t("使用済みのトークン", "the token was used before"),
    "token_expired": _t("トークンの期限切れ", "the token has expired"),
    # of greetings
    "serving": _t("稼働中", "serving"),
    "standby": _t("待機中、割り当てなし", "on stand-by, bound to nothing"),
    # of faults and exchanges
    "hardware_alarm": _t("ハードウェア異常", "hardware alarm"),
    "self_test_failed": _t("自己診断の失敗", "self-test failed"),
    "boot_loop": _t("再起動の繰り返し", "boot loop"),
    "silence": _t("無応答", "silence"),
    "reported": _t("お客さまの申告", "reported by the customer"),
    "came_back": _t("復帰した", "it came back"),
    "exchanged": _t("交換した", "exchanged"),
    "no_fault_found": _t("異常なし", "no fault found"),
    "withdrawn": _t("取り下げ", "withdrawn"),
    "carrier_refused": _t("配送業者が受けなかった", "the carrier refused"),
    "lost_in_transit": _t("配送中の紛失", "lost in transit"),
    "wrong_model": _t("機種違い", "wrong model"),
    "dead_on_arrival": _t("到着時の故障", "dead on arrival"),
    "natural": _t("自然故障", "natural failure"),
    "negligence": _t("お客さまの過失", "negligence"),
    "accident": _t("事故", "accident"),
    "disaster": _t("災害", "disaster"),
    "modification": _t("改造", "modification"),
    "loss": _t("紛失・盗難", "loss"),
    "not_hardware": _t("機器の故障ではない", "no fault of the hardware"),
    # verdicts, and the rules that stand in the way of an on-site swap
    "onsite_swap": _t("駆けつけ交換", "on-site swap"),
    "sendback": _t("センドバック交換", "sendback"),
    "new_supply": _t("新規提供", "new supply"),
    "declined": _t("交換対象外", "declined"),
    "undecided": _t("未決定", "undecided"),
    "not_operation_manager": _t("運用管理担当者のご依頼ではない", "not asked by the operation manager"),
    "lost": _t("紛失・盗難", "the unit is lost"),
    "brought_in_without_option": _t("オプションのない持ち込み機器", "brought in, without the option"),
    "rental_without_option": _t("オプションのないレンタル機器", "rental, without the option"),
    "customer_fault": _t("お客さまの責による故障", "the customer's fault"),
    "accident_or_disaster": _t("事故または災害", "accident or disaster"),
    "provider_closed_area": _t("立ち入りできない地域", "a closed area"),
    "provider_mass_damage": _t("広域の被害", "mass damage"),
    "not_at_declared_location": _t("届け出た設置場所にない", "not where it was declared to be"),
    "unmanned_or_restricted": _t("無人または立ち入り制限のある拠点", "unmanned or restricted site"),
    "nobody_attends": _t("立会者がいない", "nobody attends"),
    # of components
    "flash": _t("フラッシュメモリ", "flash memory"),
    "fan": _t("ファン", "fan"),
    "temperature": _t("温度", "temperature"),
    "power": _t("電源", "power supply"),
    "self_test": _t("自己診断", "self-test"),
}


def event_text(sub_type: str) -> Text:
    """What happened, in words."""
    return EVENTS.get(sub_type) or _t(sub_type, sub_type)


def reason_text(reason: str) -> Text:
    """Why, in words."""
    return REASONS.get(reason) or _t(reason, reason)
