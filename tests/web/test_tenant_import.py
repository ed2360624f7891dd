"""Whole contracts, from one host into another: what comes out is what went in."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.group import Tag
from servicehost.domain.people import Actor
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.databases import dump
from tests.builders.world import CODE, OTHER_CODE, OTHER_TENANT, TENANT
from tests.web.test_masking import planted_everywhere
from tests.web.test_snapshots import saves
from tests.web.test_tenant_export import SEALED, exported, files_of

FRESH = "nxm000000005"
MOVED = "nxe000000055"


async def an_archive(cases: CaseApi) -> bytes:
    """Of a contract with everything in it."""
    await planted_everywhere(cases)
    await cases.post(cases.anna, "groups", management_code=TENANT, name="Kansai")
    await cases.world.store.batch(EVERYTHING, lambda batch: batch.set_tags({CODE: [Tag(name="floor", value="2")]}))
    return await exported(cases, cases.anna, **SEALED)


async def imported(
    cases: CaseApi, raw: bytes, query: str = "", *, code: str = FRESH, actor: Actor | None = None
) -> Any:
    return await cases.call(
        "POST",
        f"contracts/{code}/import?{query}",
        actor or cases.dispatcher,
        data=raw,
        headers={"Content-Type": "application/zip"},
    )


def fates(answer: Any) -> dict[str, str]:
    """Of everything that can be taken in."""
    assert answer.status == 200, answer.text
    taken = [one for one in answer.json["items"] if one["kind"] not in ("history", "left_out")]
    return {f"{one['kind']} {one['key']}": one["fate"] for one in taken}


COMPARED = ("revision", "content", "module_body", "snapshot", "snapshot_member")


def rows_of(database: Path, tenant: str, code: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every field of the contract's configs and snapshots, under the codes of the first host. What was only proposed is
    no part of a config."""
    renamed, found = {tenant: TENANT, code: CODE}, dump(database)
    told = {
        name: sorted((tuple(renamed.get(cell, cell) for cell in row) for row in found[name] if tenant in row), key=repr)
        for name in COMPARED
    }
    saved = {cell for row in told["revision"] for cell in row if str(cell).startswith("sha256:")}
    return {**told, "content": [row for row in told["content"] if saved & set(row)]}


async def test_a_contract_that_moves_to_another_host_is_there_field_by_field(cases: CaseApi, tmp_path: Path) -> None:
    raw = await an_archive(cases)
    before = await cases.get(cases.anna, f"adapters/{CODE}")
    (tmp_path / "b").mkdir()
    async with open_case_api(tmp_path / "b") as other:
        await other.post(other.dispatcher, "contracts", label="moved here", management_code=FRESH)
        standing = dump(other.world.database)
        query = f"map={CODE}:{MOVED}&reason=moves"
        planned = await imported(other, raw, query)
        assert planned.json["applied"] is False
        assert dump(other.world.database) == standing  # a dry run writes nothing
        done = await imported(other, raw, f"{query}&apply=true")
        assert fates(done) == fates(planned)
        assert fates(done)[f"adapter {MOVED}"] == "add"
        assert set(fates(done).values()) <= {"add", "refuse"}
        assert rows_of(other.world.database, FRESH, MOVED) == rows_of(cases.world.database, TENANT, CODE)
        after = await other.get(other.support, f"adapters/{MOVED}")
        for field in ("memo", "site_name", "item", "option", "declared_location", "created_at", "working"):
            assert after.get(field) == before.get(field), field
        assert (await other.world.reads.sorted_into(EVERYTHING, [MOVED]))[MOVED].tags == (Tag(name="floor", value="2"),)
        again = await imported(other, raw, f"{query}&apply=true")
        assert {fate for key, fate in fates(again).items() if key.split()[0] != "person"} == {"unchanged"}


async def test_an_adapter_that_is_here_gets_what_it_lacks_under_a_consent_and_nothing_else(cases: CaseApi) -> None:
    await saves(cases, "hostname a\n")
    raw = await exported(cases, cases.anna, **SEALED)
    await saves(cases, "hostname b\n")
    longer = await exported(cases, cases.anna, **SEALED)
    # What stands goes further than the archive: it stays as it is.
    assert fates(await imported(cases, raw, "apply=true", code=TENANT))[f"adapter {CODE}"] == "unchanged"
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    await imported(cases, raw, f"map={CODE}:{MOVED}&apply=true")
    refused = await imported(cases, longer, f"map={CODE}:{MOVED}&apply=true")
    (line,) = [one for one in refused.json["items"] if one["kind"] == "adapter"]
    assert (line["fate"], line["code"]) == ("refuse", "consent_needed")
    assert (await cases.get(cases.support, f"adapters/{MOVED}/config/modules"))["revision"] == 1


