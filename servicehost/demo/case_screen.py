"""Verdicts and charges on the terminal: every one with its rule in words, Japanese and English."""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from servicehost.demo.told import Told

__all__ = ["CHARGES", "VERDICTS", "cases_screen"]

# State is said by a sign and a word, never by colour alone.
VERDICTS: Final = {
    "onsite_swap": ("◎", "駆けつけ交換", "on-site swap", "green"),
    "sendback": ("⇄", "センドバック交換", "sendback", "green"),
    "new_supply": ("+", "新規提供", "new supply", "green"),
    "declined": ("×", "交換対象外", "declined", "yellow"),
    "undecided": ("?", "未決定", "undecided", "yellow"),
}
CHARGES: Final = {
    "proposed": ("?", "ご請求案", "proposed", "yellow"),
    "approved": ("¥", "承認済み", "approved", "red"),
    "waived": ("○", "見送り", "waived", "dim"),
    "withdrawn": ("-", "取り下げ", "withdrawn", "dim"),
}
_TAX: Final = {"excluded": ("税別", "tax excluded"), "included": ("税込", "tax included")}
_UNJUDGED: Final = ("…", "判定中", "being judged", "dim")


def cases_screen(told: Told) -> RenderableType:
    """A table of verdicts and one of charges; nothing at all while there are none."""
    tables: list[RenderableType] = []
    if told.verdicts:
        tables.append(_table("交換の判定 verdicts", [_verdict(one) for one in told.verdicts]))
    if told.charges:
        tables.append(_table("費用のご請求 charges", [_charge(one) for one in told.charges]))
    return Group(*tables)


def _table(title: str, rows: list[tuple[Text, Text, Text]]) -> Table:
    table = Table(title=title, title_justify="left", expand=True, show_edge=False, show_header=False, padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")  # Japanese has no spaces to break at: cut nothing
    for row in rows:
        table.add_row(*row)
    return table


def _site(one: Mapping[str, Any]) -> Text:
    return Text(f"{one['site']}\n{one['service_code']}" if one["site"] else one["service_code"])


def _verdict(one: Mapping[str, Any]) -> tuple[Text, Text, Text]:
    sign, ja, en, style = VERDICTS.get(one["verdict"] or "", _UNJUDGED)
    return _site(one), Text(f"{sign} {ja}\n  {en}", style=style), Text(f"{one['rule_ja']}\n{one['rule_en']}")


def _charge(one: Mapping[str, Any]) -> tuple[Text, Text, Text]:
    sign, ja, en, style = CHARGES[one["state"]]
    tax_ja, tax_en = _TAX[one["tax"]]
    items_ja = "、".join(f"{item['part_ja']} {_yen(item['amount'])[0]}" for item in one["items"])
    items_en = ", ".join(f"{item['part_en']} {_yen(item['amount'])[1]}" for item in one["items"])
    total_ja, total_en = _yen(one["total"])
    return (
        _site(one),
        Text(f"{sign} {total_ja}（{tax_ja}）{ja}\n  {total_en} ({tax_en}), {en}", style=style),
        Text(f"{one['rule_ja']}\n{items_ja}\n{one['rule_en']}\n{items_en}"),
    )


def _yen(amount: int | None) -> tuple[str, str]:
    return ("金額未定", "no price yet") if amount is None else (f"{amount:,}円", f"{amount:,} yen")
