"""Sums by month, drawn by the host: one picture that says in words what it shows."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from servicehost.web.panel.language import Language

__all__ = ["month_chart"]

_WIDTH: Final = 720
_HEIGHT: Final = 190
_TOP, _BOTTOM, _LEFT = 24, 34, 4
"""Room for the amounts above the bars, for the months below, and at the edges."""


def month_chart(months: Sequence[date], sums: Sequence[int], language: Language) -> Markup:
    """A bar for each month; what was given back hangs below the line."""
    highest, lowest = max(0, *sums), min(0, *sums)
    room = _HEIGHT - _TOP - _BOTTOM
    scale = room / max(1, highest - lowest)
    line = _TOP + highest * scale
    step = (_WIDTH - 2 * _LEFT) / len(months)
    drawn = Markup("").join(
        _bar(place, month, amount, (step, scale, line), language)
        for place, (month, amount) in enumerate(zip(months, sums, strict=True))
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{text}">'
        '<line class="axis" x1="0" x2="{w}" y1="{y:.1f}" y2="{y:.1f}"/>{bars}</svg>'
    ).format(w=_WIDTH, h=_HEIGHT, text=_told(months, sums, language), y=line, bars=drawn)


def _bar(place: int, month: date, amount: int, space: tuple[float, float, float], language: Language) -> Markup:
    step, scale, line = space
    middle = _LEFT + step * (place + 0.5)
    height = abs(amount) * scale
    top = line - height if amount >= 0 else line
    label = f"{month.month}月" if language is Language.JA else month.strftime("%b")
    year = Markup('<text class="year" x="{:.1f}" y="{:.1f}">{}</text>').format(middle, _HEIGHT - 3, month.year)
    shown = place == 0 or month.month == 1
    said = Markup('<text class="amount" x="{:.1f}" y="{:.1f}">{}</text>').format(
        middle, top - 5, _short(amount, language)
    )
    return Markup(
        '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>{}'
        '<text class="month" x="{:.1f}" y="{:.1f}">{}</text>{}'
    ).format(
        middle - step * 0.3,
        top,
        step * 0.6,
        height,
        said if amount else "",
        middle,
        _HEIGHT - 18,
        label,
        year if shown else "",
    )


def _short(amount: int, language: Language) -> str:
    """Short enough for the width of a bar; the table has it whole."""
    if abs(amount) < 10_000:  # noqa: PLR2004
        return f"{amount:,}"
    return f"{amount / 10_000:,.1f}万" if language is Language.JA else f"{amount / 1_000:,.0f}k"


def _told(months: Sequence[date], sums: Sequence[int], language: Language) -> str:
    """The same in words."""
    known = [(month, amount) for month, amount in zip(months, sums, strict=True) if amount]
    if language is Language.JA:
        head = f"{months[0]:%Y年%m月}から{months[-1]:%Y年%m月}までの承認済み費用の月別合計。"
        return (
            head
            + ("、".join(f"{month:%Y年%m月} {amount:,}円" for month, amount in known) or "承認済みの費用はありません")
            + "。"
        )
    head = f"Approved charges by month, {months[0]:%Y-%m} to {months[-1]:%Y-%m}: "
    return head + (", ".join(f"{month:%Y-%m} {amount:,} yen" for month, amount in known) or "none") + "."
