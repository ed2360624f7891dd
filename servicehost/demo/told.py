"""The cases of a customer in words, as the API tells them: each verdict with the rule that decided it, each charge."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from servicehost.demo.api import Api

__all__ = ["Told", "read_told"]

_NEWEST: Final = 8


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Oldest first, each as the summary of the story shows it."""

    verdicts: tuple[dict[str, Any], ...] = ()
    charges: tuple[dict[str, Any], ...] = ()


async def read_told(reader: Api, sites: Mapping[str, str]) -> Told:
    """The newest eight exchanges and the charges of them. `sites` has the names of sites by service code."""
    newest = await reader.get("exchanges", newest_first="true", limit=_NEWEST)
    numbers = sorted(one["exchange"] for one in newest["items"])
    cases = await asyncio.gather(*(reader.get(f"exchanges/{number}") for number in numbers))
    charges = [one for one in await reader.all("charges") if one["exchange"] in numbers and one["state"] != "withdrawn"]
    return Told(
        verdicts=tuple(_verdict(case, sites) for case in cases), charges=tuple(_charge(one, sites) for one in charges)
    )


def _verdict(case: Mapping[str, Any], sites: Mapping[str, str]) -> dict[str, Any]:
    rule_ja, rule_en = _decisive(case)
    return {
        **{name: case[name] for name in ("exchange", "service_code")},
        "site": sites.get(case["service_code"], ""),
        **{name: case[name] for name in ("verdict", "verdict_ja", "verdict_en")},
        "rule": case["decided_by"],
        "rule_ja": rule_ja,
        "rule_en": rule_en,
        **{name: case[name] for name in ("state", "charge", "charge_ja", "charge_en")},
    }


def _decisive(case: Mapping[str, Any]) -> tuple[str, str]:
    """The words of the rule that decided; of an on-site swap, that every rule was read and none holds."""
    trace = case["trace"]
    if not trace:
        return "まだ判定していません。", "It has not been judged yet."
    for line in trace:
        if line["code"] == case["decided_by"]:
            return line["text_ja"], line["text_en"]
    return (
        f"駆けつけ交換を妨げる規則は、全{len(trace)}件のうち一つもありません。",
        f"None of all {len(trace)} rules stands in the way of an on-site swap.",
    )


def _charge(charge: Mapping[str, Any], sites: Mapping[str, str]) -> dict[str, Any]:
    items = [{name: item[name] for name in ("part", "part_ja", "part_en", "why", "amount")} for item in charge["items"]]
    return {
        **{name: charge[name] for name in ("charge", "exchange", "service_code")},
        "site": sites.get(charge["service_code"], ""),
        "rule": charge["rule"],
        "rule_ja": charge["evidence"]["text_ja"],
        "rule_en": charge["evidence"]["text_en"],
        "items": items,
        **{name: charge[name] for name in ("total", "currency", "tax", "state", "decided_by", "reason")},
    }
