"""Which revision a unit lacks: the difference between what operators want and what the unit says it runs."""

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.push import Push

__all__ = ["lacks_startup"]


def lacks_startup(startup: Mark | None, state: ModuleState, open_push: Push | None, *, given_up: bool = False) -> bool:
    """Whether a unit must be given its adapter's startup config: it would start with another digest and nothing is
    under way. What it runs is another matter: a push to running alone leaves the startup config as it is.

    `given_up`: that config has failed on this very unit too often (`domain.startup`); people decide.
    """
    if startup is None or open_push is not None or state.trial is not None or given_up:
        return False
    starts = state.startup or state.running
    return starts is None or starts.digest != startup.digest
