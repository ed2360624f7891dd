"""Exports leave nothing out silently: what is taken in, what is history, and what the archive does not hold."""

import hashlib
import json
from pathlib import Path
from typing import Any

from servicehost.domain.address import WrittenAddress
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.tenant_archive import HISTORY, LEFT_OUT
from servicehost.operations.add_delegate import Naming
from servicehost.operations.declare_location import Declaration
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.world import CODE, TENANT
from tests.web.test_snapshots import saves
from tests.web.test_tenant_export import SEALED, exported, files_of
from tests.web.test_tenant_import import FRESH, MOVED, changed, fates, imported

SECRET = "hunter2hunter2"
LINE = f"password {SECRET}"
ADDRESS = WrittenAddress(
    postal_code="102-0071",
    prefecture="東京都",
    municipality="千代田区",
    rest="2-10-2 Fujimi",
    addressee="Shiro Ito",
    telephone="03-1234-5678",
)


async def everything(cases: CaseApi) -> None:
    """One of each kind that an export holds, secrets in what people write included."""
    await saves(cases, f"hostname a\n{LINE}\n")
    contracts, rights = cases.catalogue.contracts, cases.world.ops
    await contracts.add_delegate(cases.anna, TENANT, Naming(name="Taro Sato", telephone="090", service_codes=(CODE,)))
    gone = await contracts.add_delegate(cases.anna, TENANT, Naming(name="Goro Kato", telephone="090"))
    await contracts.end_delegate(cases.anna, gone.number, "left")
    for location in ("Osaka 1-2-3", "Kobe 4-5-6"):
        await rights.declare_location(cases.anna, Declaration(service_code=CODE, location=location))
    await rights.areas.set_shipping_address(cases.anna, CODE, ADDRESS, "")
    await cases.post(cases.anna, "presets", management_code=TENANT, name="Ring", kind="command", text=LINE)
    await cases.post(cases.anna, "queries", management_code=TENANT, name="all", text="code:nxe")
    await cases.post(cases.dispatcher, f"adapters/{CODE}/config/proposals", body=f"{LINE}\n", reason="x")
    order = {"service_codes": [CODE], "work": {"kind": "command", "lines": [LINE]}, "name": "night"}
    await cases.post(cases.anna, "tasks", **order)
    await cases.post(cases.anna, "pushes", service_codes=[CODE])
    later = {"service_codes": [CODE], "when": {"at": "2030-01-01T00:00:00Z"}, "fixed": False}
    await cases.post(cases.anna, "schedules/pushes", **later)
    made = await cases.post(cases.anna, "rollouts", name="r", targets={"service_codes": [CODE]})
    answer = await cases.call(
        "POST", f"rollouts/{made['rollout']}/start", cases.anna, json={}, headers={"If-Match": '"1"'}
    )
    assert answer.status == 200, answer.text


def lines_of(answer: Any, kind: str) -> dict[str, int | None]:
    return {one["key"]: one["count"] for one in answer.json["items"] if one["kind"] == kind}


async def test_what_goes_out_is_named_and_counted_and_the_rest_is_named_too(cases: CaseApi) -> None:
    await everything(cases)
    files = files_of(await exported(cases, cases.anna, **SEALED))
    manifest = json.loads(files["manifest.json"])
    counts = manifest["counts"]
    assert {kind: counts.get(kind) for kind in HISTORY} == dict.fromkeys(HISTORY, 1)
    assert (counts["delegates"], counts["presets"], counts["declared_locations"]) == (2, 1, 2)
    assert (counts["shipping_addresses"], counts["queries"]) == (2, 1)
    assert tuple(manifest["left_out"]) == LEFT_OUT
    (task,) = json.loads(files["history/tasks-000001.json"])
    assert (task["service_code"], task["work"]["lines"], task["state"]) == (CODE, [LINE], "queued")
    (proposal,) = json.loads(files["history/config_proposals-000001.json"])
    assert files[f"bodies/{proposal['digest'].partition(':')[2]}.txt"].decode() == f"{LINE}\n"


async def test_without_a_key_no_history_and_no_preset_holds_a_secret(cases: CaseApi) -> None:
    await everything(cases)
    raw = await exported(cases, cases.anna)
    files = files_of(raw)
    assert [name for name, one in files.items() if SECRET.encode() in one] == []
    assert json.loads(files["manifest.json"])["masked_texts"] == 1
    assert (await imported(cases, raw, code=TENANT)).code == "archive_without_secrets"


