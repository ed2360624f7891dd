import pytest

from servicehost.settings.fault import SettingsError
from servicehost.settings.load import load
from servicehost.settings.masking import MaskingSettings


def test_a_pattern_that_is_none_stops_the_start_by_name() -> None:
    with pytest.raises(SettingsError, match="bad_mask_pattern"):
        load(None, environment={}, flags=["masking.patterns=(a+)+ <rest>"])
    with pytest.raises(SettingsError, match="bad_mask_pattern"):
        load(None, environment={}, flags=['masking.by_model={ "SA-W2" = ["pin"] }'])


def test_patterns_of_a_model_come_on_top_of_those_of_all() -> None:
    settings = load(None, environment={}, flags=['masking.by_model={ "SA-W2" = ["pin <secret>"] }']).settings.masking
    masks = settings.masks()
    assert masks.masker("SA-W2").masked("pin 1234\npassword x\n").values == 2
    assert masks.masker("SA-X9").masked("pin 1234\npassword x\n").values == 1
    assert MaskingSettings().masks().masker(None).masked("password x").values == 1
