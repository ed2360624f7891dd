import io

from tests.builders.api import Api

ONE = "nxe000000001"
MODULES = f"adapters/{ONE}/config/modules"
MAIN = f"adapters/{ONE}/config/working"


def seen(revision: int) -> dict[str, str]:
    return {"If-Match": f'"{revision}"'}


async def with_main(api: Api) -> None:
    await api.office.adapter(ONE)
    await api.office.save(ONE, "a\n")


async def test_a_module_is_read_back_byte_for_byte_and_the_whole_set_gets_a_new_number(api: Api) -> None:
    await with_main(api)
    body = bytes(range(256)) * 5000  # more than the door takes elsewhere
    saved = await api.call(
        "PUT",
        f"{MODULES}/1?kind=binary&name=signatures&version=2",
        api.office.anna,
        data=io.BytesIO(body),
        headers={"If-Match": '"1"'},
    )
    assert (saved.status, saved.json["revision"], saved.json["size_bytes"]) == (200, 2, len(body))
    raw = await api.call("GET", f"adapters/{ONE}/config/revisions/2/modules/1", api.office.anna)
    assert raw.body == body
    listed = await api.call("GET", MODULES, api.office.anna)
    assert [(row["module"], row["name"], row["on_unit"]) for row in listed.json["items"]] == [
        (0, "", False),
        (1, "signatures", False),
    ]
    assert (listed.headers["ETag"], listed.json["revision"]) == ('"2"', 2)


async def test_a_save_of_a_module_upon_a_stale_set_is_412(api: Api) -> None:
    await with_main(api)
    stale = await api.call("PUT", f"{MODULES}/1", api.office.anna, data=b"x", headers={"If-Match": '"0"'})
    assert (stale.status, stale.code) == (412, "revision_conflict")


async def test_what_a_module_cannot_be_is_named(api: Api) -> None:
    anna = api.office.anna
    await api.office.adapter(ONE)
    assert (await api.call("PUT", f"{MODULES}/1", anna, data=b"x", headers=seen(0))).code == "main_module_empty"
    await api.office.save(ONE, "a\n")
    assert (await api.call("PUT", f"{MODULES}/1", anna, data=b"\xff", headers=seen(1))).code == "module_not_utf8"
    assert (await api.call("PUT", f"{MODULES}/0", anna, data=b"", headers=seen(1))).code == "config_empty"
    assert (await api.call("PUT", f"{MODULES}/256", anna, data=b"x")).code == "path_invalid"
    assert (await api.call("GET", f"adapters/{ONE}/config/revisions/1/modules/4", anna)).code == "no_such_module"
    assert (
        await api.call("POST", f"adapters/{ONE}/config/blanks", anna, json={}, headers=seen(1))
    ).code == "modules_unknown"
    assert (await api.call("PUT", f"{MODULES}/1", api.office.support, data=b"x", headers=seen(1))).status == 403
    assert (await api.call("GET", MODULES, api.office.ben)).code == "adapter_not_found"
