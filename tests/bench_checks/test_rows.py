"""The rows as the file has them."""

import json
from pathlib import Path

import pytest

from tests.bench.measure import Window
from tests.bench.rows import Figure, longest, memory, occupation, row, throughput, write

KEYS = ["name", "sessions", "value", "unit", "cpu_us", "peer", "peer_cpu_us", "ratio"]


def window(*, server: float = 1.0, client: float = 2.0, waited: float = 0.0) -> Window:
    return Window(wall_s=10.0, server_cpu_s=server, client_cpu_s=client, client_waited_s=waited)


def figure(cpu_us: float, **times: float) -> Figure:
    return Figure(value=cpu_us * 2, cpu_us=cpu_us, window=window(**times))


def test_a_row_has_the_keys_of_the_table_and_no_other(tmp_path: Path) -> None:
    with_peer = row("reports", 5_000, "operations a second", [figure(50)], peer="mosquitto", peers=[figure(25)])
    write([with_peer, with_peer], tmp_path / "build" / "bench.json")
    written = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert [list(entry) for entry in written] == [KEYS, KEYS]
    assert written[0]["ratio"] == 0.5


def test_an_empty_run_is_an_empty_list(tmp_path: Path) -> None:
    write([], tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text()) == []


def test_medians_are_taken_of_each_side_by_itself() -> None:
    mixed = row(
        "reports",
        10,
        "operations a second",
        [figure(10), figure(90), figure(20)],
        peer="mosquitto",
        peers=[figure(40), figure(1), figure(60)],
    )
    assert (mixed.value, mixed.cpu_us, mixed.peer_cpu_us, mixed.ratio) == (40, 20, 40, 2)


def test_without_a_peer_its_figures_are_null() -> None:
    alone = row("reports", 10, "operations a second", [figure(10)], peer="mosquitto", peers=[])
    assert (alone.peer, alone.peer_cpu_us, alone.ratio) == (None, None, None)


def test_memory_has_no_cpu_and_so_no_ratio() -> None:
    grown = memory(1_000, 4_600, 100)
    stood = row("session_memory", 100, "KiB", [grown], peer="mosquitto", peers=[grown])
    assert (stood.value, stood.cpu_us, stood.peer, stood.ratio) == (36, None, "mosquitto", None)


@pytest.mark.parametrize("side", ["own", "peer"])
def test_one_bound_round_on_either_side_marks_the_row(side: str, tmp_path: Path) -> None:
    fine, bound = [figure(10)] * 3, [figure(10), figure(10), figure(10, client=8.1)]
    own, peers = (bound, fine) if side == "own" else (fine, bound)
    marked = row("reports", 10, "operations a second", own, peer="mosquitto", peers=peers)
    write([marked], tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text())[0]["client_bound"] is True


@pytest.mark.parametrize(
    ("client", "waited", "bound"), [(8.0, 0.0, False), (8.001, 0.0, True), (5.0, 3.0, False), (5.0, 3.001, True)]
)
def test_a_client_is_bound_above_80_percent_of_using_or_wanting_its_core(
    client: float, waited: float, bound: bool
) -> None:
    assert window(client=client, waited=waited).client_bound is bound


def test_cpu_is_shared_out_among_the_operations() -> None:
    assert throughput(4_000, window(server=0.5)) == Figure(value=400, cpu_us=125, window=window(server=0.5))


def test_occupation_is_percent_of_a_core_not_a_fraction() -> None:
    idle = occupation(1_000, window(server=0.5))
    assert (idle.value, idle.cpu_us) == (5, 500)


@pytest.mark.parametrize(
    ("client", "others", "bound", "disturbed"), [(2.0, 0.05, False, False), (8.1, 0.051, True, True)]
)
def test_the_longest_hold_is_of_all_loads_and_bound_like_any_of_them(
    client: float, others: float, bound: bool, disturbed: bool
) -> None:
    loads = [Figure(value=36), figure(10), figure(10, client=client)]
    held = row("loop_held", 10, "ms", [longest([2.5, 40, 10], loads, others_share=others)], peer="mosquitto", peers=[])
    assert (held.value, held.cpu_us, held.client_bound, held.disturbed) == (40, None, bound, disturbed)
