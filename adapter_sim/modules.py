"""The modules of a box beside its main one, and what an offer of several comes to. Pure."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from protocol.digest import digest_of
from protocol.messages import ConfigOffer, Mark, ModuleOffer, OfferedFile

__all__ = ["MAIN", "BoxModule", "ModuleBody", "StoredModule", "lacking", "offered", "opened"]

MAIN: Final = 0


class BoxModule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A module that a box has, whether it ever had a config or not."""

    module: int
    name: str = ""
    version: str = ""


class StoredModule(msgspec.Struct, frozen=True, kw_only=True):
    """The config of one module beside the main one."""

    module: int
    mark: Mark
    body: bytes


class ModuleBody(NamedTuple):
    """One module of an offer, in hand. `body` None: what came is no base64, or was never fetched."""

    module: int
    mark: Mark
    body: bytes | None

    @property
    def sound(self) -> bool:
        """Whether the bytes are those that were offered."""
        return self.body is not None and digest_of(self.body) == self.mark.digest


def offered(offer: ConfigOffer) -> Iterator[ModuleOffer]:
    """Every module of the offer, alike."""
    yield ModuleOffer(
        module=offer.module, digest=offer.digest, body=offer.body, encoding=offer.encoding, file=offer.file
    )
    yield from offer.also


def lacking(offer: ConfigOffer, fetched: Mapping[str, bytes]) -> list[tuple[str, OfferedFile]]:
    """What must be fetched before the offer can be judged, by digest."""
    return [(one.digest, one.file) for one in offered(offer) if one.file is not None and one.digest not in fetched]


def opened(offer: ConfigOffer, fetched: Mapping[str, bytes]) -> Sequence[ModuleBody]:
    """The modules of an offer with their bytes."""
    return [
        ModuleBody(one.module, Mark(revision=offer.revision, digest=one.digest), _bytes(one, fetched))
        for one in offered(offer)
    ]


def _bytes(one: ModuleOffer, fetched: Mapping[str, bytes]) -> bytes | None:
    if one.file is not None:
        return fetched.get(one.digest)
    if one.encoding == "text":
        return one.body.encode()
    try:
        return base64.b64decode(one.body, validate=True)
    except binascii.Error:
        return None
