import pytest

from tests.builders.api import Api

ONE = "nxe000000001"
WORKING = f"adapters/{ONE}/config/working"


async def test_what_was_saved_is_read_back_byte_for_byte(api: Api) -> None:
    await api.office.adapter(ONE)
    assert (await api.call("GET", WORKING, api.office.anna)).code == "no_config"
    body = 'hostname 大阪\r\n\t# \\ "quoted"\n'
    saved = await api.call(
        "PUT", WORKING, api.office.anna, json={"body": body, "reason": "first"}, headers={"If-Match": '"0"'}
    )
    assert (saved.status, saved.json["revision"], saved.headers["ETag"]) == (200, 1, '"1"')
    for path in (WORKING, f"adapters/{ONE}/config/revisions/1"):
        found = await api.call("GET", path, api.office.support)
        assert (found.json["body"], found.json["revision"], found.headers["ETag"]) == (body, saved.json, '"1"')


async def test_a_save_upon_a_stale_revision_is_412_and_saves_nothing(api: Api) -> None:
    await api.office.adapter(ONE)
    anna = api.office.anna
    fresh = await api.call("PUT", WORKING, anna, json={"body": "a\n"}, headers={"If-Match": '"0"'})
    assert fresh.status == 200
    stale = await api.call("PUT", WORKING, anna, json={"body": "b\n"}, headers={"If-Match": '"0"'})
    assert (stale.status, stale.code) == (412, "revision_conflict")
    followed = await api.call("PUT", WORKING, anna, json={"body": "b\n"}, headers={"If-Match": fresh.headers["ETag"]})
    assert followed.json["revision"] == 2


@pytest.mark.parametrize("tag", ["*", '"1', 'W/"1"', '"1", "2"', '"x"'])
async def test_an_if_match_that_is_no_etag_of_ours_is_refused(api: Api, tag: str) -> None:
    await api.office.adapter(ONE)
    refused = await api.call("PUT", WORKING, api.office.anna, json={"body": "a\n"}, headers={"If-Match": tag})
    assert (refused.status, refused.code) == (422, "if_match_invalid")


async def test_revisions_are_listed_in_parts_without_their_texts(api: Api) -> None:
    await api.office.adapter(ONE)
    for body in ("a\n", "b\n", "c\n"):
        await api.office.save(ONE, body)
    path = f"adapters/{ONE}/config/revisions"
    first = await api.call("GET", f"{path}?limit=2", api.office.anna)
    last = await api.call("GET", f"{path}?limit=2&after={first.json['next']}", api.office.anna)
    assert [one["revision"] for part in (first, last) for one in part.json["items"]] == [1, 2, 3]
    assert last.json["next"] is None
    assert "body" not in first.json["items"][0]


async def test_what_is_not_there_is_named(api: Api) -> None:
    anna = api.office.anna
    assert (await api.call("GET", WORKING, anna)).code == "adapter_not_found"
    assert (await api.call("GET", f"adapters/{ONE}/config/revisions", anna)).code == "adapter_not_found"
    assert (await api.call("GET", f"adapters/{ONE}/config/revisions/7", anna)).code == "no_such_revision"
    assert (await api.call("GET", f"adapters/{ONE}/config/revisions/0", anna)).code == "path_invalid"
    assert (await api.call("GET", "adapters/osaka/config/working", anna)).code == "bad_service_code"
