"""The anchors of a unit: added at once, dropped with proof, never all lost."""

from pathlib import Path

import pytest

from adapter_sim.anchors import MAX_HELD, Anchors, AnchorsUnfit
from servicehost.backends.authority.files import Issuer, create_authority, load_issuer
from servicehost.backends.authority.signing import fingerprint, pem
from tests.builders.authority import NOW


def issuer(folder: Path, name: str) -> Issuer:
    create_authority(folder / name, now=NOW)
    return load_issuer(folder / name)


@pytest.fixture
def old(tmp_path: Path) -> Issuer:
    return issuer(tmp_path, "old")


@pytest.fixture
def new(tmp_path: Path) -> Issuer:
    return issuer(tmp_path, "new")


@pytest.fixture
def path(tmp_path: Path, old: Issuer) -> Path:
    (tmp_path / "anchors.pem").write_text(pem(old.root) + pem(old.certificate))
    return tmp_path / "anchors.pem"


def both(old: Issuer, new: Issuer) -> tuple[str, ...]:
    return tuple(sorted((fingerprint(old.root), fingerprint(new.root))))


def test_only_roots_are_spoken_of_and_all_are_dialled_with(path: Path, old: Issuer) -> None:
    anchors = Anchors(path)
    assert anchors.fingerprints == (fingerprint(old.root),)
    assert anchors.pem_to_dial_with() == path.read_text()


def test_a_named_anchor_is_held_before_it_is_said(path: Path, old: Issuer, new: Issuer) -> None:
    anchors = Anchors(path)
    assert anchors.take([pem(old.root), pem(new.root)]) == both(old, new)
    assert Anchors(path).fingerprints == both(old, new)
    assert not anchors.proving
    assert path.stat().st_mode & 0o077 == 0


def test_one_named_no_longer_goes_only_after_a_session_without_it(path: Path, old: Issuer, new: Issuer) -> None:
    anchors = Anchors(path)
    assert anchors.take([pem(new.root)]) == both(old, new)
    assert (anchors.proving, anchors.pem_to_dial_with()) == (True, pem(new.root))
    assert Anchors(path).fingerprints == both(old, new)
    anchors.failed()
    assert (anchors.proving, anchors.proved(), anchors.pem_to_dial_with() == path.read_text()) == (False, False, True)
    anchors.failed()
    assert (anchors.proving, anchors.proved()) == (True, True)
    assert Anchors(path).fingerprints == anchors.fingerprints == (fingerprint(new.root),)
    assert anchors.proved() is False


def test_an_anchor_named_again_is_not_on_its_way_out_any_more(path: Path, old: Issuer, new: Issuer) -> None:
    anchors = Anchors(path)
    anchors.take([pem(new.root)])
    anchors.take([pem(new.root), pem(old.root)])
    assert (anchors.proving, anchors.proved()) == (False, False)


def test_what_is_no_authority_changes_nothing(path: Path, old: Issuer) -> None:
    before = path.read_bytes()
    anchors = Anchors(path)
    for named in ([], ["nonsense"], [pem(old.root), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]):
        with pytest.raises(AnchorsUnfit) as caught:
            anchors.take(named)
        assert caught.value.reason == "anchor_unfit"
    assert (path.read_bytes(), anchors.proving) == (before, False)


def test_there_is_room_for_a_few(path: Path, tmp_path: Path) -> None:
    anchors = Anchors(path)
    roots = [pem(issuer(tmp_path, f"a{number}").root) for number in range(MAX_HELD)]
    with pytest.raises(AnchorsUnfit) as caught:
        anchors.take(roots)
    assert caught.value.reason == "no_room"


def test_a_document_adds_anchors_and_sends_none_away(path: Path, old: Issuer, new: Issuer) -> None:
    anchors = Anchors(path)
    anchors.join([pem(new.root)])
    assert (anchors.fingerprints, anchors.proving) == (both(old, new), False)
    anchors.take([pem(new.root)])
    anchors.join([pem(old.root)])
    assert anchors.proves == frozenset({fingerprint(new.root)})


def test_a_flash_that_fails_changes_nothing(path: Path, old: Issuer, new: Issuer) -> None:
    anchors = Anchors(path)
    (path.parent / "anchors.pem.new").mkdir()
    with pytest.raises(OSError, match="anchors"):
        anchors.take([pem(new.root)])
    assert anchors.fingerprints == (fingerprint(old.root),)
