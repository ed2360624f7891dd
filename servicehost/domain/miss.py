"""Why an errand missed its target or a visit came to nothing: a closed list, in words of both languages."""

import enum
from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["MISS_WORDS", "MissReason"]


class MissReason(enum.StrEnum):
    """The one reason, as whoever was there says it."""

    TRAFFIC = "traffic"
    WEATHER = "weather"
    DISASTER = "disaster"
    ATTENDEE_ABSENT = "attendee_absent"
    NO_ENTRY = "no_entry"
    REFUSED_ON_SITE = "refused_on_site"
    WRONG_ADDRESS = "wrong_address"
    CUSTOMER_CHANGED = "customer_changed"
    NO_STOCK = "no_stock"
    CARRIER = "carrier"
    DRIVER_LATE = "driver_late"


MISS_WORDS: Final[Mapping[MissReason, Text]] = {
    MissReason.TRAFFIC: Text(ja="交通事情", en="traffic"),
    MissReason.WEATHER: Text(ja="天候", en="weather"),
    MissReason.DISASTER: Text(ja="災害", en="disaster"),
    MissReason.ATTENDEE_ABSENT: Text(ja="立会者不在", en="nobody was there to attend"),
    MissReason.NO_ENTRY: Text(ja="入館・入室不可", en="no entry"),
    MissReason.REFUSED_ON_SITE: Text(ja="現地での交換お断り", en="refused on the spot"),
    MissReason.WRONG_ADDRESS: Text(ja="住所相違", en="wrong address"),
    MissReason.CUSTOMER_CHANGED: Text(ja="お客さまのご都合による変更", en="changed by the customer"),
    MissReason.NO_STOCK: Text(ja="在庫なし", en="no stock"),
    MissReason.CARRIER: Text(ja="配送業者の事情", en="the carrier's own"),
    MissReason.DRIVER_LATE: Text(ja="ドライバーの遅延", en="the driver was late"),
}
"""Each reason in words."""
