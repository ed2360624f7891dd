"""Why an errand is held before it is ordered: by name, with what to do about it."""

import enum
from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["HOLD_TEXTS", "Hold"]


class Hold(enum.StrEnum):
    """Why an errand is held before it is ordered."""

    NO_SHIPPING_ADDRESS = "no_shipping_address"
    NO_DECLARED_LOCATION = "no_declared_location"
    AREA_PROPOSAL = "area_proposal"


HOLD_TEXTS: Final[Mapping[Hold, tuple[Text, Text]]] = {
    Hold.NO_SHIPPING_ADDRESS: (
        Text(
            ja="機器送付先住所が登録されていないため、発送・引き取りを保留しています。",
            en="There is no shipping address, so nothing is shipped or fetched: the errand is held.",
        ),
        Text(
            ja="機器送付先住所を登録してください。手配担当が理由を添えて、機器設置場所または代わりの住所を指定することもできます。",
            en="Say the shipping address; or a dispatcher decides for the declared location or a stand-in address.",
        ),
    ),
    Hold.NO_DECLARED_LOCATION: (
        Text(
            ja="機器設置場所が申告されていないため、手配を保留しています。",
            en="There is no declared location to send a driver to: the errand is held.",
        ),
        Text(ja="機器設置場所を申告してください。", en="Declare the location."),
    ),
    Hold.AREA_PROPOSAL: (
        Text(
            ja="設置場所の地域が立ち入り停止となったため、駆けつけ交換の手配を保留しています。",
            en="The area has been closed, so the on-site swap is held.",
        ),
        Text(
            ja="手配担当が、見合わせの提案について決定します。以前の判断があっても、改めて決定が必要です。",
            en="A dispatcher decides on the proposal to downgrade it, whatever was decided before the closing.",
        ),
    ),
}
"""What is the case, and what to do about it."""
