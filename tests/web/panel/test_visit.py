"""Forms are taken from our own pages, in the browser that was given them."""

from collections.abc import Callable

import aiohttp
import pytest

from tests.builders.api import Api
from tests.builders.office import PASSWORD
from tests.builders.panel import Visit

NewVisit = Callable[[], Visit]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:1", "http://localhost"])
async def test_a_form_from_elsewhere_is_refused(api: Api, visit: NewVisit, origin: str | None) -> None:
    browser = visit()
    form = await browser.get("/panel/login")
    fields = {"form": form.proof, "master_id": api.office.anna.master_id, "password": PASSWORD}
    answer = await browser.post("/panel/login", origin, **fields)
    assert (answer.status, "別のサイトからの操作" in answer.text) == (403, True)
    assert "servicehost_session" not in browser.cookies
    await browser.post("/panel/login", **fields)
    page = await browser.get()
    assert (await browser.post("/panel/logout", origin, form=page.proof)).status == 403
    assert (await browser.get()).status == 200


async def test_a_form_of_another_browser_is_refused(api: Api, visit: NewVisit) -> None:
    theirs, mine = visit(), visit()
    proof = (await theirs.get("/panel/login")).proof
    await mine.get("/panel/login")
    answer = await mine.post("/panel/login", form=proof, master_id=api.office.anna.master_id, password=PASSWORD)
    assert (answer.status, "もう一度入力してください" in answer.text) == (403, True)
    assert "servicehost_session" not in mine.cookies


async def test_a_log_out_without_the_pages_proof_changes_nothing(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    for proof in ("", "0" * 64, (await browser.get("/panel/login")).proof):
        assert (await browser.post("/panel/logout", form=proof)).status == 403
    assert (await browser.get()).status == 200


async def test_a_proof_says_nothing_of_the_token(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    token = browser.cookies["servicehost_session"]
    assert token not in (await browser.get()).text


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_only_a_plain_form_is_read(api: Api, visit: NewVisit, media_type: str) -> None:
    base = visit().base
    async with aiohttp.ClientSession() as client:
        headers = {"Origin": base, "Content-Type": media_type}
        async with client.post(f"{base}/panel/login", data=b"{}", headers=headers) as answer:
            assert answer.status == 415
