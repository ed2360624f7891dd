from pathlib import Path

import pytest

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from servicehost.backends.authority.passphrase import read_passphrase


def test_a_file_gives_its_content_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(b" correct horse \r\n")
    assert read_passphrase(file, None, {}) == b" correct horse "


def test_a_variable_gives_its_value_in_utf_8() -> None:
    assert read_passphrase(None, "CA_PASSPHRASE", {"CA_PASSPHRASE": "Pferd übt"}) == "Pferd übt".encode()


def test_neither_means_no_passphrase() -> None:
    assert read_passphrase(None, None, {"CA_PASSPHRASE": "x"}) is None


@pytest.mark.parametrize("environment", [{}, {"CA_PASSPHRASE": ""}])
def test_a_variable_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(AuthorityFileError) as caught:
        read_passphrase(None, "CA_PASSPHRASE", environment)
    assert (caught.value.code, str(caught.value.path)) == (FileFault.PASSPHRASE_UNSET, "$CA_PASSPHRASE")
