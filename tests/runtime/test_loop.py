"""Which event loop runs the host."""

import asyncio

import pytest
import uvloop

from servicehost.runtime.loop import UnknownLoop, choose_loop, run


def test_uvloop_runs_the_host_unless_the_environment_says_asyncio() -> None:
    assert choose_loop({}) is uvloop.new_event_loop
    assert choose_loop({"SERVICEHOST_LOOP": "uvloop"}) is uvloop.new_event_loop
    assert choose_loop({"SERVICEHOST_LOOP": "asyncio"}) is asyncio.new_event_loop


def test_another_name_is_refused_by_name() -> None:
    with pytest.raises(UnknownLoop, match="'trio'"):
        choose_loop({"SERVICEHOST_LOOP": "trio"})


def test_the_loop_that_was_chosen_is_the_one_that_runs() -> None:
    async def kind() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(kind(), {}).startswith("uvloop")
    assert run(kind(), {"SERVICEHOST_LOOP": "asyncio"}).startswith("asyncio")
