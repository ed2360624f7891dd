"""Settings of what is masked in configs."""

import msgspec

from servicehost.domain.errors import Invalid
from servicehost.domain.mask_pattern import DEFAULT_PATTERNS
from servicehost.domain.masking import Masks
from servicehost.settings.fault import SettingFault

__all__ = ["MaskingSettings"]


class MaskingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[masking]`: which secret values of configs are masked for those who may not see them. It is no guarantee.

    A pattern finds what it names, and nothing else. See `domain.mask_pattern`.
    """

    patterns: tuple[str, ...] = DEFAULT_PATTERNS
    """For every model: words of a line, then <secret> (one word) or <rest> (to its end). a|b, * and *word* count."""
    by_model: dict[str, tuple[str, ...]] = {}
    """More of them for single models, for instance { "SA-W2" = ["wlan hidden-word <secret>"] }."""

    def __post_init__(self) -> None:
        """Raises SettingFault `bad_mask_pattern`."""
        try:
            self.masks()
        except Invalid as error:
            raise SettingFault(error.code, error.text) from error

    def masks(self) -> Masks:
        """The patterns, read."""
        return Masks.of(self.patterns, self.by_model)
