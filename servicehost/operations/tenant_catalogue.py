"""The use cases that carry whole management contracts from host to host, bound to their ports."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.masking import DEFAULT_MASKS, Masks
from servicehost.domain.people import Actor
from servicehost.operations.export_tenant import ExportOrder, TenantExport, export_tenant
from servicehost.operations.import_tenant import import_tenant
from servicehost.operations.importing import Imported, ImportOrder
from servicehost.ports.clock import Clock
from servicehost.ports.envelope import StreamSealer
from servicehost.ports.hasher import Hasher
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store

__all__ = ["TenantCatalogue", "open_tenant_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    export_tenant: Callable[[Actor, ExportOrder], Awaitable[TenantExport]]
    import_tenant: Callable[[Actor, ImportOrder], Awaitable[Imported]]


def open_tenant_catalogue(
    *,
    store: Store,
    clock: Clock,
    reads: Reads,
    seal: Callable[[str], StreamSealer],
    hasher: Hasher,
    masks: Masks = DEFAULT_MASKS,
) -> TenantCatalogue:
    """The catalogue of one host."""
    return TenantCatalogue(
        export_tenant=partial(
            export_tenant, store=store, clock=clock, reads=reads, masker=masks.masker(None), seal=seal
        ),
        import_tenant=partial(import_tenant, store=store, clock=clock, hasher=hasher, turn=asyncio.Lock()),
    )
