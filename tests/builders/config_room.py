"""The use cases of configs for doors under test: texts are compared where they are, exports sealed as by a host."""

from servicehost.backends.envelope import sealed_stream
from servicehost.operations.config_catalogue import ConfigCatalogue, open_config_catalogue
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store
from tests.fakes.hasher import PlainHasher
from tests.fakes.inline_differ import InlineDiffer

__all__ = ["config_room"]


def config_room(store: Store, clock: Clock, reads: Reads) -> ConfigCatalogue:
    return open_config_catalogue(
        store=store, clock=clock, reads=reads, differ=InlineDiffer(), seal=sealed_stream, hasher=PlainHasher()
    )
