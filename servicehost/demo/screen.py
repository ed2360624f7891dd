"""The live table of the fleet, from the answers of the API."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

__all__ = ["PHASES", "PRESENCES", "fleet_screen"]

# State is said by a sign and a word, never by colour alone.
PRESENCES: Final = {
    "connected": ("●", "接続 connected", "green"),
    "disconnected": ("×", "切断 disconnected", "red"),
    "unknown": ("?", "不明 unknown", "yellow"),
    "never": ("-", "未接続 never", "dim"),
}
PHASES: Final = {
    "queued": "待機 queued",
    "offered": "送信 offered",
    "stored": "格納 stored",
    "running": "試行 running",
    "confirmed": "確定 confirmed",
    "reverted": "復元 reverted",
    "refused": "拒否 refused",
    "superseded": "置換 superseded",
    "cancelled": "取消 cancelled",
    "expired": "期限切れ expired",
}


def fleet_screen(
    title: str, adapters: Sequence[dict[str, Any]], cases: RenderableType, events: Sequence[dict[str, Any]]
) -> RenderableType:
    """The whole screen: counts, the cases, one line an adapter, the newest events."""
    return Group(Panel(_counts(adapters), title=title), cases, _fleet(adapters), _events(events))


def _counts(adapters: Sequence[dict[str, Any]]) -> Text:
    presences = Counter(_presence(adapter) for adapter in adapters)
    phases = Counter(adapter["push"]["phase"] for adapter in adapters if adapter["push"])
    text = Text()
    for presence, (sign, word, style) in PRESENCES.items():
        text.append(f" {sign} {word}: {presences[presence]} ", style=style)
    text.append("│")
    for phase, count in sorted(phases.items()):
        text.append(f" {PHASES[phase]}: {count} ")
    return text


def _presence(adapter: dict[str, Any]) -> str:
    unit = adapter["unit"]
    return "never" if unit is None else str(unit["presence"])


def _fleet(adapters: Sequence[dict[str, Any]]) -> Table:
    table = Table(expand=True, padding=(0, 1), show_edge=False)
    for heading in (
        "サービスコード code",
        "拠点 site",
        "機器 unit",
        "状態 presence",
        "配信 push",
        "コンフィグ config",
        "最終受信 heard",
    ):
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for adapter in adapters:
        sign, word, style = PRESENCES[_presence(adapter)]
        unit = adapter["unit"] or {}
        push = adapter["push"]
        table.add_row(
            adapter["service_code"],
            adapter["memo"],
            f"{unit['model']}-{unit['serial']}" if unit else "-",
            Text(f"{sign} {word}", style=style),
            PHASES[push["phase"]] if push else "-",
            _config(adapter),
            _time(unit),
        )
    return table


def _config(adapter: dict[str, Any]) -> str:
    startup = adapter["startup"]
    return f"r{startup['revision']} {startup['digest'][7:15]}" if startup else "-"


def _time(unit: dict[str, Any]) -> str:
    session = unit.get("session")
    return str(session["heard_at"])[11:19] if session else "-"


def _events(events: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="最近のイベント newest events", expand=True, show_edge=False, show_header=False, padding=(0, 1))
    for event in events:
        what = event["sub_type"] if not event["reason"] else f"{event['sub_type']} ({event['reason']})"
        table.add_row(str(event["at"])[11:19], what, event["service_code"] or "-", event["actor"])
    return table
