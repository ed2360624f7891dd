"""Counts what a fleet is at and what has happened to it."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from rich.table import Table

from adapter_sim.adapter import Adapter
from adapter_sim.happenings import Happening

__all__ = ["Gauge", "Reading"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of a fleet. Stages, trials and silence are of now; the rest is counted since the start.

    `endings` goes by `layer code reason`.
    """

    stages: dict[str, int]
    on_trial: int
    silent: int
    happened: dict[str, int]
    endings: dict[str, int]


class Gauge:
    """Listens to happenings; reads the stages off the adapters themselves."""

    def __init__(self) -> None:
        self._happened: Counter[str] = Counter()
        self._endings: Counter[str] = Counter()

    def note(self, happening: Happening) -> None:
        """Count one happening."""
        self._happened[happening.what] += 1
        if happening.what in ("ended", "dial_failed"):
            fields = happening.fields
            self._endings[f"{fields['layer']} {fields['code']} {fields['reason']}"] += 1

    def read(self, adapters: Iterable[Adapter]) -> Reading:
        """How things stand."""
        stages: Counter[str] = Counter()
        on_trial = silent = 0
        for adapter in adapters:
            stages[adapter.stage] += 1
            on_trial += adapter.box.slot.trial is not None
            silent += adapter.silent
        return Reading(
            stages=dict(stages),
            on_trial=on_trial,
            silent=silent,
            happened=dict(self._happened),
            endings=dict(self._endings),
        )


def table(reading: Reading) -> Table:
    """`reading` for people."""
    shown = Table("what", "units", title="adapter-sim")
    for stage, count in sorted(reading.stages.items()):
        shown.add_row(stage, str(count))
    shown.add_row("on trial", str(reading.on_trial))
    shown.add_row("silent", str(reading.silent), end_section=True)
    for what, count in sorted(reading.happened.items()):
        shown.add_row(what, str(count))
    shown.add_section()
    for ending, count in sorted(reading.endings.items()):
        shown.add_row(ending, str(count))
    return shown
