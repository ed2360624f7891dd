"""Words in both languages of the panel."""

from servicehost.domain.rule import Text

__all__ = ["t"]


def t(ja: str, en: str) -> Text:
    """A text, Japanese first."""
    return Text(ja=ja, en=en)
