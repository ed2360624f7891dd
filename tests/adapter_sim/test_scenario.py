"""Scenarios and what they come down to."""

import itertools
from pathlib import Path

import pytest

from adapter_sim import ailments, deeds
from adapter_sim.ailments import AnyAilment
from adapter_sim.deeds import AnyDeed, Mend
from adapter_sim.scenario import ScenarioError, assign, load_scenario, read_scenario
from protocol.identity import DistributionId, distribution_id_from_int

FLEET = [distribution_id_from_int(number) for number in range(1, 6)]

EVERY_KIND = """
[[group]]
name = "all of it"
count = 1
ailment = [
    { kind = "silent", at_s = 1, for_s = 2 },
    { kind = "line_cut", at_s = 1.5 },
    { kind = "flapping", period_s = 4 },
    { kind = "bad_flash", severity = 1, silent_after_s = 30 },
    { kind = "self_test_failed" },
    { kind = "boot_loop", period_s = 9 },
    { kind = "reverts", how = "not_confirmed" },
    { kind = "slow_reader", bytes_per_s = 5 },
    { kind = "clock_skew", seconds = -3600 },
    { kind = "clock_skew", since = 1970 },
    { kind = "power_cut", at_s = 3, for_s = 1 },
    { kind = "power_cut_in_renewal", at_s = 7, for_s = 2, step = "renewed" },
    { kind = "expired", certificate = "old.pem", key = "old.key" },
    { kind = "dead_on_arrival" },
    { kind = "wrong_box", answers = { distribution_id = "d", model = "M", serial = "1" } },
    { kind = "false_alarm", at_s = 2 },
]
"""


def played(ailment: AnyAilment, most: int = 8) -> list[tuple[float, AnyDeed]]:
    return [(step.at_s, step.deed) for step in itertools.islice(ailment.steps(), most)]


def fault(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text)
    return str(caught.value)


def test_every_kind_can_be_written() -> None:
    (group,) = read_scenario(EVERY_KIND).group
    assert len({type(ailment) for ailment in group.ailment}) == 15


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[grupe]]\n", "`grupe`"),
        ("[[group]]\ncolour = 1\n", "`colour` - at `$.group[0]`"),
        ('[[group]]\nailment = [{kind = "silent", att_s = 1}]\n', "`att_s` - at `$.group[0].ailment[0]`"),
        ('[[group]]\nailment = [{kind = "silly"}]\n', "'silly' - at `$.group[0].ailment[0].kind`"),
        ('[[group]]\nailment = [{kind = "silent", at_s = -1}]\n', "`$.group[0].ailment[0].at_s`"),
        ('[[group]]\nailment = [{kind = "flapping", period_s = 0}]\n', "`$.group[0].ailment[0].period_s`"),
        ("[[group\n", "at line 1"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, named: str) -> None:
    assert named in fault(text)


def test_a_file_is_named_in_its_fault(tmp_path: Path) -> None:
    path = tmp_path / "storm.toml"
    with pytest.raises(ScenarioError, match=r"storm\.toml: .*No such file"):
        load_scenario(path)
    path.write_text("x = 1")
    with pytest.raises(ScenarioError, match=r"storm\.toml: .*`x`"):
        load_scenario(path)


def test_groups_name_units_or_take_so_many_others() -> None:
    scenario = read_scenario(f"""
    [[group]]
    count = 2
    ailment = [{{ kind = "silent" }}]
    [[group]]
    units = ["{FLEET[0].lower()}"]
    count = 1
    ailment = [{{ kind = "line_cut" }}]
    """)
    fates = assign(scenario, FLEET)
    assert fates == {
        FLEET[1]: (ailments.Silent(),),
        FLEET[2]: (ailments.Silent(),),
        FLEET[0]: (ailments.LineCut(),),
        FLEET[3]: (ailments.LineCut(),),
    }


