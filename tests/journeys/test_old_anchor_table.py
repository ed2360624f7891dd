"""A certificate of the authority that goes: it is good until the rollover ends, and foreign from then on."""

import ssl
from pathlib import Path

import pytest

from protocol.refusals import AT_ADAPTERS_DOOR
from servicehost.founding import Founded
from tests.builders.hosts import a_founded_host
from tests.builders.wires import BOTH_VERSIONS
from tests.journeys.hall import Hall, Shown, open_hall
from tests.journeys.shown import Make
from tests.journeys.test_certificates_table import keeps

ROLLOVER = "authority/rollover"


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    return a_founded_host(tmp_path)


@pytest.mark.slow
async def test_an_old_certificate_is_good_during_the_rollover_and_foreign_after_it(
    founded: Founded, tmp_path: Path
) -> None:
    async with open_hall(founded, tmp_path) as hall:
        unit = await hall.standby()
        old = await hall.issued(unit)
        await hall.api.post(ROLLOVER, {})
        new = await hall.issued(unit)
        assert new.certificate.issuer != old.certificate.issuer
        for version in BOTH_VERSIONS:
            await keeps(hall, AT_ADAPTERS_DOOR["old_during"], showing(Shown(unit, old, unit)), version)
        await keeps(hall, AT_ADAPTERS_DOOR["standby"], showing(Shown(unit, new, unit)), ssl.TLSVersion.TLSv1_3)
        await hall.api.post(f"{ROLLOVER}/end", {"force": True, "reason": "the unit is in a cupboard"})
        for version in BOTH_VERSIONS:
            await keeps(hall, AT_ADAPTERS_DOOR["old_after"], showing(Shown(unit, old)), version)
        await keeps(hall, AT_ADAPTERS_DOOR["standby"], showing(Shown(unit, new, unit)), ssl.TLSVersion.TLSv1_3)


def showing(shown: Shown) -> Make:
    async def make(hall: Hall) -> Shown:
        return shown

    return make