async def test_another_history_is_refused_and_named_and_the_rest_is_done(cases: CaseApi) -> None:
    await saves(cases, "hostname a\n")
    raw = await exported(cases, cases.anna, **SEALED)
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    await cases.post(cases.dispatcher, "adapters", management_code=FRESH, service_code=MOVED)
    own = await cases.catalogue.add_person(cases.dispatcher, FRESH, "Chie")
    assert own.person.management_code == FRESH
    taken = await imported(cases, raw, f"map={CODE}:{OTHER_CODE}&apply=true")
    (line,) = [one for one in taken.json["items"] if one["kind"] == "adapter"]
    assert (line["fate"], line["code"]) == ("refuse", "adapter_exists")
    assert str(line["text"]).startswith(OTHER_CODE)
    assert (await cases.get(cases.support, f"adapters/{OTHER_CODE}"))["management_code"] == OTHER_TENANT


async def test_only_a_dispatcher_imports(cases: CaseApi) -> None:
    for actor in (cases.anna, cases.support):
        assert (await imported(cases, b"", code=TENANT, actor=actor)).code == "no_right"
    assert (await imported(cases, b"", code=FRESH)).code == "contract_not_found"


def changed(raw: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    files = files_of(raw)
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    return out.getvalue()


def in_manifest(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | fields).encode()

    return change


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


WRONG: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "another format": (in_manifest(format="zip of somebody"), "archive_not_ours"),
    "a later schema": (in_manifest(schema=3), "archive_newer"),
    "no secrets": (in_manifest(masked_bodies=1), "archive_without_secrets"),
    "no secrets in its texts": (in_manifest(masked_texts=1), "archive_without_secrets"),
    "no manifest": (without("manifest.json"), "archive_damaged"),
    "a file too few": (without("people.json"), "archive_damaged"),
    "a file too many": (lambda files: files.update({"snapshots/000099.json": b"{}"}), "archive_damaged"),
    "a foreign file": (lambda files: files.update({"../../etc/passwd": b"x"}), "archive_entry_unknown"),
    "a bomb": (lambda files: files.update({f"bodies/{'0' * 64}.txt": bytes(17 * 1024 * 1024)}), "archive_too_large"),
    "another person": (lambda files: files.update({"people.json": b"[]"}), "archive_damaged"),
}


async def test_an_archive_that_does_not_fit_is_refused_by_name_and_nothing_is_done(cases: CaseApi) -> None:
    raw = await an_archive(cases)
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)
    before = dump(cases.world.database)
    for name, (change, code) in WRONG.items():
        assert (await imported(cases, changed(raw, change), "apply=true")).code == code, name
    for broken, code in ((raw[:-30], "archive_damaged"), (b"servicehost sealed stream 1\n", "archive_sealed")):
        assert (await imported(cases, broken, "apply=true")).code == code
    assert (await imported(cases, raw, "map=nxe000000077:nxe000000078")).code == "mapping_malformed"
    assert dump(cases.world.database) == before


async def test_a_body_that_was_changed_refuses_its_adapter(cases: CaseApi) -> None:
    raw = await an_archive(cases)
    await cases.post(cases.dispatcher, "contracts", label="copy", management_code=FRESH)

    def swap(files: dict[str, bytes]) -> None:
        name = next(name for name in files if name.startswith("bodies/"))
        files[name] = files[name][:-2] + b"!\n"

    answer = await imported(cases, changed(raw, swap), f"map={CODE}:{MOVED}&apply=true")
    (line,) = [one for one in answer.json["items"] if one["kind"] == "adapter"]
    assert (line["fate"], line["code"]) == ("refuse", "archive_damaged")
    assert (await cases.call("GET", f"adapters/{MOVED}", cases.support)).status == 404


@pytest.mark.parametrize("query", ["map=x", "map=nxe000000001", "map=nxe000000001:nxe000000001:nxe000000001"])
async def test_a_mapping_that_cannot_be_read_is_refused(cases: CaseApi, query: str) -> None:
    assert (await imported(cases, b"", query, code=TENANT)).status == 422
