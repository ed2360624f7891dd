"""The page's two languages, and which one somebody reads."""

import enum
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["Language", "fill", "language_of", "say"]


class Language(enum.StrEnum):
    """Japanese shows English beside it where there is room; English stands alone."""

    JA = "ja"
    EN = "en"


_KNOWN: Final = {language.value: language for language in Language}


def language_of(wished: str | None, kept: str | None) -> Language:
    """What the address asks for, else what the cookie keeps, else Japanese. An unknown word is as none."""
    return _KNOWN.get(wished or "") or _KNOWN.get(kept or "") or Language.JA


def say(text: Text, language: Language) -> str:
    """The text in one language."""
    return text.ja if language is Language.JA else text.en


def fill(text: Text, /, **values: object) -> Text:
    """The text with its gaps filled, alike in both languages but where a value is itself a text."""
    ja = {name: value.ja if isinstance(value, Text) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return Text(ja=text.ja.format(**ja), en=text.en.format(**en))
