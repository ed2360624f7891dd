"""What was confirmed is the startup config of its adapter from here on."""

from collections.abc import Iterable

from servicehost.domain.push import Phase, Push
from servicehost.ports.store import Batch

__all__ = ["write_startup"]


def write_startup(batch: Batch, pushes: Iterable[Push]) -> None:
    """Of these pushes those that are confirmed count."""
    confirmed = [push for push in pushes if push.phase is Phase.CONFIRMED]
    modules = {push.service_code: push.modules for push in confirmed if push.modules}
    batch.set_startup([(push.service_code, push.revision, push.digest) for push in confirmed], modules)
