"""What is kept of startup configs that have not proved themselves."""

from collections.abc import Collection, Sequence
from typing import Protocol

from servicehost.domain.startup import Startup, StartupProof

__all__ = ["StartupBatch"]


class StartupBatch(Protocol):
    """In a batch from sessions."""

    def startups(self, service_codes: Collection[str]) -> dict[str, Startup]:
        """The startup config of each adapter, and what is known against it; an adapter without one has no mark."""
        ...

    def save_startup_proofs(self, proofs: Sequence[StartupProof]) -> None:
        """In the place of what was known. `set_startup` drops it: do it before."""
        ...
