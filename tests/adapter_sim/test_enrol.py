"""A unit gets its certificate from a bootstrap door."""

import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapter_sim import keys
from adapter_sim.enrol import BootstrapDoor, EnrolmentFailed, enrol
from adapter_sim.identity import Brought, Credential, Identity, Role
from adapter_sim.inventory import UnitEntry
from adapter_sim.shelf import Shelf
from protocol.identity import DistributionId
from tests.adapter_sim.bootstrap_door import Door, bootstrap_door
from tests.adapter_sim.stage import UNIT
from tests.builders.certificates import ours, theirs

ENTRY = UnitEntry(distribution_id=UNIT, model="SA-1", serial="0001", token="once")


@pytest.fixture
def door() -> Iterator[Door]:
    with bootstrap_door() as door:
        door.tokens[UNIT] = "once"
        yield door


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    path = tmp_path / "anchors.pem"
    path.write_text(ours().root_pem)
    return path


def enrolled(door: Door, anchors: Path, folder: Path, entry: UnitEntry = ENTRY) -> Identity:
    identity = Identity(Shelf(folder))
    enrol(entry, identity, BootstrapDoor(door.url, anchors))
    return identity


def refusal(door: Door, anchors: Path, folder: Path, entry: UnitEntry = ENTRY) -> EnrolmentFailed:
    with pytest.raises(EnrolmentFailed) as caught:
        enrolled(door, anchors, folder, entry)
    assert not (folder / "current.pem").exists()
    return caught.value


def test_its_key_stays_at_home_and_its_certificate_is_for_that_key(door: Door, anchors: Path, tmp_path: Path) -> None:
    identity = enrolled(door, anchors, tmp_path / "unit")
    held = identity.credential("current")
    assert held is not None
    key = load_pem_private_key(held.key.read_bytes(), None)
    leaf, issuing = x509.load_pem_x509_certificates(held.certificate.read_bytes())
    assert leaf.public_key() == key.public_key()
    assert issuing == ours().issuing.certificate
    assert identity.anchors.read_text() == ours().root_pem
    assert stat.S_IMODE(held.key.stat().st_mode) == 0o600
    assert not (tmp_path / "unit" / "next-key.pem").exists()
    assert stat.S_IMODE((tmp_path / "unit").stat().st_mode) == 0o700


def test_a_unit_that_has_its_certificate_asks_nobody(door: Door, anchors: Path, tmp_path: Path) -> None:
    enrolled(door, anchors, tmp_path)
    before = (tmp_path / "current.pem").read_bytes()
    door.asked.clear()
    enrolled(door, anchors, tmp_path)
    assert (door.asked, (tmp_path / "current.pem").read_bytes()) == ([], before)


def test_a_unit_that_was_interrupted_goes_on_with_the_key_it_has(door: Door, anchors: Path, tmp_path: Path) -> None:
    door.tokens.clear()
    refusal(door, anchors, tmp_path)
    key = (tmp_path / "next-key.pem").read_bytes()
    door.tokens[UNIT] = "once"
    enrolled(door, anchors, tmp_path)
    assert (tmp_path / "current.pem").read_bytes().startswith(key)


def test_a_token_that_is_not_taken_is_told_in_the_hosts_words(door: Door, anchors: Path, tmp_path: Path) -> None:
    door.tokens[UNIT] = "another"
    error = refusal(door, anchors, tmp_path)
    assert (error.reason, error.retry_after_s) == ("token_unknown", None)


def test_a_door_of_another_authority_gets_no_token(anchors: Path, tmp_path: Path) -> None:
    with bootstrap_door(theirs()) as door:
        assert refusal(door, anchors, tmp_path / "unit").reason == "foreign_door"
        assert door.asked == []


def test_anchors_that_are_no_authority_are_not_taken(door: Door, anchors: Path, tmp_path: Path) -> None:
    door.anchors = [ours().host().certificate]
    error = refusal(door, anchors, tmp_path / "unit")
    assert error.reason == "certificate_unfit"
    assert "is not an authority" in str(error)
    assert door.asked == ["/.well-known/est/cacerts"]


def test_a_certificate_of_somebody_else_is_not_taken(door: Door, anchors: Path, tmp_path: Path) -> None:
    door.name_in_certificate = "0000-0000-0000-0000-0000-0000-0000-0001"
    assert refusal(door, anchors, tmp_path / "unit").reason == "certificate_unfit"


def test_a_certificate_that_leads_to_no_anchor_is_not_taken(door: Door, anchors: Path, tmp_path: Path) -> None:
    door.anchors = [theirs().root.certificate]
    error = refusal(door, anchors, tmp_path / "unit")
    assert "does not lead to an anchor" in str(error)


def test_without_a_token_there_is_nothing_to_ask_with(door: Door, anchors: Path, tmp_path: Path) -> None:
    entry = UnitEntry(distribution_id=UNIT, model="SA-1", serial="0001")
    assert refusal(door, anchors, tmp_path / "unit", entry).reason == "no_token"