@pytest.mark.parametrize(
    ("group", "named"),
    [
        ('units = ["x"]', "not a Distribution ID"),
        (f'units = ["{distribution_id_from_int(99)}"]', f"the fleet has no unit {distribution_id_from_int(99)}"),
        ("count = 6", "6 units asked for, 5 left"),
    ],
)
def test_a_group_that_the_fleet_cannot_fill_is_named(group: str, named: str) -> None:
    with pytest.raises(ScenarioError, match=named):
        assign(read_scenario(f'[[group]]\nname = "east"\n{group}'), FLEET)


def test_an_ailment_begins_and_ends_when_it_says() -> None:
    assert played(ailments.Silent(at_s=5, for_s=10)) == [
        (5, deeds.FallSilent()),
        (15, Mend(what="silence")),
    ]
    assert played(ailments.LineCut(at_s=5)) == [(5, deeds.CutLine())]
    assert played(ailments.PowerCut(at_s=1, for_s=1)) == [(1, deeds.CutPower()), (2, deeds.RestorePower())]
    assert played(ailments.DeadOnArrival()) == []
    (alarm,) = played(ailments.FalseAlarm(at_s=2))
    assert alarm == (2, deeds.RaiseEvent(sub_type="self_test_failed", text="the self-test failed once"))


def test_the_other_box_in_a_parcel_is_a_unit_of_an_inventory(tmp_path: Path) -> None:
    path = tmp_path / "parcel.toml"
    box = f'{{ distribution_id = "{FLEET[1].lower()}", model = "SA-W2", serial = "A1", certificate = "c", key = "k" }}'
    path.write_text(f'[[group]]\nailment = [{{ kind = "wrong_box", answers = {box} }}]\n')
    (group,) = load_scenario(path).group
    (found,) = group.ailment
    assert isinstance(found, ailments.WrongBox)
    assert (found.answers.unit, found.answers.certificate) == (FLEET[1], str(tmp_path / "c"))
    assert played(found) == []
    path.write_text(path.read_text().replace(', key = "k"', ""))
    with pytest.raises(ScenarioError, match=r"parcel\.toml"):
        load_scenario(path)


def test_a_flapping_line_is_cut_for_half_of_every_period() -> None:
    cut, mend = deeds.CutLine(), Mend(what="line")
    assert played(ailments.Flapping(at_s=10, period_s=4), 4) == [(10, cut), (12, mend), (14, cut), (16, mend)]
    assert played(ailments.Flapping(at_s=10, period_s=4, for_s=4)) == [(10, cut), (12, mend)]


def test_a_boot_loop_is_told_from_the_third_boot_on() -> None:
    what = [type(deed) for _, deed in played(ailments.BootLoop(period_s=5, for_s=15))]
    assert what == [deeds.Reboot, deeds.Reboot, deeds.Reboot, deeds.RaiseEvent]


def test_bad_flash_alarms_and_may_fall_silent_later() -> None:
    steps = played(ailments.BadFlash(at_s=1, silent_after_s=9))
    assert [at for at, _ in steps] == [1, 10]
    assert isinstance(steps[0][1], deeds.RaiseAlarm)
    assert steps[1][1] == deeds.FallSilent()


def test_no_ailment_goes_back_in_time() -> None:
    (group,) = read_scenario(EVERY_KIND).group
    for ailment in group.ailment:
        times = [at for at, _ in played(ailment, 20)]
        assert times == sorted(times)


def test_the_fleet_of_these_tests_is_what_it_seems() -> None:
    assert FLEET[0] == DistributionId("0000-0000-0000-0000-0000-0000-0000-0001")


def test_power_that_goes_in_a_renewal_comes_back() -> None:
    ailment = ailments.PowerCutInRenewal(at_s=7, for_s=2, step="renewed")
    assert played(ailment) == [
        (7, deeds.CutPowerInRenewal(step="renewed")),
        (7, deeds.RenewNow()),
        (9, deeds.RestorePower()),
    ]


def test_the_files_of_an_expired_unit_lie_beside_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "play.toml"
    path.write_text('[[group]]\nailment = [{kind = "expired", certificate = "old.pem", key = "keys/old.key"}]\n')
    (ailment,) = load_scenario(path).group[0].ailment
    wanted = deeds.Expire(certificate=str(tmp_path / "old.pem"), key=str(tmp_path / "keys/old.key"))
    assert played(ailment) == [(0, wanted)]
