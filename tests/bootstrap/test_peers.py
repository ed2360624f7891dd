from pathlib import Path

import pytest

from servicehost.bootstrap.http import NOBODY, Peer
from servicehost.bootstrap.peers import Signer, read_birth, signer_of
from servicehost.domain.certificate import CertificateFault, CertificateRefused
from tests.builders.birth import Maker


@pytest.fixture
def us(tmp_path: Path) -> Maker:
    """Any authority will do as ours."""
    return Maker(tmp_path, "Us")


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def issuing_of(maker: Maker) -> bytes:
    return maker.born("A-1").chain[1]


def test_the_anchor_that_ends_the_chain_says_whose_it_is(us: Maker, maker: Maker) -> None:
    theirs, own = maker.born("A-1"), us.born("A-1")
    anchors = ({us.anchor}, {maker.anchor})
    assert signer_of(Peer(certificate=theirs.der, chain=theirs.chain), *anchors) is Signer.A_MAKER
    assert signer_of(Peer(certificate=own.der, chain=own.chain), *anchors) is Signer.US
    assert signer_of(NOBODY, *anchors) is Signer.NEITHER
    other = Peer(certificate=own.der, chain=own.chain)
    assert signer_of(other, set(), {maker.anchor}) is Signer.NEITHER


def test_an_intermediate_of_ours_in_a_makers_chain_changes_nothing(us: Maker, maker: Maker) -> None:
    theirs = maker.born("A-1")
    chain = (theirs.der, us.anchor, maker.anchor)
    assert signer_of(Peer(certificate=theirs.der, chain=chain), {us.anchor}, {maker.anchor}) is Signer.A_MAKER


def test_where_tls_tells_no_chain_the_signature_itself_is_looked_at(us: Maker, maker: Maker) -> None:
    theirs, own = Peer(certificate=maker.born("A-1").der), Peer(certificate=us.born("A-1").der)
    ours, makers = {us.anchor, issuing_of(us)}, {maker.anchor, issuing_of(maker)}
    assert signer_of(own, ours, makers) is Signer.US
    assert signer_of(theirs, ours, makers) is Signer.A_MAKER
    assert signer_of(theirs, ours, {maker.anchor}) is Signer.UNTOLD
    assert signer_of(Peer(certificate=b"garbage"), ours, makers) is Signer.UNTOLD


def test_what_is_no_certificate_names_nobody() -> None:
    with pytest.raises(CertificateRefused) as refused:
        read_birth(b"garbage")
    assert refused.value.code is CertificateFault.UNREADABLE
