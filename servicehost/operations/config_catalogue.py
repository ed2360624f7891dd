"""The use cases of config modules, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.config import Revision
from servicehost.domain.people import Actor
from servicehost.operations.revising import ModuleDraft
from servicehost.operations.save_blanks import save_blanks
from servicehost.operations.save_module import save_module
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store

__all__ = ["ConfigCatalogue", "open_config_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    save_module: Callable[[Actor, str, ModuleDraft, str, int | None], Awaitable[Revision]]
    save_blanks: Callable[[Actor, str, str, int | None], Awaitable[list[int]]]


def open_config_catalogue(*, store: Store, clock: Clock, reads: Reads) -> ConfigCatalogue:
    """The catalogue of one host."""
    return ConfigCatalogue(
        save_module=partial(save_module, store=store, clock=clock),
        save_blanks=partial(save_blanks, store=store, clock=clock, reads=reads),
    )
