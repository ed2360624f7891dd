import msgspec
import pytest

from servicehost.settings.adapters_door import AdaptersDoorSettings


def test_an_empty_table_gives_the_defaults() -> None:
    settings = msgspec.toml.decode(b"", type=AdaptersDoorSettings)
    assert settings == AdaptersDoorSettings()
    assert settings.ping_after_s + settings.pong_due_s == 45


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("come_back_min_s = 29", "come_back_min_s"),
        ("come_back_min_s = 60\ncome_back_max_s = 59", "come_back_max_s"),
        ("drain_over_s = 26.0", "drain_over_s"),
        ("drain_over_s = 20.0\ndrain_close_by_s = 20.0", "drain_close_by_s"),
        ("reserved_files = 63", "reserved_files"),
        ("max_session = 5", "max_session"),
        ("port = 70000", "port"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.toml.decode(text, type=AdaptersDoorSettings)
