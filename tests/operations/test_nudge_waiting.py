from servicehost.domain.push import Phase
from servicehost.operations.nudge_waiting import nudge_waiting
from tests.fakes.line import RecordingLine
from tests.operations.conftest import World


async def test_units_are_nudged_whose_pushes_wait(world: World) -> None:
    line = RecordingLine()
    assert await nudge_waiting(reads=world.reads, line=line) == len(line.nudged) == 2
    await world.save(world.one.push, phase=Phase.STORED)
    line.nudged.clear()
    await nudge_waiting(reads=world.reads, line=line)
    assert line.nudged == [world.two.unit.unit_id]
