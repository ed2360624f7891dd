"""What is masked, what is left, and that a masked text shows nothing of a secret that a known pattern finds."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.diff import unified
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.mask_pattern import DEFAULT_PATTERNS, read_pattern
from servicehost.domain.masking import DEFAULT_MASKS, MASK, Masker, Masks, masked_diff, refuse_masked

EVERY = DEFAULT_MASKS.masker(None)


def masked(text: str) -> str:
    return EVERY.masked(text).text


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("enable secret 5 $1$abc", f"enable secret {MASK}"),
        ("username bob privilege 15 password 7 0822", f"username bob privilege 15 password {MASK}"),
        ("snmp-server community hush ro", f"snmp-server community {MASK}"),
        ("snmp-server host 192.0.2.1 version 2c hush trap", f"snmp-server host 192.0.2.1 version 2c {MASK} trap"),
        ("crypto isakmp key hush address 192.0.2.1", f"crypto isakmp key {MASK}"),
        ("ipsec ike pre-shared-key 1 text hush", f"ipsec ike pre-shared-key {MASK}"),
        ("pp auth myname user@example hush", f"pp auth myname user@example {MASK}"),
        ('ike preshared-key add "192.0.2.1" "hush"', f"ike preshared-key {MASK}"),
        ('authentication-key "$9$hush"; ## SECRET-DATA', f"authentication-key {MASK}"),
        ('  "wpa_passphrase": "hush",', f'  "wpa_passphrase": {MASK}'),
        ("set psk=hush", f"set psk={MASK}"),
        ("PASSWORD hush\r", f"PASSWORD {MASK}\r"),
        ("copy ftp://bob:hush@192.0.2.1/x", f"copy ftp://bob:{MASK}@192.0.2.1/x"),
        ("set password=\\\n  hush", f"set password=\\\n  {MASK}"),
        ("service password-encryption", "service password-encryption"),
        ("no password", "no password"),
        ("interface keyboard", "interface keyboard"),
        ("hostname osaka-1", "hostname osaka-1"),
    ],
)
def test_lines_of_known_dialects(line: str, shown: str) -> None:
    assert masked(f"! head\n{line}\nend\n") == f"! head\n{shown}\nend\n"


def test_a_private_key_is_masked_line_by_line_also_when_it_never_ends() -> None:
    key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\nBBBB\n-----END EC PRIVATE KEY-----\nhostname a\n"
    assert masked(key) == key.replace("AAAA", MASK).replace("BBBB", MASK)
    assert masked(key.partition("-----END")[0]) == f"-----BEGIN EC PRIVATE KEY-----\n{MASK}\n{MASK}\n"


SECRET = st.text(string.ascii_letters + string.digits + "!#$%&()+-./:;<=>?@[]^_{}~", min_size=8, max_size=24).map(
    lambda text: f"Zq{text}"
)
FILLER = st.lists(st.sampled_from(["interface", "lan0", "ip", "192.0.2.1", "no", "set", "{", "- "]), max_size=3)


def planted(pattern: str, secret: str, before: list[str], sign: str) -> str:
    """A line that the pattern finds, with the secret where it says."""
    said = [word.split("|")[0] for word in pattern.split()[:-1]]
    words = ["any" if word == "*" else word.replace("*", "x") for word in said]
    return " ".join([*before, *words]) + sign + secret


def no_secret_is_left(masker: Masker) -> None:
    @settings(report_multiple_bugs=False, max_examples=25)
    @given(SECRET, FILLER, st.sampled_from([" ", "  ", " = ", ": ", ' "']))
    def holds(secret: str, before: list[str], sign: str) -> None:
        for pattern in DEFAULT_PATTERNS:  # each of them each time: what overlooks one is found out for sure
            finds(planted(pattern, secret, before, sign), secret)

    def finds(line: str, secret: str) -> None:
        text = f"hostname a\n{line}\nend\n"
        shown = masker.masked(text)
        assert secret not in shown.text
        assert shown.values >= 1
        assert shown.text.count("\n") == text.count("\n")
        assert (shown.text.split("\n")[0], shown.text.split("\n")[2]) == ("hostname a", "end")
        assert masker.masked(shown.text).text == shown.text  # once masked, it stays as it is

    holds()


def test_no_secret_of_a_known_pattern_is_left_in_a_masked_text() -> None:
    no_secret_is_left(EVERY)


class OneOnly(Masker):
    """A mutant: masks the first word of a rest, and leaves the others."""

    def _of_line(self, text: str, line: tuple[int, int], known: object) -> object:  # type: ignore[override]  # a mutant
        for start, end in super()._of_line(text, line, known):  # type: ignore[arg-type]  # a mutant
            yield start, min(end, start + 6)


class Forgetful(Masker):
    """A mutant: overlooks the last of its patterns."""

    def __init__(self, patterns: object) -> None:
        super().__init__(list(patterns)[:-1])  # type: ignore[call-overload]  # a mutant


@pytest.mark.parametrize("mutant", [OneOnly, Forgetful])
def test_a_laxer_masker_would_be_found_out(mutant: type[Masker]) -> None:
    with pytest.raises(AssertionError):
        no_secret_is_left(mutant([read_pattern(one) for one in DEFAULT_PATTERNS]))


LINES = st.lists(st.sampled_from(["password one", "password two", "a", "b", "", "key x"]), max_size=12)


@given(LINES, LINES, st.booleans())
def test_a_masked_diff_has_the_shape_of_the_real_one_and_masked_lines(
    one: list[str], two: list[str], ends: bool
) -> None:
    left, right = "\n".join(one) + "\n" * ends, "\n".join(two) + "\n"
    real = unified(left, right, left_name="password", right_name="b")
    shown = masked_diff(real, masked(left), masked(right))
    assert [line[:1] for line in shown.split("\n")] == [line[:1] for line in real.split("\n")]
    body = "\n".join(shown.split("\n")[2:])
    assert not {"one", "two", "x"} & set(body.replace("+", " ").replace("-", " ").split())
    assert shown.split("\n")[:2] == real.split("\n")[:2]


def test_that_a_secret_differs_is_told_and_not_what_it_is() -> None:
    left, right = "a\npassword one\n", "a\npassword two\n"
    real = unified(left, right, left_name="l", right_name="r")
    assert masked_diff(real, masked(left), masked(right)).split("\n")[3:] == [
        " a", f"-password {MASK}", f"+password {MASK}", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "<rest>", "password", "* <rest>", "a|* <rest>", "pass(word)+ <rest>", "pass**word <rest>", "<rest> <rest>",
     "a <secret> b", "x " * 12 + "<rest>", "w" * 250 + " <rest>", "a| <rest>"],
)  # fmt: skip
def test_what_is_no_pattern_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_pattern(text)
    assert caught.value.code == "bad_mask_pattern"


def test_a_model_has_patterns_of_its_own_beside_those_of_all() -> None:
    masks = Masks.of(["pin <secret>"], {"SA-W2": ["hidden-word <secret>"]})
    text = "pin 1234\nhidden-word tulip\n"
    assert masks.masker("SA-X9").masked(text).text == f"pin {MASK}\nhidden-word tulip\n"
    assert masks.masker("SA-W2").masked(text).values == masks.masker(None).masked(text).values == 2


def test_a_masked_text_cannot_be_saved_over_a_secret() -> None:
    refuse_masked("password 1234\n")
    with pytest.raises(Conflict, match="line 2") as caught:
        refuse_masked(masked("a\npassword 1234\n"))
    assert caught.value.code == "masked_value"
