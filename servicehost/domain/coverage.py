"""Which places drivers serve: the provider's lists by municipality, and what they say of a place.

No public list of islands and uncovered areas exists for the option, so both are policy (U): as uncovered nothing is
listed, as islands the municipalities that lie wholly on islands without a bridge to the main ones. On either a person
decides; the lists decline nobody.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from servicehost.domain.fact_kind import Coverage
from servicehost.domain.place import Place

__all__ = ["KNOWN_ISLANDS", "CoveragePolicy", "CoverageWord"]

KNOWN_ISLANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "01367": "北海道奥尻郡奥尻町",
        "01517": "北海道礼文郡礼文町",
        "01518": "北海道利尻郡利尻町",
        "01519": "北海道利尻郡利尻富士町",
        "13361": "東京都大島町",
        "13362": "東京都利島村",
        "13363": "東京都新島村",
        "13364": "東京都神津島村",
        "13381": "東京都三宅島三宅村",
        "13382": "東京都御蔵島村",
        "13401": "東京都八丈島八丈町",
        "13402": "東京都青ヶ島村",
        "13421": "東京都小笠原村",
        "15224": "新潟県佐渡市",
        "15586": "新潟県岩船郡粟島浦村",
        "32525": "島根県隠岐郡海士町",
        "32526": "島根県隠岐郡西ノ島町",
        "32527": "島根県隠岐郡知夫村",
        "32528": "島根県隠岐郡隠岐の島町",
        "34431": "広島県豊田郡大崎上島町",
        "37322": "香川県小豆郡土庄町",
        "37324": "香川県小豆郡小豆島町",
        "37364": "香川県香川郡直島町",
        "38356": "愛媛県越智郡上島町",
        "42209": "長崎県対馬市",
        "42210": "長崎県壱岐市",
        "42211": "長崎県五島市",
        "42383": "長崎県北松浦郡小値賀町",
        "42411": "長崎県南松浦郡新上五島町",
        "44322": "大分県東国東郡姫島村",
        "46213": "鹿児島県西之表市",
        "46222": "鹿児島県奄美市",
        "46303": "鹿児島県鹿児島郡三島村",
        "46304": "鹿児島県鹿児島郡十島村",
        "46501": "鹿児島県熊毛郡中種子町",
        "46502": "鹿児島県熊毛郡南種子町",
        "46505": "鹿児島県熊毛郡屋久島町",
        "46523": "鹿児島県大島郡大和村",
        "46524": "鹿児島県大島郡宇検村",
        "46525": "鹿児島県大島郡瀬戸内町",
        "46527": "鹿児島県大島郡龍郷町",
        "46529": "鹿児島県大島郡喜界町",
        "46530": "鹿児島県大島郡徳之島町",
        "46531": "鹿児島県大島郡天城町",
        "46532": "鹿児島県大島郡伊仙町",
        "46533": "鹿児島県大島郡和泊町",
        "46534": "鹿児島県大島郡知名町",
        "46535": "鹿児島県大島郡与論町",
        "47207": "沖縄県石垣市",
        "47214": "沖縄県宮古島市",
        "47315": "沖縄県国頭郡伊江村",
        "47353": "沖縄県島尻郡渡嘉敷村",
        "47354": "沖縄県島尻郡座間味村",
        "47355": "沖縄県島尻郡粟国村",
        "47356": "沖縄県島尻郡渡名喜村",
        "47357": "沖縄県島尻郡南大東村",
        "47358": "沖縄県島尻郡北大東村",
        "47359": "沖縄県島尻郡伊平屋村",
        "47360": "沖縄県島尻郡伊是名村",
        "47361": "沖縄県島尻郡久米島町",
        "47375": "沖縄県宮古郡多良間村",
        "47381": "沖縄県八重山郡竹富町",
        "47382": "沖縄県八重山郡与那国町",
    }
)
"""Municipalities that lie wholly on islands to which no road or railway leads, by code."""


class CoverageWord(msgspec.Struct, frozen=True, kw_only=True):
    """What the lists say of a place, and the reason written there; empty for a place on neither."""

    coverage: Coverage
    reason: str = ""


class CoveragePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Codes of prefectures, designated cities or municipalities, each with its reason."""

    islands: Mapping[str, str] = msgspec.field(default_factory=lambda: KNOWN_ISLANDS)
    uncovered: Mapping[str, str] = {}

    def of(self, place: Place) -> CoverageWord:
        """An uncovered island counts as uncovered; the narrower area's reason is given."""
        for listed, coverage in ((self.uncovered, Coverage.UNCOVERED), (self.islands, Coverage.ISLAND)):
            for code in (place.municipality, place.city, place.prefecture):
                if code is not None and code in listed:
                    return CoverageWord(coverage=coverage, reason=listed[code])
        return CoverageWord(coverage=Coverage.COVERED)
