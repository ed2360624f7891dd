"""A real browser before a real host with a few simulated units, each its own process. Skipped where no browser is."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from servicehost.demo.api import Api
from servicehost.demo.cast import MODEL, Cast, gather_cast, new_password
from servicehost.demo.command import first_config
from servicehost.demo.setting import furnish
from servicehost.demo.stage import Stage

ADAPTERS = 3
SOON = ("units.redial_spread_s=0.5", "units.redial_cap_s=1")


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(kw_only=True)
class Theatre:
    """The host, its fleet, and the browser."""

    stage: Stage
    cast: Cast
    browser: Any
    complaints: list[str] = field(default_factory=list)
    """What browsers wrote to their consoles, and what their policies stopped."""
    _cookies: list[Any] = field(default_factory=list)

    @asynccontextmanager
    async def window(
        self, *, width: int = 1440, language: str = "ja", log_in: bool = True, **more: Any
    ) -> AsyncIterator[Any]:
        """A page of a fresh browser window in Tokyo, 900 or 800 high, logged in as the operation manager."""
        size = {"width": width, "height": 900 if width > 600 else 800}
        context = await self.browser.new_context(viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo", **more)
        page = await context.new_page()
        page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        try:
            if log_in:
                await context.add_cookies(await self._logged_in())
            await page.goto(f"{self.stage.api_base}/panel/?lang={language}")
            yield page
        finally:
            await context.close()

    async def _logged_in(self) -> list[Any]:
        """The cookies of one log-in, made once."""
        if not self._cookies:
            async with self.window(log_in=False) as page:
                await page.fill("#master_id", self.cast.master_id)
                await page.fill("#password", self.cast.password)
                await page.press("#password", "Enter")
                await page.wait_for_selector("table")
                self._cookies = await page.context.cookies()
        return self._cookies

    @asynccontextmanager
    async def manager(self) -> AsyncIterator[Api]:
        """The operation manager at the API."""
        async with Api(self.stage.api_base) as api:
            await api.log_in(self.cast.master_id, self.cast.password)
            yield api

    async def restart_host(self) -> None:
        """A host that was stopped starts again at the same doors."""
        await self.stage.start_host(self.stage.folder / "host" / "servicehost.toml")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    executable = _chromium()
    if executable is None:
        pytest.skip("there is no Chromium on this machine")
    folder: Path = tmp_path_factory.mktemp("theatre")
    stage = Stage(folder, lambda _line: None)
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield Theatre(stage=stage, cast=await _set_up(stage), browser=browser)
        finally:
            await browser.close()
            await stage.strike()


async def _set_up(stage: Stage) -> Cast:
    """A host with one customer, whose operation manager has logged in and pushed every adapter its first config."""
    setting = await furnish(stage.folder / "host", SOON)
    await stage.start_host(Path(setting.settings))
    async with Api(stage.api_base) as dispatcher, Api(stage.api_base) as manager:
        await dispatcher.log_in(setting.master_id, setting.one_time_password, new_password())
        cast = await gather_cast(dispatcher, ADAPTERS)
        password = new_password()
        await manager.log_in(cast.master_id, cast.password, password)
        for number, member in enumerate(cast.members, start=1):
            await manager.post("pushes", {"service_codes": [member.service_code], "body": first_config(number)})
    await stage.start_fleet(cast.members, MODEL, Path(setting.root_certificate), spread_s=0.3)
    return msgspec.structs.replace(cast, password=password)
