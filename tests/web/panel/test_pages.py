"""Logging in, looking and logging out, as a browser sees it."""

from collections.abc import Callable

import pytest

from servicehost.domain.people import Role
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.panel.routes import PANEL_ROUTES
from tests.builders.api import Api, open_api
from tests.builders.office import PASSWORD
from tests.builders.panel import Visit

ONE = "nxe000000001"
NewVisit = Callable[[], Visit]


async def test_who_is_not_logged_in_is_led_to_the_log_in_page(visit: NewVisit) -> None:
    browser = visit()
    assert (await browser.get("/")).headers["Location"] == "/panel/"
    assert (await browser.get("/panel/")).headers["Location"] == "/panel/login"
    page = await browser.get("/panel/login")
    assert page.status == 200
    assert page.text.startswith('<!doctype html>\n<html lang="ja">')


async def test_a_person_logs_in_sees_the_fleet_by_its_sites_and_logs_out(api: Api, visit: NewVisit) -> None:
    await api.office.catalogue.add_adapter(api.office.dispatcher, "nxm000000001", ONE, "大阪支店 <b>&")
    browser = visit()
    answer = await browser.log_in(api.office.anna.master_id)
    assert (answer.status, answer.headers["Location"]) == (303, "/panel/")
    page = await browser.get()
    assert page.status == 200
    assert page.lines("fleet") == [ONE]
    assert "大阪支店 &lt;b&gt;&amp;" in page.text
    assert "<b>" not in page.text
    assert (await browser.post("/panel/logout", form=page.proof)).headers["Location"] == "/panel/login"
    assert (await browser.get()).headers["Location"] == "/panel/login"
    assert not api.office.shelf.tokens


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    (cookie,) = browser.set_cookies
    parts = set(cookie.split("; "))
    assert cookie.startswith("servicehost_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


async def test_behind_tls_the_cookies_name_binds_it_to_this_very_host() -> None:
    async with open_api(settings=OperatorsDoor(behind_proxy=True)) as api:
        browser = Visit(base=f"http://127.0.0.1:{api.port}")
        form = await browser.get("/panel/login")
        origin = browser.base.replace("http:", "https:")
        fields = {"form": form.proof, "master_id": api.office.anna.master_id, "password": PASSWORD}
        assert (await browser.post("/panel/login", origin, **fields)).status == 303
        (cookie,) = browser.set_cookies
        assert cookie.startswith("__Host-servicehost_session=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert (await browser.get()).status == 200


async def test_a_wrong_password_is_said_on_the_page_in_both_languages(api: Api, visit: NewVisit) -> None:
    browser = visit()
    answer = await browser.log_in(api.office.anna.master_id, "not the password")
    assert answer.status == 401
    assert "マスターIDまたはパスワードが違います。" in answer.text
    assert "The Master ID or the password is wrong." in answer.text
    assert f'value="{api.office.anna.master_id}"' in answer.text
    assert "not the password" not in answer.text
    assert "servicehost_session" not in browser.cookies


async def test_a_one_time_password_asks_for_a_new_one(api: Api, visit: NewVisit) -> None:
    added = await api.office.catalogue.add_provider_person(Role.SUPPORT, "Sora")
    browser = visit()
    answer = await browser.log_in(added.person.master_id, added.one_time_password)
    assert answer.status == 403
    assert "このパスワードは一度だけ有効です。" in answer.text
    assert '<details class="first" open>' in answer.text
    fields = {"new_password": "a good new password", "repeat_password": "a good new passwort"}
    answer = await browser.log_in(added.person.master_id, added.one_time_password, **fields)
    assert (answer.status, "確認用の入力が一致しません" in answer.text) == (422, True)
    fields["repeat_password"] = fields["new_password"]
    assert (await browser.log_in(added.person.master_id, added.one_time_password, **fields)).status == 303
    assert (await visit().log_in(added.person.master_id, fields["new_password"])).status == 303


async def test_too_many_tries_say_when_to_come_back(api: Api, visit: NewVisit) -> None:
    browser = visit()
    answer = await browser.log_in(api.office.anna.master_id, "guess")
    while answer.status == 401:
        answer = await browser.log_in(api.office.anna.master_id, "guess")
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert f"{answer.headers['Retry-After']}秒ほど待って" in answer.text


@pytest.mark.parametrize("fields", [{}, {"master_id": "MID00000001"}, {"master_id": "x" * 65, "password": "y"}])
async def test_an_incomplete_form_is_refused_by_name(visit: NewVisit, fields: dict[str, str]) -> None:
    browser = visit()
    form = await browser.get("/panel/login")
    answer = await browser.post("/panel/login", form=form.proof, **fields)
    assert (answer.status, "マスターIDとパスワードを入力してください。" in answer.text) == (422, True)


async def test_a_log_in_that_has_ended_is_named(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    api.office.clock.go_on(12 * 3600)
    led = (await browser.get()).headers["Location"]
    assert led == "/panel/login?why=token_invalid"
    assert "ログインの有効期限が切れました" in (await browser.get(led)).text


async def test_the_language_is_kept_and_english_stands_alone(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    assert (
        '監視する拠点がありません <span class="en" lang="en">There is nothing to watch yet</span>'
        in (await browser.get()).text
    )
    await browser.get("/panel/", lang="en")
    page = await browser.get()
    assert '<html lang="en">' in page.text
    assert "There is nothing to watch yet" in page.text
    assert "監視する拠点がありません" not in page.text
    assert '<html lang="en">' in (await browser.get("/panel/", lang="xx")).text


async def test_every_answer_of_the_page_carries_its_policy(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    for path in ("/", "/panel", "/panel/", "/panel/login", "/panel/assets/x/panel.css"):
        policy = (await browser.get(path)).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; " if "assets" not in path else "default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    assert (await browser.get("/api/v1/nothing")).headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_pages_name_no_other_host_and_hold_no_script_or_style_of_their_own(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    for path in ("/panel/", "/panel/login"):
        text = (await browser.get(path)).text
        assert "://" not in text
        assert 'src="//' not in text
        assert " style=" not in text
        assert text.count("<script") == text.count('<script type="module" src="/panel/assets/') == 1


async def test_the_pages_files_are_kept_for_good_under_their_digest(visit: NewVisit) -> None:
    browser = visit()
    page = await browser.get("/panel/login")
    start = page.text.index("/panel/assets/")
    address = page.text[start : page.text.index('"', start)]
    file = await browser.get(address)
    assert (file.status, "immutable" in file.headers["Cache-Control"]) == (200, True)
    assert (await browser.get("/panel/assets/0000000000000000/panel.css")).status == 404


async def test_what_is_measured_and_logged_is_the_route(api: Api, visit: NewVisit) -> None:
    await visit().get("/panel/login")
    assert ("GET", "/panel/login", 200) in api.observed


def test_no_address_of_the_page_is_one_of_the_api() -> None:
    assert not [path for _, path, _ in PANEL_ROUTES if path.startswith("/api")]
    assert len({(method, path) for method, path, _ in PANEL_ROUTES}) == len(PANEL_ROUTES)


async def test_a_search_finds_full_width_letters(api: Api, visit: NewVisit) -> None:
    add = api.office.catalogue.add_adapter
    await add(api.office.dispatcher, "nxm000000001", ONE, "ﾅｺﾞﾔ支店")
    await add(api.office.dispatcher, "nxm000000001", "nxe000000002", "大阪支店")
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    assert (await browser.get(q="ナゴヤ")).lines("fleet") == [ONE]
    assert (await browser.get(q="ＮＸＥ０００００００" + "０２")).lines("fleet") == ["nxe000000002"]
    nothing = await browser.get(q="札幌")
    assert nothing.lines("fleet") == ["empty"]
    assert "条件に合う拠点はありません。" in nothing.text


async def test_the_provider_sees_whose_site_it_is(api: Api, visit: NewVisit) -> None:
    await api.office.adapter(ONE)
    browser = visit()
    await browser.log_in(api.office.support.master_id)
    page = await browser.get(q="contract of anna")
    assert page.lines("fleet") == [ONE]
    assert "Contract of Anna" in page.text


async def test_a_log_out_by_the_api_ends_the_page_too(api: Api, visit: NewVisit) -> None:
    browser = visit()
    await browser.log_in(api.office.anna.master_id)
    token = browser.cookies["servicehost_session"]
    answer = await api.call("DELETE", "tokens/current", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 204
    assert (await browser.get()).status == 303
