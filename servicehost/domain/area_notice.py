"""What a customer is told when an order is downgraded because its area is closed, or restored: made once, and kept.

The dispatcher's own reason stays inside; the notice names what the terms of service name.
"""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.area_proposal import ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.exchange import Exchange
from servicehost.domain.fact_kind import Area
from servicehost.domain.rule import Text

__all__ = ["customer_notice"]

_WHY: Final[Mapping[Area, Text]] = {
    Area.NO_ENTRY: Text(
        ja="災害等により立ち入りが困難となっているため",
        en="is hard to enter because of a disaster or the like",
    ),
    Area.MASS_DAMAGE: Text(
        ja="サービスアダプタの被害件数が著しく多いため",
        en="has very many damaged service adapters",
    ),
}


def customer_notice(kind: ProposalKind, exchange: Exchange, area: ClosedArea) -> Text:
    """The notice of an accepted proposal; of a recall once the carrier has stopped the driver."""
    order = f"サービスコード {exchange.service_code} の機器交換(受付番号 {exchange.exchange})"
    of_order = f"Exchange {exchange.exchange} of {exchange.service_code}"
    if kind is ProposalKind.RESTORE:
        return Text(
            ja=f"{area.name}における駆けつけ交換の見合わせを終了いたしました。標準のセンドバック交換に変更しておりました"
            f"{order}につきましては、当初のとおり駆けつけ交換にて手配いたします。お待たせいたしましたことをお詫び申し上げます。",
            en=f"{area.name} is open again. {of_order}, which was changed to a standard sendback, will be an"
            " on-site swap as it was first granted. We apologise for the wait.",
        )
    why = _WHY[area.state]
    return Text(
        ja=f"{area.name}は{why.ja}、現在、駆けつけ交換を実施できません。つきましては、{order}は、標準のセンドバック交換にて"
        "手配いたします。ご不便をおかけいたしますが、何卒ご理解くださいますようお願い申し上げます。",
        en=f"{area.name} {why.en}, so no on-site swap is possible there at present. {of_order} will therefore be a"
        " standard sendback. We apologise for the inconvenience.",
    )
