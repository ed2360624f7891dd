"""A large result's life: uploaded by its unit, believed by its digest, and gone when nothing speaks of it."""

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from protocol.task_messages import TaskResult, UploadedFile
from servicehost.backends.result_files import FilesOfResults
from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.push import Phase
from servicehost.domain.task import TaskLimits
from servicehost.domain.task_work import DumpDebug
from servicehost.operations.order_task import TaskPolicy
from servicehost.operations.task_catalogue import open_task_catalogue
from servicehost.ports.desk import Fence
from servicehost.ports.uploads import Held, Piece, ResultFile
from tests.operations.conftest import NOW, World
from tests.operations.test_tasks import House, S, done

BODY = b"a dump of a thing"
DIGEST = f"sha256:{sha256(BODY).hexdigest()}"
DAY_MS = 86_400_000


class LargeHouse(House):
    """A house whose results may be files; one task is in progress on the first unit."""

    number: int
    at: Fence

    def __init__(self, world: World, folder: Path) -> None:
        super().__init__(world)
        self.files = FilesOfResults(folder / "results", most_bytes=100)
        policy = TaskPolicy(limits=TaskLimits(max_upload_bytes=50), kept_days=10)
        self.catalogue = open_task_catalogue(
            store=world.store, reads=world.reads, clock=self.clock, line=self.line, files=self.files, policy=policy
        )

    async def begin(self) -> None:
        self.number = await self.ordered(self.world.one, work=DumpDebug())
        self.at = await self.fence(self.world.one)
        await self.given(self.at)

    async def put(self, data: bytes = BODY, first: int = 0, total: int = len(BODY), **more: Any) -> Held:
        piece = Piece(first=first, total=total, data=data)
        return await self.catalogue.upload_result(self.identity(), self.file(**more), piece)

    def identity(self, number: int = 1) -> UnitIdentity:
        unit = SimpleNamespace(distribution_id=f"D-{number}", fingerprint=f"fingerprint-{number}")
        return cast("UnitIdentity", unit)

    def file(self, module: int = 0) -> ResultFile:
        return ResultFile(task=self.number, issued_ms=NOW, module=module)

    async def end(self, digest: str = DIGEST, size_bytes: int = len(BODY)) -> None:
        file = UploadedFile(size_bytes=size_bytes, digest=digest)
        run = SimpleNamespace(task=self.number, issued_ms=NOW)
        await self.say(self.at, self.number, done(cast("Any", run), results=(TaskResult(file=file),)))


@pytest.fixture
async def house(world: World, tmp_path: Path) -> LargeHouse:
    house = LargeHouse(world, tmp_path)
    for estate in (world.one, world.two):
        await world.save(estate.push, phase=Phase.CONFIRMED)
    await house.begin()
    return house


async def test_what_was_uploaded_is_the_tasks_result_and_can_be_read(house: LargeHouse) -> None:
    assert await house.put(BODY[:5]) == Held(size_bytes=5)
    assert await house.catalogue.upload_result(house.identity(), house.file(), None) == Held(size_bytes=5)
    assert await house.put(BODY[5:], first=5) == Held(size_bytes=len(BODY), whole=True)
    await house.end()
    assert await house.stands(house.number) == (S.SUCCEEDED, "done")
    read = await house.catalogue.read_result(house.manager(house.world.one), house.number, 0)
    assert (read.result.digest, read.result.size_bytes, read.result.body) == (DIGEST, len(BODY), None)
    assert read.path is not None
    assert Path(read.path).read_bytes() == BODY
    assert await house.catalogue.sweep_results(1) == 0
    Path(read.path).unlink()
    with pytest.raises(Conflict) as missing:
        await house.catalogue.read_result(house.manager(house.world.one), house.number, 0)
    assert missing.value.code == "result_file_missing"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"digest": "sha256:" + "0" * 64}, "digest_mismatch"),
        ({"size_bytes": 1}, "digest_mismatch"),
        ({}, "result_missing"),
    ],
)
async def test_a_task_that_lies_about_its_file_has_failed_and_the_file_goes(
    house: LargeHouse, said: dict[str, Any], reason: str
) -> None:
    whole = reason == "digest_mismatch"
    await house.put(BODY if whole else BODY[:5])
    await house.end(**said)
    assert await house.stands(house.number) == (S.FAILED, reason)
    assert await house.world.reads.task_results(EVERYTHING, house.number) == []
    assert (await house.catalogue.sweep_results(9), await house.catalogue.sweep_results(9)) == (1, 0)


async def test_only_the_unit_that_has_the_task_uploads_and_only_while_it_has_it(house: LargeHouse) -> None:
    async def refused(unit: int = 1, module: int = 0) -> str:
        with pytest.raises(NotFound) as error:
            await house.catalogue.upload_result(house.identity(unit), house.file(module), None)
        return error.value.code

    assert [await refused(unit=2), await refused(module=1)] == ["no_such_task"] * 2
    with pytest.raises(Invalid) as too_large:
        await house.put(total=51)
    assert too_large.value.code == "result_too_large"
    await house.put()
    await house.end()
    assert await refused() == "no_such_task"


async def test_a_host_killed_before_it_wrote_the_file_down_finds_it_whole(house: LargeHouse) -> None:
    await house.files.append(house.file(), 0, BODY, len(BODY))
    await house.files.finish(house.file())
    held = await house.catalogue.upload_result(house.identity(), house.file(), None)
    assert held == Held(size_bytes=len(BODY), whole=True)
    await house.end()
    assert await house.stands(house.number) == (S.SUCCEEDED, "done")


async def test_the_end_of_a_contract_takes_its_files_with_it(house: LargeHouse) -> None:
    await house.put()
    await house.end()
    code = house.world.one.management_code
    await house.world.batch(lambda batch: batch.remove_results_of(code, NOW))
    assert await house.catalogue.sweep_results(9) == 1
    assert await house.files.listed("", 9) == []


async def test_old_tasks_go_with_their_files_and_an_event_says_how_many(house: LargeHouse) -> None:
    await house.put()
    await house.end()
    house.clock.now += 10 * DAY_MS
    assert await house.catalogue.forget_tasks(9) == 0
    house.clock.now += 1
    assert (await house.catalogue.forget_tasks(9), await house.catalogue.forget_tasks(9)) == (1, 0)
    assert (await house.world.event_names())[-1] == "tasks_removed"
    assert await house.catalogue.sweep_results(9) == 1
    assert await house.world.reads.task(EVERYTHING, house.number) is None
