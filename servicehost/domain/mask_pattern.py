"""Patterns that find secret values in configs.

They are no regular expressions, so that none can take longer than the text is long. A pattern is a few words, each held
against one word of a line:

    word        that word, in upper or lower case; `a|b`: one of these
    *           any one word
    *word*      a word that has this in it; `*word` ends with it, `word*` begins with it
    <secret>    the value to mask, one word or one quoted text
    <rest>      everything up to the end of the line: the last word of a pattern

It begins with a word that says something and ends with what is masked, and applies wherever in a line that stands.
Blanks and the signs of quoting, listing and assigning lie between words.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.errors import Invalid

__all__ = ["ANY", "DEFAULT_PATTERNS", "MAX_WORDS", "REST", "Pattern", "fits", "read_pattern"]

MAX_WORDS: Final = 12
_MAX_LENGTH: Final = 200
_ONE: Final = "<secret>"
REST: Final = "<rest>"
ANY: Final = "*"
_LITERAL: Final = re.compile(r"\*?[^\s\"'=:;,{}\[\]()\\<>*|]+\*?")

DEFAULT_PATTERNS: Final = (
    "*password* <rest>",
    "*passwd* <rest>",
    "*passphrase* <rest>",
    "*secret* <rest>",
    "*shared-key* <rest>",
    "*sharedkey* <rest>",
    "*shared_key* <rest>",
    "psk <rest>",
    "*-psk <rest>",
    "*_psk <rest>",
    "key <rest>",
    "key-string <rest>",
    "*private-key* <rest>",
    "*private_key* <rest>",
    "*auth-key* <rest>",
    "*authentication-key* <rest>",
    "message-digest-key <rest>",
    "authentication text|md5 <rest>",
    "auth md5|sha|sha224|sha256|sha384|sha512 <rest>",
    "priv des|3des|aes * <rest>",
    "priv des|3des <rest>",
    "community <rest>",
    "snmp* host * version 1|2c <secret>",
    "snmp* host * traps|informs version 1|2c <secret>",
    "myname * <rest>",
    "pp auth username * <rest>",
    "*token* <rest>",
    "*credential* <rest>",
)
"""The lines of common router dialects that hold passwords, keys and communities. They rather mask too much."""


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern, read: alternatives word by word, `ends` says how it ends."""

    words: tuple[tuple[str, ...], ...]
    ends: str

    def begins_with(self, word: str) -> bool:
        """Whether its first word fits."""
        return fits(self.words[0], word)


def read_pattern(text: str) -> Pattern:
    """Raises Invalid `bad_mask_pattern`, which says what is wrong."""
    words = text.split()
    if len(text) > _MAX_LENGTH or len(words) > MAX_WORDS:
        raise _bad(text, f"it has more than {MAX_WORDS} words or {_MAX_LENGTH} characters")
    if len(words) < 2 or words[-1] not in (_ONE, REST):  # noqa: PLR2004 - something to find, and something to mask
        raise _bad(text, f"it ends with {_ONE} or {REST}, after a word at least")
    read = tuple(tuple(word.lower().split("|")) for word in words[:-1])
    for alternatives in read:
        for one in alternatives:
            if one != ANY and _LITERAL.fullmatch(one) is None:
                raise _bad(text, f"{one!r} is no word: write words, *, *word*, a|b")
    if any(one == ANY for one in read[0]):
        raise _bad(text, "it begins with a word that says something, not with *")
    return Pattern(words=read, ends=words[-1])


def _bad(text: str, why: str) -> Invalid:
    return Invalid("bad_mask_pattern", f"{text[:80]!r} is no pattern of a secret value: {why}")


def fits(alternatives: Sequence[str], word: str) -> bool:
    """Whether one of them fits the word, which is in lower case."""
    return any(_is(one, word) for one in alternatives)


def _is(literal: str, word: str) -> bool:
    if literal == ANY:
        return True
    core = literal.strip(ANY)
    begins, ends = not literal.startswith(ANY), not literal.endswith(ANY)
    if begins and ends:
        return word == core
    if begins:
        return word.startswith(core)
    return word.endswith(core) if ends else core in word