async def test_places_delegates_and_presets_are_taken_in_and_history_is_named(cases: CaseApi, tmp_path: Path) -> None:
    await everything(cases)
    raw = await exported(cases, cases.anna, **SEALED)
    (tmp_path / "b").mkdir()
    async with open_case_api(tmp_path / "b") as other:
        await other.post(other.dispatcher, "contracts", label="moved here", management_code=FRESH)
        planned = await imported(other, raw, f"map={CODE}:{MOVED}")
        done = await imported(other, raw, f"map={CODE}:{MOVED}&apply=true")
        assert fates(planned) == fates(done)
        assert {name: fates(done)[name] for name in ("delegate Taro Sato", "preset Ring", "query all")} == {
            "delegate Taro Sato": "add",
            "preset Ring": "add",
            "query all": "add",
        }
        assert lines_of(done, "history") == {"delegates": 1} | dict.fromkeys(HISTORY, 1)
        assert set(lines_of(done, "left_out")) == set(LEFT_OUT)
        reads = other.world.reads
        (delegate,) = await reads.delegates(EVERYTHING, FRESH)
        assert (delegate.name, delegate.service_codes) == ("Taro Sato", (MOVED,))
        told = await reads.declared_locations(EVERYTHING, MOVED)
        before = await cases.world.reads.declared_locations(EVERYTHING, CODE)
        assert [one.location for one in told] == [one.location for one in before] == ["Osaka 1-2-3", "Kobe 4-5-6"]
        *_, sent = await reads.shipping_addresses(EVERYTHING, MOVED)
        assert sent.address is not None
        assert sent.address.addressee == ADDRESS.addressee
        assert [one.text for one in await reads.presets(EVERYTHING)] == [LINE]
        assert await reads.pushes(EVERYTHING) == []
        again = await imported(other, raw, f"map={CODE}:{MOVED}&apply=true")
        kept = {key: fate for key, fate in fates(again).items() if not key.startswith("person")}
        assert set(kept.values()) == {"unchanged"}
        assert len(await reads.declared_locations(EVERYTHING, MOVED)) == 2


async def test_an_archive_of_the_first_schema_is_still_read(cases: CaseApi) -> None:
    await everything(cases)

    def as_it_was(files: dict[str, bytes]) -> None:
        added = ("presets.json", "places.json")
        newer = [name for name in files if name.startswith("history/") or name.endswith(added)]
        manifest = json.loads(files["manifest.json"])
        for name in newer:
            del files[name], manifest["files"][name]
        old = {name: manifest[name] for name in manifest if name not in ("masked_texts", "left_out")}
        files["manifest.json"] = json.dumps({**old, "schema": 1}).encode()

    raw = changed(await exported(cases, cases.anna, **SEALED), as_it_was)
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    assert fates(await imported(cases, raw, f"map={CODE}:{MOVED}"))[f"adapter {MOVED}"] == "add"


async def test_a_delegate_who_cannot_be_taken_in_is_refused_by_name(cases: CaseApi) -> None:
    await everything(cases)

    def odd(files: dict[str, bytes]) -> None:
        delegates = json.loads(files["delegates.json"])
        delegates[0] |= {"service_codes": ["nxe000000077"]}
        delegates[1] |= {"ended_at": None, "name": " "}
        rewrite(files, "delegates.json", delegates)

    raw = changed(await exported(cases, cases.anna, **SEALED), odd)
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    answer = await imported(cases, raw, f"map={CODE}:{MOVED}&apply=true")
    lines = [one for one in answer.json["items"] if one["kind"] == "delegate"]
    assert [one["code"] for one in lines] == ["adapter_not_found", "delegate_unnamed"]


async def test_a_text_that_no_table_has_room_for_refuses_its_file(cases: CaseApi) -> None:
    await everything(cases)

    def long(files: dict[str, bytes]) -> None:
        name = f"adapters/{CODE}/places.json"
        places = json.loads(files[name])
        places["declared"][0]["location"] = "x" * 256
        rewrite(files, name, places)

    raw = changed(await exported(cases, cases.anna, **SEALED), long)
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    answer = await imported(cases, raw, f"map={CODE}:{MOVED}&apply=true")
    (line,) = [one for one in answer.json["items"] if one["kind"] == "adapter"]
    assert (line["fate"], line["code"]) == ("refuse", "archive_damaged")


def rewrite(files: dict[str, bytes], name: str, value: Any) -> None:
    """The file with another content, and the manifest that says so."""
    files[name] = json.dumps(value).encode()
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