def test_a_door_that_is_not_there_may_be_tried_again(anchors: Path, tmp_path: Path) -> None:
    with bootstrap_door() as door:
        gone = BootstrapDoor(door.url, anchors)
    with pytest.raises(EnrolmentFailed) as caught:
        enrol(ENTRY, Identity(Shelf(tmp_path / "unit")), gone)
    assert caught.value.reason == "door_unreachable"
    assert caught.value.retry_after_s is not None


@pytest.mark.parametrize("url", ["http://h:1", "https://", "h:1", "https://h:1/est"])
def test_an_address_that_is_none_is_named(url: str, anchors: Path) -> None:
    with pytest.raises(ValueError, match="a bootstrap door is given as https"):
        BootstrapDoor(url, anchors)


# -- with a certificate in the place of a token ---------------------------------------------------------------------


def held_by(folder: Path, role: Role = "current") -> Credential:
    made = ours().unit(UNIT)
    certificate, key = made.write(folder, role)
    return Credential(role=role, certificate=certificate, key=key, leaf=made.certificate, chain=made.chain)


def request_for(held: Credential) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key = keys.new_key()
    return key, keys.renewal_request(key, held.leaf)


def test_it_renews_with_the_certificate_it_has(door: Door, anchors: Path, tmp_path: Path) -> None:
    held = held_by(tmp_path)
    key, request = request_for(held)
    answer = BootstrapDoor(door.url, anchors).certificate_for(request, held, anchors)
    chain = keys.own_certificate(keys.certificates_in(answer), key, DistributionId(UNIT), [ours().root.certificate])
    assert chain[0].subject == held.leaf.subject
    assert door.asked == ["/.well-known/est/simplereenroll"]
    assert door.proofs == [held.leaf]


def test_an_issuer_that_it_has_not_met_is_fetched_from_the_door(door: Door, anchors: Path, tmp_path: Path) -> None:
    held = msgspec.structs.replace(held_by(tmp_path), chain=())
    door.alone, door.anchors = True, [ours().root.certificate, ours().issuing.certificate]
    key, request = request_for(held)
    answer = BootstrapDoor(door.url, anchors).certificate_for(request, held, anchors)
    chain = keys.own_certificate(keys.certificates_in(answer), key, DistributionId(UNIT), [ours().root.certificate])
    assert chain[1:] == [ours().issuing.certificate]
    assert door.asked == ["/.well-known/est/simplereenroll", "/.well-known/est/cacerts"]

    door.asked.clear()
    knows = msgspec.structs.replace(held, chain=tuple(chain[1:]))
    BootstrapDoor(door.url, anchors).certificate_for(request, knows, anchors)
    assert door.asked == ["/.well-known/est/simplereenroll"]


def test_its_birth_certificate_is_for_enrolment(door: Door, anchors: Path, tmp_path: Path) -> None:
    held = held_by(tmp_path, "birth")
    BootstrapDoor(door.url, anchors).certificate_for(request_for(held)[1], held, anchors)
    assert door.asked == ["/.well-known/est/simpleenroll"]


def test_who_must_wait_for_a_permission_is_told_how_long(door: Door, anchors: Path, tmp_path: Path) -> None:
    held = held_by(tmp_path)
    for header, seconds in (("900", 900), ("", 60), ("soon", 60), ("9" * 12, 60)):
        door.waits.append(header)
        with pytest.raises(EnrolmentFailed) as caught:
            BootstrapDoor(door.url, anchors).certificate_for(request_for(held)[1], held, anchors)
        assert (caught.value.reason, caught.value.retry_after_s) == ("pending", seconds)


def test_an_alert_of_the_door_is_told_by_its_name(door: Door, anchors: Path, tmp_path: Path) -> None:
    made = theirs().unit(UNIT)
    certificate, key = made.write(tmp_path, "foreign")
    held = Credential(role="current", certificate=certificate, key=key, leaf=made.certificate)
    with pytest.raises(EnrolmentFailed) as caught:
        BootstrapDoor(door.url, anchors).certificate_for(request_for(held)[1], held, anchors)
    assert (caught.value.reason, caught.value.retry_after_s) == ("unknown_ca", 5)


def test_a_unit_with_a_birth_certificate_needs_no_token(door: Door, anchors: Path, tmp_path: Path) -> None:
    certificate, key = ours().unit(UNIT).write(tmp_path, "born")
    identity = Identity(Shelf(tmp_path / "unit"), birth=Brought(certificate=certificate, key=key))
    enrol(UnitEntry(distribution_id=UNIT, model="SA-1", serial="0001"), identity, BootstrapDoor(door.url, anchors))
    assert identity.enrolled
    assert door.asked == ["/.well-known/est/cacerts", "/.well-known/est/simpleenroll"]
