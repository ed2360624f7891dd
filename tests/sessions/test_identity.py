from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from protocol.identity import unit_urn
from servicehost.domain.certificate import CertificateFault, CertificateRefused
from servicehost.sessions.identity import read_identity
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, any_certificate, local_authority, request_by

URI = x509.UniformResourceIdentifier(unit_urn(UNIT))
SERIAL = str(MODEL_SERIAL)


def fault_of(der: bytes) -> CertificateFault:
    with pytest.raises(CertificateRefused) as caught:
        read_identity(der)
    return caught.value.code


async def test_an_issued_certificate_reads_back_as_the_unit_it_was_issued_to(tmp_path: Path) -> None:
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    issued = await local_authority(tmp_path).issue_unit(csr, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW)
    identity = read_identity(issued.der)
    assert (identity.distribution_id, identity.model_serial) == (UNIT, MODEL_SERIAL)
    assert identity.serial_number == issued.serial_number
    assert identity.fingerprint == issued.fingerprint
    assert (identity.not_before, identity.not_after) == (issued.not_before, issued.not_after)


def test_any_issuer_may_have_made_it() -> None:
    identity = read_identity(any_certificate([URI], [SERIAL]))
    assert identity.distribution_id == UNIT
    assert identity.serial_number == "0A0B"
    assert identity.not_after == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        ([], CertificateFault.NO_UNIT_NAME),
        ([x509.DNSName("unit.example")], CertificateFault.NO_UNIT_NAME),
        ([URI, URI], CertificateFault.SEVERAL_NAMES),
        ([URI, x509.DNSName("unit.example")], CertificateFault.SEVERAL_NAMES),
        ([x509.UniformResourceIdentifier(URI.value.lower())], CertificateFault.UNIT_NAME_MALFORMED),
        ([x509.UniformResourceIdentifier("urn:servicehost:unit:")], CertificateFault.UNIT_NAME_MALFORMED),
        ([x509.UniformResourceIdentifier("https://unit.example/")], CertificateFault.UNIT_NAME_MALFORMED),
    ],
)
def test_a_certificate_that_does_not_name_one_unit_is_refused(
    names: list[x509.GeneralName], fault: CertificateFault
) -> None:
    assert fault_of(any_certificate(names, [SERIAL])) is fault


@pytest.mark.parametrize(
    ("serials", "fault"),
    [
        ([], CertificateFault.NO_MODEL_SERIAL),
        ([SERIAL, "SA-W2-0123AC"], CertificateFault.SEVERAL_MODEL_SERIALS),
        (["tss00000001"], CertificateFault.MODEL_SERIAL_MALFORMED),
    ],
)
def test_a_subject_without_exactly_one_model_serial_is_refused(serials: list[str], fault: CertificateFault) -> None:
    assert fault_of(any_certificate([URI], serials)) is fault


def test_octets_that_are_no_certificate_are_refused_as_unreadable() -> None:
    der = any_certificate([URI], [SERIAL])
    for octets in (b"", b"\x00" * 40, der[:-1], der + b"\x00", b"\xff" + der):
        assert fault_of(octets) is CertificateFault.UNREADABLE


def test_a_broken_octet_never_escapes_as_another_error() -> None:
    der = any_certificate([URI], [SERIAL])
    for at in range(len(der)):
        try:
            read_identity(der[:at] + bytes([der[at] ^ 0x20]) + der[at + 1 :])
        except CertificateRefused as error:
            assert error.code in CertificateFault  # noqa: PT017  (most flips are refused, some are harmless)


def test_a_certificate_that_comes_again_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    der = any_certificate([URI], [SERIAL])
    first = read_identity(der)
    monkeypatch.setattr(x509, "load_der_x509_certificate", None)
    assert read_identity(bytes(bytearray(der))) is first


def test_a_refusal_is_found_anew_each_time() -> None:
    der = any_certificate([], [SERIAL])
    assert fault_of(der) is fault_of(der) is CertificateFault.NO_UNIT_NAME
