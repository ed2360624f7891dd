"""What the provider's own pages say: closed areas, stock; and where an exchange's units go."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.area_proposal import AreaProposalState, ProposalKind
from servicehost.domain.destination import DestinationKind
from servicehost.domain.fact_kind import Area
from servicehost.domain.rule import Text
from servicehost.web.panel.both import t
from servicehost.web.panel.state_words import Badge

__all__ = ["AREA_STATES", "DESTINATIONS", "PROPOSALS", "PROPOSAL_STATES", "PROVIDER_WORDS"]


def _b(sign: str, ja: str, en: str, tone: str) -> Badge:
    return Badge(sign=sign, word=Text(ja=ja, en=en), tone=tone)


AREA_STATES: Final[Mapping[str, Badge]] = {
    Area.NO_ENTRY: _b("⊘", "立ち入り困難", "hard to enter", "bad"),
    Area.MASS_DAMAGE: _b("▲", "被害多数", "very many damaged", "bad"),
}

PROPOSALS: Final[Mapping[str, Text]] = {
    ProposalKind.DOWNGRADE: t("センドバック交換に変更する", "Sendback instead of a driver"),
    ProposalKind.RECALL: t(
        "ドライバーを呼び戻し、センドバック交換に変更する", "Call the driver back and send it instead"
    ),
    ProposalKind.RESTORE: t("駆けつけ交換に戻す", "On-site swap again"),
}

PROPOSAL_STATES: Final[Mapping[str, Badge]] = {
    AreaProposalState.OPEN: _b("…", "決定待ち", "to be decided", "warn"),
    AreaProposalState.ACCEPTED: _b("✓", "承認", "accepted", "good"),
    AreaProposalState.DECLINED: _b("－", "見送り", "declined", "calm"),
    AreaProposalState.WITHDRAWN: _b("－", "取り下げ", "withdrawn", "calm"),
    AreaProposalState.TOO_LATE: _b("×", "間に合わず", "too late", "bad"),
}

DESTINATIONS: Final[Mapping[str, Text]] = {
    DestinationKind.SHIPPING_ADDRESS: t("機器送付先住所", "shipping address"),
    DestinationKind.DECLARED_LOCATION: t("機器設置場所", "declared location"),
    DestinationKind.STAND_IN: t("代わりの住所", "stand-in address"),
    DestinationKind.UNKNOWN: t("未定", "not known"),
}

PROVIDER_WORDS: Final[Mapping[str, Text]] = {
    "areas": t("地域の停止", "Closed areas"),
    "stock": t("在庫", "Stock"),
    "model": t("モデル", "Model"),
    "areas_lead": t(
        "災害などで駆けつけ交換を見合わせている地域と、その地域の手配についての提案です。",
        "Areas closed to on-site swaps, and what is proposed of the orders inside.",
    ),
    "areas_closed": t("見合わせ中の地域", "Closed areas"),
    "no_areas": t("見合わせ中の地域はありません。", "No area is closed."),
    "no_areas_more": t(
        "地域を停止すると、その地域の駆けつけ交換が提案として表示されます。",
        "Once one is closed, the on-site orders inside are shown as proposals.",
    ),
    "close_area": t("地域を停止する", "Close an area"),
    "area_name": t("都道府県・市区町村", "Prefecture or municipality"),
    "area_name_hint": t(
        "「東京都」「東京都千代田区」のように名称でご記入ください。",
        "Write its whole Japanese name, the prefecture first.",
    ),
    "area_why": t("状況", "State"),
    "area_until": t("終了日時", "Ends at"),
    "area_until_hint": t("未定の場合は、見直し日時をご記入ください。", "If it is not known, give the review."),
    "area_review": t("見直し日時", "Reviewed at"),
    "area_since": t("停止", "Closed"),
    "reopen_area": t("再開する", "Open it again"),
    "area_proposals": t("提案", "Proposals"),
    "no_area_proposals": t("決定を待っている提案はありません。", "No proposal waits for a decision."),
    "no_area_proposals_more": t("停止した地域の手配が変わると、ここに表示されます。", "They are shown here."),
    "decide_all": t("まとめて決定する", "Decide all together"),
    "decide_one": t("決定する", "Decide"),
    "accept_it": t("提案のとおりにする", "Do as proposed"),
    "leave_it": t("見送る（このまま続ける）", "Leave it (go on as it is)"),
    "proposal_kind": t("提案の内容", "What is proposed"),
    "earlier_no": t("停止前に「見合わせない」と判断", "Decided before the closing: no downgrade"),
    "stock_lead": t("倉庫ごとの代替機の在庫です。", "Spares by depot, model and firmware."),
    "stock_by_depot": t("倉庫別の在庫", "Stock by depot"),
    "no_stock": t("在庫はありません。", "There is no stock."),
    "no_stock_more": t("機器を在庫に加えると、ここに表示されます。", "Units taken into stock are shown here."),
    "depot": t("倉庫", "Depot"),
    "main_depot": t("主倉庫", "Main stock"),
    "depot_area": t("担当地域", "Serves"),
    "firmware": t("ファームウェア", "Firmware"),
    "free": t("空き", "Free"),
    "reserved_units": t("確保済み", "Reserved"),
    "units_out": t("出庫中", "Out"),
    "threshold": t("下限数", "Threshold"),
    "stock_level": t("在庫状況", "Level"),
    "stock_is_low": t("下限割れ", "low"),
    "stock_is_fine": t("充足", "enough"),
    "set_threshold": t("下限数を設定する", "Set a threshold"),
    "threshold_least": t("下限数（0 で設定なし）", "Threshold (0: none)"),
    "destination": t("送付先", "Goes to"),
    "destination_reason": t("指定の理由", "Why there"),
}
