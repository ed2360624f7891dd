"""What of a text remains when somebody is erased."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.forgetting import TAKEN_OUT, is_ours, traces_of, without, without_in, without_words

X = TAKEN_OUT


@pytest.mark.parametrize(
    ("name", "text", "rest"),
    [
        ("山田 花子", "山田花子様が立ち会い", f"{X}様が立ち会い"),
        ("山田花子", "担当は 山田花子", f"担当は {X}"),
        ("山田 花子", "山田\u3000花子と山田太郎", f"{X}と山田太郎"),
        ("Hanako Yamada", "ask HANAKO  yamada, please", f"ask {X}, please"),
        ("ｙａｍａｄａ", "Yamada's key", f"{X}'s key"),
        ("An", "An saw Anna and Ann at Japan's", f"{X} saw Anna and Ann at Japan's"),
        ("O'Brien (x)", "O'Brien (x) called", f"{X} called"),
        ("山田", "鈴木が来ました", "鈴木が来ました"),
        ("", "nobody is looked for", "nobody is looked for"),
    ],
)
def test_a_name_is_taken_out_in_any_width_case_and_spacing(name: str, text: str, rest: str) -> None:
    assert without(text, traces_of(name)) == rest


@pytest.mark.parametrize(
    ("number", "text", "rest"),
    [
        ("03-1234-5678", "call 03 1234 5678 or 0312345678", f"call {X} or {X}"),
        ("0312345678", "(03)1234-5678", f"({X}"),
        ("０３１２３４５６７８", "03-1234-5678", X),
        ("0312345678", "903123456780 is another", "903123456780 is another"),
        ("110", "room 110", "room 110"),
    ],
)
def test_a_number_is_taken_out_with_any_separators(number: str, text: str, rest: str) -> None:
    assert without(text, traces_of("", [number])) == rest


def test_a_text_without_a_trace_is_the_very_same() -> None:
    text = "ﾊﾝｶｸ ｶﾅ ①"
    assert without(text, traces_of("山田 花子", ["03-1234-5678"])) is text


@given(st.text(alphabet="山田花子ab ", max_size=20), st.text(alphabet="ab \u3000", max_size=5))
def test_whatever_stands_around_it_the_name_is_gone(around: str, between: str) -> None:
    blanks = "".join(letter for letter in between if letter.isspace())
    rest = without(f"{around}花子{blanks}山田{around}", traces_of("花子 山田"))
    assert "花子山田" not in "".join(rest.split())


def test_a_word_of_the_services_own_is_told_from_what_people_write() -> None:
    assert [text for text in ("swap_now", "dead_on_arrival", "it is dead", "死", "Dead", "") if is_ours(text)] == [
        "swap_now",
        "dead_on_arrival",
    ]


@pytest.mark.parametrize(
    ("name", "text", "rest"),
    [
        ("0", '{"depot":"tokyo-0","free":0,"note":"0"}', '{"depot":"tokyo-0","free":0,"note":"[erased]"}'),
        (
            "11",
            '{"time":"2026-11-23T04:05:06Z","says":"ask 11"}',
            '{"time":"2026-11-23T04:05:06Z","says":"ask [erased]"}',
        ),
        ("done", '{"milestone":"done","at":5}', '{"milestone":"done","at":5}'),
        ("sato", '{"attendee":"sato","state":"swapped"}', '{"attendee":"[erased]","state":"swapped"}'),
        ("佐藤", '[{"note":"佐藤様\\"外出\\""},1]', '[{"note":"[erased]様\\"外出\\""},1]'),
        ("佐藤", '{"note":"鈴木"}', '{"note":"鈴木"}'),
        ("Sato", "{Sato} was here", "{[erased]} was here"),
    ],
)
def test_what_is_json_stays_json_and_only_its_texts_change(name: str, text: str, rest: str) -> None:
    assert without_in(text, traces_of(name)) == rest


@pytest.mark.parametrize(
    ("text", "codes", "rest"),
    [
        ("203.0.113.0", True, "203.0.113.0"),
        ("203.0.113.0", False, f"203.{X}.113.{X}"),
        ("0", True, "0"),
        ("1.0.3", True, "1.0.3"),
        ("0 was here", True, f"{X} was here"),
        ("０", True, X),
        ('["0"]', True, '["0"]'),
    ],
)
def test_one_word_in_a_column_of_codes_is_nobody(text: str, codes: bool, rest: str) -> None:
    assert without_in(text, traces_of("0"), codes=codes) == rest


JUDGED = (
    '{"decided_by":"provider_closed_area","trace":[{"text_ja":"理由: it is dark","fact":{"site":{"statements":['
    '{"author":"anna","reason":"it is dark"},{"author":"ben","reason":"ok"}]}}}],'
    '"override":{"by":"anna","reason":"x y"}}'
)


def test_what_somebody_gave_as_a_reason_goes_wherever_a_judgement_repeats_it() -> None:
    rest = without_words(JUDGED, lambda author: author == "anna")
    assert "dark" not in rest
    assert "x y" not in rest
    assert '"author":"anna","reason":""' in rest
    assert '"author":"ben","reason":"ok"' in rest
    assert '"decided_by":"provider_closed_area"' in rest


def test_a_judgement_in_which_they_gave_no_reason_is_the_very_same() -> None:
    assert without_words(JUDGED, lambda author: author == "carla") is JUDGED


def test_a_word_of_ours_given_as_a_reason_stays() -> None:
    text = '[{"by":"anna","reason":"swap_now"}]'
    assert without_words(text, lambda _: True) is text
