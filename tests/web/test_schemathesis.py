"""The API keeps to its own document, tried by a machine that has read it."""

import asyncio
import sys
from pathlib import Path

import pytest

from servicehost.domain.people import Actor
from tests.builders.case_api import CaseApi
from tests.builders.waiting_units import waits
from tests.builders.world import CODE, OLD, TENANT, distribution_id

# 412 is for a stale If-Match, 429 for too many tries: no schema can say which revision stands, or who has tried what.
CHECKS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "429"]

[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "406", "415", "422", "428"]

# 412 as above; what is too large is refused before it is read.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "5xx"]

# Whether bytes are UTF-8 no schema of a string can say, nor that the main module is never empty.
[[operations]]
include-operation-id = "saveModule"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422"]

# What a table of units must hold no schema of a text can say.
[[operations]]
include-operation-id = "importUnits"
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "422"]
"""
KNOWN = f"""
[parameters]
"path.service_code" = "{CODE}"
"path.management_code" = "{TENANT}"
"path.distribution_id" = "{distribution_id(OLD)}"
"path.push" = 1
"path.revision" = 1
"path.module" = 0
"path.fault" = 1
"path.exchange" = 1
"path.reaction" = 1
"path.return" = 1
"path.charge" = 1
"path.delegate" = 1
"path.request" = 1
"path.serial_number" = "AB12"
"""


async def _run(api: CaseApi, actor: Actor, folder: Path, *, examples: int, phases: str, settings: str) -> None:
    """Fails with the machine's own report unless all was well."""
    await api.post(api.anna, "pushes", service_codes=[CODE], body="a\n")
    await api.post(api.anna, "exchanges", service_code=CODE)
    await api.world.workers()
    await waits(api, OLD)
    token = await api.token_of(actor)
    (folder / "schemathesis.toml").write_text(settings + CHECKS)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={folder / 'schemathesis.toml'}",
        "run",
        f"http://127.0.0.1:{api.port}/api/v1/openapi.json",
        f"--header=Authorization: Bearer {token}",
        f"--phases={phases}",
        f"--max-examples={examples}",
        # These two end the token that all the others need.
        "--exclude-operation-id=logOut",
        "--exclude-operation-id=changePassword",
        # A name drawn at random stands nowhere, which is taken for a contract that is gone; and a ZIP is not drawn.
        "--exclude-operation-id=eraseNamedPerson",
        "--exclude-operation-id=importContract",
        # This one has no end.
        "--exclude-operation-id=followEvents",
        "--seed=1",
        "--generation-database=none",
        "--continue-on-failure",
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        pytest.fail(output.decode(), pytrace=False)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("settings", [KNOWN, ""], ids=["known", "any"])
@pytest.mark.parametrize("who", ["anna", "dispatcher"])
async def test_a_long_run_finds_nothing(cases: CaseApi, tmp_path: Path, who: str, settings: str) -> None:
    actor: Actor = getattr(cases, who)
    phases = "examples,coverage,fuzzing,stateful"
    await _run(cases, actor, tmp_path, examples=25, phases=phases, settings=settings)
