from pathlib import Path

import pytest

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from servicehost.backends.authority.makers import Makers, read_makers
from tests.builders.authority import local_authority
from tests.builders.birth import Maker


@pytest.fixture
async def ours_pem(tmp_path: Path) -> str:
    authority = local_authority(tmp_path)
    return await authority.anchors_pem() + await authority.chain_pem()


def test_without_makers_nobody_else_is_trusted(ours_pem: str) -> None:
    assert read_makers([], ours_pem) == Makers()


def test_a_file_may_hold_several_authorities(tmp_path: Path, ours_pem: str) -> None:
    one, two = Maker(tmp_path, "One"), Maker(tmp_path, "Two")
    both = tmp_path / "both.pem"
    both.write_text(one.root.read_text() + two.root.read_text())
    makers = read_makers([both], ours_pem)
    assert makers.der == {one.anchor, two.anchor}
    assert makers.pem == (one.root.read_text(), two.root.read_text())


def fault(file: Path, ours_pem: str) -> FileFault:
    with pytest.raises(AuthorityFileError) as error:
        read_makers([file], ours_pem)
    assert error.value.path == file
    return error.value.code


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, ours_pem: str) -> None:
    assert fault(tmp_path / "none.pem", ours_pem) is FileFault.MISSING
    assert fault(tmp_path, ours_pem) is FileFault.UNREADABLE
    text = tmp_path / "text.pem"
    text.write_text("nothing of the kind")
    assert fault(text, ours_pem) is FileFault.UNREADABLE


def test_a_boxs_own_certificate_is_no_authority(tmp_path: Path, ours_pem: str) -> None:
    assert fault(Maker(tmp_path).born("A-1").certificate, ours_pem) is FileFault.NO_AUTHORITY


def test_our_own_authority_is_no_maker(tmp_path: Path, ours_pem: str) -> None:
    for name in ("root", "issuing"):
        assert fault(tmp_path / "authority" / f"{name}.pem", ours_pem) is FileFault.MAKER_IS_US
