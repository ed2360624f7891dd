import pytest

from servicehost.operations.preview_push import Fate, previewed
from tests.builders.api import Api
from tests.builders.estate import a_revision
from tests.domain.test_module import state

ONE, TWO = "nxe000000001", "nxe000000002"


async def saved(api: Api, *bodies: str, code: str = ONE) -> None:
    await api.office.adapter(code)
    for body in bodies:
        await api.office.save(code, body)


async def test_a_revision_is_brought_back_under_a_new_number_and_nothing_is_lost(api: Api) -> None:
    await saved(api, "a\n", "b\n")
    path = f"adapters/{ONE}/config/revisions"
    back = await api.call(
        "POST", f"{path}/1/restore", api.office.anna, json={"reason": "it worked"}, headers={"If-Match": '"2"'}
    )
    assert (back.status, back.json["revision"], back.json["reason"], back.headers["ETag"]) == (
        200,
        3,
        "it worked",
        '"3"',
    )
    listed = (await api.call("GET", path, api.office.anna)).json["items"]
    assert [one["digest"] for one in listed] == [listed[0]["digest"], listed[1]["digest"], listed[0]["digest"]]
    again = await api.call("POST", f"{path}/3/restore", api.office.anna, json={}, headers={"If-Match": '"3"'})
    assert again.json["revision"] == 3
    unknown = await api.call("POST", f"{path}/9/restore", api.office.anna, json={}, headers={"If-Match": '"3"'})
    assert unknown.code == "no_such_revision"


async def test_two_revisions_of_two_adapters_are_compared(api: Api) -> None:
    await saved(api, "hostname a\nroute x\n")
    await saved(api, "hostname b\nroute x\n", code=TWO)
    found = await api.call("GET", f"adapters/{ONE}/config/diff?left=1&right=working&other={TWO}", api.office.anna)
    assert found.json["same"] is False
    assert found.json["unified"] == (
        f"--- {ONE}/1/0\n+++ {TWO}/1/0\n@@ -1,2 +1,2 @@\n-hostname a\n+hostname b\n route x\n"
    )
    same = await api.call("GET", f"adapters/{ONE}/config/diff?left=working&right=1", api.office.support)
    assert (same.json["same"], same.json["unified"]) == (True, "")


async def test_what_cannot_be_compared_is_named(api: Api) -> None:
    anna, base = api.office.anna, f"adapters/{ONE}/config/diff"
    assert (await api.call("GET", base, anna)).code == "adapter_not_found"
    await saved(api, "a\n")
    assert (await api.call("GET", base, anna)).code == "not_running"
    assert (await api.call("GET", f"{base}?left=startup", anna)).code == "no_config"
    assert (await api.call("GET", f"{base}?left=7", anna)).code == "no_such_revision"
    assert (await api.call("GET", f"{base}?left=1&module=3", anna)).code == "no_such_module"
    assert (await api.call("GET", f"{base}?left=newest", anna)).code == "query_invalid"
    assert (await api.call("GET", f"{base}?left=1", api.office.ben)).code == "adapter_not_found"


async def test_bytes_that_are_no_text_are_the_same_or_not(api: Api) -> None:
    await saved(api, "a\n")
    path = f"adapters/{ONE}/config/modules/1?kind=binary"
    for number, body in enumerate((b"\x00", b"\x01"), start=1):
        await api.call("PUT", path, api.office.anna, data=body, headers={"If-Match": f'"{number}"'})
    found = await api.call("GET", f"adapters/{ONE}/config/diff?left=2&right=3&module=1", api.office.anna)
    assert (found.json["same"], found.json["unified"]) == (False, None)


async def test_an_edit_without_if_match_is_428_and_a_stale_one_shows_both_versions(api: Api) -> None:
    await saved(api, "a\n", "b\n")
    path, anna = f"adapters/{ONE}/config/working", api.office.anna
    blind = await api.call("PUT", path, anna, json={"body": "c\n"})
    assert (blind.status, blind.code) == (428, "if_match_required")
    stale = await api.call("PUT", path, anna, json={"body": "c\n"}, headers={"If-Match": '"1"'})
    assert (stale.status, stale.code) == (412, "revision_conflict")
    assert (stale.json["standing_revision"], stale.json["expected_revision"]) == (2, 1)
    links = stale.json["links"]
    assert (await api.call("GET", links["standing"], anna)).json["body"] == "b\n"
    assert (await api.call("GET", links["expected"], anna)).json["body"] == "a\n"
    assert "-a\n+b\n" in (await api.call("GET", links["diff"], anna)).json["unified"]


async def test_a_preview_of_an_adapter_whose_unit_never_called_knows_no_fate(api: Api) -> None:
    assert (await api.call("GET", f"adapters/{ONE}/config/preview", api.office.anna)).code == "adapter_not_found"
    await saved(api, "a\n")
    seen = await api.call("GET", f"adapters/{ONE}/config/preview", api.office.anna)
    assert [(row["module"], row["fate"], row["size_bytes"]) for row in seen.json["items"]] == [(0, "unknown", 2)]
    assert (seen.json["revision"], seen.json["sent_bytes"]) == (1, 0)


@pytest.mark.parametrize(
    ("running", "fates"),
    [
        ((), [Fate.SENT, Fate.NOT_ON_UNIT]),
        ((state(0, "main"), state(1, "one")), [Fate.SENT, Fate.UNCHANGED]),
        ((state(0, "main"), state(1, "old")), [Fate.UNCHANGED, Fate.SENT]),
        ((state(0, "x"), state(1, "one"), state(2)), [Fate.SENT, Fate.UNCHANGED, Fate.NEVER_SAVED]),
        (None, [Fate.UNKNOWN, Fate.UNKNOWN]),
    ],
)
def test_each_module_has_its_fate(running: tuple[object, ...] | None, fates: list[Fate]) -> None:
    rows = [a_revision(ONE, "nxm000000001", digest="main"), a_revision(ONE, "nxm000000001", module=1, digest="one")]
    assert [one.fate for one in previewed(rows, running)] == fates  # type: ignore[arg-type]  # a table of mixed rows
