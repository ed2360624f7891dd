from servicehost.domain.instant import rfc3339
from tests.builders.api import Api
from tests.builders.office import ANNA_S, PASSWORD

NEW = "another good password"


async def test_a_person_logs_in_asks_who_they_are_and_logs_out(api: Api) -> None:
    anna = api.office.anna
    answer = await api.call("POST", "tokens", json={"master_id": anna.master_id, "password": PASSWORD})
    assert answer.status == 201
    assert answer.json["expires_at"] == rfc3339(api.office.clock.wall() + 12 * 3_600_000)
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    me = await api.call("GET", "people/me", headers=bearer)
    assert me.json == {
        "master_id": anna.master_id,
        "name": "Anna",
        "role": "operation_manager",
        "management_code": ANNA_S,
    }
    gone = await api.call("DELETE", "tokens/current", headers=bearer)
    assert (gone.status, gone.text) == (204, "")
    assert (await api.call("GET", "people/me", headers=bearer)).code == "token_invalid"


async def test_the_one_time_password_of_a_new_person_must_be_replaced(api: Api) -> None:
    path = f"contracts/{ANNA_S}/people"
    added = await api.call("POST", path, api.office.dispatcher, json={"name": "Aki"})
    assert added.status == 201
    order = {"master_id": added.json["master_id"], "password": added.json["one_time_password"]}
    assert (await api.call("POST", "tokens", json=order)).code == "password_change_required"
    assert (await api.call("POST", "tokens", json=order | {"new_password": NEW})).status == 201
    again = await api.call("POST", "tokens", json={"master_id": order["master_id"], "password": NEW})
    assert again.status == 201


async def test_a_wrong_password_is_401_and_too_many_are_429_with_a_time(api: Api) -> None:
    order = {"master_id": api.office.anna.master_id, "password": "wrong password"}
    for _ in range(10):
        wrong = await api.call("POST", "tokens", json=order)
        assert (wrong.status, wrong.code) == (401, "log_in_failed")
    refused = await api.call("POST", "tokens", json=order)
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too_many_tries", "30")


async def test_a_changed_password_ends_the_token_in_use(api: Api) -> None:
    anna = api.office.anna
    order = {"password": PASSWORD, "new_password": NEW}
    changed = await api.call("POST", "people/me/password", anna, json=order)
    assert changed.status == 200
    assert (await api.call("GET", "people/me", anna)).code == "token_invalid"
    bearer = {"Authorization": f"Bearer {changed.json['token']}"}
    assert (await api.call("GET", "people/me", headers=bearer)).status == 200


async def test_contracts_are_listed_in_parts(api: Api) -> None:
    first = await api.call("GET", "contracts?limit=1", api.office.support)
    assert [one["label"] for one in first.json["items"]] == ["Contract of Anna"]
    assert first.json["next"] == ANNA_S
    second = await api.call("GET", f"contracts?limit=1&after={ANNA_S}", api.office.support)
    assert [one["label"] for one in second.json["items"]] == ["Contract of Ben"]
    assert second.json["next"] is None


async def test_a_contract_is_taken_up(api: Api) -> None:
    added = await api.call("POST", "contracts", api.office.dispatcher, json={"label": "Third"})
    assert (added.status, added.json["label"]) == (201, "Third")
    again = {"label": "Third", "management_code": added.json["management_code"]}
    refused = await api.call("POST", "contracts", api.office.dispatcher, json=again)
    assert (refused.status, refused.code) == (409, "contract_exists")
