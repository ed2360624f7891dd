"""An authority behind a program that may do anything: whatever it does has a name, an end and a bound."""

import os
import select
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from servicehost.backends.authority import answers
from servicehost.backends.authority.answers import Wanted, check_answer
from servicehost.backends.authority.external import MAX_ANSWER_BYTES, CommandAuthority
from servicehost.backends.authority.files import Issuer, create_authority, load_issuer
from servicehost.backends.authority.profiles import host_profile, unit_profile
from servicehost.backends.authority.requests import AcceptedKey
from servicehost.backends.authority.signing import pem, sign
from servicehost.domain.errors import Conflict
from servicehost.ports.authority import AuthorityUnavailable
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, request_by

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    folder = tmp_path_factory.mktemp("outside") / "authority"
    create_authority(folder, now=NOW)
    return load_issuer(folder)


def behind(program: str, issuer: Issuer, folder: Path, *, due_s: float = 30) -> CommandAuthority:
    (folder / "anchors.pem").write_text(pem(issuer.root))
    return CommandAuthority(
        (sys.executable, "-S", "-c", program), anchors=folder / "anchors.pem", chain=None, due_s=due_s
    )


@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        ("import sys; sys.exit('the module is locked')", "ended with 1: the module is locked"),
        ("import sys; sys.exit(3)", "ended with 3: it said nothing"),
        ("pass", "it is no certificate"),
        ("print('hello')", "it is no certificate"),
        (f"print('x' * {2 * MAX_ANSWER_BYTES})", f"more than {MAX_ANSWER_BYTES} bytes"),
        ("import sys; sys.stderr.write('x' * 1000000); sys.exit(1)", "ended with 1: x"),
        ("import sys; sys.stdin.close(); sys.exit(4)", "ended with 4"),
    ],
)
async def test_what_a_program_does_wrong_is_named(program: str, complaint: str, issuer: Issuer, tmp_path: Path) -> None:
    with pytest.raises(AuthorityUnavailable, match=complaint):
        await behind(program, issuer, tmp_path).issue_unit(
            request_by(KEY), distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW
        )


def ends(pid: int) -> bool:
    """Whether that process is gone, or going: a killed one may still have to be given the processor to die."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 30)[0])
    finally:
        os.close(process)


async def test_a_program_that_does_not_end_is_ended_with_its_children(issuer: Issuer, tmp_path: Path) -> None:
    program = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'child')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)"
    )
    with pytest.raises(AuthorityUnavailable, match="has not answered within 3 s"):
        await behind(program, issuer, tmp_path, due_s=3).issue_unit(
            request_by(KEY), distribution_id=UNIT, model_serial=MODEL_SERIAL, now=NOW
        )
    assert ends(int((tmp_path / "child").read_text()))


async def test_a_program_that_is_not_there_is_named(issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "anchors.pem").write_text(pem(issuer.root))
    authority = CommandAuthority(("/no/such/program",), anchors=tmp_path / "anchors.pem", chain=None, due_s=1)
    with pytest.raises(AuthorityUnavailable, match="/no/such/program cannot be started"):
        await authority.issue_host(request_by(KEY), names=["a.example"], addresses=[], now=NOW)


async def test_it_is_rolled_over_elsewhere_and_its_anchors_are_read_anew(issuer: Issuer, tmp_path: Path) -> None:
    authority = behind("pass", issuer, tmp_path)
    assert (authority.rollover(), await authority.turn_back()) == (None, None)
    with pytest.raises(Conflict) as caught:
        await authority.begin(now=NOW, by="dora")
    assert caught.value.code == "rolled_over_elsewhere"
    create_authority(tmp_path / "next", now=NOW)
    (tmp_path / "anchors.pem").write_text(pem(issuer.root) + pem(load_issuer(tmp_path / "next").root))
    assert (await authority.anchors_pem()).count("BEGIN") == 2
    (tmp_path / "anchors.pem").write_text("nothing")
    with pytest.raises(AuthorityUnavailable, match="no file of certificates"):
        await authority.anchors_pem()


# -- the answer ---------------------------------------------------------------------------------------------------

WANTED = Wanted(
    key=KEY.public_key(),
    names=[x509.UniformResourceIdentifier(f"urn:servicehost:unit:{UNIT}")],
    serial=str(MODEL_SERIAL),
    purpose=answers.UNIT,
    now=NOW,
)


def leaf(
    issuer: Issuer,
    key: AcceptedKey | None = None,
    *,
    begins: datetime = NOW,
    ends: datetime = NOW + timedelta(days=365),
    profile: x509.CertificateBuilder | None = None,
) -> x509.Certificate:
    made = profile or unit_profile(key or KEY.public_key(), UNIT, MODEL_SERIAL)
    return sign(made, issuer=issuer.certificate.subject, key=issuer.key, not_before=begins, not_after=ends)


def answered(issuer: Issuer, *certificates: x509.Certificate, wanted: Wanted = WANTED) -> str:
    """What the check says of it; "fine" for nothing."""
    answer = "".join(map(pem, certificates)).encode()
    try:
        check_answer(answer, wanted, pem(issuer.root))
    except AuthorityUnavailable as error:
        return str(error)
    return "fine"


def test_a_good_answer_is_taken_with_its_chain_in_any_order(issuer: Issuer) -> None:
    good = leaf(issuer)
    found, chain, anchor = check_answer(
        (pem(good) + pem(issuer.root) + pem(issuer.certificate)).encode(), WANTED, pem(issuer.root)
    )
    assert (found, chain, anchor) == (good, [issuer.certificate], issuer.root)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"key": OTHER_KEY.public_key()}, "for another key"),
        ({"begins": NOW + timedelta(hours=1)}, "holds from"),
        ({"begins": NOW - timedelta(days=30)}, "holds from"),
        ({"ends": NOW + timedelta(minutes=5)}, "holds until"),
        ({"ends": NOW + timedelta(days=36_500)}, "holds until"),
        ({"profile": host_profile(KEY.public_key(), ["a.example"], [])}, "alternative names"),
        ({"profile": unit_profile(KEY.public_key(), UNIT, "SA-W2-999999")}, "serialNumber"),  # type: ignore[arg-type]  # only its text counts
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_not_used(
    change: dict[str, object], complaint: str, issuer: Issuer
) -> None:
    assert complaint in answered(issuer, leaf(issuer, **change), issuer.certificate)  # type: ignore[arg-type]  # a table of keyword arguments


def test_a_unit_never_gets_a_certificate_that_serves(issuer: Issuer) -> None:
    both = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH, x509.oid.ExtendedKeyUsageOID.SERVER_AUTH])
    profile = x509.CertificateBuilder().subject_name(leaf(issuer).subject).public_key(KEY.public_key())
    for extension in leaf(issuer).extensions:
        value = extension.value
        if not isinstance(value, x509.AuthorityKeyIdentifier):
            kept = both if isinstance(value, x509.ExtendedKeyUsage) else value
            profile = profile.add_extension(kept, critical=extension.critical)
    assert "for clientAuth and for nothing else" in answered(issuer, leaf(issuer, profile=profile), issuer.certificate)


def test_a_certificate_of_somebody_else_leads_nowhere(issuer: Issuer, tmp_path: Path) -> None:
    create_authority(tmp_path / "other", now=NOW)
    other = load_issuer(tmp_path / "other")
    assert "does not lead to an anchor" in answered(issuer, leaf(other), other.certificate, other.root)
    assert "does not lead to an anchor" in answered(issuer, leaf(issuer))
    assert answered(issuer, leaf(issuer), issuer.certificate) == "fine"
