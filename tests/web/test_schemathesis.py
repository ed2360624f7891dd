"""The API keeps to its own document, tried by a machine that has read it."""

import asyncio
import os
import sys
from pathlib import Path

from tests.builders.api import Api


async def _run(api: Api, folder: Path, examples: int, phases: str) -> tuple[int, str]:
    office = api.office
    await office.bound("nxe000000001")
    await office.push("nxe000000001", "a\n")
    token = await api.token_of(office.dispatcher)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"http://127.0.0.1:{api.port}/api/v1/openapi.json",
        f"--header=Authorization: Bearer {token}",
        f"--phases={phases}",
        f"--max-examples={examples}",
        "--exclude-name=logOut",
        "--seed=1",
        "--generation-database=none",
        "--no-color",
        "--continue-on-failure",
        cwd=folder,
        env={**os.environ, "COVERAGE_PROCESS_START": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_a_quick_run_finds_nothing(api: Api, tmp_path: Path) -> None:
    code, output = await _run(api, tmp_path, 3, "examples,coverage,fuzzing")
    assert code == 0, output


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_long_run_finds_nothing(api: Api, tmp_path: Path) -> None:
    code, output = await _run(api, tmp_path, 100, "examples,coverage,fuzzing,stateful")
    assert code == 0, output
