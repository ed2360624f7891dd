"""Commands to a running fleet, and the lines it writes."""

import json
import os
import threading

import pytest

from adapter_sim import deeds
from adapter_sim.control import Add, CommandRefused, Do, ReadGauge, Stop, listen, read_command
from adapter_sim.output import LINES_LOST, LineWriter, line, write_all
from tests.adapter_sim.stage import UNIT


def command(**fields: object) -> object:
    return read_command(json.dumps(fields).encode()).what


def test_a_deed_names_its_unit() -> None:
    assert command(do="line_cut", unit=UNIT) == Do(unit=UNIT, deed=deeds.CutLine())
    alarm = command(do="raise_alarm", unit=UNIT, component="fan", severity=4)
    assert alarm == Do(unit=UNIT, deed=deeds.RaiseAlarm(component="fan", severity=4))


def test_the_fleet_itself_can_be_told_things() -> None:
    assert command(do="gauge") == ReadGauge()
    assert command(do="stop") == Stop()
    added = command(do="add", entry={"distribution_id": UNIT, "model": "m", "serial": "1"})
    assert isinstance(added, Add)


def test_a_command_keeps_its_reference() -> None:
    assert read_command(b'{"do": "stop", "ref": 7}').ref == 7


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"[]", "Expected `object`"),
        (b"{", "truncated"),
        (b'{"do": "dance", "unit": "u"}', "'dance'"),
        (b'{"do": "line_cut"}', "Expected `str`"),
        (b'{"do": "line_cut", "unit": "u", "for": 1}', "`for`"),
        (b'{"do": "add"}', "`entry`"),
        (b" " * 70_000, "longer than"),
        (b'{"do":' + b"[" * 60_000, "recursion"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_by_name(text: bytes, named: str) -> None:
    with pytest.raises(CommandRefused, match=named):
        read_command(text)


def test_a_refusal_bears_the_reference_of_its_line() -> None:
    with pytest.raises(CommandRefused) as caught:
        read_command(b'{"do": "dance", "unit": "u", "ref": "r1"}')
    assert caught.value.ref == "r1"


def handed_over(*pieces: bytes) -> list[bytes]:
    """What a listener makes of bytes that come in these pieces."""
    taken: list[bytes] = []
    over = threading.Event()
    reader, writer = os.pipe()
    thread = listen(reader, taken.append, over.set)
    for piece in pieces:
        write_all(writer, piece)
    os.close(writer)
    thread.join()
    os.close(reader)
    assert over.is_set()
    return taken


def test_lines_are_handed_over_one_by_one_and_the_end_is_told() -> None:
    assert handed_over(b"one\n\ntw", b"o\nthree") == [b"one", b"two", b"three"]


def test_of_a_line_that_is_too_long_enough_is_handed_over_to_refuse_it() -> None:
    first, second = handed_over(b"x" * 300_000, b"x" * 10 + b"\ntwo\n")
    assert second == b"two"
    with pytest.raises(CommandRefused, match="longer than"):
        read_command(first)


def test_a_reader_that_falls_behind_is_told_how_many_lines_it_lost() -> None:
    written: list[bytes] = []
    asked, let = threading.Event(), threading.Event()

    def write(text: bytes) -> None:
        asked.set()
        let.wait()
        written.append(text)

    writer = LineWriter(write, most=2)
    writer.put(b"0")
    asked.wait()  # The thread holds line 0; two more find room.
    for number in range(1, 6):
        writer.put(str(number).encode())
    let.set()
    writer.close(60)
    assert written == [b"0", b"1", b"2", line(LINES_LOST, count=3)]


def test_a_reader_that_is_gone_does_not_hold_up_the_fleet() -> None:
    def write(text: bytes) -> None:
        raise BrokenPipeError

    writer = LineWriter(write)
    writer.put(b"x")
    writer.close(60)
    assert not writer._thread.is_alive()
