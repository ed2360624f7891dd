"""Which revision a unit lacks: the difference between what operators want and what the unit says it runs."""

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.push import Push

__all__ = ["lacks_startup"]


def lacks_startup(startup: Mark | None, state: ModuleState, open_push: Push | None) -> bool:
    """Whether a unit must be given its adapter's startup config: it runs another digest and nothing is under way.

    A startup config that failed on this very unit is not offered to it again and again; people decide.
    """
    if startup is None or open_push is not None or state.trial is not None:
        return False
    if state.running is not None and state.running.digest == startup.digest:
        return False
    return state.last_failed is None or state.last_failed.digest != startup.digest
