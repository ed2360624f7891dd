"""Whole contracts, exported: everything is there, no secret for whom it is not, and nothing of anybody else."""

import hashlib
import io
import json
import zipfile
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servicehost.backends.envelope import opened
from servicehost.domain.masking import MASK
from servicehost.domain.people import Actor
from tests.backends.test_envelope import pem_of
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, OTHER_CODE, TENANT
from tests.web.test_masking import SECRETS, planted_everywhere

OWNER = X25519PrivateKey.generate()
SEALED = {"to_key": pem_of(OWNER)}


async def exported(cases: CaseApi, actor: Actor, **order: Any) -> bytes:
    answer = await cases.call("POST", f"contracts/{TENANT}/export", actor, json=order)
    assert answer.status == 200, answer.text
    return b"".join(opened([answer.body], OWNER)) if "to_key" in order else answer.body


def files_of(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_an_export_to_a_key_is_whole(cases: CaseApi) -> None:
    await planted_everywhere(cases)
    files = files_of(await exported(cases, cases.anna, **SEALED, reason="yearly"))
    manifest = json.loads(files["manifest.json"])
    assert (manifest["secrets"], manifest["masked_bodies"], manifest["withheld_bodies"]) == ("clear", 0, 0)
    assert manifest["counts"] == {
        "people": 1, "delegates": 0, "groups": 0, "queries": 0, "presets": 0, "snapshots": 1, "adapters": 1,
        "revisions": 5, "bodies": 5, "config_proposals": 1, "pushes": 1, "declared_locations": 0,
        "shipping_addresses": 1,
    }  # fmt: skip
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(files[name]).hexdigest() == digest
    bodies = {name: raw for name, raw in files.items() if name.startswith("bodies/")}
    for name, raw in bodies.items():
        assert hashlib.sha256(raw).hexdigest() == name.split("/")[1].partition(".")[0]
        assert SECRETS[0].encode() in raw
    rows = json.loads(files[f"adapters/{CODE}/revisions-000001.json"])["rows"]
    assert [(row["revision"], row["module"]) for row in rows] == [
        (1, 0), (2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (4, 2), (5, 0), (5, 1), (5, 2),
    ]  # fmt: skip
    assert set(manifest["files"]) | {"manifest.json"} | set(bodies) == set(files)
    assert not any(OTHER_CODE.encode() in raw for raw in files.values())
    assert "password" not in files["people.json"].decode()
    (line,) = [one for one in (await cases.get(cases.anna, "events"))["items"] if one["sub_type"] == "tenant_exported"]
    assert line["actor"] == cases.anna.master_id


async def test_without_a_key_secrets_are_left_out_and_the_manifest_says_so(cases: CaseApi) -> None:
    await planted_everywhere(cases)
    for actor in (cases.anna, cases.support):
        files = files_of(await exported(cases, actor))
        manifest = json.loads(files["manifest.json"])
        assert (manifest["secrets"], manifest["masked_bodies"]) == ("left_out", 5)
        assert [secret for secret in SECRETS for raw in files.values() if secret.encode() in raw] == []
        masked = [name for name in files if name.endswith(".masked.txt")]
        assert len(masked) == 5
        assert all(MASK.encode() in files[name] for name in masked)


async def test_only_who_may_see_the_secrets_of_every_adapter_gets_them_sealed(cases: CaseApi) -> None:
    await planted_everywhere(cases)
    path = f"contracts/{TENANT}/export"
    assert await cases.refused(cases.support, path, **SEALED) == (403, "consent_needed")
    assert await cases.refused(cases.ben, path, **SEALED) == (404, "contract_not_found")
    assert await cases.refused(cases.anna, path, to_key="no key") == (409, "bad_recipient_key")
    allowed = {"rights": ["see_secrets"], "to_role": "support", "reason": "moves to another host"}
    await cases.post(cases.anna, f"contracts/{TENANT}/consents", **allowed)
    files = files_of(await exported(cases, cases.support, **SEALED))
    assert any(SECRETS[0].encode() in raw for raw in files.values())
