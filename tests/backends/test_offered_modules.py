"""Bodies of modules as files: from the store once, from the disk after that, and never more on the disk than may be."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from protocol.identity import DistributionId, ModelSerial
from servicehost.backends.offered_modules import OfferedModules
from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.contract import Scope
from servicehost.ports.modules import ModuleReads, OfferedBody

UNIT = UnitIdentity(
    distribution_id=DistributionId("D-1"),
    model_serial=ModelSerial(model="M", serial="1"),
    serial_number="01",
    not_before=datetime(2026, 1, 1, tzinfo=UTC),
    not_after=datetime(2027, 1, 1, tzinfo=UTC),
    fingerprint="f",
)


class Reads:
    def __init__(self, *bodies: bytes) -> None:
        self.bodies = {f"sha256:{hashlib.sha256(body).hexdigest()}": body for body in bodies}
        self.read = 0

    async def offered_body(self, distribution_id: str, fingerprint: str, digest: str) -> OfferedBody | None:
        return OfferedBody(management_code="nxm000000001", digest=digest) if digest in self.bodies else None

    async def module_body(self, scope: Scope, management_code: str, digest: str) -> bytes | None:
        assert scope.management_code == management_code
        self.read += 1
        return self.bodies[digest]


def token(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


async def test_a_body_is_read_from_the_store_once(tmp_path: Path) -> None:
    reads = Reads(b"abc")
    offered = OfferedModules(cast("ModuleReads", reads), tmp_path / "files")
    for _ in range(2):
        file = await offered.find(UNIT, token(b"abc"))
        assert file is not None
        assert (file.path.read_bytes(), file.digest) == (b"abc", token(b"abc"))
    assert reads.read == 1
    assert [path.name for path in (tmp_path / "files").iterdir()] == [token(b"abc")]


@pytest.mark.parametrize("word", ["", "../../etc/passwd", "0" * 63, "G" * 64, "0" * 64])
async def test_what_is_not_offered_is_not_there(tmp_path: Path, word: str) -> None:
    offered = OfferedModules(cast("ModuleReads", Reads(b"abc")), tmp_path / "files")
    assert await offered.find(UNIT, word) is None
    assert not (tmp_path / "files").exists()


async def test_what_nobody_asked_for_longest_gives_way(tmp_path: Path) -> None:
    bodies = [bytes([number]) * 10 for number in range(3)]
    offered = OfferedModules(cast("ModuleReads", Reads(*bodies)), tmp_path, most_bytes=25)
    for age, body in enumerate(bodies[:2]):
        file = await offered.find(UNIT, token(body))
        assert file is not None
        os.utime(file.path, ns=(age, age))
    await offered.find(UNIT, token(bodies[0]))  # asked for again: the other one is the oldest now
    await offered.find(UNIT, token(bodies[2]))
    assert {path.name for path in tmp_path.iterdir()} == {token(bodies[0]), token(bodies[2])}
