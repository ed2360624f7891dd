"""What does not come true is named by its part."""

import pytest

from servicehost.demo.api import ApiError
from servicehost.demo.patience import Patience, StoryFailed


def nothing_ended() -> None:
    """Every process runs."""


async def never() -> bool:
    return False


async def refused() -> bool:
    raise ApiError(409, "return_not_received", "it has not been received yet")


async def test_a_part_that_does_not_come_true_in_time_is_named() -> None:
    patience = Patience(nothing_ended, 0.0)
    with pytest.raises(StoryFailed, match="did not come true in time: the unit is inspected"):
        await patience.until("the unit is inspected", never)
    assert patience.part == "the unit is inspected"


async def test_a_part_that_the_api_refuses_is_named_with_the_refusal() -> None:
    patience = Patience(nothing_ended, None)
    with pytest.raises(StoryFailed, match=r"refused: the charge is approved \(409 return_not_received"):
        await patience.until("the charge is approved", refused)
    with pytest.raises(StoryFailed, match="refused: the sendback"), patience.naming("the sendback"):
        await refused()


async def test_a_process_that_has_ended_ends_the_waiting() -> None:
    def ended() -> None:
        raise ChildProcessError("the host")

    with pytest.raises(ChildProcessError):
        await Patience(ended, None).until("anything", never)
