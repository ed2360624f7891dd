"""Whether a unit can take another's place: everything that would not fit, each misfit with a name and a severity.

A misfit that blocks can be overridden by a person who says why; a warning or a notice stands beside the reservation
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
    "Misfit",
    "MisfitCode",
    "MisfitSeverity",
    "ModelFacts",
    "OldUnit",
    "Substitute",
    "blocking",
    "misfits",
    "older",
]


class MisfitSeverity(enum.StrEnum):
    """How much a misfit weighs. `blocking`: not without a person's reason."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTICE = "notice"


class MisfitCode(enum.StrEnum):
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


SEVERITIES: Final[Mapping[MisfitCode, MisfitSeverity]] = {
    MisfitCode.OTHER_MODEL: MisfitSeverity.BLOCKING,
    MisfitCode.FIRMWARE_OLDER: MisfitSeverity.BLOCKING,
    MisfitCode.FIRMWARE_NEWER: MisfitSeverity.NOTICE,
    MisfitCode.FIRMWARE_DIFFERS: MisfitSeverity.WARNING,
    MisfitCode.FIRMWARE_UNKNOWN: MisfitSeverity.NOTICE,
    MisfitCode.MODULES_MISSING: MisfitSeverity.BLOCKING,
    MisfitCode.FEWER_PORTS: MisfitSeverity.BLOCKING,
    MisfitCode.NO_MOBILE_LINE: MisfitSeverity.BLOCKING,
    MisfitCode.POWER_DIFFERS: MisfitSeverity.WARNING,
    MisfitCode.ACCESSORIES_DIFFER: MisfitSeverity.WARNING,
    MisfitCode.MODEL_FACTS_UNKNOWN: MisfitSeverity.WARNING,
}

_WORDS: Final[Mapping[MisfitCode, Text]] = {
    MisfitCode.OTHER_MODEL: Text(ja="機種が異なります。", en="It is another model."),
    MisfitCode.FIRMWARE_OLDER: Text(
        ja="スタートアップコンフィグが確定したときのファームウェアより古い版です。",
        en="Its firmware is older than that on which the startup config was confirmed.",
    ),
    MisfitCode.FIRMWARE_NEWER: Text(
        ja="スタートアップコンフィグが確定したときのファームウェアより新しい版です。",
        en="Its firmware is newer than that on which the startup config was confirmed.",
    ),
    MisfitCode.FIRMWARE_DIFFERS: Text(
        ja="ファームウェアの版が異なり、新旧を比べられません。",
        en="Its firmware differs, and neither can be said to be the older.",
    ),
    MisfitCode.FIRMWARE_UNKNOWN: Text(
        ja="ファームウェアの版を比べられません（どちらかが不明です）。",
        en="The firmware cannot be compared: one of the two is not known.",
    ),
    MisfitCode.MODULES_MISSING: Text(
        ja="使用中のコンフィグモジュールに対応していません。", en="It lacks config modules that are in use."
    ),
    MisfitCode.FEWER_PORTS: Text(ja="ポート数が足りません。", en="It has fewer ports."),
    MisfitCode.NO_MOBILE_LINE: Text(ja="モバイル回線に対応していません。", en="It has no mobile line."),
    MisfitCode.POWER_DIFFERS: Text(ja="電源の種類が異なります。", en="It takes another kind of power."),
    MisfitCode.ACCESSORIES_DIFFER: Text(ja="主要付属品が異なります。", en="Its main accessories differ."),
    MisfitCode.MODEL_FACTS_UNKNOWN: Text(
        ja="機種の仕様が登録されていないため、ポート数・回線・電源は確認していません。",
        en="The settings know too little of one of the models to compare ports, mobile line and power.",
    ),
}


class Misfit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not fit, or is not known to: what the old unit has (`expected`) and the new one (`found`)."""

    code: MisfitCode
    severity: MisfitSeverity
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
    mobile: bool = False
    """Whether its adapter has the mobile access option."""


class Substitute(msgspec.Struct, frozen=True, kw_only=True):
    """The unit that may take its place; `firmware` empty: not known."""

    model: str
    firmware: str = ""
    facts: ModelFacts = ModelFacts()
    accessories: tuple[Part, ...] = ()


def misfits(old: OldUnit, new: Substitute) -> tuple[Misfit, ...]:
    """Everything that would not fit, in the order of `MisfitCode`; none: the one can take the other's place."""
    return tuple(_found(old, new))


def blocking(found: Iterable[Misfit]) -> tuple[Misfit, ...]:
    """Those that need a person's reason."""
    return tuple(one for one in found if one.severity is MisfitSeverity.BLOCKING)


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


def _found(old: OldUnit, new: Substitute) -> Iterator[Misfit]:
    if old.model != new.model:
        yield _misfit(MisfitCode.OTHER_MODEL, old.model, new.model)
    yield from _firmware(old.firmware, new.firmware)
    held = new.facts.modules
    if held is not None and set(old.modules) - set(held):
        yield _misfit(MisfitCode.MODULES_MISSING, _listed(old.modules), _listed(held))
    if old.model != new.model:
        yield from _of_models(old.facts, new.facts, mobile=old.mobile)
    if set(old.accessories) != set(new.accessories):
        yield _misfit(MisfitCode.ACCESSORIES_DIFFER, _parts(old.accessories), _parts(new.accessories))
    if old.model != new.model and _unknown(old, new.facts):
        yield _misfit(MisfitCode.MODEL_FACTS_UNKNOWN, old.model, new.model)


def _firmware(old: str, new: str) -> Iterator[Misfit]:
    if not old or not new:
        yield _misfit(MisfitCode.FIRMWARE_UNKNOWN, old, new)
        return
    if old == new:
        return
    is_older, is_newer = older(new, old), older(old, new)
    if is_older:
        yield _misfit(MisfitCode.FIRMWARE_OLDER, old, new)
    elif is_newer:
        yield _misfit(MisfitCode.FIRMWARE_NEWER, old, new)
    elif is_older is None:
        yield _misfit(MisfitCode.FIRMWARE_DIFFERS, old, new)


def _of_models(old: ModelFacts, new: ModelFacts, *, mobile: bool) -> Iterator[Misfit]:
    if old.ports is not None and new.ports is not None and new.ports < old.ports:
        yield _misfit(MisfitCode.FEWER_PORTS, str(old.ports), str(new.ports))
    if (old.mobile or mobile) and new.mobile is False:
        yield _misfit(MisfitCode.NO_MOBILE_LINE, "mobile line", "none")
    if old.power and new.power and old.power != new.power:
        yield _misfit(MisfitCode.POWER_DIFFERS, old.power, new.power)


def _unknown(unit: OldUnit, new: ModelFacts) -> bool:
    """Whether something of the two was not compared. A model without a mobile line asks for none."""
    old = unit.facts
    ports = old.ports is None or new.ports is None
    mobile = new.mobile is None if old.mobile or unit.mobile else old.mobile is None
    return ports or mobile or not old.power or not new.power


def _misfit(code: MisfitCode, expected: str, found: str) -> Misfit:
    words = _WORDS[code]
    return Misfit(
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
