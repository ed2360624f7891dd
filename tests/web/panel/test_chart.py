"""The picture of the sums says in words what it shows, and stays within its frame."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from servicehost.web.panel.chart import month_chart
from servicehost.web.panel.language import Language

MONTHS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_the_picture_has_a_text_in_both_languages() -> None:
    japanese = month_chart(MONTHS, [0, 33_500, -500], Language.JA)
    assert "2026年11月から2027年01月までの承認済み費用の月別合計。2026年12月 33,500円、2027年01月 -500円。" in japanese
    assert "3.4万" in japanese
    english = month_chart(MONTHS, [0, 0, 0], Language.EN)
    assert "2026-11 to 2027-01: none." in english


@given(st.lists(st.integers(-(10**9), 10**9), min_size=3, max_size=3))
def test_every_bar_stays_within_the_frame_and_is_as_high_as_its_amount(sums: list[int]) -> None:
    drawn = str(month_chart(MONTHS, sums, Language.JA))
    bars = [tuple(map(float, bar)) for bar in re.findall(r'y="([\d.-]+)" width="[\d.]+" height="([\d.-]+)"', drawn)]
    assert len(bars) == 3
    for (top, height), amount in zip(bars, sums, strict=True):
        assert 0 <= top <= top + height <= 190
        tallest = max(abs(one) for one in sums)
        if abs(amount) == tallest and amount:
            assert height == max(high for _, high in bars)
