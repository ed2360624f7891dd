"""Whether a unit can take another's place: everything that would not fit, each finding with a name and a severity.

A finding that blocks can be overridden by a person who says why; a warning or a notice stands beside the reservation
for whoever carries the unit there. What is not known of a unit or a model is said as such and never taken for a fit.
"""

import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from servicehost.domain.custody import PART_WORDS, Part
from servicehost.domain.rule import Text

__all__ = [
    "Finding",
    "FindingCode",
    "ModelFacts",
    "OldUnit",
    "Severity",
    "Substitute",
    "blocking",
    "misfits",
    "older",
]


class Severity(enum.StrEnum):
    """How much a finding weighs. `blocking`: not without a person's reason."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTICE = "notice"


class FindingCode(enum.StrEnum):
    """What may not fit, in the order in which it is looked at."""

    OTHER_MODEL = "other_model"
    FIRMWARE_OLDER = "firmware_older"
    FIRMWARE_NEWER = "firmware_newer"
    FIRMWARE_DIFFERS = "firmware_differs"
    FIRMWARE_UNKNOWN = "firmware_unknown"
    MODULES_MISSING = "modules_missing"
    FEWER_PORTS = "fewer_ports"
    NO_MOBILE_LINE = "no_mobile_line"
    POWER_DIFFERS = "power_differs"
    ACCESSORIES_DIFFER = "accessories_differ"
    MODEL_FACTS_UNKNOWN = "model_facts_unknown"


SEVERITIES: Final[Mapping[FindingCode, Severity]] = {
    FindingCode.OTHER_MODEL: Severity.BLOCKING,
    FindingCode.FIRMWARE_OLDER: Severity.BLOCKING,
    FindingCode.FIRMWARE_NEWER: Severity.NOTICE,
    FindingCode.FIRMWARE_DIFFERS: Severity.WARNING,
    FindingCode.FIRMWARE_UNKNOWN: Severity.NOTICE,
    FindingCode.MODULES_MISSING: Severity.BLOCKING,
    FindingCode.FEWER_PORTS: Severity.BLOCKING,
    FindingCode.NO_MOBILE_LINE: Severity.BLOCKING,
    FindingCode.POWER_DIFFERS: Severity.WARNING,
    FindingCode.ACCESSORIES_DIFFER: Severity.WARNING,
    FindingCode.MODEL_FACTS_UNKNOWN: Severity.WARNING,
}

_WORDS: Final[Mapping[FindingCode, Text]] = {
    FindingCode.OTHER_MODEL: Text(ja="機種が異なります。", en="It is another model."),
    FindingCode.FIRMWARE_OLDER: Text(
        ja="スタートアップコンフィグが確定したときのファームウェアより古い版です。",
        en="Its firmware is older than that on which the startup config was confirmed.",
    ),
    FindingCode.FIRMWARE_NEWER: Text(
        ja="スタートアップコンフィグが確定したときのファームウェアより新しい版です。",
        en="Its firmware is newer than that on which the startup config was confirmed.",
    ),
    FindingCode.FIRMWARE_DIFFERS: Text(
        ja="ファームウェアの版が異なり、新旧を比べられません。",
        en="Its firmware differs, and neither can be said to be the older.",
    ),
    FindingCode.FIRMWARE_UNKNOWN: Text(
        ja="ファームウェアの版を比べられません（どちらかが不明です）。",
        en="The firmware cannot be compared: one of the two is not known.",
    ),
    FindingCode.MODULES_MISSING: Text(
        ja="使用中のコンフィグモジュールに対応していません。", en="It lacks config modules that are in use."
    ),
    FindingCode.FEWER_PORTS: Text(ja="ポート数が足りません。", en="It has fewer ports."),
    FindingCode.NO_MOBILE_LINE: Text(ja="モバイル回線に対応していません。", en="It has no mobile line."),
    FindingCode.POWER_DIFFERS: Text(ja="電源の種類が異なります。", en="It takes another kind of power."),
    FindingCode.ACCESSORIES_DIFFER: Text(ja="主要付属品が異なります。", en="Its main accessories differ."),
    FindingCode.MODEL_FACTS_UNKNOWN: Text(
        ja="機種の仕様が登録されていないため、ポート数・回線・電源は確認していません。",
        en="The settings know too little of one of the models to compare ports, mobile line and power.",
    ),
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not fit, or is not known to: what the old unit has (`expected`) and the new one (`found`)."""

    code: FindingCode
    severity: Severity
    expected: str
    found: str
    text_ja: str
    text_en: str


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the provider has recorded of a model; what is left out is not known. `modules` are those it can hold."""

    ports: int | None = None
    mobile: bool | None = None
    power: str | None = None
    modules: tuple[int, ...] | None = None


class OldUnit(msgspec.Struct, frozen=True, kw_only=True):
    """The unit to be replaced: `firmware` is the one on which its startup config was confirmed, empty if not known;
    `modules` are those in use."""

    model: str
    firmware: str = ""
    modules: tuple[int, ...] = ()
    facts: ModelFacts = ModelFacts()
    accessories: tuple[Part, ...] = ()


class Substitute(msgspec.Struct, frozen=True, kw_only=True):
    """The unit that may take its place. `modules` None: it has never said which it holds."""

    model: str
    firmware: str = ""
    modules: tuple[int, ...] | None = None
    facts: ModelFacts = ModelFacts()
    accessories: tuple[Part, ...] = ()


def misfits(old: OldUnit, new: Substitute) -> tuple[Finding, ...]:
    """Everything that would not fit, in the order of `FindingCode`; none: the one can take the other's place."""
    return tuple(_findings(old, new))


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that need a person's reason."""
    return tuple(one for one in findings if one.severity is Severity.BLOCKING)


