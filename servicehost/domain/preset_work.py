"""What a preset command does once it is filled: an ordinary task."""

from collections.abc import Mapping

from servicehost.domain.preset import Preset, PresetKind, filled
from servicehost.domain.task_work import ClearStatus, Command, ReadStatus, TaskWork

__all__ = ["work_of"]


def work_of(preset: Preset, values: Mapping[str, str]) -> TaskWork:
    """Raises Conflict as `filled` does."""
    lines = filled(preset, values)
    if preset.kind is PresetKind.COMMAND:
        return Command(lines=lines, modules=preset.modules)
    kind = ReadStatus if preset.kind is PresetKind.READ_STATUS else ClearStatus
    return kind(request=lines[0], modules=preset.modules)
