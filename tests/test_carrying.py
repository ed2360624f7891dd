from pathlib import Path

import msgspec
import pytest

from servicehost.backends.carriers.simulated import SimulatedCarrier
from servicehost.backends.carriers.webhook import WebhookCarrier
from servicehost.carrying import open_carrier
from servicehost.domain.errors import Refused
from servicehost.settings.carrier import CarrierSettings
from servicehost.settings.tables import Settings
from tests.builders.carrier_house import NEXT_SECRET, SECRET, THEIR_SECRET, open_house
from tests.builders.certificates import ours
from tests.builders.world import HandClock


def by_webhook(folder: Path, ours: str) -> Settings:
    (folder / "ours").write_text(ours)
    carrier = CarrierSettings(
        backend="webhook",
        url="https://carrier.example/x",
        secrets_file=folder / "ours",
        notice_secrets_variable="THEIR_SECRET",
        notice_tolerance_s=60,
    )
    return Settings(carrier=carrier)


def test_a_host_has_the_simulated_carrier_unless_another_is_named() -> None:
    carrier, bell = open_carrier(Settings(), HandClock(), {})
    assert isinstance(carrier, SimulatedCarrier)
    assert bell is None


def test_the_webhook_is_chosen_in_the_settings_with_secrets_from_a_file_and_a_variable(tmp_path: Path) -> None:
    settings = by_webhook(tmp_path, SECRET)
    carrier, bell = open_carrier(settings, HandClock(), {"THEIR_SECRET": THEIR_SECRET})
    assert isinstance(carrier, WebhookCarrier)
    assert bell is not None
    assert (list(bell.secrets()), bell.tolerance_ms) == ([bytes(range(64, 96))], 60_000)


@pytest.mark.parametrize(
    ("ours", "theirs", "code"),
    [
        (f"{NEXT_SECRET} {SECRET}", f"{THEIR_SECRET} {SECRET}", "webhook_secrets_shared"),
        (SECRET, "", "webhook_secrets_unusable"),
        ("", THEIR_SECRET, "webhook_secrets_unusable"),
    ],
)
def test_a_host_does_not_start_without_secrets_or_with_one_for_both_ways(
    tmp_path: Path, ours: str, theirs: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        open_carrier(by_webhook(tmp_path, ours), HandClock(), {"THEIR_SECRET": theirs})
    assert refused.value.code == code
    assert "whsec_" + "A" not in refused.value.text


async def test_what_the_settings_choose_speaks_to_a_real_carrier(tmp_path: Path) -> None:
    """From the settings' file names to the receiver's check, over TLS with an authority of the carrier's own."""
    clock = HandClock()
    async with open_house(clock, tmp_path) as (house, _, _):
        (tmp_path / "ca.pem").write_text(ours().root_pem)
        chosen = msgspec.structs.replace(
            by_webhook(tmp_path, SECRET).carrier,
            url=f"https://127.0.0.1:{house.port}/servicehost",
            ca_file=tmp_path / "ca.pem",
        )
        carrier, _ = open_carrier(Settings(carrier=chosen), clock, {"THEIR_SECRET": THEIR_SECRET})
        await carrier.call_off("exchange-1")
    assert (house.called_off, house.unsigned) == ({"exchange-1"}, 0)
