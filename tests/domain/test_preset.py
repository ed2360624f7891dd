"""Preset commands: what is a good one, and that filling it adds nothing that was not meant."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import preset as room
from servicehost.domain.errors import Conflict
from servicehost.domain.preset import MAX_LINES, Placeholder, Preset, PresetKind, ValueKind, check_preset, filled


def a_preset(text: str, *placeholders: Placeholder, **fields: Any) -> Preset:
    plain: dict[str, Any] = {"kind": PresetKind.COMMAND, "says": "", "modules": (0,), "version": 1, "name": "Show"}
    return Preset(
        preset=1,
        management_code="nxm000000001",
        text=text,
        placeholders=placeholders,
        saved_at=1,
        saved_by="anna",
        **(plain | fields),
    )


PORT = Placeholder(name="port", pattern="ge#*")
COUNT = Placeholder(name="count", kind=ValueKind.NUMBER, least=1, most=10, default="3")
TO = Placeholder(name="to", kind=ValueKind.ADDRESS)
MODE = Placeholder(name="mode", kind=ValueKind.CHOICE, choices=("brief", "full"))
NOTE = Placeholder(name="note", kind=ValueKind.TEXT, longest=10)


def test_a_preset_is_filled_line_by_line() -> None:
    good = check_preset(a_preset("show {port} {{x}} {mode}\nping {to} {count}  \n\n", PORT, TO, COUNT, MODE))
    assert good.text == "show {port} {{x}} {mode}\nping {to} {count}"
    values = {"port": "ge0.1", "to": "2001:db8::1", "mode": "full"}
    assert filled(good, values) == ("show ge0.1 {x} full", "ping 2001:db8::1 3")
    assert filled(good, values | {"count": "10"})[1] == "ping 2001:db8::1 10"


@pytest.mark.parametrize(
    ("preset", "says"),
    [
        (a_preset(""), "1 to 10 lines"),
        (a_preset("x\n" * (MAX_LINES + 1)), "1 to 10 lines"),
        (a_preset("a\nb", kind=PresetKind.READ_STATUS), "1 to 1 lines"),
        (a_preset("a\n\nb"), "line 2 is empty"),
        (a_preset("a\x07"), "control characters"),
        (a_preset("x" * 1_025), "too long"),
        (a_preset("a { b"), "single {"),
        (a_preset("a } b"), "single }"),
        (a_preset("show {port}"), "differ: port"),
        (a_preset("show", PORT), "differ: port"),
        (a_preset("show {port}", PORT, PORT), "described once"),
        (a_preset("show {Port}", Placeholder(name="Port")), "letters a to z"),
        (a_preset("show {x}", Placeholder(name="x", least=1)), "numbers alone"),
        (a_preset("show {x}", Placeholder(name="x", kind=ValueKind.NUMBER, least=2, most=1)), "not above"),
        (a_preset("show {x}", Placeholder(name="x", kind=ValueKind.CHOICE)), "words of a choice"),
        (a_preset("show {x}", Placeholder(name="x", choices=("a",))), "words of a choice"),
        (a_preset("show {x}", Placeholder(name="x", pattern="****")), "at most 3 stars"),
        (a_preset("show {x}", Placeholder(name="x", kind=ValueKind.ADDRESS, pattern="1*")), "words and texts"),
        (a_preset("show {x}", Placeholder(name="x", longest=0)), "longest is"),
        (a_preset("show {x}", Placeholder(name="x", default="a b")), "its default"),
    ],
)
def test_a_bad_preset_is_refused_by_what_is_wrong(preset: Preset, says: str) -> None:
    with pytest.raises(Conflict, match=says) as refused:
        check_preset(preset)
    assert refused.value.code == "preset_malformed"


@pytest.mark.parametrize(
    ("placeholder", "value", "says"),
    [
        (PORT, "xe0", "it looks like ge#"),
        (PORT, "ge0 shutdown", "letters A to Z"),
        (PORT, "ge0;reboot", "letters A to Z"),
        (PORT, "ge0\nreboot", "line feed"),
        (PORT, "", "1 to 255 characters"),
        (COUNT, "11", "from 1 to 10"),
        (COUNT, "0x1", "from 1 to 10"),
        (TO, "example.jp", "IPv4 or IPv6"),
        (TO, "fe80::1%eth0", "IPv4 or IPv6"),
        (MODE, "long", "one of brief, full"),
        (NOTE, 'a"b', "quotation marks"),
        (NOTE, "more than ten", "1 to 10 characters"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_placeholder(
    placeholder: Placeholder, value: str, says: str
) -> None:
    preset = check_preset(a_preset(f"show {{{placeholder.name}}}", placeholder))
    with pytest.raises(Conflict, match=f"{placeholder.name}: .*{says}") as refused:
        filled(preset, {placeholder.name: value})
    assert refused.value.code == "placeholder_wrong"


def test_missing_and_unknown_values_are_named() -> None:
    preset = check_preset(a_preset("show {to}", msgspec.structs.replace(TO, says="the far end")))
    for values, code, says in (
        ({}, "placeholder_missing", "what to is: the far end"),
        ({"to": "192.0.2.1", "b": "1", "a": "1"}, "placeholder_unknown", "no placeholder a, b"),
    ):
        with pytest.raises(Conflict, match=says) as refused:
            filled(preset, values)
        assert refused.value.code == code


ANY = check_preset(a_preset("a {note} b {port}\nc {mode} {{d}}", NOTE, Placeholder(name="port"), MODE))


def _fills(note: str, port: str) -> None:
    """Whatever is taken stands in its place, and nothing else moves."""
    try:
        lines = filled(ANY, {"note": note, "port": port, "mode": "full"})
    except Conflict as refused:
        if refused.code != "placeholder_wrong":
            raise
        return
    assert lines == (f"a {note} b {port}", "c full {d}")
    assert not any(sign in line for line in lines for sign in "\n\r\x00\x1b\x85\u2028")
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert len(port.split()) == 1


_VALUES = st.text(alphabet="a{}\n\r\x00\u2028\x85 ;noteport'\"", max_size=12)


@given(note=_VALUES, port=_VALUES)
def test_no_value_adds_a_line_a_word_or_a_placeholder(note: str, port: str) -> None:
    _fills(note, port)


@pytest.mark.parametrize("name", ["_CONTROL", "_WORD"])
def test_a_looser_rule_would_be_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(room, name, re.compile("(?!)" if name == "_CONTROL" else r"[^\n]+"))
    tries = {"_CONTROL": ("a\u2028b", "x"), "_WORD": ("a", "x y")}
    with pytest.raises(AssertionError):
        _fills(*tries[name])


@given(st.text(alphabet="#@?*a.", max_size=8), st.text(alphabet="a1.", max_size=8))
def test_any_pattern_is_read_and_ends(pattern: str, value: str) -> None:
    one = Placeholder(name="x", pattern=pattern)
    try:
        preset = check_preset(a_preset("{x}", one))
        filled(preset, {"x": value})
    except Conflict as refused:
        if refused.code not in ("preset_malformed", "placeholder_wrong"):
            raise
