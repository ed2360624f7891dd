"""Which places drivers serve is said by codes, each with its reason."""

import msgspec
import pytest

from servicehost.settings.areas import AreasSettings


def test_named_islands_stand_beside_the_known_ones() -> None:
    coverage = AreasSettings(islands={"28205": "island"}).coverage
    assert coverage.islands["28205"] == "island"
    assert "42209" in coverage.islands


def test_the_known_islands_can_be_left_out() -> None:
    assert AreasSettings(known_islands=False).coverage.islands == {}


@pytest.mark.parametrize("spoilt", [{"islands": {"48": "x"}}, {"uncovered": {"1310": "x"}}, {"islands": {"13101": ""}}])
def test_what_is_no_code_or_has_no_reason_is_refused(spoilt: dict[str, dict[str, str]]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(spoilt, AreasSettings)
