"""What a push of several modules, or of large ones, offers one unit: only what differs from what the unit says it runs.

Small bodies travel in the frame as long as it has room for them, the others are fetched at the bootstrap door.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from protocol.messages import ConfigOffer, Encoding, ModuleOffer, OfferedFile
from servicehost.domain.module import ModuleMark, differing, travels_plainly
from servicehost.domain.push import Push
from servicehost.ports.desk import Fence
from servicehost.ports.store import Batch

__all__ = ["FRAME_ROOM_BYTES", "file_path", "module_offers"]

FRAME_ROOM_BYTES: Final = 240 * 1024
"""For all bodies of one offer, as JSON writes them."""
_SMALL_BYTES: Final = 128 * 1024
"""Bytes that are no text, in the frame: base64 makes four of three."""


class _Way(NamedTuple):
    """How one body travels."""

    body: str = ""
    encoding: Encoding = "text"
    file: OfferedFile | None = None


class _Bodies(NamedTuple):
    texts: Mapping[tuple[str, str], str]
    raws: Mapping[tuple[str, str], bytes]


def module_offers(batch: Batch, fences: Sequence[Fence], due: Mapping[str, Push]) -> dict[int, ConfigOffer]:
    """The offer of each unit, whose adapter has a push due. The push holds its modules."""
    states = batch.modules_of({fence.unit_id for fence in fences})
    sent = {
        fence.unit_id: (push, differing(states.get(fence.unit_id, ()), push.modules))
        for fence, push in ((fence, due[fence.service_code or ""]) for fence in fences)
    }
    bodies = _read(batch, list(sent.values()))
    return {unit_id: _offer(push, modules, bodies) for unit_id, (push, modules) in sent.items()}


def file_path(digest: str) -> str:
    """Where the bootstrap door has a body."""
    return f"/files/{digest.removeprefix('sha256:')}"


def _read(batch: Batch, sent: Sequence[tuple[Push, Sequence[ModuleMark]]]) -> _Bodies:
    texts, raws = set(), set()
    for push, modules in sent:
        for one in modules:
            if one.size_bytes and travels_plainly(one.size_bytes, one.kind):
                texts.add((push.management_code, one.digest))
            elif 0 < one.size_bytes <= _SMALL_BYTES:
                raws.add((push.management_code, one.digest))
    return _Bodies(texts=batch.bodies(texts), raws=batch.module_bodies(raws))


def _offer(push: Push, modules: Sequence[ModuleMark], bodies: _Bodies) -> ConfigOffer:
    room = FRAME_ROOM_BYTES
    ways = []
    for one in modules:
        way = _way(push, one, bodies)
        length = len(msgspec.json.encode(way.body)) if way.file is None else 0
        if length > room:
            way, length = _Way(file=_file(one)), 0
        room -= length
        ways.append(way)
    first, way = modules[0], ways[0]
    return ConfigOffer(
        push=push.push,
        module=first.module,
        revision=push.revision,
        digest=first.digest,
        body=way.body,
        encoding=way.encoding,
        file=way.file,
        confirm_timeout_s=push.confirm_timeout_s,
        target=push.target.value,
        also=tuple(
            ModuleOffer(module=one.module, digest=one.digest, body=way.body, encoding=way.encoding, file=way.file)
            for one, way in zip(modules[1:], ways[1:], strict=True)
        ),
    )


def _way(push: Push, one: ModuleMark, bodies: _Bodies) -> _Way:
    key = (push.management_code, one.digest)
    if not one.size_bytes:
        return _Way()
    if key in bodies.texts:
        return _Way(body=bodies.texts[key])
    if key in bodies.raws:
        return _Way(body=b64encode(bodies.raws[key]).decode(), encoding="base64")
    return _Way(file=_file(one))


def _file(one: ModuleMark) -> OfferedFile:
    return OfferedFile(path=file_path(one.digest), size_bytes=one.size_bytes)
