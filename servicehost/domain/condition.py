"""Three-valued conditions over facts, after Kleene: true, false, or None for unknown.

A part that settles the whole settles it whatever else is unknown: one false part makes `All` false. As every
condition in use names each fact once, a condition is unknown exactly if the missing facts could still make it true
and could still make it false; and each finding it then calls missing is one whose value could tip it.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from servicehost.domain.fact import Finding
from servicehost.domain.fact_kind import FactName, FactValue

Findings: TypeAlias = Mapping[FactName, Finding]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition came to: its value, the findings that make it so, and the unknown ones that could tip it.

    `missing` is empty unless `value` is None, and then it is not.
    """

    value: bool | None
    used: tuple[Finding, ...]
    missing: tuple[Finding, ...] = ()


class Is(msgspec.Struct, frozen=True, kw_only=True):
    """The fact has one of these values."""

    name: FactName
    values: tuple[FactValue, ...]

    def read(self, findings: Findings) -> Reading:
        """Read one finding."""
        finding = findings[self.name]
        if finding.value is None:
            return Reading(value=None, used=(finding,), missing=(finding,))
        return Reading(value=finding.value in self.values, used=(finding,))


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """The fact has been stated with one of these values. Not stated at all means that it has not happened: false."""

    name: FactName
    values: tuple[FactValue, ...]

    def read(self, findings: Findings) -> Reading:
        """Read one finding; only sources that differ make it unknown."""
        finding = findings[self.name]
        if not finding.statements:
            return Reading(value=False, used=(finding,))
        return Is(name=self.name, values=self.values).read(findings)


class Not(msgspec.Struct, frozen=True, kw_only=True):
    """The part does not hold."""

    part: "Condition"

    def read(self, findings: Findings) -> Reading:
        """Turn true and false round; unknown stays unknown."""
        reading = self.part.read(findings)
        return reading if reading.value is None else Reading(value=not reading.value, used=reading.used)


class All(msgspec.Struct, frozen=True, kw_only=True):
    """Every part holds."""

    parts: tuple["Condition", ...]

    def read(self, findings: Findings) -> Reading:
        """Use the false parts if there are any; else every part, as all of them make the value."""
        readings = [part.read(findings) for part in self.parts]
        false = [reading for reading in readings if reading.value is False]
        if false:
            return Reading(value=False, used=_joined(reading.used for reading in false))
        missing = _joined(reading.missing for reading in readings)
        used = _joined(reading.used for reading in readings)
        return Reading(value=None if missing else True, used=used, missing=missing)


Condition: TypeAlias = Is | Once | Not | All


def _joined(groups: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    return tuple(finding for group in groups for finding in group)
