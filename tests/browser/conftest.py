"""A real browser before a real host with a few simulated units, each its own process. Skipped where no browser is."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from servicehost.demo.api import Api
from servicehost.demo.cast import Cast
from servicehost.demo.command import Set, set_up
from servicehost.demo.stage import Stage


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(kw_only=True)
class Theatre:
    """The host, its fleet, and the browser."""

    stage: Stage
    scene: Set
    browser: Any
    complaints: list[str] = field(default_factory=list)
    """What browsers wrote to their consoles, and what their policies stopped."""
    _cookies: list[Any] = field(default_factory=list)

    @property
    def cast(self) -> Cast:
        """Who plays."""
        return self.scene.cast

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
async def theatre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    executable = _chromium()
    if executable is None:
        pytest.skip("there is no Chromium on this machine")
    folder: Path = tmp_path_factory.mktemp("theatre")
    stage = Stage(folder, lambda _line: None)
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            async with set_up(stage, Console(quiet=True), request.module.ADAPTERS) as scene:
                yield Theatre(stage=stage, scene=scene, browser=browser)
        finally:
            await browser.close()
            await stage.strike()
