"""The use cases of config modules, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.config import Revision
from servicehost.domain.masking import DEFAULT_MASKS, Masks
from servicehost.domain.people import Actor
from servicehost.operations.compare_configs import Compared, Which, compare_configs
from servicehost.operations.preview_push import Preview, preview_push
from servicehost.operations.restore_revision import restore_revision
from servicehost.operations.revising import ModuleDraft
from servicehost.operations.save_blanks import save_blanks
from servicehost.operations.save_module import save_module
from servicehost.operations.showing import Showing
from servicehost.operations.tenant_catalogue import TenantCatalogue, open_tenant_catalogue
from servicehost.ports.clock import Clock
from servicehost.ports.differ import Differ
from servicehost.ports.envelope import StreamSealer
from servicehost.ports.hasher import Hasher
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store

__all__ = ["ConfigCatalogue", "open_config_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    save_module: Callable[[Actor, str, ModuleDraft, str, int | None], Awaitable[Revision]]
    save_blanks: Callable[[Actor, str, str, int | None], Awaitable[list[int]]]
    restore_revision: Callable[[Actor, str, int, str, int | None], Awaitable[Revision]]
    compare_configs: Callable[[Actor, Which, Which], Awaitable[Compared]]
    preview_push: Callable[[Actor, str, int | None], Awaitable[Preview]]
    tenants: TenantCatalogue
    showing: Showing
    """Whatever holds a config's text goes through it before it is shown."""


def open_config_catalogue(
    *,
    store: Store,
    clock: Clock,
    reads: Reads,
    differ: Differ,
    seal: Callable[[str], StreamSealer],
    hasher: Hasher,
    masks: Masks = DEFAULT_MASKS,
) -> ConfigCatalogue:
    """The catalogue of one host."""
    showing = Showing(masks, reads, clock)
    return ConfigCatalogue(
        save_module=partial(save_module, store=store, clock=clock),
        save_blanks=partial(save_blanks, store=store, clock=clock, reads=reads),
        restore_revision=partial(restore_revision, store=store, clock=clock),
        compare_configs=partial(compare_configs, reads=reads, differ=differ, showing=showing),
        preview_push=partial(preview_push, reads=reads),
        tenants=open_tenant_catalogue(store=store, clock=clock, reads=reads, seal=seal, hasher=hasher, masks=masks),
        showing=showing,
    )
