"""What a unit keeps of its identity, and in which order it writes it."""

import itertools
import os
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from adapter_sim import keys
from adapter_sim.identity import Brought, Identity, Role
from adapter_sim.keys import CertificateUnfit
from adapter_sim.shelf import Shelf
from tests.adapter_sim.renewing import CutShelf, EstStub, PowerCut, Steps, enrolled
from tests.adapter_sim.stage import UNIT
from tests.builders.certificates import ours


def another() -> tuple[ec.EllipticCurvePrivateKey, list[x509.Certificate]]:
    made = ours().unit(UNIT)
    return made.ec_key, [made.certificate, *made.chain]


def leaf(identity: Identity, role: Role) -> x509.Certificate | None:
    held = identity.credential(role)
    return None if held is None else held.leaf


def test_a_commit_makes_the_candidate_current_and_keeps_what_was(tmp_path: Path) -> None:
    identity = enrolled(tmp_path)
    old = leaf(identity, "current")
    key, chain = another()
    identity.put_candidate(key, chain)
    assert (leaf(identity, "current"), leaf(identity, "candidate")) == (old, chain[0])
    identity.commit()
    assert [leaf(identity, role) for role in ("current", "candidate", "previous")] == [chain[0], None, old]
    identity.drop("previous")
    assert not identity.has("previous")


def test_what_was_before_can_be_had_again(tmp_path: Path) -> None:
    identity = enrolled(tmp_path)
    old = leaf(identity, "current")
    identity.put_candidate(*another())
    identity.commit()
    identity.go_back()
    assert (leaf(identity, "current"), identity.has("previous")) == (old, False)


def test_a_credential_says_when_it_is_due_and_sends_its_chain_along(tmp_path: Path) -> None:
    held = enrolled(tmp_path).credential("current")
    assert held is not None
    assert held.life.not_after - held.life.not_before == 365 * 86_400
    assert 0 <= held.lot < 1
    assert held.chain == (ours().issuing.certificate,)


def test_only_its_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    identity = enrolled(tmp_path / "unit")
    identity.next_key()
    modes = {stat.S_IMODE(os.stat(path).st_mode) for path in (tmp_path / "unit").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "unit").stat().st_mode) == 0o700


def test_a_key_that_has_no_certificate_yet_is_asked_with_again(tmp_path: Path) -> None:
    first = Identity(Shelf(tmp_path)).next_key()
    assert keys.key_pem(Identity(Shelf(tmp_path)).next_key()) == keys.key_pem(first)


def test_a_key_that_got_its_certificate_before_it_was_put_away_is_not_used_twice(tmp_path: Path) -> None:
    identity = enrolled(tmp_path)
    key = identity.next_key()
    kept = (tmp_path / "next-key.pem").read_bytes()
    identity.put_candidate(key, [_for(key)])
    (tmp_path / "next-key.pem").write_bytes(kept)
    assert keys.key_pem(identity.next_key()) != keys.key_pem(key)


def _for(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    held = ours().unit(UNIT).certificate
    return EstStub().sign(x509.load_der_x509_csr(keys.renewal_request(key, held)))


def test_a_certificate_from_elsewhere_serves_until_there_is_one_of_its_own(tmp_path: Path) -> None:
    certificate, key = ours().unit(UNIT).write(tmp_path, "brought")
    (tmp_path / "root.pem").write_text(ours().root_pem)
    shelf = Shelf(tmp_path / "unit")
    identity = Identity(shelf, brought=Brought(certificate=certificate, key=key), anchors=tmp_path / "root.pem")
    assert identity.enrolled
    brought = leaf(identity, "current")
    fresh_key, chain = another()
    identity.put_candidate(fresh_key, chain)
    identity.commit()
    assert (leaf(identity, "current"), leaf(identity, "previous")) == (chain[0], brought)
    assert identity.context("previous") is not identity.context("current")


def test_anchors_of_its_own_go_before_those_it_was_given(tmp_path: Path) -> None:
    given = tmp_path / "given.pem"
    given.write_text(ours().root_pem)
    identity = Identity(Shelf(tmp_path / "unit"), anchors=given)
    assert identity.anchors == given
    identity.put_anchors([ours().issuing.certificate])
    assert identity.anchor_certificates() == [ours().issuing.certificate]


def test_a_context_is_made_anew_when_a_file_was_replaced_and_not_before(tmp_path: Path) -> None:
    identity = enrolled(tmp_path)
    first = identity.context("current")
    assert identity.context("current") is first
    identity.put_candidate(*another())
    identity.commit()
    assert identity.context("current") is not first


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_holds_no_credential_is_named(content: bytes, tmp_path: Path) -> None:
    identity = enrolled(tmp_path)
    (tmp_path / "current.pem").write_bytes(content)
    with pytest.raises((CertificateUnfit, OSError)):
        identity.credential("current")


def test_wherever_the_power_goes_a_renewal_leaves_a_whole_current_credential(tmp_path: Path) -> None:
    for left in itertools.count():
        folder = tmp_path / str(left)
        old = leaf(enrolled(folder), "current")
        identity = Identity(CutShelf(folder, Steps(left)))
        key, chain = another()
        try:
            identity.next_key()
            identity.put_candidate(key, chain)
            identity.commit()
            identity.drop("previous")
        except PowerCut:
            after = Identity(Shelf(folder))
            assert leaf(after, "current") in (old, chain[0])
            assert leaf(after, "candidate") in (None, chain[0])
            after.context("current")  # key and certificate belong together
        else:
            break
    assert left == 12
