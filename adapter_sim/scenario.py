"""Scenarios: typed TOML that says which units of a fleet fall ill, of what and when.

[[group]]
name = "the east"
count = 3                       # the next three units that no group names; or units = ["0001-…"]
[[group.ailment]]
kind = "line_cut"
at_s = 30
for_s = 120
[[group.ailment]]
kind = "power_cut_in_renewal"   # renews at 200 s; the power goes right after `step`, and comes back 20 s later
at_s = 200
for_s = 20
step = "candidate_kept"         # or "renewal_began", or "renewed"
[[group.ailment]]
kind = "expired"                # paths are relative to this file
at_s = 400
certificate = "old.pem"
key = "old.key"
[[group.ailment]]
kind = "clock_skew"             # a clock that stands at 1970 at every boot
since = 1970
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from adapter_sim.ailments import AnyAilment, Expired, WrongBox
from adapter_sim.inventory import read_entry
from protocol.identity import DistributionId, IdentityError, parse_distribution_id

__all__ = ["Group", "Scenario", "ScenarioError", "assign", "load_scenario", "placed", "read_scenario"]


class ScenarioError(ValueError):
    """A scenario that cannot be played; the text names the place and the fault."""


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some units and what befalls them: those named, and `count` others that no group names."""

    name: str = ""
    units: tuple[str, ...] = ()
    count: Annotated[int, msgspec.Meta(ge=0)] = 0
    ailment: tuple[AnyAilment, ...] = ()


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole play."""

    group: tuple[Group, ...] = ()


def read_scenario(text: str) -> Scenario:
    """The scenario that `text` spells. Raises ScenarioError; an unknown key is named with its place."""
    try:
        return msgspec.toml.decode(text, type=Scenario)
    except (msgspec.DecodeError, ValueError) as error:
        raise ScenarioError(str(error)) from error


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises ScenarioError, naming the file."""
    try:
        return _placed(read_scenario(path.read_text(encoding="utf-8")), path.parent)
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path}: {error}") from error


def _placed(scenario: Scenario, folder: Path) -> Scenario:
    """The same, its paths taken from the scenario's own folder."""
    groups = (
        msgspec.structs.replace(group, ailment=tuple(placed(one, folder) for one in group.ailment))
        for group in scenario.group
    )
    return Scenario(group=tuple(groups))


def placed(ailment: AnyAilment, folder: Path) -> AnyAilment:
    """The same, its paths taken from `folder`. Raises InventoryError for another box that cannot be one."""
    match ailment:
        case Expired(certificate=certificate, key=key):
            return msgspec.structs.replace(ailment, certificate=str(folder / certificate), key=str(folder / key))
        case WrongBox(answers=answers):
            return msgspec.structs.replace(ailment, answers=read_entry(answers, beside=folder))
        case _:
            return ailment


def assign(scenario: Scenario, fleet: Sequence[DistributionId]) -> dict[DistributionId, tuple[AnyAilment, ...]]:
    """What befalls each unit of the fleet; healthy units are not in it.

    Raises ScenarioError for a unit that the fleet does not have and for more units than there are.
    """
    present = set(fleet)
    named = [[_unit(unit, group, present) for unit in group.units] for group in scenario.group]
    taken = {unit for units in named for unit in units}
    free = iter([unit for unit in fleet if unit not in taken])
    fates: dict[DistributionId, tuple[AnyAilment, ...]] = {}
    for group, units in zip(scenario.group, named, strict=True):
        others = [unit for _, unit in zip(range(group.count), free, strict=False)]
        if len(others) < group.count:
            raise ScenarioError(f"group {group.name!r}: {group.count} units asked for, {len(others)} left")
        for unit in (*units, *others):
            fates[unit] = fates.get(unit, ()) + group.ailment
    return fates


def _unit(text: str, group: Group, present: set[DistributionId]) -> DistributionId:
    try:
        unit = parse_distribution_id(text)
    except IdentityError as error:
        raise ScenarioError(f"group {group.name!r}: {error}") from error
    if unit not in present:
        raise ScenarioError(f"group {group.name!r}: the fleet has no unit {unit}")
    return unit
