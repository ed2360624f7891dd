"""Every way to a certificate through the real door and use cases, by openssl and curl; only time is a test's."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protocol.identity import unit_urn
from servicehost.bootstrap.est import SIMPLEENROLL, SIMPLEREENROLL, EstDoor
from servicehost.domain.enrolment_request import RequestState, Way
from servicehost.domain.instant import from_datetime
from servicehost.sessions.identity import read_identity
from servicehost.settings.enrolment import EnrolmentSettings
from tests.bootstrap.test_listener import Door, curl, open_door_of
from tests.builders.birth import Born, Maker
from tests.builders.bureau import MODEL, Bureau, open_bureau
from tests.builders.office import unit_name
from tests.builders.openssl import make_csr, openssl

DAY_S = 86_400
P_256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


class Scene:
    """A door, the bureau behind it, a maker it trusts, and unit 1, registered."""

    def __init__(self, bureau: Bureau, door: Door, maker: Maker, folder: Path) -> None:
        self.bureau, self.door, self.maker, self.folder = bureau, door, maker, folder

    def box(self, name: str, number: int = 1) -> "Box":
        folder = self.folder / name
        folder.mkdir()
        return Box(self, folder, number)


class Box:
    """A unit made of openssl and curl. Its request names what its certificate names."""

    def __init__(self, scene: Scene, folder: Path, number: int) -> None:
        self.scene, self.folder, self.number = scene, folder, number
        self.unit, self.model_serial = unit_name(number), f"{MODEL}-{number:06d}"
        names = ("-addext", f"subjectAltName=URI:{unit_urn(self.unit)}")
        csr = make_csr(folder, key=P_256, subject=f"/serialNumber={self.model_serial}", more=names)
        (folder / "csr").write_bytes(base64.encodebytes(csr))

    async def ask(self, path: str, *words: str | Path, shows: "Box | Born | None" = None) -> tuple[int, str]:
        """Status, and the code of a refusal or "certificate"."""
        proof: tuple[str | Path, ...] = ()
        if isinstance(shows, Box):
            proof = ("--cert", shows.folder / "leaf.pem", "--key", shows.folder / "key.pem")
        elif shows is not None:
            proof = ("--cert", shows.certificate, "--key", shows.key)
        body = ("--header", "content-type: application/pkcs10", "--data-binary", f"@{self.folder / 'csr'}")
        status, answer = await curl(self.scene.door, path, *words, *proof, *body)
        if status != 200:
            return status, json.loads(answer)["code"]
        printed = openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=openssl("base64", "-d", stdin=answer))
        (self.folder / "leaf.pem").write_bytes(printed)
        return status, "certificate"

    async def by_token(self) -> tuple[int, str]:
        token = await self.scene.bureau.token(self.number)
        return await self.ask(SIMPLEENROLL, "--user", f"{self.unit}:{token}")


@asynccontextmanager
async def scene(folder: Path, settings: EnrolmentSettings | None = None) -> AsyncIterator[Scene]:
    maker = Maker(folder)
    async with open_bureau(folder, settings, at=from_datetime(datetime.now(UTC))) as bureau:

        async def ca_certificates() -> str:
            return await bureau.authority.anchors_pem() + await bureau.authority.chain_pem()

        est = EstDoor(
            ca_certificates=ca_certificates,
            enrol=bureau.catalogue.enrol_unit,
            enrol_by_birth=bureau.catalogue.enrol_by_birth,
            reenrol=bureau.catalogue.reenrol_unit,
            read_identity=read_identity,
            makers=[maker.anchor],
            chain_in_answer=False,
        )
        await bureau.unit()
        trusted = [await bureau.authority.chain_pem(), maker.root.read_text()]
        async with open_door_of(bureau.authority, folder, est.respond, also=trusted) as door:
            yield Scene(bureau, door, maker, folder)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as opened:
        yield opened


async def test_a_unit_renews_with_the_certificate_it_has(here: Scene) -> None:
    first, second = here.box("first"), here.box("second")
    assert await first.by_token() == (200, "certificate")
    assert await second.ask(SIMPLEREENROLL, shows=first) == (200, "certificate")
    chain = here.folder / "authority" / "issuing.pem"
    openssl("verify", "-CAfile", here.folder / "anchors.pem", "-untrusted", chain, second.folder / "leaf.pem")
    assert await first.ask(SIMPLEENROLL, shows=first) == (403, "not_a_birth_certificate")
    assert await first.ask(SIMPLEREENROLL) == (403, "client_certificate_required")


async def test_a_unit_400_days_in_a_drawer_waits_for_a_permission_and_gets_in(here: Scene) -> None:
    first, second = here.box("first"), here.box("second")
    await first.by_token()
    here.bureau.clock.go_on(400 * DAY_S)
    assert await second.ask(SIMPLEREENROLL, shows=first) == (202, "enrolment_pending")
    (request,) = await here.bureau.requests()
    assert (request.way, request.state, request.distribution_id) == (Way.PERMISSION, RequestState.PENDING, first.unit)
    await here.bureau.catalogue.approve_enrolment(here.bureau.dispatcher, request.request)
    assert await second.ask(SIMPLEREENROLL, shows=first) == (200, "certificate")


async def test_a_unit_with_a_birth_certificate_gets_in_at_any_age(here: Scene) -> None:
    box = here.box("box")
    born = here.maker.born(box.model_serial)
    assert await box.ask(SIMPLEENROLL, shows=born) == (200, "certificate")
    here.bureau.clock.go_on(400 * DAY_S)
    later = here.box("later")
    assert await later.ask(SIMPLEENROLL, shows=born) == (200, "certificate")
    assert (later.folder / "leaf.pem").read_text() != (box.folder / "leaf.pem").read_text()


async def test_a_birth_certificate_that_names_another_box_or_none_gets_nothing(here: Scene) -> None:
    box = here.box("box")
    assert await box.ask(SIMPLEENROLL, shows=here.maker.born("SA-W2-999999")) == (403, "unit_unknown")
    assert await box.ask(SIMPLEENROLL, shows=here.maker.born(None)) == (403, "certificate_without_model_serial")
    born = here.maker.born(box.model_serial)
    assert await box.ask(SIMPLEREENROLL, shows=born) == (403, "not_our_certificate")


async def test_with_approval_a_born_unit_is_answered_202_until_a_dispatcher_has_decided(tmp_path: Path) -> None:
    async with scene(tmp_path, EnrolmentSettings(approval=True)) as here:
        box, other = here.box("box"), here.box("other")
        born = here.maker.born(box.model_serial)
        assert await box.ask(SIMPLEENROLL, shows=born) == (202, "enrolment_pending")
        assert await other.ask(SIMPLEENROLL, shows=born) == (202, "enrolment_pending")
        await here.bureau.catalogue.approve_enrolment(here.bureau.dispatcher, 1)
        await here.bureau.catalogue.deny_enrolment(here.bureau.dispatcher, 2, "no such key of ours")
        assert await box.ask(SIMPLEENROLL, shows=born) == (200, "certificate")
        assert await other.ask(SIMPLEENROLL, shows=born) == (403, "enrolment_denied")


async def test_a_revoked_unit_is_refused_by_name_on_every_way(here: Scene) -> None:
    first = here.box("first")
    token = await here.bureau.token()
    await first.by_token()
    der = openssl("x509", "-in", first.folder / "leaf.pem", "-outform", "DER")
    here.bureau.clock.go_on(1)
    await here.bureau.revoke_fingerprints(read_identity(der).fingerprint)
    born = here.maker.born(first.model_serial)
    ways = [
        first.ask(SIMPLEENROLL, "--user", f"{first.unit}:{token}"),
        first.ask(SIMPLEENROLL, shows=born),
        first.ask(SIMPLEREENROLL, shows=first),
    ]
    assert [await way for way in ways] == [(403, "unit_revoked")] * 3


async def test_a_flood_of_wrong_tokens_is_answered_429(tmp_path: Path) -> None:
    async with scene(tmp_path, EnrolmentSettings(tries_per_address=2)) as here:
        box = here.box("box")
        wrong = ("--user", f"{box.unit}:shet_guess")
        answers = [await box.ask(SIMPLEENROLL, *wrong) for _ in range(3)]
        assert answers == [(401, "unknown_token"), (401, "unknown_token"), (429, "too_many_tries")]
        assert await box.by_token() == (429, "too_many_tries")