def older(one: str, other: str) -> bool | None:
    """Whether a firmware is older than another, by its numbers from the left; None: they cannot be compared so.

    `1.4` and `1.4.0` are the same. What follows the numbers (`1.4-rc2`) makes two versions incomparable if it differs.
    """
    first, second = _version(one), _version(other)
    if first is None or second is None or (first[0] == second[0] and first[1] != second[1]):
        return None
    return first[0] < second[0]


def _version(text: str) -> tuple[tuple[int, ...], str] | None:
    match = re.match(r"v?([0-9]{1,9}(?:\.[0-9]{1,9})*)", text)
    if match is None:
        return None
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), text[match.end() :]


def _findings(old: OldUnit, new: Substitute) -> Iterator[Finding]:
    if old.model != new.model:
        yield _finding(FindingCode.OTHER_MODEL, old.model, new.model)
    yield from _firmware(old.firmware, new.firmware)
    held = new.facts.modules if new.modules is None else new.modules
    missing = sorted(set(old.modules) - set(held)) if held is not None else []
    if missing:
        yield _finding(FindingCode.MODULES_MISSING, _listed(old.modules), _listed(held or ()))
    if old.model != new.model:
        yield from _of_models(old.facts, new.facts)
    if set(old.accessories) != set(new.accessories):
        yield _finding(FindingCode.ACCESSORIES_DIFFER, _parts(old.accessories), _parts(new.accessories))
    if old.model != new.model and _unknown(old.facts, new.facts):
        yield _finding(FindingCode.MODEL_FACTS_UNKNOWN, old.model, new.model)


def _firmware(old: str, new: str) -> Iterator[Finding]:
    if not old or not new:
        yield _finding(FindingCode.FIRMWARE_UNKNOWN, old, new)
        return
    if old == new:
        return
    is_older, is_newer = older(new, old), older(old, new)
    if is_older:
        yield _finding(FindingCode.FIRMWARE_OLDER, old, new)
    elif is_newer:
        yield _finding(FindingCode.FIRMWARE_NEWER, old, new)
    elif is_older is None:
        yield _finding(FindingCode.FIRMWARE_DIFFERS, old, new)


def _of_models(old: ModelFacts, new: ModelFacts) -> Iterator[Finding]:
    if old.ports is not None and new.ports is not None and new.ports < old.ports:
        yield _finding(FindingCode.FEWER_PORTS, str(old.ports), str(new.ports))
    if old.mobile and new.mobile is False:
        yield _finding(FindingCode.NO_MOBILE_LINE, "mobile line", "none")
    if old.power and new.power and old.power != new.power:
        yield _finding(FindingCode.POWER_DIFFERS, old.power, new.power)


def _unknown(old: ModelFacts, new: ModelFacts) -> bool:
    """Whether something of the two was not compared. A model without a mobile line asks for none."""
    ports = old.ports is None or new.ports is None
    mobile = old.mobile is None or (old.mobile and new.mobile is None)
    return ports or mobile or not old.power or not new.power


def _finding(code: FindingCode, expected: str, found: str) -> Finding:
    words = _WORDS[code]
    return Finding(
        code=code,
        severity=SEVERITIES[code],
        expected=expected or "unknown",
        found=found or "unknown",
        text_ja=words.ja,
        text_en=words.en,
    )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers)) or "none"


def _parts(parts: Sequence[Part]) -> str:
    return ", ".join(PART_WORDS[part].en for part in Part if part in parts) or "none"
