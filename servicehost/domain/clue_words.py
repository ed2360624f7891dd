"""Each clue in words, when it is true and when it is false."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.clue import Clue
from servicehost.domain.rule import Text

__all__ = ["CLUE_TEXTS", "ClueText"]


class ClueText(msgspec.Struct, frozen=True, kw_only=True):
    """Two sentences, of which one is the case."""

    true: Text
    false: Text


def _t(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


CLUE_TEXTS: Final[Mapping[Clue, ClueText]] = {
    Clue.SILENT: ClueText(
        true=_t(
            "機器からの通信が途絶えています。",
            "The unit is not heard.",
        ),
        false=_t(
            "機器と通信できています。",
            "The unit is heard.",
        ),
    ),
    Clue.HARDWARE: ClueText(
        true=_t(
            "機器がハードウェア異常または自己診断の失敗を通知しました。",
            "The unit raised a hardware alarm or failed its self-test.",
        ),
        false=_t(
            "ハードウェア異常や自己診断の失敗は通知されていません。",
            "No hardware alarm and no failed self-test was heard of.",
        ),
    ),
    Clue.BOOT_LOOP: ClueText(
        true=_t(
            "機器が短時間に起動を繰り返しました。",
            "The unit started again and again within a short time.",
        ),
        false=_t(
            "起動の繰り返しは見られません。",
            "There was no loop of starts.",
        ),
    ),
    Clue.WATCHDOG: ClueText(
        true=_t(
            "直前の起動は、機器自身の監視機能（ウォッチドッグ）によるものでした。",
            "Its last start was forced by its own watchdog.",
        ),
        false=_t(
            "直前の起動は、ウォッチドッグによるものではありません。", "Its last start was not forced by a watchdog."
        ),
    ),
    Clue.UNWELL: ClueText(
        true=_t(
            "最後の報告で、機器の一部に異常がありました。",
            "In its last report a part of the unit was not well.",
        ),
        false=_t(
            "最後の報告では、機器の各部は正常でした。",
            "In its last report every part of the unit was well.",
        ),
    ),
    Clue.LATE_REPORTS: ClueText(
        true=_t(
            "途絶える前の報告の間隔が乱れていました。",
            "Its last reports came at uneven times.",
        ),
        false=_t(
            "途絶える前の報告は、一定の間隔で届いていました。",
            "Its last reports came at even times.",
        ),
    ),
    Clue.GOODBYE: ClueText(
        true=_t(
            "機器は正常な終了を通知してから通信を終えています。",
            "The unit said goodbye before it fell silent.",
        ),
        false=_t(
            "終了の通知はありませんでした。",
            "The unit fell silent without a goodbye.",
        ),
    ),
    Clue.OUR_TROUBLE: ClueText(
        true=_t(
            "同じ時刻に、サービス側のホストに問題がありました。",
            "Our own host was in trouble at the time.",
        ),
        false=_t(
            "サービス側のホストに問題はありません。",
            "Our own host was in no trouble.",
        ),
    ),
    Clue.NEIGHBOURS_GONE: ClueText(
        true=_t(
            "同じ拠点または同じ回線の他のアダプタも、同じ頃に途絶えました。",
            "Other adapters of the site or the line fell silent at the same time.",
        ),
        false=_t(
            "同じ拠点または同じ回線の他のアダプタとは、通信できています。",
            "Other adapters of the site or the line are still heard.",
        ),
    ),
    Clue.WIDE_OUTAGE: ClueText(
        true=_t(
            "他の拠点のアダプタの多くも、同じ頃に途絶えました。",
            "Most adapters of other sites fell silent at the same time too.",
        ),
        false=_t(
            "他の拠点のアダプタに、同時の途絶は見られません。", "Adapters of other sites did not fall silent with it."
        ),
    ),
    Clue.PUSHED: ClueText(
        true=_t(
            "異常の直前に、コンフィグが反映されていました。",
            "A config had gone to the unit shortly before.",
        ),
        false=_t(
            "異常の直前に、コンフィグの反映はありません。",
            "No config had gone to the unit shortly before.",
        ),
    ),
    Clue.CERTIFICATE: ClueText(
        true=_t(
            "機器の証明書に問題があり、接続が受け付けられていません。",
            "The unit's certificate is in the way of its session.",
        ),
        false=_t(
            "機器の証明書に問題は見られません。",
            "Nothing is wrong with the unit's certificate.",
        ),
    ),
    Clue.DIALS: ClueText(
        true=_t(
            "異常が始まった後も、機器から接続の試みがあります。",
            "The unit has dialled since the trouble began.",
        ),
        false=_t(
            "異常が始まってから、機器からの接続の試みはありません。",
            "The unit has not dialled since the trouble began.",
        ),
    ),
    Clue.RETURNED: ClueText(
        true=_t(
            "途絶えた後、通信が再開しています。",
            "The unit fell silent and is heard again.",
        ),
        false=_t(
            "途絶えた後の再開はありません。",
            "The unit did not come back after a silence.",
        ),
    ),
    Clue.SITE_DARK: ClueText(
        true=_t(
            "設置場所に電気が来ていません。",
            "There is no power at the site.",
        ),
        false=_t(
            "設置場所には電気が来ています。",
            "There is power at the site.",
        ),
    ),
    Clue.UNIT_DARK: ClueText(
        true=_t(
            "機器の電源ランプが消灯しています。",
            "The unit's power lamp is dark.",
        ),
        false=_t(
            "機器の電源ランプは点灯しています。",
            "The unit's power lamp is lit.",
        ),
    ),
    Clue.LINE_DOWN: ClueText(
        true=_t(
            "回線が使えない状態です。",
            "The line is down.",
        ),
        false=_t(
            "回線は使える状態です。",
            "The line works.",
        ),
    ),
    Clue.LAN_DARK: ClueText(
        true=_t(
            "機器のLANランプが消灯しています。",
            "The unit's LAN lamp is dark.",
        ),
        false=_t(
            "機器のLANランプは点灯しています。",
            "The unit's LAN lamp is lit.",
        ),
    ),
    Clue.CYCLED_IN_VAIN: ClueText(
        true=_t(
            "電源を入れ直しても、状態は変わりませんでした。",
            "Switching it off and on changed nothing.",
        ),
        false=_t(
            "電源の入れ直しで復旧したか、まだ入れ直していません。", "Switching it off and on helped, or was not tried."
        ),
    ),
    Clue.CYCLED_WELL: ClueText(
        true=_t(
            "電源を入れ直すと復旧しました。",
            "It came back when it was switched off and on.",
        ),
        false=_t(
            "電源の入れ直しでは復旧していません。",
            "Switching it off and on has not brought it back.",
        ),
    ),
    Clue.MOVED: ClueText(
        true=_t(
            "最近、機器またはケーブルが移動されました。",
            "The unit or one of its cables was moved lately.",
        ),
        false=_t(
            "機器もケーブルも移動されていません。",
            "Neither the unit nor a cable was moved.",
        ),
    ),
    Clue.MISSING: ClueText(
        true=_t(
            "機器が設置場所に見当たりません。",
            "The unit is not where it should stand.",
        ),
        false=_t(
            "機器は設置場所にあります。",
            "The unit is where it should stand.",
        ),
    ),
    Clue.OPENED: ClueText(
        true=_t(
            "機器の筐体が開けられたか、改造されています。",
            "The unit was opened or altered.",
        ),
        false=_t(
            "機器は開けられても改造されてもいません。",
            "The unit was neither opened nor altered.",
        ),
    ),
    Clue.DROPPED: ClueText(
        true=_t(
            "機器に落下または衝撃がありました。",
            "The unit was dropped or knocked.",
        ),
        false=_t(
            "機器に落下や衝撃はありませんでした。",
            "The unit was neither dropped nor knocked.",
        ),
    ),
    Clue.WET: ClueText(
        true=_t(
            "機器に水などがかかりました。",
            "Water or the like got into the unit.",
        ),
        false=_t(
            "機器に水などはかかっていません。",
            "No water got into the unit.",
        ),
    ),
    Clue.CALAMITY: ClueText(
        true=_t(
            "付近で落雷などの災害がありました。",
            "There was lightning or another calamity nearby.",
        ),
        false=_t(
            "付近で落雷などの災害はありませんでした。",
            "There was no lightning or other calamity nearby.",
        ),
    ),
}
"""Every clue, in the order of `Clue`."""
