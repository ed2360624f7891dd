"""Which unit is given its adapter's startup config."""

from typing import Any

import pytest

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.delivery import lacks_startup
from servicehost.domain.push import Push
from tests.builders.estate import a_push

STARTUP = Mark(revision=3, digest="sha256:startup")
SAME_BYTES = Mark(revision=1, digest="sha256:startup")
OTHER = Mark(revision=3, digest="sha256:other")
FAILED = Mark(revision=3, digest="sha256:startup", push=1, reason="apply_failed")
OTHER_FAILED = Mark(revision=4, digest="sha256:other", push=2, reason="apply_failed")
OPEN = a_push("nxe000000001", "nxm000000001", push=5)


@pytest.mark.parametrize(
    ("startup", "state", "open_push", "lacks"),
    [
        (STARTUP, {}, None, True),  # an empty box
        (STARTUP, {"running": OTHER}, None, True),
        (STARTUP, {"running": OTHER, "last_failed": OTHER_FAILED}, None, True),
        (None, {}, None, False),  # nobody has said what it shall run
        (STARTUP, {"running": STARTUP}, None, False),
        (STARTUP, {"running": SAME_BYTES}, None, False),  # the digest decides
        (STARTUP, {}, OPEN, False),  # something is under way
        (STARTUP, {"running": OTHER, "trial": 4}, None, False),
        (STARTUP, {"running": OTHER, "last_failed": FAILED}, None, True),  # once is not for ever
        (STARTUP, {"running": OTHER, "startup": STARTUP}, None, False),  # pushed to running alone: the boot returns
        (STARTUP, {"running": STARTUP, "startup": OTHER}, None, True),
    ],
)
def test_a_unit_lacks_its_startup_config(
    startup: Mark | None, state: dict[str, Any], open_push: Push | None, lacks: bool
) -> None:
    assert lacks_startup(startup, ModuleState(**state), open_push) is lacks
    assert not lacks_startup(startup, ModuleState(**state), open_push, given_up=True)
